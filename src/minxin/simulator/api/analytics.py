"""Analytics (datacube), computed from what happened here: whole days, up to yesterday."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from minxin.simulator.api.calls import Call
from minxin.simulator.asked import words
from minxin.simulator.clock import CHINA, china
from minxin.simulator.refusals import Refused

Rows = list[dict[str, Any]]
Endpoint = Callable[[Call], Awaitable[dict[str, Any]]]


def days(call: Call, most: int) -> list[date]:
    """The days asked for: 61500 not a date, 61501 too many or backwards, 61503 not over yet."""
    asked = call.json()
    try:
        first = date.fromisoformat(words(asked, "begin_date", 61500))
        last = date.fromisoformat(words(asked, "end_date", 61500))
    except ValueError:
        raise Refused(61500) from None
    if not 0 <= (last - first).days < most:
        raise Refused(61501)
    if last >= china(call.world.clock.now()).date():
        raise Refused(61503)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def between(day: date) -> tuple[float, float]:
    """A day's beginning and end, as Unix seconds."""
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()
    return start, start + 86400


# Followers --------------------------------------------------------------------------------------


async def user_summary(call: Call) -> dict[str, Any]:
    """POST /datacube/getusersummary: who came by which way, and who left; seven days."""
    found: Rows = []
    for day in days(call, 7):
        rows = call.world.database.all(
            "SELECT source, sum(change = 1) AS new, sum(change = -1) AS gone FROM follow_log "
            "WHERE app_id = ? AND day = ? GROUP BY source ORDER BY source",
            call.account.app_id, day.isoformat(),
        )  # fmt: skip
        found += [
            {
                "ref_date": day.isoformat(),
                "user_source": row["source"],
                "new_user": row["new"],
                "cancel_user": row["gone"],
            }
            for row in rows
        ]
    return {"list": found}


async def user_cumulate(call: Call) -> dict[str, Any]:
    """POST /datacube/getusercumulate: how many follow at the end of each day; seven days."""
    found: Rows = []
    for day in days(call, 7):
        row = call.world.database.one(
            "SELECT coalesce(sum(change), 0) AS n FROM follow_log WHERE app_id = ? AND day <= ?",
            call.account.app_id, day.isoformat(),
        )  # fmt: skip
        count = row["n"] if row else 0
        found.append({"ref_date": day.isoformat(), "user_source": 0, "cumulate_user": count})
    return {"list": found}


# Messages of citizens ---------------------------------------------------------------------------

TYPES = {"text": 1, "image": 2, "voice": 3, "video": 4, "link": 6}
INTERVALS = ((1, 5), (6, 10))  # count_interval 1 and 2; 3 is more


def _said(call: Call, first: date, last: date) -> Iterator[tuple[str, int, int]]:
    """Openid, type and hour of each message."""
    rows = call.world.database.all(
        "SELECT openid, type, at FROM messages WHERE app_id = ? AND sender = 'citizen' "
        "AND at >= ? AND at < ?",
        call.account.app_id, between(first)[0], between(last)[1],
    )  # fmt: skip
    for row in rows:
        yield row["openid"], TYPES.get(row["type"], 0), china(row["at"]).hour


def _messages(call: Call, first: date, last: date, ref: str) -> Rows:
    by_type: dict[int, dict[str, int]] = {}
    for openid, kind, _ in _said(call, first, last):
        people = by_type.setdefault(kind, {})
        people[openid] = people.get(openid, 0) + 1
    return [
        {
            "ref_date": ref,
            "msg_type": kind,
            "msg_user": len(people),
            "msg_count": sum(people.values()),
        }
        for kind, people in sorted(by_type.items())
    ]


def _distribution(call: Call, first: date, last: date, ref: str) -> Rows:
    people: dict[str, int] = {}
    for openid, _, _ in _said(call, first, last):
        people[openid] = people.get(openid, 0) + 1
    intervals: dict[int, int] = {}
    for count in people.values():
        which = next(
            (n for n, (least, most) in enumerate(INTERVALS, 1) if least <= count <= most), 3
        )
        intervals[which] = intervals.get(which, 0) + 1
    return [
        {"ref_date": ref, "count_interval": which, "msg_user": users}
        for which, users in sorted(intervals.items())
    ]


