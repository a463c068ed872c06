"""The shapes that nearly every push and reply has, read and written without a parser.

A citizen's words are by far the most frequent push, words by far the most frequent reply. Their XML is
always written in one way, so one expression reads it in a tenth of a parser's time. Whatever differs in
one byte goes the general way (`_fields`, `_inbound`, `_replies`); a test holds the two against each other.
"""

import functools
import re

from minxin.wechat import _fields
from minxin.wechat._messages import Text

_ENVELOPE = re.compile(
    rb"<xml>\s*<ToUserName>(?:<!\[CDATA\[)?\w{1,64}(?:\]\]>)?</ToUserName>\s*"
    rb"<Encrypt><!\[CDATA\[([^\]]+)\]\]></Encrypt>\s*</xml>\s*"
)
# No `]`, no carriage return, nothing that XML forbids: what a parser would give back unchanged.
_SAID = r"[^\]\x00-\x08\x0b-\x1f\ufffe\uffff]"
_TEXT = re.compile(
    r"<xml>\s*<ToUserName><!\[CDATA\[([\w@.-]{1,64})\]\]></ToUserName>\s*"
    r"<FromUserName><!\[CDATA\[([\w@.-]{1,64})\]\]></FromUserName>\s*"
    r"<CreateTime>([0-9]{1,11})</CreateTime>\s*"
    r"<MsgType><!\[CDATA\[text\]\]></MsgType>\s*"
    rf"<Content><!\[CDATA\[({_SAID}*)\]\]></Content>\s*"
    r"<MsgId>([0-9]{1,18})</MsgId>\s*</xml>",
    re.ASCII,
)


def encrypted_in(body: bytes) -> str | None:
    """The ciphertext in the envelope of safe mode exactly as WeChat writes it; None for anything else."""
    match = _ENVELOPE.fullmatch(body)
    return match[1].decode("ascii") if match is not None and match[1].isascii() else None


def text_in(body: bytes) -> Text | None:
    """A citizen's words exactly as WeChat writes them; None for anything else."""
    try:
        match = _TEXT.fullmatch(body.decode())
    except UnicodeDecodeError:
        return None
    if match is None:
        return None
    account, openid, created_at, content, message_id = match.groups()
    return Text(
        account=account,
        openid=openid,
        created_at=int(created_at),
        message_id=int(message_id),
        content=content,
    )


_cdata = functools.lru_cache(maxsize=2048)(_fields.cdata)  # the same people, the same answers


def text_packet(content: str, openid: str, account: str, now: int) -> bytes:
    """A reply in words, in WeChat's XML."""
    return (
        f"<xml><ToUserName>{_cdata(openid)}</ToUserName>"
        f"<FromUserName>{_cdata(account)}</FromUserName><CreateTime>{now}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content>{_cdata(content)}</Content></xml>"
    ).encode()
