"""Asking an account, through its own callback, what it would answer a citizen who says or taps this.

The push is of our own kind, sealed with the account's Token: only who knows it can ask, and the gateway
answers without recording anything, so no citizen, message, ticket or figure comes of it.
"""

from __future__ import annotations

import secrets as random_source
import time
from dataclasses import dataclass
from datetime import datetime

import httpx

from minxin import wechat

# The gateway answers a push of this kind with its nonce and records nothing; who sends it knows the
# account's Token (and its key, where messages are encrypted).
PROBE_KIND = "event:minxin_probe"
PROBE_FIELD = "EventKey"
# What is asked, where more than the nonce is wanted: `says` or `taps`, and the words or the menu's key.
# The answer is then three parts, line by line: the nonce, how it is answered, the words.
ASKED_FIELD, WORDS_FIELD = "ProbeAsks", "ProbeWords"
SAYS, TAPS = "says", "taps"
TIMEOUT = 7.0  # seconds: longer than WeChat waits, to tell late from never
_RETRIES = 3  # seconds; a gateway reads changed accounts within two


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back. `how` is the gateway's word for it, None when the answer was not its own; no
    `status`: nothing came. `seconds`: from asking to the last byte."""

    how: str | None
    words: str
    status: int | None
    seconds: float


def probe_push(
    original_id: str, fields: dict[str, str], *, now: datetime
) -> tuple[wechat.Unknown, str]:
    """A push of our own kind with a fresh nonce, and that nonce."""
    word = str(random_source.randbelow(10**10))
    given = {"MsgType": "event", "Event": PROBE_KIND.partition(":")[2], PROBE_FIELD: word}
    inbound = wechat.Unknown(
        account=original_id or "gh_probe", openid="minxin-probe", kind=PROBE_KIND,
        created_at=int(now.timestamp()), fields={**given, **fields},
    )  # fmt: skip
    return inbound, word


def said_of(body: bytes, secrets: wechat.CallbackSecrets) -> str:
    """The words of a sealed answer; empty when it is none of this account's."""
    try:
        reply = wechat.parse_reply(body, secrets)
    except wechat.CallbackRefused:
        return ""
    return reply.content if isinstance(reply, wechat.TextReply) else ""


def ask_callback(
    callback: str, secrets: wechat.CallbackSecrets, *, original_id: str, asks: str, words: str,
    http: httpx.Client, now: datetime,
) -> Heard:  # fmt: skip
    """Ask once, as WeChat would push. A gateway that does not know the account yet is given a little
    time; every other answer is taken as it is."""
    for second in range(_RETRIES + 1):
        inbound, word = probe_push(original_id, {ASKED_FIELD: asks, WORDS_FIELD: words}, now=now)
        query, body = wechat.seal_push(
            inbound, secrets, format=wechat.Format.XML, now=now.timestamp() + second
        )
        began = time.monotonic()
        try:
            answer = http.post(callback, params=query, content=body, timeout=TIMEOUT)
        except httpx.HTTPError:
            return Heard(None, "", None, time.monotonic() - began)
        took = time.monotonic() - began
        if answer.status_code not in {403, 404} or second == _RETRIES:
            break
        time.sleep(1.0)
    found, _line, rest = said_of(answer.content, secrets).partition("\n")
    how, _line, said = rest.partition("\n")
    if answer.status_code != 200 or found != word:
        return Heard(None, "", answer.status_code, took)
    return Heard(how, said, 200, took)
