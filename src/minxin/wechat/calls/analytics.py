"""Analytics (数据统计): whole days, up to yesterday. Rows keep WeChat's own names.

The endpoints for articles of November 2025 know nothing before 2025-11-01.
"""

from datetime import date
from typing import Any

from minxin.wechat._call import Call, Struct

BEGAN = date(2025, 11, 1)


class Rows(Struct, frozen=True):
    """`is_delay`: the figures are not complete yet."""

    list: tuple[dict[str, Any], ...] = ()
    is_delay: bool = False


# Name of the endpoint: how many days it answers at once.
DAYS = {
    "getusersummary": 7, "getusercumulate": 7, "getarticlesummary": 1, "getarticletotal": 1,
    "getuserread": 3, "getuserreadhour": 1, "getusershare": 7, "getusersharehour": 1,
    "getupstreammsg": 7, "getupstreammsghour": 1, "getupstreammsgweek": 30,
    "getupstreammsgmonth": 30, "getupstreammsgdist": 15, "getupstreammsgdistweek": 30,
    "getupstreammsgdistmonth": 30, "getinterfacesummary": 30, "getinterfacesummaryhour": 1,
    "getarticleread": 1, "getarticleshare": 1, "getbizsummary": 30, "getarticletotaldetail": 1,
}  # fmt: skip


def rows(name: str, first: date, last: date) -> Call[Rows]:
    """The rows of one endpoint of `DAYS`; a `ValueError` for more days than it answers at once."""
    if not 0 <= (last - first).days < DAYS[name]:
        raise ValueError(f"{name} answers at most {DAYS[name]} days at once")
    asked = {"begin_date": first.isoformat(), "end_date": last.isoformat()}
    return Call("POST", f"/datacube/{name}", Rows, payload=asked)


def article_reads(day: date) -> Call[Rows]:
    """Who read each article, and from where."""
    return rows("getarticleread", day, day)


def article_totals(day: date) -> Call[Rows]:
    """The articles of one day, each day since, in full."""
    return rows("getarticletotaldetail", day, day)


def business(first: date, last: date) -> Call[Rows]:
    """All articles together, by day; at most thirty."""
    return rows("getbizsummary", first, last)


def followers(first: date, last: date) -> Call[Rows]:
    """Who came by which way, and who left; at most seven days."""
    return rows("getusersummary", first, last)
