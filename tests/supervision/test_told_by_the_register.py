"""The last update that a register tells: a unit's own word, which tells where to look and never accuses."""

from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.accounts.models import Filing
from minxin.supervision import actions, queries
from minxin.supervision.models import Candidate, Evaluation
from minxin.supervision.packs import library
from minxin.supervision.rules.clock import ACCUSES, Level
from minxin.supervision.rules.sources import Grade
from tests.supervision.conftest import Office, looked, posted
from tests.support.city import SETUP

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(office: Office, days_ago: int, now: datetime) -> Evaluation:
    """The evaluation of an account nobody looked at, after the register told its last update."""
    day = (now - days_ago * DAY).date()
    accounts.keep_filing(office.weibo, accounts.FilingDraft(updated_on=day), actor=SETUP, now=now)
    actions.evaluate(queries.supervised(), now=now)
    return Evaluation.objects.get(account=office.weibo, is_latest=True)


@pytest.mark.parametrize(
    ("days_ago", "level"),
    [(1, Level.FRESH), (4, Level.FRESH), (6, Level.UNKNOWN), (11, Level.UNKNOWN)],
)
def test_it_stands_in_the_list_before_anybody_looked(
    office: Office, now: datetime, days_ago: int, level: Level
) -> None:
    found = told(office, days_ago, now)
    assert (found.level, found.grade, found.last_source) == (level, Grade.REPORTED, "self_report")
    assert (found.days, found.last_is_day_only) == (days_ago, True)
    assert found.why == (["recent_item"] if level is Level.FRESH else ["never_looked"])


def test_it_never_accuses(office: Office, now: datetime) -> None:
    for days_ago in (14, 15, 40, 100, 400):
        assert told(office, days_ago, now).level not in ACCUSES
    assert not Candidate.objects.filter(account=office.weibo, indicator="update.stale").exists()
    assert not Candidate.objects.filter(account=office.weibo, indicator="account.zombie").exists()


def test_who_looked_at_that_day_knows_better(office: Office, now: datetime) -> None:
    account = office.account
    posted(account, 9, now=now)
    looked(account, 20, now=now)
    accounts.keep_filing(
        account, accounts.FilingDraft(updated_on=(now - DAY).date()), actor=SETUP, now=now
    )
    fresh = queries.supervised().get(pk=account.pk)
    known = queries.known_of([fresh], library(), now=now)[account.pk]
    assert [each.source for each in known.traces] == ["mass_event"]
    assert known.verdict.level is Level.REMINDER  # neither fresh, nor a contradiction for a person


def test_a_day_that_is_still_to_come_says_nothing(office: Office, now: datetime) -> None:
    Filing.objects.create(account=office.weibo, updated_on=(now + 2 * DAY).date())
    actions.evaluate(queries.supervised(), now=now)
    found = Evaluation.objects.get(account=office.weibo, is_latest=True)
    assert (found.level, found.last_at) == (Level.UNKNOWN, None)
