"""What the clock says is kept by day, and what indicators find becomes candidates for people."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from minxin.accounts.models import Account
from minxin.supervision.indicators import INDICATORS, Hit, Indicator, Subject
from minxin.supervision.models import Candidate, Evaluation
from minxin.supervision.packs import Library, library
from minxin.supervision.queries import Known, known_of
from minxin.supervision.queries.updates import subject_of
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


def evaluate(accounts: Iterable[Account], *, now: datetime, accuses: bool = True) -> int:
    """Evaluate accounts as of now and keep it; how many. A clock behind the last evaluation keeps
    nothing. Without `accuses` no candidate is found or let go: a candidate keeps its account from being
    taken out again, and who imported the wrong sheet must be able to take it back."""
    packs, rows = library(), list(accounts)
    for at in range(0, len(rows), CHUNK):
        chunk = rows[at : at + CHUNK]
        with transaction.atomic():
            known = known_of(chunk, packs, now=now)
            latest = {
                each.account_id: each
                for each in Evaluation.objects.filter(account__in=known, is_latest=True)
            }
            standing: dict[int, list[Candidate]] = {}
            for each in Candidate.objects.filter(account__in=known, gone_at=None).order_by("id"):
                standing.setdefault(each.account_id, []).append(each)
            for number, one in known.items():
                last = latest.get(number)
                if last is not None and last.at > now + SKEW:
                    log.warning("account %s: the clock is behind its last evaluation", number)
                    continue
                _keep(one, last, now)
                if accuses:
                    _weigh_all(one, packs, standing.get(number, []), now)
    return len(rows)


def _keep(known: Known, latest: Evaluation | None, now: datetime) -> None:
    account, verdict, on = known.account, known.verdict, day_of(now)
    last, seen = known.last, verdict.last
    said = {
        "at": now,
        "level": verdict.level.value,
        "rank": RANKS[verdict.level],
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
    }
    if latest is not None and latest.on == on:
        Evaluation.objects.filter(pk=latest.pk).update(**said)
        return
    if latest is not None:
        Evaluation.objects.filter(pk=latest.pk).update(is_latest=False)
    before = latest.level if latest is not None else ""
    Evaluation.objects.update_or_create(
        account=account, on=on, defaults={**said, "before": before, "is_latest": True}
    )


def _weigh_all(known: Known, packs: Library, standing: list[Candidate], now: datetime) -> None:
    """What each indicator finds, against the candidates that stand: those that are not gone."""
    subject = subject_of(known)
    for indicator in INDICATORS:
        if indicator.has_own_queue:
            continue
        mine = [each for each in standing if each.indicator == indicator.name]
        held = applicable(packs.of(indicator.name), subject.bound, on=day_of(now))
        weighed = indicator.weighed(held)
        for pack in weighed:
            of_pack = [each for each in mine if each.pack == pack.id]
            if indicator.counts_keys:
                of_pack = _let_go_by_key(subject, indicator, pack, of_pack, now)
                hit = indicator.judge(_ignoring(subject, _decided(of_pack)), pack)
                of_pack = [each for each in of_pack if each.status == Status.OPEN]
            else:
                hit = indicator.judge(subject, pack)
            _weigh(known, indicator, pack, hit, of_pack, now)
        ruled = {pack.id for pack in weighed}
        _let_go([each for each in mine if each.pack not in ruled], now)


def _ignoring(subject: Subject, keys: Iterable[str]) -> Subject:
    return replace(subject, duties=replace(subject.duties, ignoring=frozenset(keys)))


def _decided(standing: Iterable[Candidate]) -> set[str]:
    """What a person has decided about already: it is told of no second time."""
    decided = (each for each in standing if each.status != Status.OPEN)
    return {key for each in decided for key in each.facts.get("keys", ())}


def _let_go_by_key(
    subject: Subject, indicator: Indicator, pack: Pack, standing: list[Candidate], now: datetime
) -> list[Candidate]:
    """Decided candidates whose own keys hit no more go; the others, and the open one, are the answer."""
    left, everything = [], subject.duties.keys()
    for each in standing:
        others = everything - set(each.facts.get("keys", ()))
        if each.status == Status.OPEN or indicator.judge(_ignoring(subject, others), pack):
            left.append(each)
        else:
            _let_go([each], now)
    return left


def _weigh(
    known: Known,
    indicator: Indicator,
    pack: Pack,
    hit: Hit | None,
    standing: list[Candidate],
    now: datetime,
) -> None:
    if hit is None:
        is_blind = indicator.is_probed and known.probed is None
        if not is_blind and not (indicator.counts_days and known.verdict.level in UNDECIDED):
            _let_go(standing, now)
        return
    since: str | None = hit.facts.get("since")
    if standing and _is_another(standing[-1], indicator, hit):
        _let_go(standing, now)
        standing = []
    if not standing and (known_to_be_wrong := _overturned(known, indicator, pack, since)):
        standing = [known_to_be_wrong]
        known_to_be_wrong.gone_at = None
        known_to_be_wrong.save(update_fields=["gone_at"])
    if not standing:
        Candidate.objects.create(
            account=known.account, indicator=indicator.name, pack=pack.id,
            pack_version=pack.version, severity=pack.severity.value, since=since,
            facts=dict(hit.facts), found_at=now, last_seen_at=now,
        )  # fmt: skip
        return
    latest = standing[-1]
    latest.last_seen_at = now
    if latest.status == Status.OPEN:  # what was decided keeps the facts it was decided on
        latest.facts, latest.since = dict(hit.facts), since
    latest.save(update_fields=["facts", "since", "last_seen_at"])


def _is_another(latest: Candidate, indicator: Indicator, hit: Hit) -> bool:
    """Whether a hit stands on other facts than those a defence overturned: then it may accuse anew. Of
    links, one that nobody decided about is enough."""
    if indicator.is_probed:
        decided = latest.status != Status.OPEN
        return decided and not set(hit.facts["links"]) <= set(latest.facts.get("links", ()))
    if latest.status != Status.OVERTURNED:
        return False
    if indicator.counts_days:
        return bool(latest.since and latest.since.isoformat() != hit.facts.get("since"))
    return bool(latest.facts != dict(hit.facts))


def _overturned(
    known: Known, indicator: Indicator, pack: Pack, since: str | None
) -> Candidate | None:
    """The same silence, overturned once and not found for a while, does not accuse again."""
    if not indicator.counts_days:
        return None
    return Candidate.objects.filter(
        account=known.account, indicator=indicator.name, pack=pack.id, since=since,
        status=Status.OVERTURNED,
    ).first()  # fmt: skip


def _let_go(standing: Iterable[Candidate], now: datetime) -> None:
    """What no longer holds goes: what is open by itself, what was decided keeps its decision."""
    for each in standing:  # somebody may be deciding it right now
        row = Candidate.objects.filter(pk=each.pk)
        row.filter(status=Status.OPEN).update(status=Status.GONE)
        row.update(gone_at=now)
