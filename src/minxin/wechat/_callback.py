"""The callback codec: verification, pushes in three modes and two formats, replies."""

import secrets as random_source
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from minxin.wechat import _common_shapes, _crypto, _fields
from minxin.wechat._fields import Malformed
from minxin.wechat._inbound import build_inbound, inbound_from
from minxin.wechat._messages import Inbound
from minxin.wechat._replies import PassiveReply, TextReply, reply_fields, reply_from

MAX_BODY = 256 * 1024
TOLERANCE = 600.0


class Mode(StrEnum):
    """How WeChat encrypts its pushes."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class Format(StrEnum):
    """How a push is written."""

    XML = "xml"
    JSON = "json"


class CallbackRefused(Exception):
    """A push that is not answered. `status` is for the response, `reason` is safe to log."""

    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadSignature(CallbackRefused):
    """Not from WeChat, or not for us."""

    status = 403


class Stale(CallbackRefused):
    """Signed too long ago, or in the future: a replay, or a clock that is wrong."""

    status = 403


class TooLarge(CallbackRefused):
    """More bytes than a push has."""

    status = 413


class BadPush(CallbackRefused):
    """Signed, but not a push."""

    status = 400


@dataclass(frozen=True, slots=True)
class CallbackSecrets:
    """What an account's callback is opened with. The values never show in `repr`.

    Raises `ValueError` when the mode needs an EncodingAESKey and it does not decode.
    """

    app_id: str
    token: str = field(repr=False)
    aes_key: str | None = field(repr=False, default=None)
    mode: Mode = Mode.SAFE
    key: bytes | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.aes_key:
            object.__setattr__(self, "key", _crypto.decode_key(self.aes_key))
        elif self.mode is not Mode.PLAIN:
            raise ValueError("this mode needs an EncodingAESKey")


class Opened(msgspec.Struct, frozen=True):
    """A push that was let in, and what its reply needs."""

    inbound: Inbound
    format: Format
    is_encrypted: bool
    nonce: str
    timestamp: int


def verify_url(query: Mapping[str, str], secrets: CallbackSecrets, *, now: float) -> str:
    """The echostr to answer when WeChat verifies an address; `BadSignature` or `Stale` otherwise."""
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not _crypto.is_signed(query.get("signature"), secrets.token, timestamp, nonce):
        raise BadSignature("wrong signature")
    fresh(timestamp, now)
    return query.get("echostr", "")


def open_callback(
    query: Mapping[str, str], body: bytes, secrets: CallbackSecrets, *, now: float
) -> Opened:
    """Check and open one push.

    `query` is the address's query, decoded; `now` is Unix time in seconds. In safe and compatible
    mode `msg_signature` is checked and the plain fields are not trusted. A push inside the window of
    `TOLERANCE` seconds may still be a repeat: `delivery_key` and the database tell. Raises
    `CallbackRefused`, and nothing else, whatever the bytes are.
    """
    if len(body) > MAX_BODY:
        raise TooLarge(f"a body of {len(body)} bytes")
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    is_encrypted = query.get("encrypt_type") == "aes" and secrets.key is not None
    if not is_encrypted:
        if secrets.mode is not Mode.PLAIN:
            raise BadSignature("a plain push to an account in an encrypted mode")
        if not _crypto.is_signed(query.get("signature"), secrets.token, timestamp, nonce):
            raise BadSignature("wrong signature")
    moment = fresh(timestamp, now)
    try:
        if is_encrypted:
            body = _opened_envelope(query, body, secrets, timestamp, nonce)
        inbound: Inbound | None = _common_shapes.text_in(body)
        is_json = False
        if inbound is None:
            fields, is_json = _fields.read(body)
            inbound = inbound_from(fields)
    except (Malformed, _crypto.BadEnvelope) as error:
        raise BadPush(str(error)) from error
    return Opened(inbound, Format.JSON if is_json else Format.XML, is_encrypted, nonce, moment)


def _opened_envelope(
    query: Mapping[str, str], body: bytes, secrets: CallbackSecrets, timestamp: str, nonce: str
) -> bytes:
    encrypted = _common_shapes.encrypted_in(body)
    if encrypted is None:
        encrypted = _fields.read(body)[0].get("Encrypt")
        if not isinstance(encrypted, str):
            raise BadPush("no Encrypt in an encrypted push")
    given = query.get("msg_signature")
    if not _crypto.is_signed(given, secrets.token, timestamp, nonce, encrypted):
        raise BadSignature("wrong msg_signature")
    assert secrets.key is not None  # noqa: S101  (the caller says so)
    return _crypto.decrypt(secrets.key, secrets.app_id, encrypted)


def fresh(timestamp: str, now: float) -> int:
    """The moment a push was signed; `BadSignature` when it is no number, `Stale` when too old."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        raise BadSignature("the timestamp is no number")
    moment = int(timestamp)
    if abs(now - moment) > TOLERANCE:
        raise Stale("signed more than ten minutes ago or ahead")
    return moment


