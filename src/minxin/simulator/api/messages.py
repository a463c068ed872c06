"""Customer-service messages: /cgi-bin/message/custom/send and .../typing."""

from collections.abc import Callable
from typing import Any

from minxin.simulator import articles, chats, people, sessions
from minxin.simulator.api import agents, drafts
from minxin.simulator.api.calls import OK, Call
from minxin.simulator.records import Follower
from minxin.simulator.refusals import Refused

MAX_TEXT = 2048
TYPING_AFTER = 30.0
TYPING_FOR = 15.0
Reader = Callable[[Call, dict[str, Any]], dict[str, Any]]


async def send(call: Call) -> dict[str, Any]:
    """Within 48 hours of what she said, five times; a minute and three times after other acts."""
    asked = call.json()
    follower = _receiver(call, asked)
    content = _content(call, asked)
    agent = agents.known(call, asked)
    if follower.is_blocked:
        raise Refused(48002)
    people.spend_window(call.world, follower.openid)
    _stop_typing(call, follower)
    chats.add(call.world, follower, sender="account", via="custom", content=content)
    if agent:
        words = str(content.get("text", ""))
        sessions.record(call.world, call.account, follower, agent, sessions.AGENT_WROTE, words)
    return OK


async def typing(call: Call) -> dict[str, Any]:
    """Show or stop showing that the account is writing; only within 30 seconds of her last act."""
    asked = call.json()
    follower = _receiver(call, asked)
    command = asked.get("command")
    now = call.world.clock.now()
    if command == "CancelTyping":
        _stop_typing(call, follower)
        return OK
    if command != "Typing":
        raise Refused(45072)
    if now - follower.last_act_at > TYPING_AFTER:
        raise Refused(45080)
    if follower.is_typing_until > now:
        raise Refused(45081)
    _set_typing(call, follower, now + TYPING_FOR)
    return OK


def _stop_typing(call: Call, follower: Follower) -> None:
    if follower.is_typing_until > call.world.clock.now():
        _set_typing(call, follower, 0.0)


def _set_typing(call: Call, follower: Follower, until: float) -> None:
    call.world.database.run(
        "UPDATE followers SET is_typing_until = ? WHERE openid = ?", until, follower.openid
    )
    data = {
        "citizen": follower.citizen,
        "app_id": follower.app_id,
        "is_typing": until > 0,
        "seconds": TYPING_FOR,
    }
    call.world.hub.tell("typing", data, citizen=follower.citizen)


def _receiver(call: Call, asked: dict[str, Any]) -> Follower:
    openid = asked.get("touser")
    if not isinstance(openid, str) or not openid:
        raise Refused(40003)
    follower = people.by_openid(call.world, call.account, openid)
    if follower is None:
        raise Refused(40003)
    if not follower.is_following:
        raise Refused(45015)
    return follower


def _content(call: Call, asked: dict[str, Any]) -> dict[str, Any]:
    """What she will see; the errcode WeChat has for what is wrong."""
    kind = asked.get("msgtype")
    if not isinstance(kind, str) or kind not in _READERS:
        raise Refused(40008)
    inside = asked.get(kind)
    if not isinstance(inside, dict):
        raise Refused(44004 if kind == "text" else 47001)
    return _READERS[kind](call, inside)


def _words(inside: dict[str, Any], name: str, code: int = 44004) -> str:
    value = inside.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(code)
    return value


def _text(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    content = _words(inside, "content")
    if len(content.encode()) > MAX_TEXT:
        raise Refused(45002)
    return {"type": "text", "text": content}


def _media(kind: str) -> Reader:
    def read(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
        media_id = _words(inside, "media_id", 40007)
        found = {"type": kind, "media_id": media_id, "url": _address(call, media_id, kind)}
        names = ("title", "description", "thumb_media_id")
        data = {name: str(inside[name]) for name in names if inside.get(name)}
        return {**found, "data": data} if data else found

    return read


def _address(call: Call, media_id: str, kind: str) -> str:
    """Where the phone finds temporary or permanent material of a kind; 40007 when there is none."""
    for table, folder in (("media", "media"), ("materials", "materials")):
        row = call.world.database.one(
            f"SELECT type FROM {table} WHERE media_id = ? AND app_id = ?",  # noqa: S608
            media_id,
            call.account.app_id,
        )
        if row is not None and row["type"] == kind:
            return f"/sim/{folder}/{media_id}"
    raise Refused(40007)


def _draft(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    """A draft as a card: it can be read before it is out."""
    media_id = _words(inside, "media_id", 40007)
    row = drafts.find(call, media_id)
    return {"type": "news", "articles": drafts.cards(call, row)[:1]}


def _published(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    article_id = _words(inside, "article_id", 53600)
    rows = [
        row
        for row in articles.of_set(call.world, article_id)
        if row["app_id"] == call.account.app_id
    ]
    if not rows:
        raise Refused(53600)
    return {
        "type": "news",
        "articles": [articles.card(call.world, rows[0], str(call.request.base_url))],
    }


def _coupon(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": "wxcard", "data": {"card_id": _words(inside, "card_id", 40008)}}


def _news(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    articles = inside.get("articles")
    if not isinstance(articles, list) or not articles:
        raise Refused(44003, "empty news data")
    if len(articles) > 1:
        raise Refused(45008)
    article = articles[0]
    if not isinstance(article, dict):
        raise Refused(47001)
    found = {
        "title": article.get("title", ""),
        "description": article.get("description", ""),
        "picture_url": article.get("picurl", ""),
        "url": article.get("url", ""),
    }
    if not all(isinstance(value, str) for value in found.values()):
        raise Refused(47001)
    return {"type": "news", "articles": [found]}


def _menu(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    items = inside.get("list")
    if not isinstance(items, list) or not items:
        raise Refused(44004)
    found = []
    for item in items:
        if not isinstance(item, dict) or not item.get("content"):
            raise Refused(44004)
        found.append({"id": str(item.get("id", "")), "content": str(item["content"])})
    head, tail = str(inside.get("head_content", "")), str(inside.get("tail_content", ""))
    lines = [head, *(item["content"] for item in found), tail]
    return {
        "type": "msgmenu",
        "text": "\n".join(line for line in lines if line),
        "data": {"head_content": head, "list": found, "tail_content": tail},
    }


def _music(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    data = {
        "title": str(inside.get("title", "")),
        "description": str(inside.get("description", "")),
        "thumb_media_id": str(inside.get("thumb_media_id", "")),
    }
    return {"type": "music", "url": _words(inside, "musicurl", 47001), "data": data}


def _mini_program(call: Call, inside: dict[str, Any]) -> dict[str, Any]:
    data = {name: _words(inside, name, 47001) for name in ("title", "appid", "pagepath")}
    if inside.get("thumb_media_id"):
        data["thumb_media_id"] = str(inside["thumb_media_id"])
    return {"type": "miniprogrampage", "data": data}


_READERS: dict[str, Reader] = {
    "text": _text,
    "image": _media("image"),
    "voice": _media("voice"),
    "video": _media("video"),
    "music": _music,
    "news": _news,
    "msgmenu": _menu,
    "miniprogrampage": _mini_program,
    "mpnews": _draft,
    "mpnewsarticle": _published,
    "wxcard": _coupon,
}
