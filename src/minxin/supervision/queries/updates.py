"""All reads: what is known of accounts, as rows for people and as values for the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.accounts.rules import LISTENING
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.supervision.indicators.base import Content, Probed, Subject
from minxin.supervision.models import Candidate, Coverage, Evaluation, Evidence, Trace
from minxin.supervision.packs import Library
from minxin.supervision.queries.owed import content_of, duties_of
from minxin.supervision.queries.probes import probed_of
from minxin.supervision.rules.clock import Looked, Seen, Verdict, day_of, is_worse, judge, midnight
from minxin.supervision.rules.duties import Duties
from minxin.supervision.rules.packs import Bound, Pack, applicable
from minxin.supervision.rules.rulings import rule_of
from minxin.supervision.rules.sources import SOURCES, Kind, Source

WINDOW = timedelta(days=130)  # longer than the longest limit that is shipped
MOST = 400  # traces of one account that a page shows and a verdict weighs


# What the clock is asked ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one account at a moment."""

    account: Account
    traces: tuple[Trace, ...]
    looks: tuple[Coverage, ...]
    stale: tuple[Pack, ...]
    zombie: tuple[Pack, ...]
    others_on_platform: int
    verdict: Verdict
    was_closed: bool = False
    probed: Probed | None = None
    content: Content = field(default_factory=Content)
    duties: Duties = field(default_factory=Duties)

    @property
    def last(self) -> Trace | None:
        """The row of the item that the verdict counts from."""
        if self.verdict.last is None:
            return None
        key = self.verdict.last.key
        return next(each for each in self.traces if key_of(each) == key)


def bound_of(account: Account) -> Bound:
    """What decides which packs bind an account; its place is its own or its host's."""
    return Bound(
        affiliation=account.affiliation,
        status=account.status,
        platform=account.platform,
        region_code=account.region_code or account.agency.region_code,
    )


def filing_number_of(account: Account) -> str | None:
    """Its number in the register, empty for none; None where the register does not describe it."""
    filing = getattr(account, "filing", None)
    return None if filing is None else filing.number


def subject_of(known: Known) -> Subject:
    """An account as indicators see it."""
    account = known.account
    filing = getattr(account, "filing", None)
    return Subject(
        bound_of(account),
        is_verified=account.is_verified,
        others_on_platform=known.others_on_platform,
        filing_number=filing_number_of(account),
        holder="" if filing is None else filing.holder,
        host=account.agency.name,
        was_closed=known.was_closed,
        verdict=known.verdict,
        probed=known.probed,
        content=known.content,
        duties=known.duties,
    )


def seen_of(trace: Trace) -> Seen:
    """A trace as the clock knows it."""
    return Seen(trace.published_at, Source(trace.source), Kind(trace.kind), key_of(trace))


def key_of(trace: Trace) -> str:
    """What tells a trace from the others of its account: the row's number; the register's has none."""
    return str(trace.pk or trace.external_id)


def looked_of(look: Coverage) -> Looked:
    """A look as the clock knows it."""
    return Looked(Source(look.source), look.since, look.until, look.asked_at)


def known_of(
    accounts: Sequence[Account],
    library: Library,
    *,
    now: datetime,
    window: timedelta = WINDOW,
    most: int | None = MOST,
) -> Mapping[int, Known]:
    """What is known of accounts, by their numbers, in a few queries for all of them; traces back to
    `window` ago, the newest `most` of each account."""
    numbers = [account.pk for account in accounts]
    traces: dict[int, list[Trace]] = {number: [] for number in numbers}
    recent = Trace.objects.filter(account__in=numbers, published_at__gte=now - window)
    for trace in recent.order_by("account_id", "-published_at", "-id"):
        if most is None or len(traces[trace.account_id]) < most:
            traces[trace.account_id].append(trace)
    for number, found in traces.items():
        if not found:
            found.extend(Trace.objects.filter(account=number).order_by("-published_at", "-id")[:1])
    looks: dict[int, list[Coverage]] = {number: [] for number in numbers}
    for look in Coverage.objects.filter(account__in=numbers, until__gte=now - 3 * window):
        looks[look.account_id].append(look)
    neighbours = _on_platforms(accounts)
    closed = _closed_ones(accounts)
    probed = probed_of(numbers, now=now)
    content, duties = content_of(accounts), duties_of(accounts, now=now)
    for account in accounts:
        told = _told_by_the_register(account, looks[account.pk], now)
        if told is not None:
            traces[account.pk].append(told)
            traces[account.pk].sort(key=lambda each: each.published_at, reverse=True)
    return {
        account.pk: _known(
            account, traces[account.pk], looks[account.pk], library,
            neighbours.get((account.agency_id, account.platform), 1) - 1, now,
            was_closed=(account.agency_id, account.platform, account.name) in closed,
            probed=probed.get(account.pk),
            content=content[account.pk], duties=duties[account.pk],
        )
        for account in accounts
    }  # fmt: skip


