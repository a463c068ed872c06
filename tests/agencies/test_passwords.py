"""Passwords grow old, and the last five do not come back, whoever sets them."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from minxin.agencies import actions, queries, rules
from minxin.agencies.models import Staff, UsedPassword
from minxin.agencies.rules import Role
from minxin.core.errors import Refused
from tests.support.city import PASSWORD, SETUP, City

WORDS = [f"Lantern-over-river-{number}" for number in range(6)]


@pytest.mark.parametrize(
    ("days", "age", "is_old"),
    [(90, 89.9, False), (90, 90, True), (30, 31, True), (0, 4000, False), (-1, 4000, False)],
)
def test_a_password_is_old_after_its_days(
    now: datetime, days: int, age: float, is_old: bool
) -> None:
    assert rules.is_too_old(now - timedelta(days=age), days=days, now=now) == is_old
    assert not rules.is_too_old(None, days=days, now=now)


def test_the_last_five_do_not_come_back(city: City, now: datetime) -> None:
    for word in WORDS[:4]:
        actions.change_password(city.wang, word, actor=city.wang, now=now)
    for used in (PASSWORD, *WORDS[:4]):
        before = Staff.objects.get(pk=city.wang.pk).password
        with pytest.raises(Refused, match="最近 5 次") as refusal:
            actions.change_password(city.wang, used, actor=city.wang, now=now)
        assert refusal.value.field == "password"
        assert Staff.objects.get(pk=city.wang.pk).password == before
    actions.change_password(city.wang, WORDS[4], actor=city.wang, now=now)
    # The first is now the sixth.
    actions.change_password(city.wang, PASSWORD, actor=city.wang, now=now)
    assert city.wang.used_passwords.count() == rules.REMEMBERED
    assert not UsedPassword.objects.filter(password__in=[PASSWORD, *WORDS]).exists()


def test_an_administrator_does_not_give_an_old_one_back(city: City, now: datetime) -> None:
    later = now + timedelta(days=100)
    with pytest.raises(Refused, match="最近 5 次"):
        actions.reset_password(city.wang, PASSWORD, actor=city.administrator, now=later)
    actions.reset_password(city.wang, WORDS[0], actor=city.administrator, now=later)
    with pytest.raises(Refused, match="最近 5 次"):
        actions.change_password(city.wang, WORDS[0], actor=city.wang, now=later)
    assert queries.has_used(city.wang, PASSWORD)
    assert not queries.has_used(city.zhao, WORDS[0])


def test_who_comes_back_needs_a_password_that_was_not_there_before(
    city: City, now: datetime
) -> None:
    actions.deactivate_staff(city.wang, reason="调离", actor=city.administrator, now=now)
    actions.reactivate_staff(city.wang, actor=city.administrator, now=now)
    assert city.wang.must_change_password
    with pytest.raises(Refused, match="最近 5 次"):
        actions.change_password(city.wang, PASSWORD, actor=city.wang, now=now)
    assert Staff.objects.get(pk=city.wang.pk).must_change_password
    actions.change_password(city.wang, WORDS[0], actor=city.wang, now=now)
    assert not Staff.objects.get(pk=city.wang.pk).must_change_password


def test_a_change_begins_the_days_anew(city: City, now: datetime, settings: LazySettings) -> None:
    late = now + timedelta(days=91)
    assert queries.password_is_too_old(city.wang, now=late)
    actions.change_password(city.wang, WORDS[0], actor=city.wang, now=late)
    kept = Staff.objects.get(pk=city.wang.pk)
    assert not queries.password_is_too_old(kept, now=late + timedelta(days=89))
    settings.MINXIN_PASSWORD_DAYS = 30
    assert queries.password_is_too_old(kept, now=late + timedelta(days=31))
    settings.MINXIN_PASSWORD_DAYS = 0
    assert not queries.password_is_too_old(kept, now=late + timedelta(days=3100))


def test_who_never_had_a_password_has_none_that_grows_old(city: City, now: datetime) -> None:
    person = actions.add_staff(
        username="nobody", name="无名", agency=city.police, role=Role.AGENT, actor=SETUP, now=now
    )
    assert not queries.password_is_too_old(person, now=now + timedelta(days=400))
    actions.reset_password(person, PASSWORD, actor=city.administrator, now=now)
    assert queries.password_is_too_old(person, now=now + timedelta(days=400))
