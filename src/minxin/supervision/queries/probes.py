"""Interaction probes: what a step is held against, what the last run says, rows for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import translation

from minxin.accounts.models import Account, Authorization
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission, ancestor_paths
from minxin.core.errors import NotFound
from minxin.supervision import probe_words, wording
from minxin.supervision.indicators.base import Link, Probed
from minxin.supervision.models import BadDomain, ProbeRun, ProbeStep
from minxin.supervision.rules.probing import (
    APART,
    BAD,
    FAILING,
    FRESH,
    IN_USE,
    Barrier,
    Known,
    Outcome,
    StepKind,
    barrier,
    host_of,
    site_of,
    unanswered,
)
from minxin.supervision.rules.proofs import LinkFailure

READ = Permission.READ_SUPERVISION
NETWORK = timedelta(hours=24)  # an address that answered within tells that our network works
ACTIVE = (ProbeRun.Status.WAITING, ProbeRun.Status.RUNNING)


# What a step is held against ----------------------------------------------------------------------


def known_link(account: Account, target: str) -> Known:
    """What a link of an account led to before: as a person last accepted it, else as it was first kept."""
    steps = ProbeStep.objects.filter(
        run__account=account, kind=StepKind.MENU_LINK.value, target=target
    )
    accepted = list(steps.filter(accepted_at__isnull=False).order_by("-accepted_at")[:20])
    sites = frozenset(site_of(host_of(each.final_url)) for each in accepted)
    titled = next((each.title for each in accepted if each.title), "")
    if not titled:
        fine = steps.filter(outcome=Outcome.FINE.value).exclude(title="").order_by("id")
        titled = fine.values_list("title", flat=True).first() or ""
    return Known(titled, sites)


def outcome_before(run: ProbeRun, target: str, *, now: datetime) -> Outcome | None:
    """What the same link came to in the last run that ended at least `APART` ago; None when it was not
    in it."""
    earlier = ProbeRun.objects.filter(
        account=run.account_id, status="done", pk__lt=run.pk, finished_at__lte=now - APART
    )
    last = earlier.order_by("-id").first()
    if last is None:
        return None
    rows = last.steps.filter(kind=StepKind.MENU_LINK.value, target=target).exclude(outcome="")
    found = rows.values_list("outcome", flat=True).first()
    return Outcome(found) if found else None


def listed_for(agency: Agency) -> frozenset[str]:
    """The domains that no account of this agency may lead to: its own list and those above."""
    rows = BadDomain.objects.filter(agency__path__in=ancestor_paths(agency.path), is_active=True)
    return frozenset(rows.values_list("domain", flat=True))


def has_reached_outside(*, own: str, since: datetime) -> bool:
    """Whether any address that is not our own answered lately: else our own network may be down."""
    answered = ProbeStep.objects.filter(
        kind=StepKind.MENU_LINK.value, at__gte=since, status__isnull=False
    )
    return any(host_of(each) != own for each in answered.values_list("target", flat=True)[:2000])


# Which accounts -----------------------------------------------------------------------------------


def _with_credentials(rows: QuerySet[Account]) -> QuerySet[Any]:
    """Whether each has what its callback is sealed with; the secrets themselves are not read."""
    given = Authorization.objects.filter(account=OuterRef("pk"), revoked_at__isnull=True)
    return rows.annotate(
        has_credentials=Case(
            When(Q(app_id__isnull=True), then=Value(False)),
            When(Q(token__isnull=False) | Q(Exists(given)), then=Value(True)),
            default=Value(False),
        )
    ).defer("secret", "token", "aes_key")


def probeable() -> QuerySet[Any]:
    """The accounts that the robot walks, in a fixed order."""
    rows = _with_credentials(Account.objects.filter(platform="wechat", status__in=sorted(IN_USE)))
    return rows.filter(has_credentials=True).order_by("pk")


def barrier_of(account: Account) -> Barrier | None:
    """Why this account is not probed; None when it is."""
    has: bool | None = getattr(account, "has_credentials", None)
    if has is None:
        has = probeable().filter(pk=account.pk).exists()
    return barrier(platform=account.platform, status=account.status, has_credentials=has)


# What indicators are told --------------------------------------------------------------------------


def probed_of(numbers: Collection[int], *, now: datetime) -> dict[int, Probed]:
    """What the last run saw of the menus of these accounts; those without a run of late are not there.

    Lines are Chinese whoever asks: candidates keep them.
    """
    latest = ProbeRun.objects.filter(
        account__in=numbers, is_latest=True, finished_at__gte=now - FRESH, finished_at__lte=now
    )
    runs = dict(latest.values_list("pk", "account_id"))
    found: dict[int, tuple[list[Link], list[Link]]] = {each: ([], []) for each in runs.values()}
    steps = ProbeStep.objects.filter(run__in=runs, kind=StepKind.MENU_LINK.value, counts=True)
    with translation.override("zh-hans"):
        for step in steps.order_by("run_id", "place"):
            found[runs[step.run_id]][step.outcome in BAD].append(
                Link(step.target, step_in_words(step))
            )
    deaf = _deaf(runs, now)
    return {
        number: Probed(tuple(dead), tuple(bad), deaf.get(number, 0))
        for number, (dead, bad) in found.items()
    }


def _deaf(latest: Mapping[int, int], now: datetime) -> dict[int, int]:
    """How many entries were tried of the accounts, by their latest runs, where none answered, neither
    then nor at the probe before: once may be our own fault."""
    tried = {latest[run]: count for run, count in _unanswered(latest).items()}
    before: dict[int, int] = {}
    if tried:
        ended = dict(
            ProbeRun.objects.filter(pk__in=latest).values_list("account_id", "finished_at")
        )
        earlier = ProbeRun.objects.filter(
            account__in=tried, is_latest=False, finished_at__gte=now - 2 * FRESH
        )
        for run, number, at in earlier.order_by("-finished_at").values_list(
            "pk", "account_id", "finished_at"
        ):
            last = ended[number]
            if at is not None and last is not None and last - at >= APART:
                before.setdefault(number, run)
    again = _unanswered(before.values())
    return {number: tried[number] for number, run in before.items() if run in again}


def _unanswered(runs: Iterable[int]) -> dict[int, int]:
    """Of runs in which nothing answered: how many entries were tried."""
    steps: dict[int, list[tuple[str, str]]] = {}
    rows = ProbeStep.objects.filter(run__in=list(runs))
    for run, kind, outcome in rows.values_list("run_id", "kind", "outcome"):
        steps.setdefault(run, []).append((kind, outcome))
    counted = {run: unanswered(each) for run, each in steps.items()}
    return {run: count for run, count in counted.items() if count}


def step_in_words(step: ProbeStep) -> str:
    """A failing link in one line: what it is called, where it goes, what came."""
    came = came_of(step)
    where = step.target
    if step.outcome in BAD and step.final_url and step.final_url != step.target:
        where = f"{where} → {step.final_url}"
    return f"{step.label}（{where[:160]}，{came}）"


def came_of(step: ProbeStep) -> str:
    """What a step came to, with the number or the reason behind it."""
    if not step.outcome:
        return ""
    words = str(probe_words.OUTCOMES[Outcome(step.outcome)])
    if step.why:
        return "、".join(
            str(probe_words.WHYS[each]) for each in step.why if each in probe_words.WHYS
        )
    if step.failure:
        return f"{words}：{wording.LINK_FAILURES[LinkFailure(step.failure)]}"
    if step.status is not None and step.status >= 400:
        return f"{words}（HTTP {step.status}）"
    return words


# What staff see --------------------------------------------------------------------------------------


def accounts_with_probes(staff: Staff) -> QuerySet[Any]:
    """The accounts a person may see, with their last run: what failed first, then what was not seen, what
    was never probed, what passed, what is not probed at all."""
    rows: QuerySet[Account] = Account.objects.visible_to(staff, READ)
    rows = _with_credentials(rows.exclude(status="closed").select_related("agency"))
    in_reach = Q(platform="wechat", status__in=sorted(IN_USE), has_credentials=True)
    return rows.annotate(
        last=FilteredRelation("probe_runs", condition=Q(probe_runs__is_latest=True)),
        last_run=F("last__pk"),
        last_verdict=F("last__verdict"),
        last_failing=F("last__failing"),
        last_steps=F("last__failing_steps"),
        last_at=F("last__finished_at"),
        next_at=Subquery(
            ProbeRun.objects.filter(account=OuterRef("pk"), status="waiting").values("due_at")[:1]
        ),
        is_under_way=Exists(ProbeRun.objects.filter(account=OuterRef("pk"), status="running")),
        probe_rank=Case(
            When(~in_reach, then=Value(4)),
            When(last__verdict="problems", then=Value(0)),
            When(last__verdict="unclear", then=Value(1)),
            When(last__pk=None, then=Value(2)),
            default=Value(3),
        ),
    ).order_by("probe_rank", F("last_failing").desc(nulls_last=True), "pk")


def where_failed(accounts: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """Those of these accounts (`accounts_with_probes`) whose last run failed at a kind of step."""
    steps = ProbeStep.objects.filter(
        run=OuterRef("last_run"), kind=kind, outcome__in=sorted(FAILING), accepted_at__isnull=True
    )
    return accounts.filter(Exists(steps))


def runs_for(staff: Staff, permission: Permission = READ) -> QuerySet[ProbeRun]:
    """The runs of the accounts a person may see."""
    rows: QuerySet[ProbeRun] = ProbeRun.objects.visible_to(staff, permission)
    return rows.select_related("account__agency", "asked_by")


def run_for(staff: Staff, number: int, permission: Permission = READ) -> ProbeRun:
    """One of them; raises `NotFound`."""
    found = runs_for(staff, permission).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def step_for(staff: Staff, number: int, permission: Permission) -> ProbeStep:
    """One step; raises `NotFound`."""
    rows = ProbeStep.objects.visible_to(staff, permission)
    found: ProbeStep | None = rows.select_related("run__account__agency").filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def steps_of(run: ProbeRun) -> list[ProbeStep]:
    """Its steps in order."""
    return list(run.steps.select_related("accepted_by").order_by("place"))


@dataclass(frozen=True, slots=True)
class Now:
    """How an account stands with the robot: its last run that ended, the one under way or waiting."""

    last: ProbeRun | None
    active: ProbeRun | None


def standing_of(account: Account) -> Now:
    """For the account's page."""
    runs = ProbeRun.objects.filter(account=account)
    return Now(runs.filter(is_latest=True).first(), runs.filter(status__in=ACTIVE).first())


def recent_run(account: Account, *, now: datetime) -> ProbeRun | None:
    """The last run that still says how the account is; None for none."""
    rows = ProbeRun.objects.filter(account=account, is_latest=True, finished_at__gte=now - FRESH)
    return rows.first()


def bad_domains_for(staff: Staff, permission: Permission = READ) -> QuerySet[BadDomain]:
    """The listed domains in a person's sight: those in use."""
    rows: QuerySet[BadDomain] = BadDomain.objects.visible_to(staff, permission)
    return rows.filter(is_active=True).select_related("agency", "added_by")
