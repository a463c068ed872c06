"""What the clock says is kept by day, and what indicators find becomes candidates for people."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from minxin.accounts.models import Account
from minxin.supervision.indicators import INDICATORS, Hit, Indicator, Subject
from minxin.supervision.models import Candidate, Evaluation
from minxin.supervision.packs import Library, library
from minxin.supervision.queries import Known, bound_of, known_of
from minxin.supervision.rules.clock import SKEW, Level, day_of
from minxin.supervision.rules.packs import Pack, applicable, is_fallback

log = logging.getLogger("minxin.supervision")
Status = Candidate.Status
CHUNK = 20
# The order of the list: what a person must look at first.
RANKS = {
    level: rank
    for rank, level in enumerate(
        (
            Level.ZOMBIE, Level.OVERDUE, Level.CONTRADICTORY, Level.RED, Level.ALARM, Level.REMINDER,
            Level.NOTICE, Level.UNKNOWN, Level.FRESH, Level.EXEMPT,
        )
    )
}  # fmt: skip
# Levels that say nothing about a silence found before: it stays for a person to decide.
UNDECIDED = frozenset({Level.UNKNOWN, Level.CONTRADICTORY})


def evaluate(accounts: Iterable[Account], *, now: datetime) -> int:
    """Evaluate accounts as of now and keep it; how many. A clock behind the last evaluation keeps
    nothing."""
    packs, rows = library(), list(accounts)
    for at in range(0, len(rows), CHUNK):
        chunk = rows[at : at + CHUNK]
        with transaction.atomic():
            for known in known_of(chunk, packs, now=now).values():
                _keep(known, packs, now)
    return len(rows)


def _keep(known: Known, packs: Library, now: datetime) -> None:
    account, verdict = known.account, known.verdict
    latest = Evaluation.objects.filter(account=account, is_latest=True).first()
    if latest is not None and latest.at > now + SKEW:
        log.warning("account %s: the clock is behind its last evaluation", account.pk)
        return
    on = day_of(now)
    if latest is not None and latest.on != on:
        Evaluation.objects.filter(pk=latest.pk).update(is_latest=False)
    if latest is None:
        before = ""
    else:
        before = latest.level if latest.on != on else latest.before
    last, seen = known.last, verdict.last
    Evaluation.objects.update_or_create(
        account=account,
        on=on,
        defaults={
            "at": now,
            "level": verdict.level.value,
            "rank": RANKS[verdict.level],
            "before": before,
            "last_at": last.published_at if last else None,
            "last_is_day_only": bool(last and last.is_day_only),
            "last_source": last.source if last else "",
            "grade": seen.grade.value if seen else "",
            "days": verdict.days,
            "silent_since": verdict.silent_since,
            "proven_until": verdict.proven_until,
            "due_at": verdict.due_at,
            "next_at": verdict.next_at,
            "why": [each.value for each in verdict.why],
            "pack": known.stale[0].id if known.stale else "",
            "is_fallback": is_fallback(known.stale),
            "is_latest": True,
        },
    )
    subject = Subject(
        bound_of(account), account.is_verified, known.others_on_platform, known.verdict
    )
    for indicator in INDICATORS:
        held = applicable(packs.of(indicator.name), subject.bound, on=on)
        for pack in held[:1] if indicator.name == "account.zombie" else held:
            _weigh(known, indicator, pack, indicator.judge(subject, pack), now)
        ruled = [pack.id for pack in held]
        _let_go(account, indicator, Candidate.objects.exclude(pack__in=ruled), now)


def _weigh(known: Known, indicator: Indicator, pack: Pack, hit: Hit | None, now: datetime) -> None:
    account = known.account
    mine = Candidate.objects.filter(pack=pack.id)
    if hit is None:
        if not (indicator.counts_days and known.verdict.level in UNDECIDED):
            _let_go(account, indicator, mine, now)
        return
    since = hit.facts.get("since")
    latest = (
        mine.filter(account=account, indicator=indicator.name, gone_at=None).order_by("-id").first()
    )
    if latest is not None and latest.status == Status.OPEN:
        latest.facts, latest.since, latest.last_seen_at = dict(hit.facts), since, now
        latest.save(update_fields=["facts", "since", "last_seen_at"])
    elif latest is not None:
        Candidate.objects.filter(pk=latest.pk).update(last_seen_at=now)  # it was decided
    else:
        Candidate.objects.create(
            account=account, indicator=indicator.name, pack=pack.id, pack_version=pack.version,
            severity=pack.severity.value, since=since, facts=dict(hit.facts), found_at=now,
            last_seen_at=now,
        )  # fmt: skip


def _let_go(account: Account, indicator: Indicator, among: object, now: datetime) -> None:
    """What no longer holds goes: what is open by itself, what was decided keeps its decision."""
    rows = among.filter(account=account, indicator=indicator.name, gone_at=None)  # type: ignore[attr-defined]
    rows.filter(status=Status.OPEN).update(status=Status.GONE, gone_at=now)
    rows.update(gone_at=now)