def _week(day: date) -> tuple[date, date]:
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def _month(day: date) -> tuple[date, date]:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day.replace(day=1), following - timedelta(days=1)


def _single(day: date) -> tuple[date, date]:
    return day, day


def upstream(
    most: int, span: Callable[[date], tuple[date, date]], count: Callable[..., Rows], words_: str
) -> Endpoint:
    """The endpoint for what citizens sent, by day, week or month; a span counts once it is over."""

    async def endpoint(call: Call) -> dict[str, Any]:
        asked = days(call, most)
        today = china(call.world.clock.now()).date()
        found: Rows = []
        for first, last in dict.fromkeys(span(day) for day in asked):
            if last < today:
                found += count(call, first, last, first.isoformat())
        return {"list": found}

    endpoint.__doc__ = words_
    return endpoint


message_days = upstream(7, _single, _messages, "What citizens sent, by type, a day; seven days.")
message_weeks = upstream(30, _week, _messages, "What citizens sent, by type, a week; 30 days.")
message_months = upstream(30, _month, _messages, "What citizens sent, by type, a month; 30 days.")
distribution_days = upstream(
    15, _single, _distribution, "How often a citizen wrote, a day; 15 days."
)
distribution_weeks = upstream(
    30, _week, _distribution, "How often a citizen wrote, a week; 30 days."
)
distribution_months = upstream(
    30, _month, _distribution, "How often a citizen wrote, a month; 30 days."
)


async def message_hours(call: Call) -> dict[str, Any]:
    """POST /datacube/getupstreammsghour: what citizens sent, by hour and type; one day."""
    (day,) = days(call, 1)
    found: dict[tuple[int, int], dict[str, int]] = {}
    for openid, kind, hour in _said(call, day, day):
        people = found.setdefault((hour, kind), {})
        people[openid] = people.get(openid, 0) + 1
    return {
        "list": [
            {
                "ref_date": day.isoformat(),
                "ref_hour": hour * 100,
                "msg_type": kind,
                "msg_user": len(people),
                "msg_count": sum(people.values()),
            }
            for (hour, kind), people in sorted(found.items())
        ]
    }


# The callback -----------------------------------------------------------------------------------


async def interface_summary(call: Call) -> dict[str, Any]:
    """POST /datacube/getinterfacesummary: how often the callback was called; 30 days."""
    found: Rows = []
    for day in days(call, 30):
        row = call.world.database.one(
            "SELECT sum(count) AS n, sum(failed) AS failed, sum(total_ms) AS total, "
            "max(longest_ms) AS longest FROM callback_hours WHERE app_id = ? AND day = ?",
            call.account.app_id, day.isoformat(),
        )  # fmt: skip
        if row is not None and row["n"]:
            found.append(_interface(day, row))
    return {"list": found}


async def interface_hours(call: Call) -> dict[str, Any]:
    """POST /datacube/getinterfacesummaryhour: the same by hour; one day."""
    (day,) = days(call, 1)
    rows = call.world.database.all(
        "SELECT hour, count AS n, failed, total_ms AS total, longest_ms AS longest "
        "FROM callback_hours WHERE app_id = ? AND day = ? ORDER BY hour",
        call.account.app_id, day.isoformat(),
    )  # fmt: skip
    return {"list": [{**_interface(day, row), "ref_hour": row["hour"] * 100} for row in rows]}


def _interface(day: date, row: Any) -> dict[str, Any]:
    """Times in milliseconds, as WeChat counts them."""
    return {
        "ref_date": day.isoformat(),
        "callback_count": row["n"],
        "fail_count": row["failed"],
        "total_time_cost": round(row["total"]),
        "max_time_cost": round(row["longest"]),
    }