def seal_reply(
    reply: PassiveReply, opened: Opened, secrets: CallbackSecrets, *, now: float
) -> bytes:
    """The body that answers a push, encrypted when the push was."""
    to, sender = opened.inbound.openid, opened.inbound.account
    is_json = opened.format is Format.JSON
    if type(reply) is TextReply and not is_json:
        plain = _common_shapes.text_packet(reply.content, to, sender, int(now))
    else:
        fields = reply_fields(reply, to, sender, int(now))
        plain = _fields.write_json(fields) if is_json else _fields.write_xml(fields)
    if not opened.is_encrypted:
        return plain
    return seal_packet(plain, secrets, timestamp=int(now), nonce=opened.nonce, as_json=is_json)


def seal_packet(
    plain: bytes,
    secrets: CallbackSecrets,
    *,
    timestamp: int,
    nonce: str,
    as_json: bool,
    random: bytes | None = None,
) -> bytes:
    """An encrypted reply packet around `plain`. `random` (16 bytes) is for reproducing vectors."""
    if secrets.key is None:
        raise ValueError("an encrypted reply needs an EncodingAESKey")
    encrypted = _crypto.encrypt(secrets.key, secrets.app_id, plain, random)
    signature = _crypto.sign(secrets.token, str(timestamp), nonce, encrypted)
    if as_json:
        return _fields.write_json(
            {
                "Encrypt": encrypted,
                "MsgSignature": signature,
                "TimeStamp": timestamp,
                "Nonce": nonce,
            }
        )
    # Base64 and hex need no cleaning.
    clean = f"<![CDATA[{nonce}]]>" if nonce.isalnum() else _fields.cdata(nonce)
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{clean}</Nonce></xml>"
    ).encode()


def seal_push(
    inbound: Inbound,
    secrets: CallbackSecrets,
    *,
    format: Format,
    now: float,
    nonce: str | None = None,
) -> tuple[dict[str, str], bytes]:
    """WeChat's side: the query and the body of a push in the account's mode."""
    nonce = nonce or str(random_source.randbelow(10**10))
    timestamp = str(int(now))
    query = {
        "signature": _crypto.sign(secrets.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": inbound.openid,
    }
    as_json = format is Format.JSON
    plain = build_inbound(inbound, as_json=as_json)
    if secrets.mode is Mode.PLAIN or secrets.key is None:
        return query, plain
    encrypted = _crypto.encrypt(secrets.key, secrets.app_id, plain)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = _crypto.sign(secrets.token, timestamp, nonce, encrypted)
    fields = {"ToUserName": inbound.account, "Encrypt": encrypted}
    if secrets.mode is Mode.COMPATIBLE:
        fields = {**_fields.read(plain)[0], "Encrypt": encrypted}
    return query, _fields.write_json(fields) if as_json else _fields.write_xml(fields)


def sign_verification(
    secrets: CallbackSecrets, *, echostr: str, now: float, nonce: str
) -> dict[str, str]:
    """WeChat's side: the query of an address verification."""
    timestamp = str(int(now))
    signature = _crypto.sign(secrets.token, timestamp, nonce)
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": echostr}


def parse_reply(
    body: bytes, secrets: CallbackSecrets, *, to: str | None = None
) -> PassiveReply | None:
    """WeChat's side: the reply in a callback's answer; None for `success` or nothing.

    Raises `CallbackRefused` for what WeChat would not accept: the citizen then sees its fault hint.
    With `to`, an openid, a reply that is addressed to somebody else is refused too.
    """
    if body.strip() in {b"", b"success"}:
        return None
    if len(body) > MAX_BODY:
        raise TooLarge(f"a reply of {len(body)} bytes")
    try:
        fields, _ = _fields.read(body)
        encrypted = fields.get("Encrypt")
        if encrypted is not None and secrets.key is not None:
            signed = (secrets.token, str(fields.get("TimeStamp")), str(fields.get("Nonce")))
            given = fields.get("MsgSignature")
            if not _crypto.is_signed(str(given), *signed, str(encrypted)):
                raise BadSignature("wrong MsgSignature in the reply")
            fields, _ = _fields.read(_crypto.decrypt(secrets.key, secrets.app_id, str(encrypted)))
        elif secrets.mode is Mode.SAFE:
            raise BadPush("a plain reply in safe mode")
        if to is not None and fields.get("ToUserName") != to:
            raise BadPush("a reply to somebody else: ToUserName is not the openid that was pushed")
        return reply_from(fields)
    except (Malformed, _crypto.BadEnvelope) as error:
        raise BadPush(str(error)) from error
