"""Mass messages: to all, to a tag, to a list; previews; what became of them."""

import asyncio
from typing import Any

from minxin.simulator import articles, chats, faults, files, jobs, people, pushes, random_ids
from minxin.simulator.api import drafts, tokens
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.asked import listing, mapping, number, words
from minxin.simulator.database import from_json, to_json
from minxin.simulator.records import Account
from minxin.simulator.refusals import Refused
from minxin.simulator.world import World
from minxin.wechat import MassSent

# msgtype: the field inside, and the kind of material it names.
KINDS = {"mpnews": "news", "voice": "voice", "image": "image", "mpvideo": "video"}
DAILY = {"subscription": 1, "service": 100}
MONTHLY_PER_FOLLOWER = 4
LONGEST_CLIENT_ID = 64
RETRY_AFTER = 60.0
TAKES = 3.0
SPEEDS = (80, 60, 45, 30, 10)  # 10,000 followers a minute
PREVIEWS = 100
CHUNK = 2000


async def to_all(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/sendall: everybody, or the followers with a tag."""
    asked = call.json()
    chosen = mapping(asked, "filter", 40035)
    is_to_all = chosen.get("is_to_all") is True
    tag = None if is_to_all else number(chosen, "tag_id", 40035)
    if tag is not None and call.world.database.one(
        "SELECT 1 FROM tags WHERE app_id = ? AND id = ?", call.account.app_id, tag
    ) is None:  # fmt: skip
        raise Refused(45159)
    return _submit(call, asked, {"is_to_all": is_to_all, "tag": tag})


async def to_many(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/send: two to ten thousand openids; service accounts only."""
    asked = call.json()
    openids = listing(asked, "touser", 40032, most=10_000)
    if not all(isinstance(one, str) for one in openids):
        raise Refused(40003)
    if len(set(openids)) < 2:
        raise Refused(40130)
    return _submit(call, asked, {"openids": list(dict.fromkeys(openids))})


def _submit(call: Call, asked: dict[str, Any], audience: dict[str, Any]) -> dict[str, Any]:
    world, account = call.world, call.account
    contents = _contents(call, asked)
    client_id = words(
        asked, "clientmsgid", 45067, default="", longest=LONGEST_CLIENT_ID, most_code=45067
    )
    if client_id:
        _check_unused(call, client_id)
    limit = call.account.quotas.get("mass", DAILY[account.kind])
    if tokens.used_today(world, account.app_id, "mass") >= limit:
        raise Refused(45028)
    tokens.count_today(world, account.app_id, "mass")
    msg_id = world.next_number("mass", 1_000_000_000)
    data_id = world.next_number("data_id", 2_247_483_650)
    world.database.insert(
        "mass_sends", msg_id=msg_id, app_id=account.app_id, msg_data_id=data_id,
        client_id=client_id, at=world.clock.now(), audience=to_json(audience),
        content=to_json(contents), status="SENDING",
    )  # fmt: skip
    fault = faults.take(world, account.app_id, faults.REVIEW)
    error = 0 if fault is None else int(fault.args.get("mass_error", 20013))
    base = str(call.request.base_url)
    jobs.add(world, "mass", after=TAKES, msg_id=msg_id, error=error, base=base)
    return {
        "errcode": 0,
        "errmsg": "send job submission success",
        "msg_id": msg_id,
        "msg_data_id": data_id,
    }


def _check_unused(call: Call, client_id: str) -> None:
    row = call.world.database.one(
        "SELECT msg_id, at FROM mass_sends WHERE app_id = ? AND client_id = ?",
        call.account.app_id,
        client_id,
    )
    if row is None:
        return
    is_too_soon = call.world.clock.now() - row["at"] < RETRY_AFTER
    raise Refused(45066 if is_too_soon else 45065, msg_id=row["msg_id"])


def _contents(call: Call, asked: dict[str, Any]) -> dict[str, Any]:
    """What will stand in the chats, and for articles what they hold."""
    kind = asked.get("msgtype")
    if kind == "text":
        text = words(mapping(asked, "text", 44004), "content", 44004, longest=2048, most_code=45002)
        return {"type": "text", "text": text}
    if kind == "image" and "images" in asked:
        images = mapping(asked, "images", 40007)
        media = listing(images, "media_ids", 40007, most=20)
        shown = [_material(call, str(one), "image") for one in media]
        return shown[0]
    if not isinstance(kind, str) or kind not in KINDS:
        raise Refused(40008)
    media_id = words(mapping(asked, kind, 40007), "media_id", 40007)
    if kind == "mpnews":
        draft = drafts.find(call, media_id)
        return {"type": "news", "media_id": media_id, "drafts": from_json(draft["articles"])}
    return _material(call, media_id, KINDS[kind])


def _material(call: Call, media_id: str, kind: str) -> dict[str, Any]:
    """The message of a picture, a voice, or a video with what was written about it."""
    found = files.find(call.world, call.account.app_id, media_id)
    if found is None or found[1]["type"] != kind:
        raise Refused(40007)
    url, row = found
    content: dict[str, Any] = {"type": kind, "media_id": media_id, "url": url}
    if kind == "video":
        content["data"] = {"title": row["title"], "description": row["introduction"]}
    return content


async def finish(world: World, args: dict[str, Any]) -> None:
    """The job at the end of a mass message: it stands in the chats, the account hears how many."""
    row = world.database.one("SELECT * FROM mass_sends WHERE msg_id = ?", args["msg_id"])
    account = None if row is None else world.account(row["app_id"])
    if row is None or account is None or row["status"] != "SENDING":
        return
    error, content = int(args["error"]), from_json(row["content"])
    openids = _receivers(world, account, from_json(row["audience"]))
    sent = filtered = 0
    urls: list[dict[str, Any]] = []
    if not error:
        if content["type"] == "news":
            content, urls = _publish(world, account, row["msg_data_id"], content, args["base"])
        for start in range(0, len(openids), CHUNK):
            chunk = openids[start : start + CHUNK]
            sent += _deliver(world, account, chunk, content)
            await asyncio.sleep(0)  # a million receivers hold nobody up
        filtered = len(openids) - sent
    status = f"err({error})" if error else "send success"
    world.database.run(
        "UPDATE mass_sends SET status = ?, total = ?, filtered = ?, sent = ? WHERE msg_id = ?",
        "SEND_FAIL" if error else "SEND_SUCCESS", len(openids), filtered, sent, row["msg_id"],
    )  # fmt: skip
    event = MassSent(
        account=account.original_id,
        openid=random_ids.openid(account.app_id),
        created_at=int(world.clock.now()),
        message_id=row["msg_id"],
        status=status,
        total=len(openids),
        filtered=len(openids) - filtered,
        sent=sent,
        failed=0,
        copyright={"Count": 0, "ResultList": [], "CheckState": 0},
        articles={"Count": len(urls), "ResultList": urls},
    )
    await pushes.tell(world, account, event)


def _receivers(world: World, account: Account, audience: dict[str, Any]) -> list[str]:
    database, app_id = world.database, account.app_id
    if "openids" in audience:
        known = []
        for openid in audience["openids"]:
            follower = people.by_openid(world, account, openid)
            if follower is not None and follower.is_following:
                known.append(openid)
        return known
    if audience["is_to_all"]:
        rows = database.all(
            "SELECT openid FROM followers WHERE app_id = ? AND is_following = 1", app_id
        )
    else:
        rows = database.all(
            "SELECT f.openid FROM taggings g JOIN followers f ON f.openid = g.openid "
            "WHERE g.app_id = ? AND g.tag = ? AND f.is_following = 1",
            app_id, audience["tag"],
        )  # fmt: skip
    return [row["openid"] for row in rows]


def _deliver(world: World, account: Account, openids: list[str], content: dict[str, Any]) -> int:
    """Into the chats of those who may receive it; how many they are.

    Four a month from a service account; none for who refuses, left, or is on the black list.
    """
    database, month = world.database, world.clock.day()[:7]
    most = MONTHLY_PER_FOLLOWER if account.kind == "service" else 2**31
    rows = database.all(
        "SELECT f.openid FROM json_each(?) j JOIN followers f ON f.openid = j.value "
        "LEFT JOIN mass_received m ON m.openid = f.openid AND m.month = ? "
        "WHERE f.app_id = ? AND f.is_following = 1 AND f.is_blocked = 0 "
        "AND f.is_blacklisted = 0 AND coalesce(m.count, 0) < ? ORDER BY j.key",
        to_json(openids), month, account.app_id, most,
    )  # fmt: skip
    chosen = [row["openid"] for row in rows]
    with database.transaction():
        if account.kind == "service":
            database.many(
                "INSERT INTO mass_received (openid, month, count) VALUES (?, ?, 1) "
                "ON CONFLICT (openid, month) DO UPDATE SET count = count + 1",
                ((openid, month) for openid in chosen),
            )
        chats.add_to_many(world, account, chosen, via="mass", content=content)
    return len(chosen)


def _publish(
    world: World, account: Account, data_id: int, kept: dict[str, Any], base: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The draft's articles get addresses; the card in the chats and what the event tells."""
    article_id = random_ids.media_id()
    articles.publish(world, account, article_id, data_id, kept["drafts"], was_notified=True)
    world.database.run("DELETE FROM drafts WHERE media_id = ?", kept["media_id"])
    cards, urls = [], []
    for row in articles.of_set(world, article_id):
        card = articles.card(world, row, base)
        cards.append(card)
        urls.append({"ArticleIdx": row["idx"], "ArticleUrl": card["url"]})
    world.hub.tell("articles", {"app_id": account.app_id})
    return {"type": "news", "articles": cards}, urls


async def preview(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/preview: to one follower, a hundred times a day."""
    asked = call.json()
    name = words(asked, "touser", 40003, default="") or words(asked, "towxname", 40003)
    follower = people.by_openid(call.world, call.account, name)
    if follower is None or not follower.is_following:
        raise Refused(40003)
    content = _contents(call, asked)
    if content["type"] == "news":
        row = drafts.find(call, content["media_id"])
        content = {"type": "news", "articles": drafts.cards(call, row)}
    if tokens.count_today(call.world, call.account.app_id, "preview") > PREVIEWS:
        raise Refused(45009)
    chats.add(call.world, follower, sender="account", via="mass", content=content)
    return {"errcode": 0, "errmsg": "preview success", "msg_id": 34182}


async def get(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/get: SENDING, SEND_SUCCESS, SEND_FAIL or DELETE."""
    row = call.world.database.one(
        "SELECT * FROM mass_sends WHERE msg_id = ? AND app_id = ?",
        number(call.json(), "msg_id", 40059),
        call.account.app_id,
    )
    if row is None:
        raise Refused(40059)
    return {"msg_id": row["msg_id"], "msg_status": row["status"]}


async def delete(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/delete: one article (from 1) or all (0); chats keep the card."""
    asked = call.json()
    world, app_id = call.world, call.account.app_id
    if url := words(asked, "url", 40039, default=""):
        row = world.database.one(
            "SELECT * FROM articles WHERE slug = ? AND app_id = ?", url.rpartition("/")[2], app_id
        )
        if row is None:
            raise Refused(40039)
        articles.delete(world, app_id, row["article_id"], row["idx"])
        return OK
    sent = world.database.one(
        "SELECT * FROM mass_sends WHERE msg_id = ? AND app_id = ?",
        number(asked, "msg_id", 40059),
        app_id,
    )
    if sent is None or sent["status"] != "SEND_SUCCESS":
        raise Refused(40059)
    first = world.database.one(
        "SELECT article_id FROM articles WHERE msg_data_id = ? LIMIT 1", sent["msg_data_id"]
    )
    index = number(asked, "article_idx", default=0)
    if first is not None:
        articles.delete(world, app_id, first["article_id"], index)
    if first is None or not articles.of_set(world, first["article_id"]):
        world.database.run(
            "UPDATE mass_sends SET status = 'DELETE' WHERE msg_id = ?", sent["msg_id"]
        )
    return OK


async def get_speed(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/speed/get."""
    row = call.world.database.one(
        "SELECT mass_speed FROM accounts WHERE app_id = ?", call.account.app_id
    )
    speed = row["mass_speed"] if row else 0
    return {"speed": speed, "realspeed": SPEEDS[speed]}


async def set_speed(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/speed/set: 0 (fastest) to 4."""
    speed = number(call.json(), "speed", 45083, most=len(SPEEDS) - 1)
    call.world.database.run(
        "UPDATE accounts SET mass_speed = ? WHERE app_id = ?", speed, call.account.app_id
    )
    return OK
