"""Duties with a clock: information to relay, the first word of an opinion event, requests for disclosure,
questions to answer. Values and pure clocks; how much time there is stands in rule packs, with its source.

Nothing here accuses: a clock that ran out is a candidate, and a named person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from minxin.core.working_time import (
    OFFICE_CLOSES,
    OFFICE_ZONE,
    WorkingCalendar,
    add_working_days,
    working_days_between,
)
from minxin.supervision.rules.packs import Limit, Unit

# What the limit of a duty is counted in, by its indicator.
UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "relay.rate": Unit.PERCENT,
        "opinion.first": Unit.HOURS,
        "disclosure.due": Unit.WORKING_DAYS,
        "reply.overdue": Unit.WORKING_DAYS,
    }
)


class Matter(StrEnum):
    """Which clock of an event a rule is about."""

    FIRST_WORD = "first_word"
    PRESS = "press"
    RESPONSE = "response"
    REPLY = "reply"
    EXTENDED = "extended"
    THIRD_PARTY = "third_party"
    CORRECTION = "correction"


M = Matter
MATTERS: Mapping[str, tuple[Matter, ...]] = MappingProxyType(
    {
        "opinion.first": (M.FIRST_WORD, M.PRESS, M.RESPONSE),
        "disclosure.due": (M.REPLY, M.EXTENDED, M.THIRD_PARTY, M.CORRECTION),
    }
)
# A third party that does not answer in time lets the unit decide alone: that clock accuses nobody.
ACCUSES_NOBODY = frozenset({M.THIRD_PARTY})


class Standing(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    LATE = "late"
    IN_TIME = "in_time"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment by which something is owed, and when it was done; None: not yet."""

    due_at: datetime
    done_at: datetime | None = None
    is_provisional: bool = False

    def standing(self, at: datetime) -> Standing:
        """Exactly at the moment is still in time."""
        if self.done_at is not None:
            return Standing.IN_TIME if self.done_at <= self.due_at else Standing.TOO_LATE
        return Standing.RUNNING if at <= self.due_at else Standing.LATE

    def is_missed(self, at: datetime) -> bool:
        """Whether it was, or is, not done in time."""
        return self.standing(at) in {Standing.LATE, Standing.TOO_LATE}


@dataclass(frozen=True, slots=True)
class Relay:
    """Information that an account was told to relay. `done_at`: when its own item came out."""

    key: str
    title: str
    due_at: datetime
    done_at: datetime | None = None

    @property
    def clock(self) -> Clock:
        return Clock(self.due_at, self.done_at)


