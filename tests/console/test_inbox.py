"""The inbox: 王芳 takes a conversation, answers, makes a ticket, hands back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.conversations.actions import answer_handover
from minxin.conversations.archive import keep_archive
from minxin.conversations.models import Dialogue, Handover, Message, Outgoing, Tag
from minxin.tickets.models import Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import City

HTMX = {"HX-Request": "true"}


def test_taken_answered_and_handed_back(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/"
    part = desk.post(f"{address}attend/", headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert Dialogue.objects.get().attended_by == city.wang
    answered = desk.post(f"{address}reply/", {"text": "马上去修。", "token": "t1"}, headers=HTMX)
    assert "马上去修。" in answered.content.decode()
    desk.post(f"{address}hand-back/")
    assert Dialogue.objects.get().attended_by is None


def test_a_double_click_says_it_once(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    before = Outgoing.objects.count()
    for _ in range(2):
        desk.post(
            f"/console/inbox/{work.dialogue.pk}/reply/", {"text": "马上去修。", "token": "same"}
        )
    assert Outgoing.objects.count() == before + 1


def test_a_refused_reply_keeps_what_was_typed(city: City, work: Work, at_desk: SignIn) -> None:
    long = "很长的答复" * 200
    answer = at_desk(city.wang).post(
        f"/console/inbox/{work.dialogue.pk}/reply/", {"text": long, "token": "t"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert Outgoing.objects.count() == 1


def test_reading_takes_the_mark_off_and_only_who_answers_does_so(
    city: City, work: Work, at_desk: SignIn
) -> None:
    assert Dialogue.objects.get().unread == 1
    desk = at_desk(city.wang)
    assert "东桥路口" in desk.get("/console/inbox/?view=unread").content.decode()
    desk.get(f"/console/inbox/{work.dialogue.pk}/")
    assert Dialogue.objects.get().unread == 0
    assert "东桥路口" not in desk.get("/console/inbox/?view=unread").content.decode()


def test_what_was_said_becomes_a_ticket_once(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    typed = {"text": "东桥路口的井盖也松动了", "place": "东桥路口", "token": "once"}
    first = desk.post(f"/console/inbox/{work.dialogue.pk}/ticket/", typed)
    second = desk.post(f"/console/inbox/{work.dialogue.pk}/ticket/", typed)
    assert first.url == second.url
    made = Ticket.objects.get(text=typed["text"])
    assert made.citizen_id == city.xiaolin.pk
    assert made.place == "东桥路口"
    assert made.number in first.url


def test_a_report_on_an_official_becomes_no_ticket(city: City, work: Work, at_desk: SignIn) -> None:
    desk, before = at_desk(city.wang), Ticket.objects.count()
    typed = {"text": "城管局的科长收受红包，办事要钱", "place": "", "token": "once"}
    answer = desk.post(f"/console/inbox/{work.dialogue.pk}/ticket/", typed, follow=True)
    assert "12388" in answer.content.decode()
    assert Ticket.objects.count() == before


def test_a_citizens_words_are_never_markup(city: City, work: Work, at_desk: SignIn) -> None:
    Dialogue.objects.update(last_text="<img src=x>")
    page = at_desk(city.wang).get("/console/inbox/").content.decode()
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_a_reply_after_a_colleagues_is_told_and_what_was_typed_stays(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/"
    first = desk.get(address).content.decode()
    assert 'name="seen"' in first
    assert 'form="reply-form"' in first
    before = Outgoing.objects.count()
    Message.objects.create(
        account=city.account,
        citizen=city.xiaolin,
        sender="staff",
        kind="text",
        text="已派人",
        staff=city.outsider,
        said_at=timezone.now(),
        recorded_at=timezone.now(),
    )
    answer = desk.post(
        f"{address}reply/", {"text": "马上派人", "token": "z", "seen": "0"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "马上派人" in answer.content.decode()
    assert Outgoing.objects.count() == before


def test_the_live_thread_brings_the_window_and_the_button(
    city: City, work: Work, at_desk: SignIn
) -> None:
    part = at_desk(city.wang).get(f"/console/inbox/{work.dialogue.pk}/thread/").content.decode()
    assert '<template data-into="window-state">' in part
    assert '<template data-into="reply-send">' in part


def test_the_queues_carry_their_numbers_and_their_words(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    desk.post(f"/console/inbox/{work.dialogue.pk}/attend/")
    page = desk.get("/console/inbox/?view=mine").content.decode()
    assert '我的 <span class="queue-number">1</span>' in page
    assert "东桥路口" in page
    live = desk.get("/console/inbox/people/?view=waiting").content.decode()
    assert '<template data-into="inbox-views">' in live
    assert "没有市民在等人工" in live
    nonsense = desk.get("/console/inbox/?view=xx&agency=9999999999999999")
    assert "东桥路口" in nonsense.content.decode()
    assert "东桥路口" not in desk.get(f"/console/inbox/?agency={city.water.pk}").content.decode()


def test_closed_and_found_among_the_closed(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/"
    refused = desk.post(f"{address}close/", {"seen": "0"}, headers=HTMX)
    assert refused.status_code == 422
    assert "市民刚刚又说了话" in refused.content.decode()
    closed = desk.post(f"{address}close/", headers=HTMX).content.decode()
    assert "已结束，市民再发言会重新出现" in closed
    assert "东桥路口" not in desk.get("/console/inbox/").content.decode()
    assert "东桥路口" in desk.get("/console/inbox/?view=closed").content.decode()


def test_the_way_back_keeps_the_queue(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/"
    assert (
        'href="/console/inbox/?view=unread"' in desk.get(f"{address}?view=unread").content.decode()
    )
    around = HTMX | {"HX-Current-URL": f"http://testserver{address}?view=unread&x=1"}
    part = desk.post(f"{address}attend/", headers=around).content.decode()
    assert 'href="/console/inbox/?view=unread"' in part


def test_a_colleague_who_writes_is_seen(city: City, work: Work, at_desk: SignIn) -> None:
    colleague = Staff.objects.create(username="liyan", name="李燕", joined_at=timezone.now())
    colleague.memberships.create(agency=city.police, role="agent")
    address = f"/console/inbox/{work.dialogue.pk}/"
    assert at_desk(colleague).post(f"{address}writing/", {"words": "1"}).status_code == 204
    desk = at_desk(city.wang)
    assert "李燕正在回复" in desk.get(address).content.decode()
    assert "李燕正在回复" in desk.get(f"{address}thread/").content.decode()
    assert "李燕正在回复" not in at_desk(colleague).get(address).content.decode()
    answered = desk.post(f"{address}reply/", {"text": "马上去修。", "token": "w"}, headers=HTMX)
    assert answered.status_code == 200  # a warning, never a lock


def test_a_refused_note_and_tag_keep_what_was_typed(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/"
    long = "备注很长" * 300
    refused = desk.post(f"{address}note/", {"note": long, "token": "n"}, headers=HTMX)
    assert refused.status_code == 422
    assert long in refused.content.decode()
    refused = desk.post(f"{address}tag/", {"tag": "一个非常非常非常长的标签" * 3}, headers=HTMX)
    assert refused.status_code == 422
    assert "标签不超过 20 字。" in refused.content.decode()


def test_noted_and_tagged_and_found_by_the_tag(city: City, work: Work, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    address = f"/console/inbox/{work.dialogue.pk}/"
    noted = desk.post(f"{address}note/", {"note": "先打过电话", "token": "n"}, headers=HTMX)
    assert "内部备注，市民看不到" in noted.content.decode()
    tagged = desk.post(f"{address}tag/", {"tag": "路灯"}, headers=HTMX).content.decode()
    assert 'aria-label="去掉标签 路灯"' in tagged
    assert "东桥路口" in desk.get("/console/inbox/?tag=路灯").content.decode()
    assert "东桥路口" not in desk.get("/console/inbox/?tag=水费").content.decode()
    page = desk.get("/console/conversations/tags/").content.decode()
    assert "路灯" in page
    number = Tag.objects.get().pk
    desk.post(f"/console/conversations/tags/{number}/", {"name": "照明", "is_active": "on"})
    desk.post(f"{address}tag/", {"off": number})
    assert (
        "照明"
        not in desk.get(address)
        .content.decode()
        .split('<div class="tags">')[1]
        .split("<datalist")[0]
    )


def test_all_that_was_said_is_searched(
    city: City, work: Work, at_desk: SignIn, tmp_path: Path, settings: Any
) -> None:
    settings.MINXIN_HOME = str(tmp_path)
    keep_archive(now=timezone.now() + timedelta(minutes=1))
    desk = at_desk(city.wang)
    address = "/console/conversations/search/"
    assert desk.get(address).status_code == 200
    page = desk.get(address, {"q": "路灯"}).content.decode()
    assert "东桥路口的<mark>路灯</mark>坏了三天" in page
    number = Message.objects.get(sender="citizen").pk
    link = f"/console/inbox/{work.dialogue.pk}/?at={number}"
    assert link in page
    assert "bubble-citizen is-found" in desk.get(link).content.decode()
    assert "没有找到。" in desk.get(address, {"q": "没人说过"}).content.decode()
    short = desk.get(address, {"q": "灯"})
    assert short.status_code == 422
    assert "太短" in short.content.decode()
    wrong = desk.get(address, {"q": "路灯", "since": "2026-02-02", "until": "2026-02-01"})
    assert "结束日期早于开始日期。" in wrong.content.decode()
    assert "路灯</mark>" not in at_desk(city.outsider).get(address, {"q": "路灯"}).content.decode()
    there = desk.get(address, {"q": work.ticket.number})
    assert there.url == f"/console/inbox/{work.dialogue.pk}/"
    away = at_desk(city.outsider).get(address, {"q": work.ticket.number})
    assert away.status_code == 200


def test_a_place_a_voice_and_what_is_not_shown(city: City, work: Work, at_desk: SignIn) -> None:
    moment = timezone.now()
    for kind, data in (
        ("Location", {"latitude": 29.5, "longitude": 106.55, "label": "东桥路口北侧"}),
        ("Voice", {"media_id": "v", "recognition": "路灯还没有修"}),
        ("Unknown", {"kind": "finder"}),
        ("Image", {"media_id": "p"}),
    ):
        Message.objects.create(
            account=city.account, citizen=city.xiaolin, sender="citizen", kind=kind, text="[x]",
            data=data, said_at=moment, recorded_at=moment,
        )  # fmt: skip
    desk = at_desk(city.wang)
    page = desk.get(f"/console/inbox/{work.dialogue.pk}/").content.decode()
    assert 'data-copy="东桥路口北侧 29.500000, 106.550000"' in page
    assert "路灯还没有修" in page
    assert "这类消息（finder）这里不能显示" in page
    picture = Message.objects.get(kind="Image").pk
    assert f'src="/console/inbox/said/{picture}/"' in page
    words = Message.objects.filter(kind="text").latest("id").pk
    assert desk.get(f"/console/inbox/said/{words}/").status_code == 404
    assert at_desk(city.outsider).get(f"/console/inbox/said/{picture}/").status_code == 404


def test_handed_to_another_agency_and_back(city: City, work: Work, at_desk: SignIn) -> None:
    desk, theirs = at_desk(city.wang), at_desk(city.outsider)
    address = f"/console/inbox/{work.dialogue.pk}/"
    empty = desk.post(f"{address}hand-over/", {"to": city.water.pk, "question": " "}, headers=HTMX)
    assert empty.status_code == 422
    part = desk.post(
        f"{address}hand-over/",
        {"to": city.water.pk, "question": "谁换水表", "token": "h"},
        headers=HTMX,
    )
    assert "等她答复" in part.content.decode()
    assert theirs.get(address).status_code == 404
    row = Handover.objects.get()
    answer_handover(row.pk, agrees=True, actor=city.xiaolin, now=timezone.now())
    page = theirs.get(address).content.decode()
    assert "谁换水表" in page
    assert "退回原单位" in page
    assert work.ticket.number not in page  # her tickets elsewhere stay there
    assert "谁换水表" in theirs.get("/console/conversations/handovers/").content.decode()
    back = theirs.post(f"{address}take-back/", {"reason": "不归我们"}, headers=HTMX)
    assert back.headers["HX-Redirect"] == "/console/conversations/handovers/"
    assert theirs.get(address).status_code == 404
    assert "等人工" in desk.get("/console/inbox/?view=waiting").content.decode()
