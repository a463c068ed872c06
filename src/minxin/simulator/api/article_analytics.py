"""Analytics of articles: the older endpoints, and those that began on 2025-11-01."""

from datetime import date
from typing import Any

from minxin.simulator import articles
from minxin.simulator.api.analytics import Rows, between, days
from minxin.simulator.api.calls import Call
from minxin.simulator.clock import china
from minxin.simulator.database import Row, from_json

BEGAN = date(2025, 11, 1)
FINAL_DAYS = 7  # for so long an article's total goes on being reported
SCENES = articles.SCENES


def _acts(call: Call, day: date, article: int | None = None) -> list[Row]:
    return call.world.database.all(
        "SELECT act, citizen, scene, article, at FROM article_acts WHERE app_id = ? AND day = ? "
        "AND (? IS NULL OR article = ?)",
        call.account.app_id, day.isoformat(), article, article,
    )  # fmt: skip


def _people(acts: list[Row], what: str, scene: int | None = None) -> int:
    return len(
        {
            (row["article"], row["citizen"])
            for row in acts
            if row["act"] == what and scene in {None, row["scene"]}
        }
    )


def _published(call: Call, first: date, last: date) -> list[Row]:
    return call.world.database.all(
        "SELECT * FROM articles WHERE app_id = ? AND published_at >= ? AND published_at < ? "
        "ORDER BY published_at, id",
        call.account.app_id, between(first)[0], between(last)[1],
    )  # fmt: skip


def _day_of(row: Row) -> date:
    return china(row["published_at"]).date()


def _number(row: Row) -> str:
    return f"{row['msg_data_id']}_{row['idx']}"


# The older endpoints ----------------------------------------------------------------------------


def _legacy(acts: list[Row]) -> dict[str, int]:
    reads, shares = _people(acts, "read"), _people(acts, "share")
    marked = _people(acts, "collect")
    return {
        "int_page_read_user": reads,
        "int_page_read_count": reads,
        "ori_page_read_user": 0,
        "ori_page_read_count": 0,
        "share_user": shares,
        "share_count": shares,
        "add_to_fav_user": marked,
        "add_to_fav_count": marked,
    }


async def summary(call: Call) -> dict[str, Any]:
    """POST /datacube/getarticlesummary: what was read on one day, by article."""
    (day,) = days(call, 1)
    found: Rows = []
    for row in _published(call, date(2000, 1, 1), day):
        acts = _acts(call, day, row["id"])
        if acts:
            found.append(
                {
                    "ref_date": day.isoformat(),
                    "msgid": _number(row),
                    "title": from_json(row["content"])["title"],
                    **_legacy(acts),
                }
            )
    return {"list": found}


async def total(call: Call) -> dict[str, Any]:
    """POST /datacube/getarticletotal: the articles of one day, added up day by day for a week."""
    (day,) = days(call, 1)
    found: Rows = []
    yesterday = date.fromordinal(china(call.world.clock.now()).date().toordinal() - 1)
    for row in _published(call, day, day):
        details, acts = [], []
        for ordinal in range(day.toordinal(), day.toordinal() + FINAL_DAYS):
            stat = date.fromordinal(ordinal)
            if stat > yesterday:
                break
            acts += _acts(call, stat, row["id"])
            details.append({"stat_date": stat.isoformat(), "target_user": 0, **_legacy(acts)})
        found.append(
            {
                "ref_date": day.isoformat(),
                "msgid": _number(row),
                "title": from_json(row["content"])["title"],
                "details": details,
            }
        )
    return {"list": found}


async def reads(call: Call) -> dict[str, Any]:
    """POST /datacube/getuserread: all articles together, by day; three days."""
    return {
        "list": [
            {"ref_date": day.isoformat(), "user_source": 99999999, **_legacy(_acts(call, day))}
            for day in days(call, 3)
        ]
    }


async def read_hours(call: Call) -> dict[str, Any]:
    """POST /datacube/getuserreadhour: the same by hour; one day."""
    (day,) = days(call, 1)
    by_hour: dict[int, list[Row]] = {}
    for row in _acts(call, day):
        by_hour.setdefault(china(row["at"]).hour, []).append(row)
    return {
        "list": [
            {
                "ref_date": day.isoformat(),
                "ref_hour": hour * 100,
                "user_source": 99999999,
                **_legacy(acts),
            }
            for hour, acts in sorted(by_hour.items())
        ]
    }


async def shares(call: Call) -> dict[str, Any]:
    """POST /datacube/getusershare: how often was shared, by day and way; seven days."""
    found: Rows = []
    for day in days(call, 7):
        found += _shares(day, _acts(call, day))
    return {"list": found}


async def share_hours(call: Call) -> dict[str, Any]:
    """POST /datacube/getusersharehour: the same by hour; one day."""
    (day,) = days(call, 1)
    by_hour: dict[int, list[Row]] = {}
    for row in _acts(call, day):
        by_hour.setdefault(china(row["at"]).hour, []).append(row)
    found: Rows = []
    for hour, acts in sorted(by_hour.items()):
        found += [{**one, "ref_hour": hour * 100} for one in _shares(day, acts)]
    return {"list": found}


