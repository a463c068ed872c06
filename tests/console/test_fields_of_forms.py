"""The fields that the weekly budget counts are those of the forms; 减负 shows what they were asked for."""

import re
from datetime import datetime

import pytest
from django import forms
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from minxin.agencies import actions
from minxin.agencies.models import FieldsAsked, Staff
from minxin.agencies.reminder_rules import week_of
from minxin.agencies.rules import Role
from minxin.console.supervision.rectifying_forms import DisputeForm, ExtensionForm, FeedbackForm
from minxin.supervision.rules.asking import DISPUTE, EXTENSION, FEEDBACK
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

PROOF = {"link", "file"}  # either will do: one proof
FILLED_IN = {"seen_at"}  # by the form itself


def asked(form: forms.Form) -> int:
    """How many cells somebody has to fill in."""
    names = set(form.fields)
    return len(names - PROOF - FILLED_IN) + bool(names & PROOF)


def test_the_numbers_are_those_of_the_forms(now: datetime) -> None:
    assert asked(FeedbackForm(now=now, measures=(), advice="", today=now.date())) == FEEDBACK
    assert asked(DisputeForm(now=now)) == DISPUTE
    assert asked(ExtensionForm()) == EXTENSION
    assert DisputeForm(now=now).initial["seen_at"] is not None


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return actions.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def test_a_week_shows_what_its_fields_were_asked_for(
    at_desk: SignIn, city: City, supervisor: Staff
) -> None:
    now = timezone.now()
    for kind, key, fields in (("feedback", "a", 8), ("check", "b", 26), ("feedback", "c", 4)):
        actions.count_fields(
            city.police, kind=FieldsAsked.Kind(kind), key=key, title="整改反馈：某号", fields=fields,
            link="/console/rectification/1/", actor=supervisor, now=now,
        )  # fmt: skip
        actions.count_fields(
            city.police, kind=FieldsAsked.Kind(kind), key=key, title="又一次", fields=fields,
            link="", actor=supervisor, now=now,
        )  # fmt: skip
    actions.ask_fields([city.water], title="清单", fields=2, actor=supervisor, now=now)
    desk = at_desk(supervisor)
    page = desk.get(reverse("console:burden")).content.decode()
    assert "<strong>40</strong> 项填报" in page
    links = re.findall(
        r'href="([^"]*/reminders/asked/\?[^"]*kind=\w+)"><strong>(\d+)</strong> (\S+)</a>', page
    )
    assert [(int(many), label) for _link, many, label in links] == [
        (2, "材料要求"), (12, "整改反馈"), (26, "检查填写"),
    ]  # fmt: skip
    for link, many, label in links:
        answer = desk.get(link.replace("&amp;", "&"))
        assert sum(row.fields for row in answer.context["table"].data.data) == int(many)
        assert label in answer.content.decode()
    # A unit sees what it was asked for itself.
    own = at_desk(city.operator).get(reverse("console:asked")).content.decode()
    assert "整改反馈：某号" in own
    assert ">清单<" not in own


def test_a_week_whose_reminders_are_gone_says_so(
    at_desk: SignIn, city: City, supervisor: Staff, settings: LazySettings
) -> None:
    settings.MINXIN_REMINDER_DAYS = 30
    desk, words = at_desk(supervisor), "提醒保留 30 天"
    this = week_of(timezone.now())
    for weeks, is_told in ((0, False), (3, False), (7, True)):
        week = this.fromordinal(this.toordinal() - 7 * weeks)
        page = desk.get(reverse("console:burden"), {"week": str(week)}).content.decode()
        assert (words in page) is is_told
    settings.MINXIN_REMINDER_DAYS = 0
    assert (
        "提醒保留"
        not in desk.get(reverse("console:burden"), {"week": "2020-01-06"}).content.decode()
    )
