"""Who is reading: WeChat's web authorisation (snsapi_base), silent, bound to this browser."""

import logging
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from minxin import wechat
from minxin.accounts.queries import client_for, portal_account
from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
from minxin.core.errors import Refused

log = logging.getLogger("minxin.portal")
STATE = "oauth_state"
ASKED = "oauth_asked"
MOST_TRIES = 3


def authorise(request: HttpRequest, account: Any) -> HttpResponse:
    """Send the browser to WeChat, which sends it back with a code.

    The state is random, kept in the session and used once. Outside WeChat nobody would send the
    browser back; after three tries a page says what to do instead of going in circles.
    """
    tries = int(request.session.get(ASKED, 0))
    if request.method != "GET" or tries >= MOST_TRIES:
        request.session[ASKED] = 0
        return _open_in_wechat(request, account)
    request.session[ASKED] = tries + 1
    state = secrets.token_hex(16)
    request.session[STATE] = {
        "state": state,
        "app_id": account.app_id,
        "next": request.get_full_path(),
    }
    back = request.build_absolute_uri(reverse("portal:oauth"))
    query = urlencode(
        {
            "appid": account.app_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return HttpResponseRedirect(
        f"{_open_host(request)}/connect/oauth2/authorize?{query}#wechat_redirect"
    )


def _open_host(request: HttpRequest) -> str:
    """WeChat's web host. Several phones share one browser in embedded mode: each has a host of its
    own, `cN.localhost`, and the simulator is reached under the same name."""
    base: str = settings.MINXIN_WECHAT_OPEN
    host = request.get_host().rsplit(":", 1)[0]
    if not settings.MINXIN_EMBEDDED or not host.endswith(".localhost"):
        return base
    parts = urlsplit(base)
    return urlunsplit((parts.scheme, f"{host}:{parts.port}", parts.path, "", ""))


def _open_in_wechat(request: HttpRequest, account: Any) -> HttpResponse:
    context = {"account": account, "phone": ""}
    if settings.MINXIN_EMBEDDED:
        host = request.get_host().rsplit(":", 1)[0]
        context["phone"] = f"http://{host}:{settings.MINXIN_SIMULATOR_PORT}/phone"
    return render(request, "portal/open_in_wechat.html", context, status=403)


@require_safe
def oauth(request: HttpRequest) -> HttpResponse:
    """WeChat sends the browser back: exchange the code, remember the citizen, go on."""
    kept = request.session.pop(STATE, None)
    given = request.GET.get("state", "")
    if kept is None or not secrets.compare_digest(str(kept["state"]), given):
        return render(request, "portal/open_in_wechat.html", {"account": None}, status=403)
    account = portal_account(kept["app_id"])
    if account is None:
        return render(request, "portal/open_in_wechat.html", {"account": None}, status=403)
    try:
        token = client_for(account).exchange_code(request.GET.get("code", ""))
    except (wechat.WeChatError, wechat.WeChatUnreachable, Refused) as error:
        log.warning("a web authorisation of %s failed: %s", account.app_id, error)
        return _open_in_wechat(request, account)
    now = timezone.now()
    key = key_of(str(account.app_id), token.openid)
    meet_many([Meeting(key, account.pk, token.openid, now)], now=now)
    known = dict(request.session.get("citizen", {}))
    known[account.app_id] = key
    request.session.cycle_key()
    request.session["citizen"] = known
    request.session[ASKED] = 0
    return HttpResponseRedirect(str(kept["next"]))
