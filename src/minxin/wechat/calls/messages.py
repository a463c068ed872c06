"""Customer-service messages (客服消息): five within 48 hours of what she said, three a minute after
other acts. None is repeatable: WeChat has no key for them, so a second one would be read twice."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from minxin.wechat._call import Call, Nothing, Struct
from minxin.wechat._replies import Article


class AutoReplies(Struct, frozen=True):
    """What the account's own backend answers, as WeChat structures it."""

    is_add_friend_reply_open: int = 0
    is_autoreply_open: int = 0
    add_friend_autoreply_info: dict[str, Any] = {}
    message_default_autoreply_info: dict[str, Any] = {}
    keyword_autoreply_info: dict[str, Any] = {}


def _send(openid: str, kind: str, inside: Mapping[str, Any], agent: str) -> Call[Nothing]:
    asked: dict[str, Any] = {"touser": openid, "msgtype": kind, kind: dict(inside)}
    if agent:
        asked["customservice"] = {"kf_account": agent}
    path = "/cgi-bin/message/custom/send"
    return Call("POST", path, Nothing, payload=asked, is_repeatable=False)


def text(openid: str, content: str, *, agent: str = "") -> Call[Nothing]:
    """Words of at most 2048 bytes; `<a href>` may stand in them."""
    return _send(openid, "text", {"content": content}, agent)


def image(openid: str, media_id: str, *, agent: str = "") -> Call[Nothing]:
    return _send(openid, "image", {"media_id": media_id}, agent)


def voice(openid: str, media_id: str, *, agent: str = "") -> Call[Nothing]:
    return _send(openid, "voice", {"media_id": media_id}, agent)


def video(
    openid: str, media_id: str, thumb_media_id: str, *, title: str = "", description: str = "",
    agent: str = "",
) -> Call[Nothing]:  # fmt: skip
    inside = {
        "media_id": media_id, "thumb_media_id": thumb_media_id, "title": title,
        "description": description,
    }  # fmt: skip
    return _send(openid, "video", inside, agent)


def music(
    openid: str, *, title: str, description: str, musicurl: str, hqmusicurl: str,
    thumb_media_id: str, agent: str = "",
) -> Call[Nothing]:  # fmt: skip
    inside = {
        "title": title, "description": description, "musicurl": musicurl,
        "hqmusicurl": hqmusicurl, "thumb_media_id": thumb_media_id,
    }  # fmt: skip
    return _send(openid, "music", inside, agent)


def card(openid: str, article: Article, *, agent: str = "") -> Call[Nothing]:
    """One article card that opens any address."""
    one = {
        "title": article.title, "description": article.description, "url": article.url,
        "picurl": article.picture_url,
    }  # fmt: skip
    return _send(openid, "news", {"articles": [one]}, agent)


def draft(openid: str, media_id: str, *, agent: str = "") -> Call[Nothing]:
    """A draft (mpnews)."""
    return _send(openid, "mpnews", {"media_id": media_id}, agent)


def article(openid: str, article_id: str, *, agent: str = "") -> Call[Nothing]:
    """A published article (mpnewsarticle)."""
    return _send(openid, "mpnewsarticle", {"article_id": article_id}, agent)


def choices(
    openid: str, head: str, items: Sequence[tuple[str, str]], tail: str, *, agent: str = ""
) -> Call[Nothing]:
    """Choices to tap (msgmenu): (id, words) each; the id comes back as `Text.menu_id`."""
    found = [{"id": key, "content": words} for key, words in items]
    inside = {"head_content": head, "list": found, "tail_content": tail}
    return _send(openid, "msgmenu", inside, agent)


def mini_program(
    openid: str, *, title: str, appid: str, pagepath: str, thumb_media_id: str, agent: str = ""
) -> Call[Nothing]:
    inside = {
        "title": title, "appid": appid, "pagepath": pagepath, "thumb_media_id": thumb_media_id,
    }  # fmt: skip
    return _send(openid, "miniprogrampage", inside, agent)


def typing(openid: str, command: Literal["Typing", "CancelTyping"] = "Typing") -> Call[Nothing]:
    """Show that somebody is writing; only within 30 seconds of her last act."""
    asked = {"touser": openid, "command": command}
    return Call("POST", "/cgi-bin/message/custom/typing", Nothing, payload=asked)


def auto_replies() -> Call[AutoReplies]:
    """What was set in the account's own backend."""
    return Call("GET", "/cgi-bin/get_current_autoreply_info", AutoReplies)
