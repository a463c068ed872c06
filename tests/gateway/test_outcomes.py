"""What WeChat reports of sent messages comes in as pushes, and the outgoing rows learn of it."""

from datetime import timedelta
from typing import Any

import pytest

from minxin import wechat
from minxin.conversations import actions
from minxin.conversations.contents import (
    Content,
    MassContent,
    SmsContent,
    SubscriptionContent,
    TemplateContent,
    TextContent,
    content_as_json,
)
from minxin.conversations.models import Dialogue, Outgoing
from minxin.conversations.rules import Priority
from minxin.core.actors import System
from minxin.gateway import consequences
from tests.support.city import City
from tests.support.dialogue import Phone

pytestmark = pytest.mark.django_db
TEMPLATE = TemplateContent("tpl", {"thing1": "路灯修复"})
NOTICE = SubscriptionContent("tpl", {"thing1": "路灯修复"})


def sent(phone: Phone, city: City, content: Content, **more: Any) -> Outgoing:
    """A message that WeChat took, under number 77."""
    otherwise = more.pop("otherwise", ())
    row = actions.send(
        city.xiaolin, content, key=f"k{Outgoing.objects.count()}", actor=System("test"),
        now=phone.now, otherwise=otherwise,
    )  # fmt: skip
    assert row is not None
    fields = {"status": "sent", "sent_at": phone.now, "wechat_id": "77", **more}
    Outgoing.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()
    return row


def hear(phone: Phone, inbound: wechat.Inbound, row: Outgoing) -> Outgoing:
    phone.push(inbound)
    phone.settle()
    for each in consequences.CONSEQUENCES:
        while consequences.follow_up(each, now=phone.now + timedelta(minutes=1)):
            pass
    row.refresh_from_db()
    return row


def template(phone: Phone, status: str, number: int = 77) -> wechat.Inbound:
    return wechat.TemplateSent(message_id=number, status=status, **phone.common())


def test_a_template_message_arrived(phone: Phone, city: City) -> None:
    row = hear(phone, template(phone, "success"), sent(phone, city, TEMPLATE))
    assert row.status == "sent"
    assert row.delivered_at == phone.now
    assert row.state == "已送达"


def test_one_that_she_blocks_failed_and_says_why(phone: Phone, city: City) -> None:
    row = hear(phone, template(phone, "failed:user block"), sent(phone, city, TEMPLATE))
    assert (row.status, row.delivered_at) == ("failed", None)
    assert "拒收" in row.error


def test_one_that_failed_goes_its_next_way_once(phone: Phone, city: City) -> None:
    row = sent(phone, city, TEMPLATE, otherwise=[SmsContent("路灯已修复")])
    report = template(phone, "failed: system failed")
    hear(phone, report, row)
    assert (row.status, row.channel, row.wechat_id) == ("waiting", "sms", None)
    assert "system failed" in row.error
    Outgoing.objects.filter(pk=row.pk).update(status="sent")
    consequences.note_outcomes(_rows(), phone.now)  # the cursor was lost: read again
    row.refresh_from_db()
    assert (row.status, row.channel) == ("sent", "sms")


def _rows() -> Any:
    from minxin.conversations.queries import messages_after

    return messages_after(0, 100)


def test_a_report_of_somebody_elses_message_finds_nothing(phone: Phone, city: City) -> None:
    row = hear(phone, template(phone, "failed:user block", 78), sent(phone, city, TEMPLATE))
    assert (row.status, row.error) == ("sent", "")
    other = sent(phone, city, TextContent("您好"))  # a number is one only within its channel
    assert hear(phone, template(phone, "failed:user block"), other).status == "sent"


def mass(phone: Phone, status: str, **counts: int) -> wechat.Inbound:
    numbers = {"total": 0, "filtered": 0, "sent": 0, "failed": 0, **counts}
    return wechat.MassSent(message_id=77, status=status, **numbers, **phone.common())


def sent_to_all(phone: Phone, city: City) -> Outgoing:
    return Outgoing.objects.create(
        key="mass", account=city.account, channel="mass", priority=Priority.BULK, status="sent",
        content=content_as_json(MassContent("text", "停水通知")), due_at=phone.now,
        created_at=phone.now, sent_at=phone.now, wechat_id="77",
    )  # fmt: skip


def test_a_mass_message_is_counted(phone: Phone, city: City) -> None:
    report = mass(phone, "send success", total=100, filtered=80, sent=75, failed=5)
    row = hear(phone, report, sent_to_all(phone, city))
    assert row.delivered_at is not None
    assert row.report == {"total": 100, "filtered": 80, "sent": 75, "failed": 5}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("err(10001)", "涉嫌广告"),
        ("err(20001)", "涉嫌政治"),
        ("err(20008)", "20008"),
        ("send fail", "send fail"),
    ],
)
def test_a_mass_message_that_was_not_let_through(
    phone: Phone, city: City, status: str, words: str
) -> None:
    row = hear(phone, mass(phone, status), sent_to_all(phone, city))
    assert row.status == "failed"
    assert words in row.error


def notice(phone: Phone, code: str, template_id: str = "tpl") -> wechat.Inbound:
    result = {"TemplateId": template_id, "MsgID": "1", "ErrorCode": code, "ErrorStatus": "success"}
    return wechat.SubscriptionSent(results=(result,), **phone.common())


def test_a_notice_is_found_by_its_template(phone: Phone, city: City) -> None:
    first, second = sent(phone, city, NOTICE), sent(phone, city, NOTICE)
    hear(phone, notice(phone, "0", "another"), first)
    assert first.delivered_at is None
    hear(phone, notice(phone, "0"), first)
    assert first.delivered_at is not None
    assert hear(phone, notice(phone, "43101"), second).status == "failed"
    assert "43101" in second.error


def test_a_report_is_no_word_of_hers(phone: Phone, city: City) -> None:
    """It lets nobody write to her, and brings nothing to the top of the inbox."""
    phone.say("您好")
    held = sent(phone, city, TextContent("后来的"), status="held", claimed_at=phone.now)
    phone.settle()
    hear(phone, template(phone, "success"), held)
    before = Dialogue.objects.get(pk=city.xiaolin.pk).last_message_at
    phone.now += timedelta(minutes=5)
    hear(phone, template(phone, "success"), held)
    assert held.status == "held"
    assert Dialogue.objects.get(pk=city.xiaolin.pk).last_message_at == before


def test_what_opens_no_window_releases_nothing(phone: Phone, city: City) -> None:
    phone.say("您好")
    held = sent(phone, city, TextContent("后来的"), status="held", claimed_at=phone.now)
    viewed = wechat.MenuViewed(url="http://city.test/", **phone.common())
    assert hear(phone, viewed, held).status == "held"
    clicked = wechat.MenuClicked(key="x", **phone.common())
    assert hear(phone, clicked, held).status == "waiting"


def test_a_report_waits_until_the_courier_has_noted_what_it_sent(phone: Phone, city: City) -> None:
    row = sent(phone, city, TEMPLATE)
    phone.push(template(phone, "success"))
    phone.settle()
    assert consequences.follow_up(consequences.note_outcomes, now=phone.now) == 0
    later = phone.now + consequences.NOTED
    assert consequences.follow_up(consequences.note_outcomes, now=later) == 1
    row.refresh_from_db()
    assert row.delivered_at is not None
