"""Text messages through the city's own gateway: for what must arrive after WeChat's 48 hours.

The contract (docs/reference/sms-gateway.md): POST JSON {id, phone, text}; the same `id` is sent once.
Only to who left a number and agreed to it.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from minxin import wechat
from minxin.accounts.models import Account
from minxin.conversations.channels.way import Later, Post, Way
from minxin.conversations.contents import SmsContent
from minxin.core.errors import Refused

TIMEOUT = 5.0
_BUSY = {408, 425, 429}


def signature(key: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 of "moment.body" in hexadecimal digits."""
    return hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def _send(post: Post, client_of: Callable[[Account], wechat.Client]) -> str:
    assert isinstance(post.content, SmsContent)  # noqa: S101  (the channel follows the content)
    if not settings.MINXIN_SMS_URL:
        raise Refused(_("没有配置短信网关，短信没有发出。"))
    if not post.phone:
        raise Refused(_("市民没有留电话，或没有同意接收短信。"))
    body = json.dumps(
        {"id": post.id_for_wechat, "phone": post.phone, "text": post.content.text},
        ensure_ascii=False,
    ).encode()
    moment = str(int(time.time()))
    headers = {
        "content-type": "application/json; charset=utf-8",
        "x-minxin-time": moment,
        "x-minxin-signature": signature(settings.MINXIN_SMS_KEY, moment, body),
    }
    try:
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as http:
            answer = http.post(settings.MINXIN_SMS_URL, content=body, headers=headers)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise Later(_("连不上短信网关，稍后自动重试。")) from None
    except httpx.HTTPError as error:
        # It knows a repeat by the id for a day: tried again, but never under another id by itself.
        raise wechat.WeChatUnreachable(type(error).__name__, may_have_happened=True) from None
    if answer.status_code in _BUSY:
        raise Later(_("短信网关忙，稍后自动重试。"))
    if answer.status_code >= 500:
        raise wechat.WeChatUnreachable(f"HTTP {answer.status_code}", may_have_happened=True)
    if not answer.is_success:
        raise Refused(
            _("短信网关拒绝了这条短信（HTTP %(status)s）。") % {"status": answer.status_code}
        )
    return ""


WAY = Way(_send, repeatable=timedelta(days=1))
