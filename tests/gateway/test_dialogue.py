"""The dialogue policy, as 小林 meets it."""

import re
from datetime import date, timedelta

import pytest

from minxin import wechat
from minxin.conversations import actions as conversations
from minxin.conversations.models import Dialogue, Message, Outgoing
from minxin.gateway import consequences, wording
from minxin.gateway.responders import RESPONDERS
from minxin.knowledge.actions import repeal_document
from minxin.knowledge.models import UnansweredQuestion
from minxin.tickets import actions as tickets
from minxin.tickets.models import Ticket
from tests.knowledge.papers import paper
from tests.support.city import SETUP, City
from tests.support.dialogue import Phone

pytestmark = pytest.mark.django_db


def consequence(name: str, phone: Phone) -> None:
    phone.settle()
    found = next(each for each in consequences.CONSEQUENCES if each.__name__ == name)
    while consequences.follow_up(found, now=phone.now + timedelta(minutes=1)):
        pass


def test_a_question_is_answered_with_its_source(phone: Phone) -> None:
    said = phone.say("身份证丢了咋补办")
    assert "任一派出所" in said
    assert "来源：《云溪市办事指南》云政发〔2026〕1号（云溪市公安局，2026年1月1日起施行）" in said
    assert "http://city.test/m/" in said
    assert "人工" in said


def test_an_expired_entry_is_neither_given_nor_offered(phone: Phone) -> None:
    said = phone.say("夏季优惠水价是多少")
    assert "来源：" not in said
    assert "夏季优惠水价" not in said


def test_an_answer_whose_source_has_ended_is_said_to_be_looked_at(phone: Phone, city: City) -> None:
    document = paper(city.police, "云溪市办事指南", now=phone.now, issuing_agency="云溪市公安局",
                     document_number="云政发〔2026〕1号", effective_on=date(2026, 1, 1))  # fmt: skip
    repeal_document(document, phone.now.date(), by="市政府令第9号", actor=SETUP, now=phone.now)
    phone.index.refresh()
    said = phone.say("身份证丢了咋补办")
    assert "任一派出所" not in said
    assert "来源：" not in said
    assert "已从2026年11月24日起废止" in said
    assert "正在核对" in said
    assert "人工" in said
    assert "哪里" in phone.say("提交")


def test_the_unknown_is_admitted_and_near_questions_are_offered(phone: Phone) -> None:
    said = phone.say("居住证丢了要去哪里开证明盖章")
    assert "还没有官方答复" in said
    assert "来源：" not in said
    assert "1. " in said
    assert "提交" in said
    chosen = phone.say("1")
    assert "来源：" in chosen


def test_an_unanswered_question_becomes_a_ticket_by_one_word(phone: Phone, city: City) -> None:
    phone.say("我家楼下的水管一直漏水没人管")
    assert "哪里" in phone.say("提交")
    check = phone.say("青禾路12号院")
    assert "我家楼下的水管一直漏水没人管" in check
    filed = phone.say("确认")
    ticket = Ticket.objects.get()
    assert ticket.number in filed
    assert "承诺" in filed
    assert "11月" in filed or "12月" in filed
    assert (ticket.place, ticket.agency, ticket.citizen) == (
        "青禾路12号院",
        city.water,
        city.xiaolin,
    )


def test_filing_can_be_left_and_corrected(phone: Phone) -> None:
    assert "什么事" in phone.say("我要反映")
    assert "哪里" in phone.say("小区停水三天了没有通知")
    phone.say("无")
    assert "什么事" in phone.say("修改")
    assert "没有提交" in phone.say("取消")
    assert Ticket.objects.count() == 0
    assert "来源：" in phone.say("在哪交水费")


def test_a_complaint_in_one_breath_needs_no_second_telling(phone: Phone) -> None:
    assert "哪里" in phone.say("投诉：隔壁工地半夜施工，吵得睡不着")


@pytest.mark.parametrize(
    "words", [("我要举报某局长收红包",), ("我要反映", "鹤鸣镇某局长收红包"), ("某局长收红包",)]
)
def test_a_report_of_wrongdoing_does_not_stay_in_the_conversation(
    phone: Phone, words: tuple[str, ...]
) -> None:
    for each in words:
        answer = phone.say(each)
    assert "12388" in answer
    phone.settle()
    assert not Message.objects.filter(text__contains="收红包").exists()
    assert not Message.objects.filter(reply__contains="收红包").exists()
    assert not Dialogue.objects.filter(form__icontains="收红包").exists()
    assert Ticket.objects.count() == 0
    assert "没有提交" not in phone.say("确认")  # the form is forgotten too


def test_another_channel_is_named_before_she_confirms(phone: Phone) -> None:
    phone.say("我要反映：我不服处罚，想申请行政复议")
    confirm = phone.say("无")
    assert "行政复议机关" in confirm
    assert "核对" in confirm
    assert "编号" in phone.say("确认")


