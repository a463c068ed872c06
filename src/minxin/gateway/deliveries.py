"""From a push to the row it becomes: words for people, the rest as data, no openid in either."""

import functools
import json
from datetime import UTC, datetime
from typing import Any

from minxin import wechat
from minxin.citizens.identity import key_of
from minxin.conversations.actions import Delivery

_COMMON = frozenset({"account", "openid", "created_at", "content"})
_PRIVATE = frozenset({"ToUserName", "FromUserName", "OpenID", "openid", "person"})


@functools.lru_cache(maxsize=256)
def _said_at(created_at: int) -> datetime:
    return datetime.fromtimestamp(min(max(created_at, 0), 4_102_444_800), UTC)


def delivery_of(inbound: wechat.Inbound, app_id: str, account_id: int) -> Delivery:
    """The delivery of one push."""
    cls = type(inbound)
    meeting = "said"
    if cls is wechat.Followed:
        meeting = "followed"
    elif cls is wechat.Unfollowed:
        meeting = "unfollowed"
    is_text = cls is wechat.Text
    return Delivery(
        account_id=account_id,
        citizen_key=key_of(app_id, inbound.openid),
        openid=inbound.openid,
        delivery=wechat.delivery_key(inbound),
        kind=cls.__name__,
        # PostgreSQL keeps no zero bytes, and XML has none.
        text=(inbound.content if isinstance(inbound, wechat.Text) else _words(inbound)).replace(
            "\0", ""
        ),
        data=None if is_text else _data(inbound),
        said_at=_said_at(inbound.created_at),
        meeting=meeting,
    )


def _words(inbound: wechat.Inbound) -> str:
    match inbound:
        case wechat.Image():
            return "[图片]"
        case wechat.Voice():
            return "[语音]"
        case wechat.Video() | wechat.ShortVideo():
            return "[视频]"
        case wechat.Location():
            return f"[位置] {inbound.label}"
        case wechat.Link():
            return f"[链接] {inbound.title}"
        case wechat.Followed():
            return "[关注]"
        case wechat.Unfollowed():
            return ""
        case wechat.MenuClicked():
            return "[点击菜单]"
        case wechat.MenuViewed():
            return "[打开菜单链接]"
        case wechat.Scanned():
            return "[扫码]"
    return f"[{getattr(inbound, 'kind', '') or type(inbound).__name__}]"


def _data(inbound: wechat.Inbound) -> str | None:
    values: dict[str, Any] = {
        name: getattr(inbound, name)
        for name in inbound.__dataclass_fields__
        if name not in _COMMON and name not in _PRIVATE
    }
    if isinstance(inbound, wechat.MessagePush | wechat.Unknown):
        values.pop("message_id", None)  # it stands in the delivery
    fields = values.get("fields")
    if isinstance(fields, dict):
        values["fields"] = {name: value for name, value in fields.items() if name not in _PRIVATE}
    values = {name: value for name, value in values.items() if value not in (None, "", ())}
    return json.dumps(values, ensure_ascii=False).replace("\\u0000", "") if values else None
