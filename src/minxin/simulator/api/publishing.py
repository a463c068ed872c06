"""Free publishing: a draft becomes articles with addresses. Followers are not notified."""

from typing import Any

from starlette.requests import Request

from minxin.simulator import articles, faults, jobs, pushes, random_ids
from minxin.simulator.api import drafts
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import number, page, words
from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World
from minxin.wechat import Published

DONE, RUNNING, REJECTED = 0, 1, 4
TAKES = 2.0  # seconds from submitting to the end


async def submit(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/freepublish/submit: queued; PUBLISHJOBFINISH or `get` tells the end."""
    draft = drafts.find(call, words(call.json(), "media_id", 40007))
    world, account = call.world, call.account
    running = world.database.one(
        "SELECT 1 FROM publications WHERE media_id = ? AND status = ?", draft["media_id"], RUNNING
    )
    if running is not None:
        raise Refused(53504)
    publish_id = str(world.next_number("publish_id", 2_247_483_650))
    data_id = world.next_number("data_id", 2_247_483_650)
    world.database.insert(
        "publications", publish_id=publish_id, app_id=account.app_id, status=RUNNING,
        media_id=draft["media_id"], msg_data_id=data_id, submitted_at=world.clock.now(),
        snapshot=draft["articles"],
    )  # fmt: skip
    fault = faults.take(world, account.app_id, faults.REVIEW)
    status = DONE if fault is None else int(fault.args.get("status", REJECTED))
    base = str(call.request.base_url)
    jobs.add(world, "publish", after=TAKES, publish_id=publish_id, status=status, base=base)
    return {**OK, "publish_id": publish_id, "msg_data_id": data_id}


async def finish(world: World, args: dict[str, Any]) -> None:
    """The job at the end of a publication: articles, or what is wrong; the account hears of it."""
    row = world.database.one("SELECT * FROM publications WHERE publish_id = ?", args["publish_id"])
    account = None if row is None else world.account(row["app_id"])
    if row is None or account is None or row["status"] != RUNNING:
        return
    status, article_id = int(args["status"]), ""
    snapshot = from_json(row["snapshot"])
    if status == DONE:
        article_id = random_ids.media_id()
        with world.database.transaction():
            articles.publish(
                world, account, article_id, row["msg_data_id"], snapshot, was_notified=False
            )
            world.database.run("DELETE FROM drafts WHERE media_id = ?", row["media_id"])
    failed = [] if status == DONE else list(range(1, len(snapshot) + 1))
    world.database.run(
        "UPDATE publications SET status = ?, article_id = ?, failed = ? WHERE publish_id = ?",
        status, article_id, to_json(failed), row["publish_id"],
    )  # fmt: skip
    world.hub.tell("articles", {"app_id": account.app_id})
    event = Published(
        account=account.original_id,
        openid=random_ids.openid(account.app_id),
        created_at=int(world.clock.now()),
        publish_id=row["publish_id"],
        status=status,
        article_id=article_id or None,
        detail=_detail(world, article_id, args["base"]) if article_id else None,
    )
    await pushes.tell(world, account, event)


def _detail(world: World, article_id: str, base: str) -> dict[str, Any]:
    items = [
        {"idx": row["idx"], "article_url": articles.address(base, row["slug"])}
        for row in articles.of_set(world, article_id)
    ]
    return {"count": len(items), "item": items}


async def get(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/freepublish/get: how a publication goes."""
    row = call.world.database.one(
        "SELECT * FROM publications WHERE publish_id = ? AND app_id = ?",
        str(call.json().get("publish_id", "")),
        call.account.app_id,
    )
    if row is None:
        raise Refused(40007, "invalid publish_id")
    status = _status(call.world, row)
    found: dict[str, Any] = {"publish_id": row["publish_id"], "publish_status": status}
    if row["status"] == DONE:
        base = str(call.request.base_url)
        found["article_id"] = row["article_id"]
        found["article_detail"] = _detail(call.world, row["article_id"], base)
    return {**found, "fail_idx": from_json(row["failed"])}


def _status(world: World, row: Row) -> int:
    """5 once every article of it was deleted."""
    if row["status"] != DONE:
        return int(row["status"])
    return DONE if articles.of_set(world, row["article_id"]) else 5


async def batch_get(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/freepublish/batchget: newest first, twenty a page."""
    asked = call.json()
    offset, size = page(asked)
    is_short = number(asked, "no_content", default=0, most=1) == 1
    world, app_id = call.world, call.account.app_id
    where = "FROM articles WHERE app_id = ? AND was_notified = 0 AND is_deleted = 0"
    total = world.database.one(f"SELECT count(DISTINCT article_id) AS n {where}", app_id)
    rows = world.database.all(
        f"SELECT article_id, min(published_at) AS made, max(updated_at) AS changed {where} "
        "GROUP BY article_id ORDER BY made DESC, max(id) DESC LIMIT ? OFFSET ?",
        app_id, size, offset,
    )  # fmt: skip
    items = []
    for row in rows:
        news = [_shown(call.request, one) for one in articles.of_set(world, row["article_id"])]
        if is_short:
            for one in news:
                one.pop("content", None)
        content = {
            "news_item": news,
            "create_time": int(row["made"]),
            "update_time": int(row["changed"]),
        }
        items.append(
            {
                "article_id": row["article_id"],
                "content": content,
                "update_time": int(row["changed"]),
            }
        )
    return {"total_count": total["n"] if total else 0, "item_count": len(items), "item": items}


async def get_article(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/freepublish/getarticle: 53600 when there is none."""
    article_id = words(call.json(), "article_id", 53600)
    rows = [
        row
        for row in articles.of_set(call.world, article_id, with_deleted=True)
        if row["app_id"] == call.account.app_id
    ]
    if not rows:
        raise Refused(53600)
    return {
        "news_item": [_shown(call.request, row) for row in rows],
        "create_time": int(rows[0]["published_at"]),
        "update_time": int(max(row["updated_at"] for row in rows)),
    }


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/freepublish/delete: one article, counted from 1, or with 0 all of a set."""
    asked = call.json()
    article_id = words(asked, "article_id", 53600)
    index = number(asked, "index", default=0)
    count = articles.delete(call.world, call.account.app_id, article_id, index)
    if not count:
        raise Refused(53600)
    return OK


def _shown(request: Request, row: Row) -> dict[str, Any]:
    content = from_json(row["content"])
    return {
        **content,
        "thumb_url": str(request.url_for("material", media_id=content["thumb_media_id"])),
        "url": articles.address(str(request.base_url), row["slug"]),
        "is_deleted": bool(row["is_deleted"]),
    }
