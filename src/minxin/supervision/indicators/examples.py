"""What the examples of a rule pack give, as values: short words in a file, days on a plain calendar.

Working days of an example are Monday to Friday without holidays, so that it comes out the same in every
year.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from minxin.core.working_time import OFFICE_ZONE, WorkingCalendar, working_days_between
from minxin.supervision.indicators.base import Content, Found
from minxin.supervision.rules.duties import Duties, Opinion, Question, Relay, Request, start_of

_PLAIN = WorkingCalendar()


def content_given(given: Mapping[str, Any], indicator: str) -> Content:
    """`waiting` and `confirmed` places."""
    found = Found(int(given.get("waiting", 0)), int(given.get("confirmed", 0)))
    return Content(int(given.get("items", 1)), frozenset({indicator}), {indicator: found})


def duties_given(given: Mapping[str, Any], at: datetime) -> Duties:
    """`assigned` and `on_time` relays; `grave` with hours; working days since a request or a question."""
    relays: tuple[Relay, ...] = ()
    if "assigned" in given:
        day = timedelta(days=1)
        relays = tuple(
            Relay(f"r-{n}", "示例", at - day, at - 2 * day if n < int(given["on_time"]) else None)
            for n in range(int(given["assigned"]))
        )
    opinions: tuple[Opinion, ...] = ()
    if "hours_since_known" in given:
        known = at - timedelta(hours=float(given["hours_since_known"]))
        opinions = (
            Opinion(
                "o-1", "示例", bool(given.get("is_grave", False)), known,
                _after(known, given, "first_word_after"), _after(known, given, "press_after"),
            ),
        )  # fmt: skip
    requests: tuple[Request, ...] = ()
    if "working_days_since_received" in given:
        requests = (_request(given, at),)
    questions: tuple[Question, ...] = ()
    if "working_days_since_asked" in given:
        asked = _ago(int(given["working_days_since_asked"]), at)
        questions = (Question("q-1", "示例", start_of(asked)),)
    return Duties(at, _PLAIN, relays, opinions, requests, questions)


def _request(given: Mapping[str, Any], at: datetime) -> Request:
    def ago(name: str) -> date | None:
        return _ago(int(given[name]), at) if name in given else None

    return Request(
        "d-1", "示例", _ago(int(given["working_days_since_received"]), at),
        extended_on=ago("working_days_since_extended"),
        third_asked_on=ago("working_days_since_third_asked"),
        third_answered_on=ago("working_days_since_third_answered"),
        leaves_out_third_party=bool(given.get("leaves_out_third_party", False)),
        corrected_on=ago("working_days_since_corrected"),
        replied_on=ago("working_days_since_replied"),
    )  # fmt: skip


def _after(known: datetime, given: Mapping[str, Any], name: str) -> datetime | None:
    return known + timedelta(hours=float(given[name])) if name in given else None


def _ago(working_days: int, at: datetime) -> date:
    """The day that lies so many working days before; the latest one."""
    day = at.astimezone(OFFICE_ZONE).date()
    while working_days_between(start_of(day), at, _PLAIN) < working_days:
        day -= timedelta(days=1)
    return day