@dataclass(frozen=True, slots=True)
class Opinion:
    """An event of public opinion. `is_grave`: 特别重大、重大突发事件; the others are answered once."""

    key: str
    title: str
    is_grave: bool
    known_at: datetime
    first_word_at: datetime | None = None
    press_at: datetime | None = None

    def clock(self, limit: Limit) -> Clock | None:
        """The clock of this matter; None where it does not run for such an event."""
        match limit.matter:
            case M.FIRST_WORD if self.is_grave:
                done = self.first_word_at
            case M.PRESS if self.is_grave:
                done = self.press_at
            case M.RESPONSE if not self.is_grave:
                done = self.first_word_at
            case _:
                return None
        return Clock(self.known_at + timedelta(hours=limit.amount), done)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for information, by its days alone: who asked is nowhere kept here.

    `received_on`: the day that counts as received. `extended_until`: the day told to the applicant, when
    an extension was approved on `extended_on`. Third party: asked and answered on; the time between is
    left out of the count only where `leaves_out_third_party`, which a named person confirmed.
    """

    key: str
    title: str
    received_on: date
    extended_on: date | None = None
    extended_until: date | None = None
    third_asked_on: date | None = None
    third_answered_on: date | None = None
    leaves_out_third_party: bool = False
    corrected_on: date | None = None
    replied_on: date | None = None

    def clock(self, limit: Limit, calendar: WorkingCalendar, at: datetime) -> Clock | None:
        """The clock of this matter; None where it does not run for this request.

        Days count on the calendar of working days, until the end of the last one. An extension counts
        when it was approved before the first term had passed; else that term was missed.
        """
        match limit.matter:
            case M.REPLY:
                due = self._due(limit.amount, calendar, at)
                if self.extended_on is not None and start_of(self.extended_on) <= due.due_at:
                    return None
                return Clock(due.due_at, _end(self.replied_on), due.is_provisional)
            case M.EXTENDED if self.extended_on is not None:
                due = self._due(limit.amount, calendar, at)
                until = due.due_at
                if self.extended_until is not None:
                    until = min(until, close_of(self.extended_until))
                return Clock(until, _end(self.replied_on), due.is_provisional)
            case M.THIRD_PARTY if self.third_asked_on is not None:
                counted = add_working_days(start_of(self.third_asked_on), limit.amount, calendar)
                done = self.third_answered_on or self.replied_on
                return Clock(day_ends(counted.at), _end(done), counted.is_provisional)
            case M.CORRECTION if self.corrected_on is not None:
                counted = add_working_days(start_of(self.received_on), limit.amount, calendar)
                return Clock(day_ends(counted.at), _end(self.corrected_on), counted.is_provisional)
        return None

    def _due(self, amount: int, calendar: WorkingCalendar, at: datetime) -> Clock:
        left_out = 0
        if self.leaves_out_third_party and self.third_asked_on is not None:
            until = self.third_answered_on or self.replied_on
            end = start_of(until) if until is not None else max(at, start_of(self.third_asked_on))
            left_out = max(0, working_days_between(start_of(self.third_asked_on), end, calendar))
        counted = add_working_days(start_of(self.received_on), amount + left_out, calendar)
        return Clock(day_ends(counted.at), None, counted.is_provisional)


@dataclass(frozen=True, slots=True)
class Question:
    """A citizen's question that nobody has answered. `title` names it without her words."""

    key: str
    title: str
    asked_at: datetime

    def clock(self, limit: Limit, calendar: WorkingCalendar) -> Clock:
        counted = add_working_days(self.asked_at, limit.amount, calendar)
        return Clock(day_ends(counted.at), None, counted.is_provisional)


@dataclass(frozen=True, slots=True)
class Duties:
    """What an account owes and owed at a moment. `ignoring`: keys about which a person has decided."""

    at: datetime | None = None
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    relays: tuple[Relay, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    requests: tuple[Request, ...] = ()
    questions: tuple[Question, ...] = ()
    ignoring: frozenset[str] = frozenset()

    def keys(self) -> frozenset[str]:
        """What everything owed is called."""
        owed: tuple[Relay | Opinion | Request | Question, ...] = (
            *self.relays, *self.opinions, *self.requests, *self.questions,
        )  # fmt: skip
        return frozenset(each.key for each in owed)


@dataclass(frozen=True, slots=True)
class Rate:
    """转载率: on-time relays of those whose time has come, both counts always together."""

    on_time: int
    assigned: int

    @property
    def percent(self) -> float | None:
        """0 to 100; None when nothing was due."""
        return 100 * self.on_time / self.assigned if self.assigned else None


def rate_of(relays: tuple[Relay, ...], at: datetime) -> Rate:
    """Those relayed in time, and all of which the moment has passed or that were relayed."""
    due = [each for each in relays if each.done_at is not None or each.due_at < at]
    in_time = sum(each.clock.standing(at) is Standing.IN_TIME for each in due)
    return Rate(in_time, len(due))


def start_of(day: date) -> datetime:
    """The first moment of a day where the offices are."""
    return datetime.combine(day, time.min, OFFICE_ZONE)


def close_of(day: date) -> datetime:
    """The last moment of a day: a term that is counted in days ends with its last day."""
    return datetime.combine(day, time.max, OFFICE_ZONE)


def day_ends(moment: datetime) -> datetime:
    """The same day's last moment; `add_working_days` gives the hour at which offices close."""
    return close_of(moment.astimezone(OFFICE_ZONE).date())


def _end(day: date | None) -> datetime | None:
    """When something that is known by day was done: by the office's close of that day."""
    return datetime.combine(day, OFFICE_CLOSES, OFFICE_ZONE) if day is not None else None
