"""What our pages may ask of the telephone through WeChat's JS-SDK: pictures and the place."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from minxin import wechat
from minxin.accounts.queries import js_ticket
from minxin.core.errors import NotFound
from minxin.portal.base import View, Visit, citizens_only

log = logging.getLogger("minxin.portal")


def with_wechat(view: View) -> View:
    """A page that may load WeChat's script, from the one address of `MINXIN_JSSDK_URL`."""
    return _lets_in(view, {})


def with_open_tags(view: View) -> View:
    """The same, with WeChat's own elements (`wx-open-subscribe`) in it: they live in frames of its own.

    Source: WeChat, 开放标签说明文档: `frame-src https://*.qq.com webcompt:`.
    """
    return _lets_in(view, {"frame-src": ["https://*.qq.com", "webcompt:"]})


def _lets_in(view: View, more: dict[str, list[str]]) -> View:
    # One update: of two decorators, one around the other, only the outer one's words would count.
    script = urlsplit(settings.MINXIN_JSSDK_URL)
    if not script.netloc:
        return view
    origin = f"{script.scheme}://{script.netloc}"
    decorated: Callable[..., Any] = csp_update({"script-src": [SELF, origin], **more})(view)
    return decorated


@citizens_only
def config(visit: Visit) -> HttpResponse:
    """What `wx.config` needs for one page of ours: the address is signed as the browser has it."""
    request, url = visit.request, visit.request.GET.get("url", "")
    own = f"{request.scheme}://{request.get_host()}/m/{visit.account.app_id}/"
    if not settings.MINXIN_JSSDK_URL or not url.startswith(own):
        raise NotFound
    try:
        ticket = js_ticket(visit.account)
    except (wechat.WeChatError, wechat.WeChatUnreachable) as error:
        log.warning("no JS ticket of %s: %s", visit.account.app_id, type(error).__name__)
        return JsonResponse({}, status=503)
    nonce, at = secrets.token_hex(8), int(time.time())
    signed = {
        "appId": visit.account.app_id,
        "timestamp": at,
        "nonceStr": nonce,
        "signature": wechat.sign_js_url(ticket, nonce, at, url),
    }
    answer = JsonResponse(signed)
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns = [path("wechat-config", require_safe(config), name="wechat_config")]
