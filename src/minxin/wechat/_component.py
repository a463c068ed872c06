"""What WeChat tells a third-party platform (第三方平台): tickets, and who authorised it or no more.

Source: 第三方平台 · 授权变更通知、验证票据推送. Always encrypted, always XML; the appid inside the
envelope and in `AppId` is the platform's own.
"""

import secrets as random_source
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from minxin.wechat import _crypto, _fields
from minxin.wechat._callback import (
    MAX_BODY,
    BadPush,
    BadSignature,
    CallbackSecrets,
    TooLarge,
    fresh,
)
from minxin.wechat._fields import Malformed

TICKET, AUTHORIZED, UPDATED, UNAUTHORIZED = (
    "component_verify_ticket", "authorized", "updateauthorized", "unauthorized",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentEvent:
    """One notice to the platform `app_id`. `fields` holds what belongs to its `kind`.

    component_verify_ticket: ComponentVerifyTicket. authorized and updateauthorized:
    AuthorizerAppid, AuthorizationCode, AuthorizationCodeExpiredTime, PreAuthCode. unauthorized:
    AuthorizerAppid. Tickets and codes stay out of `repr`.
    """

    app_id: str
    created_at: int
    kind: str
    fields: Mapping[str, Any] = field(repr=False)

    @property
    def authorizer(self) -> str:
        """The AppID of the account it is about; empty for a ticket."""
        return str(self.fields.get("AuthorizerAppid", ""))


def open_component_event(
    query: Mapping[str, str], body: bytes, secrets: CallbackSecrets, *, now: float
) -> ComponentEvent:
    """Verify, decrypt and read a notice; `CallbackRefused` for anything else. Answer `success`."""
    if len(body) > MAX_BODY:
        raise TooLarge(f"a body of {len(body)} bytes")
    if secrets.key is None:
        raise ValueError("a platform's notices are always encrypted: an EncodingAESKey is needed")
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    fresh(timestamp, now)
    try:
        encrypted = _fields.read(_closed(body))[0].get("Encrypt")
        if not isinstance(encrypted, str):
            raise BadPush("no Encrypt in a platform's notice")
        given = query.get("msg_signature")
        if not _crypto.is_signed(given, secrets.token, timestamp, nonce, encrypted):
            raise BadSignature("wrong msg_signature")
        plain = _crypto.decrypt(secrets.key, secrets.app_id, encrypted)
        fields = dict(_fields.read(_closed(plain))[0])
    except (Malformed, _crypto.BadEnvelope) as error:
        raise BadPush(str(error)) from error
    kind, app_id = fields.pop("InfoType", None), fields.pop("AppId", None)
    created = str(fields.pop("CreateTime", ""))
    if not isinstance(kind, str) or app_id != secrets.app_id or not created.isdecimal():
        raise BadPush("a notice without InfoType, AppId or CreateTime")
    return ComponentEvent(app_id=app_id, created_at=int(created[:12]), kind=kind, fields=fields)


def seal_component_event(
    event: ComponentEvent, secrets: CallbackSecrets, *, now: float
) -> tuple[dict[str, str], bytes]:
    """WeChat's side: the query and the body of a notice."""
    if secrets.key is None:
        raise ValueError("a platform's notices are always encrypted: an EncodingAESKey is needed")
    fields = {
        "AppId": event.app_id,
        "CreateTime": event.created_at,
        "InfoType": event.kind,
        **event.fields,
    }
    encrypted = _crypto.encrypt(secrets.key, secrets.app_id, _fields.write_xml(fields))
    nonce, timestamp = str(random_source.randbelow(10**10)), str(int(now))
    query = {
        "signature": _crypto.sign(secrets.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": _crypto.sign(secrets.token, timestamp, nonce, encrypted),
    }
    return query, _fields.write_xml({"AppId": event.app_id, "Encrypt": encrypted})


def _closed(body: bytes) -> bytes:
    """Samples of the official pages end with an opening `<xml>`: taken for a closing one."""
    stripped = body.rstrip()
    return stripped[:-5] + b"</xml>" if stripped.endswith(b"<xml>") else body
