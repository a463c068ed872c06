"""Who was named with another system's request is forgotten when the ticket has been over long enough."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from minxin.agencies.models import AuditEntry
from minxin.citizens.models import OutsideContact
from minxin.clock import strikes
from minxin.tickets import actions
from minxin.tickets.exchanging import Taken
from minxin.tickets.models import ExchangeRecord, Ticket
from tests.support.city import City, build_city


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def taken_in(city: City, now: datetime) -> Ticket:
    row = Taken(
        their_number="H-1", text="路灯坏了三天没有人修", nature="help", name="林晓东", phone="13800138000",
    )  # fmt: skip
    ticket, _is_new = actions.take_in(row, agency=city.police, actor=city.wang, now=now)
    return ticket


def named() -> bool:
    return any(each.real_name or each.phone for each in OutsideContact.objects.all())


def test_not_while_it_is_open_nor_before_its_days_are_over(
    city: City, now: datetime, settings: LazySettings
) -> None:
    settings.MINXIN_OUTSIDE_CONTACT_DAYS = 100
    ticket = taken_in(city, now)
    strikes.forget_outside_contacts(now + timedelta(days=400))
    assert named()  # still open
    actions.accept(ticket, actor=city.wang, now=now)
    answered = now + timedelta(days=400)
    actions.answer(ticket, "路灯已经修好。", link="x", actor=city.wang, now=answered)
    strikes.forget_outside_contacts(answered + timedelta(days=99))
    assert named()
    strikes.forget_outside_contacts(answered + timedelta(days=101))
    strikes.forget_outside_contacts(answered + timedelta(days=101))
    assert not named()
    assert ExchangeRecord.objects.get().contact is not None  # the empty row says that there was one
    assert AuditEntry.objects.filter(verb="citizen.outside_contact_forgotten").count() == 1
    assert Ticket.objects.get().text == "路灯坏了三天没有人修"


def test_a_city_may_keep_them(city: City, now: datetime, settings: LazySettings) -> None:
    settings.MINXIN_OUTSIDE_CONTACT_DAYS = 0
    taken_in(city, now)
    Ticket.objects.update(status="closed")
    strikes.forget_outside_contacts(now + timedelta(days=4000))
    assert named()
