"""She reads why it ended and what that means, appeals once, and reads what was decided."""

from datetime import timedelta

from django.utils import timezone

from minxin.agencies.actions import add_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from minxin.tickets import actions
from minxin.tickets.models import MaliciousMark, Ticket
from tests.portal.conftest import Browser
from tests.portal.test_tickets import filed, text_of
from tests.support.city import PASSWORD, SETUP

TOLD = "两次现场核查，路灯一直正常"


def ended(phone: Browser) -> Ticket:
    ticket = filed(phone)
    now, people = timezone.now(), Staff.objects
    add_staff(
        username="huang", name="黄薇", agency=Agency.objects.get(parent=None), role=Role.SUPERVISOR,
        password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    actions.propose_malicious(
        ticket, reason="现场并无此事", evidence="现场记录两份", actor=people.get(username="wangfang"),
        now=now,
    )  # fmt: skip
    actions.confirm_malicious(
        ticket, decision=TOLD, link="x", actor=people.get(username="zhaoming"), now=now
    )
    return ticket


def test_told_appealed_once_and_refused(xiaolin: Browser) -> None:
    ticket = ended(xiaolin)
    address = f"tickets/{ticket.number}/"
    page = text_of(xiaolin.read(address))
    for said in ("已终止", TOLD, "其他诉求照常办理", f"{address}appeal"):
        assert said in page
    assert "现场记录两份" not in page
    assert 'class="stages"' not in page  # it left the way
    assert "赵明" not in page
    empty = xiaolin.send(f"{address}appeal", words=" ")
    assert (empty.status_code, "请写明" in text_of(empty)) == (422, True)
    long = xiaolin.send(f"{address}appeal", words="字" * 1001)
    assert "字字字" in text_of(long)
    xiaolin.send(f"{address}appeal", words="我说的是事实<b>")
    page = text_of(xiaolin.read(address))
    assert "我说的是事实&lt;b&gt;" in page
    assert f"{address}appeal" not in page
    again = xiaolin.send(f"{address}appeal", words="我再说一遍")
    assert again.status_code == 422
    assert "我再说一遍" in text_of(again)
    assert "正在等决定" in text_of(xiaolin.read(f"{address}appeal"))
    office = Staff.objects.get(username="huang")
    actions.refuse_appeal(
        ticket, decision="复核后事实不变", link="x", actor=office, now=timezone.now()
    )
    assert "复核后事实不变" in text_of(xiaolin.read(address))
    assert "已经有了决定" in text_of(xiaolin.read(f"{address}appeal"))


def test_too_late_and_expired(xiaolin: Browser) -> None:
    ticket = ended(xiaolin)
    MaliciousMark.objects.update(appeal_by=timezone.now() - timedelta(days=1))
    page = text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    assert "申诉期已于" in page
    assert "不能申诉" in text_of(xiaolin.read(f"tickets/{ticket.number}/appeal"))
    MaliciousMark.objects.update(status="expired")
    assert "到期" in text_of(xiaolin.read(f"tickets/{ticket.number}/"))


def test_an_appeal_that_nobody_heard_in_time(xiaolin: Browser) -> None:
    ticket = ended(xiaolin)
    address = f"tickets/{ticket.number}/"
    xiaolin.send(f"{address}appeal", words="我说的是事实")
    assert "申诉不再审理" in text_of(
        xiaolin.read(address)
    )  # she knows from the start what may come
    MaliciousMark.objects.update(status="expired")
    page = text_of(xiaolin.read(address))
    assert "认定到期时申诉还没有决定" in page
    assert "正在由没有参与" not in page
    assert "正在等决定" not in text_of(xiaolin.read(f"{address}appeal"))