def test_a_question_about_complaining_is_a_question(phone: Phone) -> None:
    assert "哪里？" not in phone.say("投诉电话是多少？")


def test_a_repeated_confirmation_files_nothing_twice(phone: Phone) -> None:
    phone.say("我要反映：小区停水三天了没有通知")
    phone.say("无")
    confirm = wechat.Text(content="确认", message_id=77, **phone.common())
    first = phone.push(confirm)
    phone.settle()
    assert phone.push(confirm) == first
    assert Ticket.objects.count() == 1


def test_progress_is_told_of_ones_own_tickets_only(phone: Phone, city: City, index: object) -> None:
    assert "还没有提交过" in phone.say("进度")
    phone.say("我要反映：小区停水三天了没有通知")
    phone.say("无")
    phone.say("确认")
    number = Ticket.objects.get().number
    assert number in phone.say("进度")
    assert "已提交" in phone.say(number.lower().replace("-", " "))
    other = Phone(phone.now, phone.index, openid="oSomebodyElse")
    other.follow()
    assert "没有找到" in other.say(number)


def test_a_person_is_called_and_the_machine_keeps_silent(phone: Phone, city: City) -> None:
    assert "工作人员" in phone.say("人工")
    dialogue = Dialogue.objects.select_related("account__agency", "citizen").get()
    assert dialogue.wants_person_at is not None
    conversations.attend(dialogue, actor=city.wang, now=phone.now)
    assert phone.say("身份证丢了怎么补") == ""
    conversations.hand_back(dialogue, actor=city.wang, now=phone.now)
    assert "来源：" in phone.say("身份证丢了怎么补")


def test_what_is_written_down_while_waiting_for_a_person_is_no_question(
    phone: Phone, city: City
) -> None:
    phone.say("人工")
    said = phone.say("我家门口的水管一直漏水没人管")
    assert said.startswith("已经记下")
    assert "人工" not in said.replace("工作人员", "")
    # What the city knows is still answered, and a ticket is still one word away.
    assert "来源：" in phone.say("身份证丢了怎么补")
    phone.say("我家门口的水管一直漏水没人管")
    assert "地点" in phone.say("提交")
    phone.say("取消")

    dialogue = Dialogue.objects.select_related("account__agency", "citizen").get()
    conversations.attend(dialogue, actor=city.wang, now=phone.now)
    conversations.hand_back(dialogue, actor=city.wang, now=phone.now)
    assert "官方答复" in phone.say("我家门口的水管一直漏水没人管")


def test_nobody_waits_for_a_person_for_ever(phone: Phone) -> None:
    phone.say("人工")
    phone.now += timedelta(hours=25)
    assert "官方答复" in phone.say("我家门口的水管一直漏水没人管")


def test_a_conversation_left_alone_returns_to_the_machine(phone: Phone, city: City) -> None:
    phone.say("人工")
    dialogue = Dialogue.objects.select_related("account__agency", "citizen").get()
    conversations.attend(dialogue, actor=city.wang, now=phone.now)
    phone.now += timedelta(minutes=31)
    assert "来源：" in phone.say("身份证丢了怎么补")


def test_who_comes_back_is_greeted_differently(phone: Phone) -> None:
    phone.openid = "oNewcomer"
    assert "您好" in phone.follow()
    phone.unfollow()
    consequence("erase_on_unfollow", phone)
    assert "欢迎回来" in phone.follow()


def test_unfollowing_erases_what_was_said_and_unlinks_tickets(phone: Phone, city: City) -> None:
    phone.say("我要反映：小区停水三天了没有通知")
    phone.say("无")
    phone.say("确认")
    phone.unfollow()
    consequence("erase_on_unfollow", phone)
    city.xiaolin.refresh_from_db()
    assert city.xiaolin.openid is None
    assert city.xiaolin.erased_at is not None
    messages = Message.objects.filter(citizen=city.xiaolin)
    assert messages.count() >= 4
    assert not messages.exclude(text=None, reply=None, data=None).exists()
    ticket = Ticket.objects.get()
    assert ticket.citizen is None
    assert ticket.text


def test_unanswered_questions_are_counted_masked(phone: Phone) -> None:
    for _ in range(2):
        phone.say("区块链发票丢了我的电话13800138000")
    consequence("count_unanswered", phone)
    row = UnansweredQuestion.objects.get()
    assert row.times == 2
    assert "13800138000" not in row.text


