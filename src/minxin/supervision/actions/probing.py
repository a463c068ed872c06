"""A probe as a job: planned or asked for, held by one worker, taken up where it was; its steps are kept
one by one, each with the proof that the worker still holds the run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core import jobs
from minxin.core.breath import breathe
from minxin.core.errors import Refused
from minxin.core.jobs import LEASE, ClaimLost
from minxin.supervision import probe_words
from minxin.supervision.actions.standing import evaluate
from minxin.supervision.models import ProbeHost, ProbeRun, ProbeStep
from minxin.supervision.queries.probes import ACTIVE, barrier_of, probeable
from minxin.supervision.rules.clock import SHANGHAI, day_of, midnight
from minxin.supervision.rules.probing import (
    FAILING,
    Outcome,
    Planned,
    StepKind,
    Why,
    slots,
    verdict_of,
)

Status = ProbeRun.Status
BEGIN, END = time(8, 0), time(20, 0)  # when the robot walks
SHORTEST_DAY = timedelta(hours=2)  # over which a day's runs are spread that was planned late
GAP = timedelta(seconds=1)  # between two requests to one host, whoever sends them
MOST_AT_ONCE = 5  # runs that are woken in a minute
MOST_INTERRUPTIONS = 5
TOGETHER = 200  # rows of one statement
AGAIN = timedelta(minutes=10)  # between two runs that were asked for
KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a step, as its row keeps it."""

    outcome: Outcome
    why: tuple[Why, ...] = ()
    counts: bool = False
    status: int | None = None
    failure: str = ""
    final_url: str = ""
    title: str = ""
    excerpt: str = ""
    sha256: str = ""
    ms: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


# Beginning ------------------------------------------------------------------------------------------


def plan_probes(*, now: datetime) -> int:
    """One run today for every account in reach that has none, evenly over the rest of the day; how
    many. Planning twice plans nothing twice."""
    today = midnight(day_of(now))
    there = ProbeRun.objects.filter(made_at__gte=today)
    busy = ProbeRun.objects.filter(status__in=ACTIVE)
    wanted = (
        probeable().exclude(pk__in=there.values("account")).exclude(pk__in=busy.values("account"))
    )
    numbers = list(wanted.values_list("pk", flat=True))
    local = now.astimezone(SHANGHAI)
    begin = max(local, local.replace(hour=BEGIN.hour, minute=0, second=0, microsecond=0))
    end = local.replace(hour=END.hour, minute=0, second=0, microsecond=0)
    end = max(end, begin + SHORTEST_DAY)
    rows = [
        ProbeRun(account_id=number, schedule=ProbeRun.Schedule.DAILY, due_at=due_at, made_at=now)
        for number, due_at in zip(numbers, slots(len(numbers), begin=begin, end=end), strict=True)
    ]
    for first in range(0, len(rows), TOGETHER):
        # One that was asked for meanwhile, or planned by another clock, stands.
        ProbeRun.objects.bulk_create(rows[first : first + TOGETHER], ignore_conflicts=True)
        breathe()
    return ProbeRun.objects.filter(schedule=ProbeRun.Schedule.DAILY, made_at=now).count()


