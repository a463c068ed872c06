"""The deadline ledger: what its rows add up to. Pure.

A ledger is a row of entries in the order of time. The citizen's wait runs from the dispatch (START) to the
answer (END); asked again, it runs anew. STOP and RESUME cut it into intervals that run or stand still.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What an entry says."""

    START = "start"
    SIGN = "sign"
    STOP = "stop"
    RESUME = "resume"
    EXTENSION = "extension"
    TRANSFER = "transfer"
    REMINDER = "reminder"
    END = "end"


class StopReason(StrEnum):
    """For what alone the clock may stand still."""

    CITIZEN = "citizen"
    AGENCY = "agency"
    APPRAISAL = "appraisal"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its aware moment and its kind."""

    at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Interval:
    """A piece of the wait in which the clock runs, or stands still."""

    begin: datetime
    end: datetime
    is_running: bool

    @property
    def length(self) -> timedelta:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Timer:
    """What a timer shows: time that counted and time that did not."""

    since: datetime
    ran: timedelta
    stood: timedelta

    @property
    def elapsed(self) -> timedelta:
        return self.ran + self.stood


def may_enter(rows: Sequence[Row], kind: Kind) -> bool:
    """Whether an entry may follow these: nothing stops twice, resumes what runs, or counts what ended."""
    wait = _latest_wait(rows)
    is_running = bool(wait) and not _is_over(wait)
    if kind is Kind.START:
        return not is_running
    if not is_running:
        return False
    stands = stopped_since(rows) is not None
    match kind:
        case Kind.STOP:
            return not stands
        case Kind.RESUME:
            return stands
        case Kind.SIGN:
            return signed_at(rows) is None
    return not stands


def stopped_since(rows: Sequence[Row]) -> datetime | None:
    """Since when the clock stands still; None while it runs or nothing is waited for."""
    for row in reversed(_latest_wait(rows)):
        match row.kind:
            case Kind.STOP:
                return row.at
            case Kind.RESUME | Kind.END:
                return None
    return None


def signed_at(rows: Sequence[Row]) -> datetime | None:
    """When the agency that has it now signed; a transfer asks for a signature anew."""
    for row in reversed(_latest_wait(rows)):
        match row.kind:
            case Kind.SIGN:
                return row.at
            case Kind.TRANSFER:
                return None
    return None


def intervals(rows: Sequence[Row], now: datetime, *, since: datetime) -> list[Interval]:
    """The latest wait from `since` to its end, or to `now`, cut where the clock stopped or resumed."""
    found: list[Interval] = []
    begin, is_running = since, True
    until = now
    for row in _latest_wait(rows):
        if row.kind is Kind.END:
            until = row.at
            break
        if row.kind not in (Kind.STOP, Kind.RESUME):
            continue
        if row.at > begin:
            found.append(Interval(begin, row.at, is_running))
            begin = row.at
        is_running = row.kind is Kind.RESUME
    if until > begin:
        found.append(Interval(begin, until, is_running))
    return found


def timer(rows: Sequence[Row], now: datetime, *, since: datetime) -> Timer:
    """What was counted from a moment of the latest wait on."""
    parts = intervals(rows, now, since=since)
    ran = sum((each.length for each in parts if each.is_running), timedelta())
    stood = sum((each.length for each in parts if not each.is_running), timedelta())
    return Timer(since, ran, stood)


def dispatch_timer(rows: Sequence[Row], now: datetime) -> Timer | None:
    """From the dispatch: neither a transfer nor a late signature hides time from it."""
    wait = _latest_wait(rows)
    return timer(rows, now, since=wait[0].at) if wait else None


def signing_timer(rows: Sequence[Row], now: datetime) -> Timer | None:
    """From the signature of the agency that has it now; None before it signed."""
    since = signed_at(rows)
    return timer(rows, now, since=since) if since is not None else None


def due_after_standing(due_at: datetime, stopped: datetime, resumed: datetime) -> datetime:
    """The agency's due time moved by exactly as long as the clock stood still."""
    return due_at + max(resumed - stopped, timedelta())


def _latest_wait(rows: Sequence[Row]) -> Sequence[Row]:
    starts = [number for number, row in enumerate(rows) if row.kind is Kind.START]
    return rows[starts[-1] :] if starts else ()


def _is_over(wait: Sequence[Row]) -> bool:
    return any(row.kind is Kind.END for row in wait)
