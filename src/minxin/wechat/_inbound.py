"""Fields to `Inbound` and back, by the WIRE tables."""

import re
from typing import Any

from minxin.wechat import _fields
from minxin.wechat._fields import Fields, Malformed
from minxin.wechat._messages import (
    EVENT_OF,
    EVENTS,
    KIND_OF,
    MESSAGES,
    Inbound,
    MessagePush,
    Push,
    Unknown,
)

# What tells two events of one kind, person and second apart.
_TELLING = frozenset(
    {"EventKey", "MsgID", "PublishEventInfo.publish_id", "SubscribeMsgSentEvent.List"}
)
_COMMON = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
_MAX_INT = 1 << 63
_INTEGER = re.compile("[+-]?[0-9]{1,19}")


def inbound_from(fields: Fields) -> Inbound:
    """The value of a push. Unknown kinds become `Unknown`; a missing common field is `Malformed`."""
    kind = _text(fields, "MsgType")
    common: dict[str, Any] = {
        "account": _text(fields, "ToUserName"),
        "openid": _text(fields, "FromUserName"),
        "created_at": _moment(fields),
    }
    cls: type[Push] | None
    if kind == "event":
        event = _text(fields, "Event")
        cls = EVENTS.get(event)
        if cls is None:
            return Unknown(kind=f"event:{event}", fields=fields, **common)
        if "event" in cls.__dataclass_fields__:
            common["event"] = event
    else:
        cls = MESSAGES.get(kind)
        message_id = _optional_number(fields, "MsgId")
        if cls is None or message_id is None:
            return Unknown(kind=kind, message_id=message_id, fields=fields, **common)
        common["message_id"] = message_id
        common["business_id"] = _read(fields, "BusinessId", "text?")
        common["article_id"] = _read(fields, "MsgDataId", "text?")
        if common["article_id"] is not None:
            common["article_index"] = _optional_number(fields, "Idx")
    for attribute, path, how in cls.WIRE:
        common[attribute] = _read(fields, path, how)
    return cls(**common)


def fields_from(inbound: Inbound) -> Fields:
    """The fields of a push, as WeChat would send them."""
    fields: Fields = {
        "ToUserName": inbound.account,
        "FromUserName": inbound.openid,
        "CreateTime": inbound.created_at,
    }
    if isinstance(inbound, Unknown):
        kind, _, event = inbound.kind.partition(":")
        fields |= {"MsgType": kind} | ({"Event": event} if kind == "event" and event else {})
        return {**fields, **(inbound.fields or {})}
    cls = type(inbound)
    if isinstance(inbound, MessagePush):
        fields["MsgType"] = KIND_OF[cls]
    else:
        fields["MsgType"] = "event"
        fields["Event"] = getattr(inbound, "event", None) or EVENT_OF[cls]
    for attribute, path, how in cls.WIRE:
        _write(fields, path, how, getattr(inbound, attribute))
    if isinstance(inbound, MessagePush):
        fields["MsgId"] = inbound.message_id
        if inbound.article_id is not None:
            fields["MsgDataId"] = inbound.article_id
            if inbound.article_index is not None:
                fields["Idx"] = inbound.article_index
        if inbound.business_id is not None:
            fields["BusinessId"] = inbound.business_id
    return fields


def delivery_key(inbound: Inbound) -> str:
    """What tells a repeat from a new push: MsgId; for events openid, time, event and its key.

    WeChat documents openid and CreateTime for events; two different events within one second do
    happen, so the event and its key belong to it.
    """
    if isinstance(inbound, MessagePush):
        return f"m:{inbound.message_id}"
    if isinstance(inbound, Unknown) and inbound.message_id is not None:
        return f"m:{inbound.message_id}"
    cls = type(inbound)
    event = getattr(inbound, "event", None) or getattr(inbound, "kind", None) or EVENT_OF.get(cls)
    detail = ""
    for attribute, path, _how in cls.WIRE:
        if path in _TELLING:
            detail = str(getattr(inbound, attribute) or "")
    if isinstance(inbound, Unknown) and inbound.fields:
        detail = str(inbound.fields.get("EventKey") or "")
    return f"e:{inbound.openid}:{inbound.created_at}:{event}:{detail}"


def _find(fields: Fields, path: str) -> Any:
    value: Any = fields
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _scalar(value: Any, path: str) -> str:
    if isinstance(value, (dict, list)):
        raise Malformed(f"{path} is not a single value")
    return str(value)


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if value is None or value == "":
        raise Malformed(f"{name} is missing")
    return _scalar(value, name)


def _to_number(value: Any, path: str) -> int:
    text = _scalar(value, path).strip()
    if not _INTEGER.fullmatch(text):
        raise Malformed(f"{path} is no number")
    number = int(text)
    if not -_MAX_INT <= number < _MAX_INT:
        raise Malformed(f"{path} is no number")
    return number


def _number(fields: Fields, name: str) -> int:
    return _to_number(_text(fields, name), name)


def _moment(fields: Fields) -> int:
    """Unix seconds that a calendar can hold."""
    moment = _number(fields, "CreateTime")
    if not 0 <= moment < 10**11:
        raise Malformed("CreateTime is no time")
    return moment


def _optional_number(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    return None if value is None or value == "" else _to_number(value, name)


def _read(fields: Fields, path: str, how: str) -> Any:
    value = _find(fields, path)
    match how:
        case "text":
            return "" if value is None else _scalar(value, path)
        case "text?":
            return None if value is None or value == "" else _scalar(value, path)
        case "scene?":
            scene = "" if value is None else _scalar(value, path)
            return scene.removeprefix("qrscene_") or None
        case "int":
            return 0 if value is None or value == "" else _to_number(value, path)
        case "float":
            return _to_float(value, path)
        case "raw?":
            return value or None
        case "list":
            return _listed(value)
        case "pictures":
            items = _listed(value.get("item") if isinstance(value, dict) else value)
            return tuple(
                _scalar(item.get("PicMd5Sum", ""), path) for item in items if isinstance(item, dict)
            )
    raise AssertionError(how)


def _to_float(value: Any, path: str) -> float:
    if value is None or value == "":
        return 0.0
    text = _scalar(value, path)
    try:
        number = float(text[:40])
    except ValueError as error:
        raise Malformed(f"{path} is no number") from error
    if number != number or number in (float("inf"), float("-inf")):
        raise Malformed(f"{path} is no number")
    return number


def _listed(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _write(fields: Fields, path: str, how: str, value: Any) -> None:
    if value is None:
        return
    if how == "scene?":
        value = f"qrscene_{value}"
    elif how == "pictures":
        value = {"item": [{"PicMd5Sum": digest} for digest in value]}
    *folders, name = path.split(".")
    place = fields
    for folder in folders:
        place = place.setdefault(folder, {})
    place[name] = value


def event_name(inbound: Inbound) -> str:
    """WeChat's own name of an event (`Event`), such as LOCATION; empty for a message."""
    if isinstance(inbound, Unknown):
        return inbound.kind.removeprefix("event:") if inbound.kind.startswith("event:") else ""
    name = getattr(inbound, "event", None) or EVENT_OF.get(type(inbound))
    return str(name) if name else ""


def build_inbound(inbound: Inbound, *, as_json: bool) -> bytes:
    """A push's plain body: what `read` and `inbound_from` turn back into the same value."""
    fields = fields_from(inbound)
    return _fields.write_json(fields) if as_json else _fields.write_xml(fields)