def test_an_answer_is_rated_by_one_word(phone: Phone, city: City) -> None:
    phone.say("我要反映：小区停水三天了没有通知")
    phone.say("无")
    phone.say("确认")
    ticket = Ticket.objects.get()
    tickets.accept(ticket, actor=city.outsider, now=phone.now)
    tickets.answer(
        ticket, "已抢修完毕，恢复供水。", link="http://x", actor=city.outsider, now=phone.now
    )
    assert Outgoing.objects.get().content["kind"] == "menu"
    assert "谢谢您的评价" in phone.say("满意")
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_a_rating_that_is_tapped_counts_while_a_person_attends(phone: Phone, city: City) -> None:
    phone.say("我要反映：小区停水三天了没有通知")
    phone.say("无")
    phone.say("确认")
    ticket = Ticket.objects.get()
    tickets.accept(ticket, actor=city.outsider, now=phone.now)
    tickets.answer(ticket, "已恢复供水。", link="http://x", actor=city.outsider, now=phone.now)
    phone.say("人工")
    conversations.attend(Dialogue.objects.get(), actor=city.wang, now=phone.now)
    assert phone.say("满意") == ""  # said to the person
    assert Ticket.objects.get().status == "answered"
    assert "谢谢您的评价" in phone.say("满意", menu_id=f"rate:{ticket.number}:satisfied")
    assert Ticket.objects.get().status == "closed"


def test_who_is_not_content_is_shown_how_to_go_on(phone: Phone, city: City) -> None:
    phone.say("我要反映：小区停水三天了没有通知")
    phone.say("无")
    phone.say("确认")
    ticket = Ticket.objects.get()
    tickets.accept(ticket, actor=city.outsider, now=phone.now)
    tickets.answer(ticket, "已转物业处理。", link="http://x", actor=city.outsider, now=phone.now)
    said = phone.say("不满意", menu_id=f"rate:{ticket.number}:dissatisfied")
    assert f"{ticket.number}/reopen" in said


@pytest.mark.parametrize(
    "inbound",
    [
        wechat.Image(
            account="gh", openid="o", created_at=1, message_id=1, picture_url="", media_id="m"
        ),
        wechat.Voice(
            account="gh", openid="o", created_at=1, message_id=2, media_id="m", format="amr"
        ),
        wechat.Unknown(
            account="gh", openid="o", created_at=1, message_id=3, kind="hologram", fields={}
        ),
    ],
    ids=lambda inbound: type(inbound).__name__,
)
def test_what_is_not_words_gets_a_sentence_or_silence(
    phone: Phone, inbound: wechat.Inbound
) -> None:
    said = phone.push(inbound)
    assert "文字" in said or isinstance(inbound, wechat.Unknown)


def test_what_wechat_heard_becomes_the_text_of_a_ticket(phone: Phone) -> None:
    def speak(number: int, heard: str) -> str:
        return phone.push(
            wechat.Voice(
                media_id="m", format="amr", message_id=number, recognition=heard, **phone.common()
            )
        )

    speak(900, "我要反映小区门口的路灯坏了三天没有人修。")
    speak(901, "东桥路口。")
    speak(902, "确认。")
    ticket = Ticket.objects.get()
    assert "路灯坏了三天没有人修" in ticket.text
    assert ticket.place.startswith("东桥路口")


def test_events_get_no_answer(phone: Phone) -> None:
    assert phone.push(wechat.MenuViewed(url="http://x", **phone.common())) == ""
    assert (
        phone.push(wechat.Unknown(kind="event:new", fields={"Event": "new"}, **phone.common()))
        == ""
    )


def test_no_openid_reaches_the_tables_of_conversations(phone: Phone) -> None:
    phone.follow()
    phone.say("身份证丢了怎么补")
    phone.push(
        wechat.Unknown(
            kind="event:x", fields={"FromUserName": phone.openid, "Event": "x"}, **phone.common()
        )
    )
    for row in Message.objects.values():
        assert phone.openid not in repr(row)
    for row in Dialogue.objects.values():
        assert phone.openid not in repr(row)


def test_every_responder_has_its_own_file() -> None:
    for responder in RESPONDERS:
        assert responder.__module__.endswith(responder.__name__)


def test_what_was_said_in_the_first_breath_is_not_lost(phone: Phone) -> None:
    assert "什么事" in phone.say("投诉物业")
    phone.say("电梯坏了三天没有人修理")
    assert "物业，电梯坏了三天没有人修理" in phone.say("无")


def test_a_near_question_is_answered_by_a_tap(phone: Phone) -> None:
    said = phone.say("居住证丢了要去哪里开证明盖章")
    tapped = re.search(r"msgmenucontent=([^&]+)&msgmenuid=(near:\d+)", said)
    assert tapped is not None
    assert "来源：" in phone.say(tapped[1], menu_id=tapped[2])


def test_what_cannot_stand_in_a_link_is_written_otherwise() -> None:
    link = wording.tap_words('身高<1.2米&免票"怎么办#', "near:1")
    assert link.count("<") == 2
    assert link.count('"') == 2
    assert "#" not in link
