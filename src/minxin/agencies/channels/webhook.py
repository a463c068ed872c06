"""A signed POST to a system of the city's own (docs/reference/reminder-webhook.md).

The same `X-Minxin-Id` is taken once by contract, so that what got no answer may be sent again.
"""

import hashlib
import json
import time
from datetime import timedelta

import httpx
from django.utils.translation import gettext as _

from minxin.agencies.channels.way import Later, Parcel, Refusal, Unsure, Way
from minxin.agencies.reminders import ReminderChannel
from minxin.core.signed import headers
from minxin.wecom import Whose

TIMEOUT = 5.0
BUSY = frozenset({408, 425, 429})


def number_of(key: str) -> str:
    """By which the receiver knows a repeat: 32 letters, the same for the same key."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _send(channel: ReminderChannel, parcel: Parcel, transport: httpx.BaseTransport | None) -> None:
    number, moment = number_of(parcel.key), str(int(time.time()))
    body = json.dumps(
        {
            "id": number,
            "to": parcel.address,
            "title": parcel.title,
            "text": parcel.text,
            "link": parcel.link,
            "made_at": parcel.made_at,
        },
        ensure_ascii=False,
    ).encode()
    given = headers(channel.secret or "", moment, number, body)
    try:
        with httpx.Client(transport=transport, timeout=TIMEOUT, trust_env=False) as http:
            answer = http.post(channel.base_url, content=body, headers=given)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol):
        raise Later(_("连不上回调地址，请检查地址和网络。")) from None
    except httpx.HTTPError:
        raise Unsure(_("对方没有回应，不能确定是否送达。")) from None
    _judge(answer.status_code)


def _judge(status: int) -> None:
    if status in BUSY:
        raise Later(_("对方正忙（HTTP %(status)s）。") % {"status": status})
    if status >= 500:
        words = _("对方出错（HTTP %(status)s），不能确定是否送达。")
        raise Unsure(words % {"status": status})
    if 200 <= status < 300:
        return
    if status == 401:
        raise Refusal(_("对方不认签名（HTTP 401），请核对密钥和两边的时间。"), Whose.OPERATOR)
    if status == 410:
        raise Refusal(_("对方不认识这个接收账号（HTTP 410）。"), Whose.PERSON)
    raise Refusal(_("对方拒绝（HTTP %(status)s）。") % {"status": status}, Whose.OPERATOR)


WAY = Way(
    _send,
    needs=frozenset({"base_url", "secret"}),
    repeatable=timedelta(days=1),
)
