"""The ladder 提醒 -> 催办 -> 督办: when a ticket is taken up a step, as a table. Pure.

What is in `LADDER` holds where nobody has set a ladder. Only the notice of the day after is from a rule
that was read (a bureau's, no national one); the rest is our proposal.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from minxin.core.working_time import (
    Span,
    Unit,
    WorkingCalendar,
    before,
    opening_after,
    working_days_between,
)
from minxin.tickets.rules.ledger import Kind, Row


class Step(StrEnum):
    """How strongly."""

    REMIND = "remind"
    URGE = "urge"
    SUPERVISE = "supervise"


class Anchor(StrEnum):
    """From which limit it is counted."""

    SIGN = "sign"
    DUE = "due"


class Audience(StrEnum):
    """Who is told: those who handle the agency's tickets, who reviews there, who supervises it."""

    HANDLER = "handler"
    HEAD = "head"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the ladder. `offset` lies before or after the limit; working days begin when the office
    opens. `has_notice`: a 《催办通知书》 goes with it. `level`: that of the supervision (督办)."""

    key: str
    step: Step
    anchor: Anchor
    is_before: bool
    offset: Span
    tells: frozenset[Audience]
    has_notice: bool = False
    level: int = 0
    basis: str = ""


H, B, S = Audience.HANDLER, Audience.HEAD, Audience.SUPERVISOR
DAYS = Unit.WORKING_DAYS
OURS = "本产品的建议"
LADDER: tuple[Rung, ...] = (
    Rung("remind-due", Step.REMIND, Anchor.DUE, True, Span(1, DAYS), frozenset({H}), basis=OURS),
    Rung(
        "urge-sign", Step.URGE, Anchor.SIGN, False, Span(0, Unit.WORKING_MINUTES),
        frozenset({H, B}), basis=OURS,
    ),
    Rung(
        "urge-due", Step.URGE, Anchor.DUE, False, Span(1, DAYS), frozenset({H, B}),
        has_notice=True, basis="某局热线办理办法：超期次日发《催办通知书》（fsou.com 登载，地方做法）",
    ),
    Rung(
        "supervise-due", Step.SUPERVISE, Anchor.DUE, False, Span(6, DAYS), frozenset({H, B, S}),
        level=1, basis=OURS,
    ),
)  # fmt: skip
# A new term: the agency, or the time it has, is another. What was sent in the term before is over.
BEGINS_TERM = frozenset({Kind.START, Kind.EXTENSION, Kind.TRANSFER})


@dataclass(frozen=True, slots=True)
class Term:
    """What a ticket's ladder stands on: the limits (None: none, or kept), what was done since the term
    began, and before when nothing is done at all."""

    anchors: Mapping[Anchor, datetime | None]
    done: Mapping[str, datetime]
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """The next rung and when it is due."""

    rung: Rung
    at: datetime


def term_row(rows: Sequence[Row]) -> int | None:
    """The place of the entry with which the present term began; None where nothing is waited for."""
    for place in range(len(rows) - 1, -1, -1):
        if rows[place].kind is Kind.END:
            return None
        if rows[place].kind in BEGINS_TERM:
            return place
    return None


@functools.lru_cache(maxsize=4096)
def rung_at(rung: Rung, limit: datetime, calendar: WorkingCalendar) -> datetime:
    """When a rung is due for a limit, by a calendar."""
    if rung.is_before:
        return before(limit, rung.offset, calendar)
    return opening_after(limit, rung.offset, calendar)


def next_rung(
    ladder: Sequence[Rung], term: Term, calendar: WorkingCalendar, now: datetime
) -> Planned | None:
    """The next rung that has not been taken in this term; None when nothing is left.

    Rungs of one limit go in the order of their times. What was to come before a limit is void once the
    limit has passed, so a clock that stood still does not remind of what is overdue. Each waits until the
    working day after the one before it: nobody gets two in an hour because a machine was down.
    """
    found: list[Planned] = []
    for anchor, limit in term.anchors.items():
        if limit is None:
            continue
        mine = [Planned(each, rung_at(each, limit, calendar)) for each in ladder
                if each.anchor is anchor]  # fmt: skip
        mine.sort(key=lambda each: each.at)
        last = max(
            (term.done[each.rung.key] for each in mine if each.rung.key in term.done), default=None
        )
        for each in mine:
            if each.rung.key in term.done or (each.rung.is_before and now >= limit):
                continue
            earliest = [each.at]
            if last is not None:
                earliest.append(opening_after(last, Span(1, DAYS), calendar))
            if term.not_before is not None:
                earliest.append(term.not_before)
            found.append(Planned(each.rung, max(earliest)))
            break
    return min(found, key=lambda each: (each.at, each.rung.key), default=None)


def after_transfer(at: datetime, calendar: WorkingCalendar) -> datetime:
    """Before when an agency that got a ticket from another is left alone: its next working day."""
    return opening_after(at, Span(1, DAYS), calendar)


def words_for(rung: Rung, limit: datetime, calendar: WorkingCalendar, now: datetime) -> str:
    """Why a rung is taken, for the ledger and the page."""
    what = "签收期限" if rung.anchor is Anchor.SIGN else "答复期限"
    day = f"{limit.month}月{limit.day}日 {limit:%H:%M}"
    if now < limit:
        return f"{what}为{day}，请按时办理"
    late = max(-working_days_between(now, limit, calendar), 0)
    past = f"，已超期 {late} 个工作日" if late else ""
    owed = "仍未签收" if rung.anchor is Anchor.SIGN else "仍未答复"
    return f"{what}（{day}）已过{past}，{owed}"
