"""What is filed of an account's life, beside what the clock and the indicators say of it."""

from datetime import datetime, timedelta

import pytest

from minxin.accounts import actions as accounts
from minxin.accounts.actions import FilingTold, StepTaken
from minxin.accounts.models import Account, LifecycleFiling
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.supervision import actions, queries
from minxin.supervision.models import Candidate, Evaluation
from tests.supervision.conftest import Office, looked, posted
from tests.support.city import SETUP, City

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def level(account: Account, now: datetime) -> str | None:
    """What the evaluation of today's supervised accounts says of this one; None when it is not there."""
    actions.evaluate(queries.supervised(), now=now)
    found = Evaluation.objects.filter(account=account, is_latest=True, at=now).first()
    return found.level if found else None


def take(filing: LifecycleFiling, step: Step, office: Office, now: datetime, **given: str) -> None:
    actor = office.supervisor if step is Step.APPROVE else SETUP
    accounts.take_step(filing, step, StepTaken(on=now.date(), **given), actor=actor, now=now)


def test_an_account_to_be_closed_still_has_to_update_until_it_is_cancelled(
    office: Office, now: datetime
) -> None:
    account, told = office.account, FilingTold(reason="并入“云溪发布”")
    posted(account, 0, now=now)
    closing = accounts.begin_filing(account, Kind.CLOSE, told, actor=SETUP, now=now)
    take(closing, Step.SIGN, office, now, person="丁一鸣")
    take(closing, Step.APPROVE, office, now)
    take(closing, Step.ANNOUNCE, office, now, url="https://yunxi.example/notice")
    take(closing, Step.REPORT, office, now)
    account.refresh_from_db()
    assert account.status == "closing"
    looked(account, 1, now=now)
    assert level(account, now) == "fresh"
    warned = now + 10 * DAY
    looked(account, 12, now=warned)
    assert level(account, warned) in {"reminder", "alarm"}  # announced, and warned all the same
    late = now + 15 * DAY
    looked(account, 17, now=late)
    assert level(account, late) == "overdue"
    assert Candidate.objects.get(account=account, indicator="update.stale").status == "open"
    cancelling = accounts.begin_filing(account, Kind.CANCEL, told, actor=SETUP, now=late)
    take(cancelling, Step.SIGN, office, late, person="丁一鸣")
    take(cancelling, Step.APPROVE, office, late)
    assert level(account, late) == "overdue"  # approved is not cancelled
    take(cancelling, Step.PLATFORM, office, late)
    after = late + DAY
    looked(account, 18, now=after)
    assert level(account, after) is None


def test_a_finished_opening_silences_the_rules_that_ask_for_its_number(
    office: Office, city: City, now: datetime
) -> None:
    def open_ones() -> set[str]:
        rows = Candidate.objects.filter(account=again, status="open")
        return set(rows.values_list("indicator", flat=True))

    accounts.close(office.weibo, reason="合并", actor=SETUP, now=now)
    again = accounts.register(
        agency=city.water, name=office.weibo.name, platform="weibo", is_verified=True, actor=SETUP,
        now=now,
    )  # fmt: skip
    accounts.keep_filing(again, accounts.FilingDraft(keeper="周航"), actor=SETUP, now=now)
    actions.evaluate(queries.supervised(), now=now)
    assert open_ones() == {"account.unfiled", "account.reopened"}
    filing = LifecycleFiling.objects.get(account=again, kind=Kind.OPEN.value)
    take(filing, Step.SIGN, office, now, person="丁一鸣", words="恢复开设")
    take(filing, Step.APPROVE, office, now)
    take(filing, Step.PLATFORM, office, now)
    actions.evaluate(queries.supervised(), now=now)
    assert open_ones() == {"account.unfiled", "account.reopened"}
    take(filing, Step.REPORT, office, now, number="云备2026-9")
    actions.evaluate(queries.supervised(), now=now)
    assert open_ones() == set()
