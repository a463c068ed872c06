"""INDICATORS: everything an account is looked at for, one entry per file.

Those of the update clock and of the register have a twin in SQL (`figures.TWINNED`); the others stand on
texts, tasks and events that only this room has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation

from minxin.supervision.indicators import (
    ad,
    bad_link,
    dead_menu,
    disclosure,
    duplicate,
    name_mismatch,
    no_interaction,
    opinion,
    privacy,
    relay,
    reopened,
    reply,
    serious,
    stale,
    uncertified,
    unfiled,
    zombie,
)
from minxin.supervision.indicators.base import Hit, Indicator, Link, Probed, Subject
from minxin.supervision.indicators.examples import content_given, duties_given
from minxin.supervision.rules.clock import (
    SHANGHAI,
    Level,
    Looked,
    Seen,
    Verdict,
    judge,
)
from minxin.supervision.rules.packs import Bound, Case, Pack, applicable
from minxin.supervision.rules.rulings import rule_of
from minxin.supervision.rules.sources import Kind, Source

__all__ = [
    "INDICATORS",
    "Hit",
    "Indicator",
    "Link",
    "Probed",
    "Subject",
    "failing_cases",
    "indicator_named",
    "title_of",
]

INDICATORS: tuple[Indicator, ...] = (
    stale.INDICATOR,
    zombie.INDICATOR,
    uncertified.INDICATOR,
    name_mismatch.INDICATOR,
    duplicate.INDICATOR,
    unfiled.INDICATOR,
    reopened.INDICATOR,
    no_interaction.INDICATOR,
    dead_menu.INDICATOR,
    bad_link.INDICATOR,
    serious.INDICATOR,
    privacy.INDICATOR,
    ad.INDICATOR,
    relay.INDICATOR,
    opinion.INDICATOR,
    disclosure.INDICATOR,
    reply.INDICATOR,
)


def indicator_named(name: str) -> Indicator:
    """One of them."""
    return next(each for each in INDICATORS if each.name == name)


def title_of(name: str) -> str:
    """What an indicator is called, in Chinese whoever asks: findings and notices keep it."""
    with translation.override("zh-hans"):
        return str(indicator_named(name).words)


# A pack's own examples -------------------------------------------------------------------------

_AT = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


def failing_cases(pack: Pack) -> Iterator[tuple[Case, str]]:
    """The examples of a pack that do not come out, each with what came instead."""
    for case in pack.cases:
        found = _tried(pack, case.given)
        if found != case.expect:
            yield case, found


def _tried(pack: Pack, given: Mapping[str, Any]) -> str:
    region = pack.regions[0] if pack.regions else "990100"
    bound = Bound(
        affiliation=str(given.get("affiliation", sorted(pack.binds)[0])),
        status=str(given.get("status", "active")),
        platform=str(given.get("platform", min(pack.platforms, default="wechat"))),
        region_code=str(given.get("region_code", region)),
    )
    indicator = indicator_named(pack.indicator)
    on = pack.effective_until or max(_AT.date(), pack.effective_from or _AT.date())
    # An example tells what the rule would say, whether or not it is in force yet.
    held = applicable((replace(pack, is_confirmed=True),), bound, on=on)
    if indicator.counts_days:
        verdict = _clock(pack, held, given)
        if pack.indicator == "update.stale" or verdict.level is Level.ZOMBIE:
            return verdict.level.value
        return "none"
    subject = Subject(
        bound,
        is_verified=bool(given.get("is_verified", True)),
        others_on_platform=int(given.get("others_on_platform", 0)),
        filing_number=str(given["filing_number"]) if "filing_number" in given else None,
        holder=str(given.get("holder", "")),
        host=str(given.get("host", "")),
        was_closed=bool(given.get("was_closed", False)),
        probed=_probed(given),
        content=content_given(given, pack.indicator),
        duties=duties_given(given, _AT),
    )
    return "hit" if held and indicator.judge(subject, pack) else "none"


def _probed(given: Mapping[str, Any]) -> Probed | None:
    if not given.get("was_probed", True):
        return None
    dead, bad = (int(given.get(name, 0)) for name in ("dead_links", "bad_links"))
    link = Link("https://a.example/", "链接")
    return Probed((link,) * dead, (link,) * bad, int(given.get("deaf_entries", 0)))


def _clock(pack: Pack, held: tuple[Pack, ...], given: Mapping[str, Any]) -> Verdict:
    last = _AT - timedelta(days=float(given.get("silent_days", 0)))
    until = _AT - timedelta(days=float(given.get("looked_days_ago", 0)))
    looked = [Looked(Source.ARTICLE_FIGURES, last - timedelta(days=1), until, until)]
    seen = [Seen(last, Source.ARTICLE_FIGURES, Kind.PUSHED)]
    if pack.indicator == "account.zombie":
        rule = rule_of(held, held)
    else:
        rule = rule_of(held)
    return judge(seen, looked, rule, at=_AT)