def _shares(day: date, acts: list[Row]) -> Rows:
    """share_scene 1 to a friend, 2 to the moments, 255 elsewhere."""
    names = {0: 1, 1: 2}
    by_way: dict[int, set[tuple[int, int]]] = {}
    for row in acts:
        if row["act"] == "share":
            way = names.get(row["scene"], 255)
            by_way.setdefault(way, set()).add((row["article"], row["citizen"]))
    return [
        {
            "ref_date": day.isoformat(),
            "share_scene": way,
            "share_count": len(who),
            "share_user": len(who),
        }
        for way, who in sorted(by_way.items())
    ]


# Since November 2025 ----------------------------------------------------------------------------


def _sources(acts: list[Row]) -> Rows:
    counted = {scene: _people(acts, "read", scene) for scene in SCENES}
    return [
        {"user_count": count, "scene_desc": SCENES[scene]}
        for scene, count in counted.items()
        if count
    ]


def _summary(acts: list[Row], comments: int) -> dict[str, Any]:
    return {
        "read_user": _people(acts, "read"),
        "read_user_source": _sources(acts),
        "share_user": _people(acts, "share"),
        "zaikan_user": _people(acts, "zaikan"),
        "like_user": _people(acts, "like"),
        "comment_count": comments,
        "collection_user": _people(acts, "collect"),
        "redirect_ori_page_user": 0,
    }


def _comments(call: Call, day: date, article: int | None = None) -> int:
    start, end = between(day)
    row = call.world.database.one(
        "SELECT count(*) AS n FROM comments WHERE app_id = ? AND at >= ? AND at < ? "
        "AND (? IS NULL OR article = ?)",
        call.account.app_id, start, end, article, article,
    )  # fmt: skip
    return row["n"] if row else 0


async def article_reads(call: Call) -> dict[str, Any]:
    """POST /datacube/getarticleread: who read each article, and from where; one day."""
    (day,) = days(call, 1)
    found: Rows = []
    for row in _published(call, BEGAN, day) if day >= BEGAN else []:
        acts = _acts(call, day, row["id"])
        if _people(acts, "read"):
            detail = {"read_user": _people(acts, "read"), "read_user_source": _sources(acts)}
            found.append({"ref_date": day.isoformat(), "msgid": _number(row), "detail": detail})
    return {"list": found, "is_delay": False}


async def article_shares(call: Call) -> dict[str, Any]:
    """POST /datacube/getarticleshare: who shared each article; one day."""
    (day,) = days(call, 1)
    found: Rows = []
    for row in _published(call, BEGAN, day) if day >= BEGAN else []:
        acts = _acts(call, day, row["id"])
        if count := _people(acts, "share"):
            found.append(
                {
                    "ref_date": day.isoformat(),
                    "msgid": _number(row),
                    "detail": {"share_user": count},
                }
            )
    return {"list": found, "is_delay": False}


async def business_summary(call: Call) -> dict[str, Any]:
    """POST /datacube/getbizsummary: all articles together, by day; 30 days."""
    found: Rows = []
    for day in days(call, 30):
        if day < BEGAN:
            continue
        sent = len({row["article_id"] for row in _published(call, day, day)})
        detail = {**_summary(_acts(call, day), _comments(call, day)), "send_page_count": sent}
        found.append({"ref_date": day.isoformat(), "detail": detail})
    return {"list": found, "is_delay": False}


async def total_detail(call: Call) -> dict[str, Any]:
    """POST /datacube/getarticletotaldetail: the articles of one day, each day since, in full."""
    (day,) = days(call, 1)
    found: Rows = []
    last = china(call.world.clock.now()).date().toordinal() - 1
    for row in _published(call, day, day) if day >= BEGAN else []:
        details = [
            _detail(call, date.fromordinal(ordinal), row)
            for ordinal in range(day.toordinal(), min(last, day.toordinal() + FINAL_DAYS - 1) + 1)
        ]
        found.append(
            {
                "ref_date": _day_of(row).isoformat(),
                "msgid": _number(row),
                "publish_type": 0 if row["was_notified"] else 1,
                "title": from_json(row["content"])["title"],
                "content_url": articles.address(str(call.request.base_url), row["slug"]),
                "detail_list": details,
            }
        )
    return {"list": found, "is_delay": False}


def _detail(call: Call, day: date, row: Row) -> dict[str, Any]:
    acts = _acts(call, day, row["id"])
    found = _summary(acts, _comments(call, day, row["id"]))
    reads = found["read_user"]
    return {
        "stat_date": day.isoformat(),
        **found,
        "praise_money": 0,
        "read_subscribe_user": 0,
        "read_delivery_rate": 0.0,
        "read_finish_rate": round(_people(acts, "finish") / reads, 4) if reads else 0.0,
        "read_avg_activetime": 0.0,
        "read_jump_position": [],
    }