@transaction.atomic
def ask_probe(account: Account, *, actor: Staff, now: datetime) -> ProbeRun:
    """Send the robot now: the run that waits is due at once, or a new one is made. Raises `Refused` with
    why the account is not probed, while a run is under way, or when one was asked for just before."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, account.agency)
    Account.objects.select_for_update().get(pk=account.pk)  # two presses wait for each other
    if (reason := barrier_of(account)) is not None:
        raise Refused(str(probe_words.BARRIERS[reason]))
    runs = ProbeRun.objects.filter(account=account)
    if runs.filter(status=Status.RUNNING).exists():
        raise Refused(_("这个账号正在拨测，请稍后看结果。"))
    asked = runs.filter(schedule=ProbeRun.Schedule.ASKED, made_at__gt=now - AGAIN)
    if asked.exists():
        raise Refused(_("10 分钟内已经发起过拨测，请稍后再试。"))
    given = {
        "schedule": ProbeRun.Schedule.ASKED, "asked_by": actor, "due_at": now + LEASE, "made_at": now,
        "claimed_by": "",
    }  # fmt: skip
    run = runs.filter(status=Status.WAITING).first()
    if run is None:
        run = ProbeRun.objects.create(account=account, **given)
    elif not runs.filter(pk=run.pk, status=Status.WAITING).update(**given):
        raise Refused(_("这个账号正在拨测，请稍后看结果。"))
    audit.record(actor, "probe.asked", account, after={"run": run.pk}, now=now)
    run.refresh_from_db()
    return run


def claim_probe(number: int, *, token: str, now: datetime) -> ProbeRun | None:
    """Take a run that nobody holds, or whose holder has not been heard of; None when not to be had."""
    if not jobs.claim(ProbeRun, number, token=token, now=now):
        return None
    return ProbeRun.objects.get(pk=number)


def begin_probe(
    run: ProbeRun, steps: Sequence[Planned], *, is_menu_live: bool, token: str, now: datetime
) -> None:
    """Write down what is going to be done; what the menu is afterwards changes nothing of this run."""
    with transaction.atomic():
        if not jobs.held(run, token).update(
            begun_at=now, is_menu_live=is_menu_live, due_at=now + LEASE
        ):
            raise ClaimLost
        ProbeStep.objects.bulk_create(
            ProbeStep(
                run=run, place=place, kind=each.kind.value, label=each.label[:100],
                target=each.target[:500],
                outcome="" if each.can_be_taken else Outcome.SKIPPED.value,
                at=None if each.can_be_taken else now,
            )
            for place, each in enumerate(steps, start=1)
        )  # fmt: skip
    run.refresh_from_db()


# Walking --------------------------------------------------------------------------------------------


def take_turn(host: str, *, now: datetime) -> datetime | None:
    """Whether a request may go to a host now: None when it may, and the turn is taken; else when the
    next one is. One pace for all workers."""
    ProbeHost.objects.get_or_create(host=host[:253], defaults={"next_at": now})
    row = ProbeHost.objects.filter(host=host[:253])
    if row.filter(next_at__lte=now).update(next_at=now + GAP):
        return None
    return row.values_list("next_at", flat=True).first()


def keep_step(run: ProbeRun, step: ProbeStep, came: Came, *, token: str, now: datetime) -> None:
    """Keep what came of a step, once. Raises `ClaimLost`."""
    with transaction.atomic():
        if not jobs.held(run, token).update(due_at=now + LEASE):
            raise ClaimLost
        ProbeStep.objects.filter(pk=step.pk, outcome="").update(
            outcome=came.outcome.value, why=[each.value for each in came.why], counts=came.counts,
            status=came.status, failure=came.failure, final_url=came.final_url[:500],
            title=came.title[:200], excerpt=came.excerpt[:300], sha256=came.sha256, ms=came.ms,
            facts=came.facts, at=now,
        )  # fmt: skip


def put_off_probe(run: ProbeRun, *, until: datetime, token: str) -> None:
    """Lay a run down for a while: its next host is busy. The steps that were taken stay taken."""
    if not jobs.held(run, token).update(status=Status.WAITING, claimed_by="", due_at=until):
        raise ClaimLost


# Ending ---------------------------------------------------------------------------------------------


def end_probe(run: ProbeRun, *, is_blind: bool, token: str, now: datetime) -> None:
    """The robot came to its end: its run is the account's latest, and the account is evaluated.

    `is_blind`: nothing outside answered anybody lately, so links without any answer are not counted.
    """
    with transaction.atomic():
        if is_blind:
            dumb = run.steps.filter(
                kind=StepKind.MENU_LINK.value, outcome=Outcome.UNREACHABLE.value
            )
            dumb.update(outcome=Outcome.UNSEEN.value, counts=False)
        summed_up = _summed_up(run)
        ProbeRun.objects.filter(account=run.account_id, is_latest=True).update(is_latest=False)
        done = jobs.held(run, token).update(
            status=Status.DONE, claimed_by="", finished_at=now, is_latest=True,
            **summed_up,
        )  # fmt: skip
        if not done:
            raise ClaimLost
    run.refresh_from_db()
    evaluate(Account.objects.select_related("agency", "filing").filter(pk=run.account_id), now=now)


def _summed_up(run: ProbeRun) -> dict[str, Any]:
    """A run's verdict and what failed; what a person accepted is in order."""
    rows = run.steps.filter(accepted_at__isnull=True).order_by("place")
    found = [(Outcome(outcome), label) for outcome, label in rows.values_list("outcome", "label")]
    failing = [label for outcome, label in found if outcome in FAILING]
    return {
        "verdict": verdict_of(outcome for outcome, _label in found).value, "failing": len(failing),
        "failing_steps": "；".join(failing)[:300],
    }  # fmt: skip


def fail_probe(run: ProbeRun, *, note: str, token: str, now: datetime) -> None:
    """The run cannot go on; it says nothing of the account."""
    if not jobs.held(run, token).update(
        status=Status.FAILED, claimed_by="", finished_at=now, note=note[:300]
    ):
        raise ClaimLost


def release_due_probes(*, now: datetime) -> list[int]:
    """The runs whose time has come, and those whose worker has not been heard of: a few at a time, the
    longest due first."""
    return jobs.release_stalled(ProbeRun, ACTIVE, now=now, most=MOST_AT_ONCE)


def forget_probes(*, now: datetime) -> int:
    """Remove runs older than a year; how many. What the last run and a person's acceptance stand on
    stays."""
    old = ProbeRun.objects.filter(made_at__lt=now - KEPT, is_latest=False)
    old = old.exclude(status__in=ACTIVE).exclude(steps__accepted_at__isnull=False)
    numbers = list(old.values_list("pk", flat=True)[:2000])
    ProbeRun.objects.filter(pk__in=numbers).delete()
    return len(numbers)


# A person's word ---------------------------------------------------------------------------------------


@transaction.atomic
def accept_page(step: ProbeStep, *, reason: str, actor: Staff, now: datetime) -> None:
    """This person opened what a link now leads to and it is right: from now on it is held against that.
    Raises `Refused`."""
    account = step.run.account
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, account.agency)
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    rows = ProbeStep.objects.filter(
        pk=step.pk, outcome=Outcome.DRIFTED.value, accepted_at__isnull=True
    )
    if not rows.update(accepted_by=actor, accepted_at=now, counts=False):
        raise Refused(_("这一步不用认可，或者已经有人认可过。"))
    ProbeRun.objects.filter(pk=step.run_id, status=Status.DONE).update(**_summed_up(step.run))
    after = {"link": step.target, "leads_to": step.final_url, "title": step.title}
    audit.record(actor, "probe.page_accepted", account, after=after, reason=reason.strip(), now=now)
    evaluate(Account.objects.select_related("agency", "filing").filter(pk=account.pk), now=now)