def _told_by_the_register(
    account: Account, looks: Iterable[Coverage], now: datetime
) -> Trace | None:
    """The last update that the register tells of an account, as a unit's own word of that day; no row,
    for the register may be changed or an import taken back. Nothing that is still to come, and nothing
    of a day at which somebody looked who would have seen it: a date in a sheet contradicts nobody."""
    filing = getattr(account, "filing", None)
    day = None if filing is None else filing.updated_on
    if day is None or day > day_of(now):
        return None
    ended = midnight(day + timedelta(days=1)) - timedelta(seconds=1)
    if any(
        SOURCES[Source(each.source)].silent_on
        and each.since <= ended
        and each.until >= midnight(day)
        for each in looks
    ):
        return None
    return Trace(
        account=account, title=_("台账所报最近更新"), source=Source.SELF_REPORT.value, kind=Kind.PUSHED.value,
        published_at=min(ended, now), is_day_only=True, external_id=f"register:{day}", recorded_at=now,
    )  # fmt: skip


def _known(
    account: Account, traces: list[Trace], looks: list[Coverage], library: Library, others: int,
    now: datetime, *, was_closed: bool, probed: Probed | None, content: Content, duties: Duties,
) -> Known:  # fmt: skip
    bound, on = bound_of(account), day_of(now)
    stale = applicable(library.of("update.stale"), bound, on=on)
    zombie = applicable(library.of("account.zombie"), bound, on=on)
    verdict = judge(
        (seen_of(each) for each in traces),
        (looked_of(each) for each in looks if each.since < each.until),
        rule_of(stale, zombie),
        at=now,
    )
    return Known(
        account, tuple(traces), tuple(looks), stale, zombie, max(others, 0), verdict, was_closed,
        probed, content, duties,
    )  # fmt: skip


def _on_platforms(accounts: Iterable[Account]) -> dict[tuple[int, str], int]:
    hosts = {account.agency_id for account in accounts}
    living = Account.objects.filter(agency__in=hosts, status__in=LISTENING)
    rows = living.values_list("agency_id", "platform").annotate(n=Count("id")).order_by()
    return {(agency, platform): count for agency, platform, count in rows}


def _closed_ones(accounts: Iterable[Account]) -> frozenset[tuple[int, str, str]]:
    hosts = {account.agency_id for account in accounts}
    rows = Account.objects.filter(agency__in=hosts, status="closed")
    return frozenset(rows.values_list("agency_id", "platform", "name"))


def supervised() -> QuerySet[Account]:
    """The accounts that are evaluated: all but those that are gone."""
    return (
        Account.objects.exclude(status="closed").select_related("agency", "filing").order_by("pk")
    )


# What staff see ------------------------------------------------------------------------------


def evaluations_for(staff: Staff) -> Any:
    """The latest evaluation of every account a person may see, the pressing ones first."""
    found = Evaluation.objects.visible_to(staff, Permission.READ_SUPERVISION)
    return found.filter(is_latest=True).select_related("account__agency")


def account_seen_by(
    staff: Staff, account_id: int, permission: Permission = Permission.READ_SUPERVISION
) -> Account:
    """One account; raises `NotFound` when missing or out of this person's sight."""
    rows = Account.objects.visible_to(staff, permission).select_related("agency")
    found: Account | None = rows.filter(pk=account_id).first()
    if found is None:
        raise NotFound
    return found


def candidates_for(
    staff: Staff, permission: Permission = Permission.READ_SUPERVISION
) -> QuerySet[Candidate]:
    """The candidates of the accounts a person may see."""
    rows: QuerySet[Candidate] = Candidate.objects.visible_to(staff, permission)
    return rows.select_related("account__agency", "decided_by", "evidence")


def open_candidates(staff: Staff) -> QuerySet[Candidate]:
    """What waits for this person's decision."""
    return candidates_for(staff, Permission.CONFIRM_CANDIDATES).filter(status="open")


def candidate_for(
    staff: Staff, number: int, permission: Permission = Permission.READ_SUPERVISION
) -> Candidate:
    """One of the candidates a person may see; raises `NotFound`."""
    found = candidates_for(staff, permission).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def evidence_of(account: Account, *, most: int = 20) -> list[Evidence]:
    """What was kept of an account, the newest first."""
    return list(Evidence.objects.filter(account=account).select_related("kept_by")[:most])


def evidence_for(staff: Staff, number: int) -> Evidence:
    """One piece of evidence; raises `NotFound`."""
    rows = Evidence.objects.visible_to(staff, Permission.READ_SUPERVISION)
    found: Evidence | None = rows.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def history_of(account: Account, *, days: int = 30) -> list[Evaluation]:
    """Its evaluations, the newest first."""
    return list(Evaluation.objects.filter(account=account).order_by("-on")[:days])


@dataclass(frozen=True, slots=True)
class Counts:
    """How many accounts of a person's area stand where; `changed` since the evaluation before."""

    total: int
    accused: int
    at_risk: int
    unknown: int
    contradictory: int
    worse: int
    last_at: datetime | None


def counts_for(staff: Staff) -> Counts:
    """For the home page and the head of the list."""
    rows = evaluations_for(staff).order_by().values_list("level", "before")
    kinds = list(rows.annotate(n=Count("pk"), last=Max("at")))

    def many(*levels: str) -> int:
        return sum(count for level, _before, count, _last in kinds if level in levels)

    return Counts(
        total=sum(count for _level, _before, count, _last in kinds),
        accused=many("overdue", "zombie"),
        at_risk=many("notice", "reminder", "alarm", "red"),
        unknown=many("unknown"),
        contradictory=many("contradictory"),
        worse=sum(count for level, before, count, _last in kinds if is_worse(level, before)),
        last_at=max((last for *_kind, last in kinds), default=None),
    )
