"""The machine's time goes back and is put right: no warning goes, nothing comes twice."""

from datetime import datetime

import pytest

from minxin.agencies.queries import notices_of
from minxin.supervision import actions, queries
from minxin.supervision.models import Evaluation
from minxin.supervision.packs import library
from minxin.supervision.rules.clock import day_of
from tests.supervision.conftest import Office, looked, posted
from tests.supervision.test_standing import DAY, evaluate, overdue, stale

pytestmark = pytest.mark.django_db


def test_while_the_clock_is_behind_no_warning_goes_and_nothing_comes_twice(
    office: Office, now: datetime
) -> None:
    """The machine's time is set back two days, work goes on, and the time is put right."""
    candidate = overdue(office, now)
    people = (office.supervisor, office.of_water)
    actions.remind(now=now)
    told = [notices_of(person).count() for person in people]
    back = now - 2 * DAY
    posted(
        office.account, 0, now=now
    )  # what was published meanwhile is in the future by that clock
    for at in (back, back + DAY):
        actions.evaluate([office.account], now=at)
        assert actions.remind(now=at) == 0
        assert queries.known_of([office.account], library(), now=at)[
            office.account.pk
        ].verdict.level in {"unknown", "contradictory"}
    candidate.refresh_from_db()
    latest = Evaluation.objects.get(account=office.account, is_latest=True)
    assert (candidate.status, candidate.gone_at, latest.level) == ("open", None, "overdue")
    assert [notices_of(person).count() for person in people] == told
    assert evaluate(office, now + DAY).level == "fresh"  # by the right time, what was seen counts
    assert stale(office) == ["gone"]
    rows = Evaluation.objects.filter(account=office.account)
    assert [each.on for each in rows.order_by("on")] == [day_of(now), day_of(now + DAY)]
    assert rows.filter(is_latest=True).count() == 1


def test_candidates_and_jobs_of_a_clock_set_back_are_not_doubled(
    office: Office, now: datetime
) -> None:
    overdue(office, now)
    actions.evaluate([office.account], now=now - 2 * DAY)
    looked(office.account, 1, now=now + DAY)
    assert evaluate(office, now + DAY).level == "overdue"
    assert stale(office) == ["open"]
