"""interact.none: nothing answers on the citizen's path, two probes running; a person decides."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from minxin.accounts.models import Account
from minxin.supervision import actions, queries
from minxin.supervision.models import Candidate, ProbeRun, ProbeStep
from minxin.supervision.rules.probing import Outcome, StepKind, unanswered
from tests.supervision.conftest import Office

pytestmark = pytest.mark.django_db
Step = tuple[StepKind, Outcome]
DEAF: Sequence[Step] = (
    (StepKind.MENU_LINK, Outcome.DEAD), (StepKind.MESSAGE, Outcome.EMPTY), (StepKind.FORM, Outcome.ERROR),
    (StepKind.HUMAN_REPLY, Outcome.OVERDUE),
)  # fmt: skip


def probed(account: Account, steps: Sequence[Step], *, at: datetime) -> None:
    ProbeRun.objects.filter(account=account).update(is_latest=False)
    run = ProbeRun.objects.create(
        account=account, schedule="daily", status="done", is_latest=True, due_at=at, made_at=at,
        begun_at=at, finished_at=at,
    )  # fmt: skip
    ProbeStep.objects.bulk_create(
        ProbeStep(run=run, place=place, kind=kind, label="步骤", target="x", outcome=outcome, at=at)
        for place, (kind, outcome) in enumerate(steps)
    )


def found(account: Account, now: datetime) -> list[Candidate]:
    actions.evaluate(queries.supervised(), now=now)
    return list(Candidate.objects.filter(account=account, indicator="interact.none"))


def test_twice_running_is_a_candidate_that_goes_when_something_answers(
    office: Office, now: datetime
) -> None:
    account = office.account
    probed(account, DEAF, at=now - timedelta(days=1))
    assert found(account, now - timedelta(hours=20)) == []  # once may be our own fault
    probed(account, DEAF, at=now - timedelta(hours=1))
    (candidate,) = found(account, now)
    assert (candidate.status, candidate.severity) == ("open", "veto")
    assert candidate.facts["count"] == 2
    later = now + timedelta(hours=3)
    probed(account, [*DEAF[:1], (StepKind.MESSAGE, Outcome.FINE)], at=later)
    (candidate,) = found(account, later)
    assert candidate.status == "gone"


@pytest.mark.parametrize(
    "steps",
    [
        [*DEAF, (StepKind.MENU_LINK, Outcome.FINE)],  # it may lead to where she can write
        [*DEAF, (StepKind.MENU_KEY, Outcome.REACHED)],
        [*DEAF, (StepKind.HUMAN_REPLY, Outcome.FINE)],
        [(StepKind.MENU_LINK, Outcome.DEAD)],  # nothing was tried
        [(StepKind.MESSAGE, Outcome.UNSEEN), (StepKind.FORM, Outcome.SKIPPED)],
    ],
)
def test_one_that_works_or_none_that_was_tried_accuses_nobody(
    office: Office, now: datetime, steps: Sequence[Step]
) -> None:
    probed(office.account, DEAF, at=now - timedelta(days=1))
    probed(office.account, steps, at=now - timedelta(hours=1))
    assert found(office.account, now) == []
    assert unanswered(steps) == 0


def test_two_looks_that_are_near_are_one_and_an_old_one_says_nothing(
    office: Office, now: datetime
) -> None:
    probed(office.account, DEAF, at=now - timedelta(hours=2))
    probed(office.account, DEAF, at=now - timedelta(hours=1))
    assert found(office.account, now) == []
    assert found(office.account, now + timedelta(days=5)) == []
