"""存为知识, from the bubble to the entry: 王芳 offers, 周敏 decides; who may not look there gets no link."""

from datetime import datetime

from minxin.agencies.models import Staff
from minxin.citizens.models import Citizen
from minxin.conversations.actions import answer_as_staff
from minxin.conversations.models import Message, Sender
from minxin.knowledge.models import Entry, EntryProposal
from minxin.tickets.actions import accept
from minxin.tickets.actions import answer as answer_ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import City


def _reply(work: Work, city: City, text: str, now: datetime) -> Message:
    answer_as_staff(work.dialogue, text, key="to-learn", actor=city.wang, now=now, may_wait=True)
    found = Message.objects.filter(sender=Sender.STAFF).last()
    assert found is not None
    return found


def _offer(**changes: str) -> dict[str, str]:
    return {
        "aim": "new", "question": "路灯坏了找谁报修", "ways": "路灯不亮怎么报修",
        "answer": "请拨打市政热线，三个工作日内修复。", "topic": "市政", **changes,
    }  # fmt: skip


def test_from_the_bubble_to_the_entry(
    city: City, work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    message = _reply(work, city, "林女士，您好！已通知市政，三个工作日内修复。", now)
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/messages/{message.pk}/knowledge/"
    assert address in desk.get(f"/console/inbox/{work.dialogue.pk}/").content.decode()
    page = desk.get(address).content.decode()
    assert "东桥路口的路灯坏了三天" in page
    assert "已通知市政，三个工作日内修复。" in page
    assert "林女士" not in page.split("<form", 2)[-1]
    sent = desk.post(address, _offer(), follow=True)
    assert "已送审" in sent.content.decode()
    made = EntryProposal.objects.get()
    assert "已经送审" in desk.get(address).content.decode()

    decider = at_desk(editor)
    assert "待审的入库建议" in decider.get("/console/").content.decode()
    assert made.question in decider.get("/console/knowledge/proposals/").content.decode()
    one = f"/console/knowledge/proposals/{made.pk}/"
    read = decider.get(one).content.decode()
    assert "您看不到原文" in read  # an editor reads no conversations
    assert work.dialogue.pk not in read
    assert f"/console/inbox/{work.dialogue.pk}/?at={message.pk}" in desk.get(one).content.decode()
    typed = {
        "act": "accept", "question": made.question, "variants": "路灯不亮怎么报修",
        "answer": made.answer, "agency": city.police.pk, "status": "published",
    }  # fmt: skip
    refused = decider.post(one, typed)
    assert refused.status_code == 422
    assert "没有来源的答案不能给市民" in refused.content.decode()
    assert (
        decider.post(
            one, {**typed, "source_title": "市政服务指南", "issuing_agency": "云溪市公安局"}
        ).status_code
        == 302
    )
    kept = Entry.objects.get(question=made.question)
    assert "来自答复" in decider.get(f"/console/knowledge/{kept.pk}/").content.decode()
    assert "来自答复" in desk.get(f"/console/knowledge/{kept.pk}/").content.decode()


def test_what_is_refused_stays_typed(
    city: City, work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    Citizen.objects.filter(pk=work.dialogue.pk).update(real_name="林晓梅")
    message = _reply(work, city, "已通知市政。", now)
    address = f"/console/inbox/{work.dialogue.pk}/messages/{message.pk}/knowledge/"
    refused = at_desk(city.wang).post(address, _offer(answer="请林晓梅再等三天，谢谢理解。"))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "还有个人信息" in page
    assert "再等三天" in page
    assert not EntryProposal.objects.exists()


def test_what_is_there_already_is_shown_first(
    city: City, work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    message = _reply(work, city, "请到派出所申领。", now)
    address = f"/console/inbox/{work.dialogue.pk}/messages/{message.pk}/knowledge/"
    desk = at_desk(city.wang)
    again = desk.post(address, {**_offer(question="居住证怎样申领"), "aim": ""})
    assert again.status_code == 422
    page = again.content.decode()
    assert page.index("知识里已经有的") < page.index('name="question"')
    assert f"variant:{work.entry.pk}" in page
    done = desk.post(address, _offer(question="居住证怎样申领", aim=f"variant:{work.entry.pk}"))
    assert done.status_code == 302
    made = EntryProposal.objects.get()
    assert (made.aim, made.target) == ("variant", work.entry)
    one = f"/console/knowledge/proposals/{made.pk}/"
    assert at_desk(editor).post(one, {"act": "accept"}).status_code == 302
    assert {each.text for each in work.entry.variants.all()} == {"路灯不亮怎么报修"}


def test_the_answer_of_a_ticket_but_never_a_confidential_one(
    city: City, work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/knowledge/"
    assert desk.get(address).status_code == 404  # not answered yet
    accept(work.ticket, actor=city.wang, now=now)
    answer_ticket(
        work.ticket,
        "经查，路灯线路故障已于今天修复，感谢您的反映。",
        link="",
        actor=city.wang,
        now=now,
    )
    assert address in desk.get(f"/console/tickets/{work.ticket.number}/").content.decode()
    assert desk.post(address, _offer()).status_code == 302
    assert EntryProposal.objects.get().origin_kind == "ticket"
    assert at_desk(city.outsider).get(address).status_code == 404
    type(work.ticket).objects.filter(pk=work.ticket.pk).update(is_confidential=True)
    assert desk.get(address).status_code == 404


def test_others_find_nothing(
    city: City, work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    message = _reply(work, city, "已通知市政。", now)
    address = f"/console/inbox/{work.dialogue.pk}/messages/{message.pk}/knowledge/"
    for person in (city.outsider, city.zhao, editor):
        desk = at_desk(person)
        assert desk.get(address).status_code == 404
        assert desk.post(address, _offer()).status_code == 404
    said = Message.objects.filter(sender=Sender.CITIZEN).first()
    assert said is not None
    hers = f"/console/inbox/{work.dialogue.pk}/messages/{said.pk}/knowledge/"
    assert at_desk(city.wang).get(hers).status_code == 404
    assert not EntryProposal.objects.exists()
