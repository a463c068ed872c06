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
from minxin.accounts.queries import oauth_platform, openid_of_code, portal_account
from minxin.citizens.actions import Meeting, meet_many, set_large_text
from minxin.citizens.identity import key_of
from minxin.citizens.queries import by_key
from minxin.core.errors import Refused
from minxin.portal.letters import letters_of

log = logging.getLogger("minxin.portal")
CITIZENS = "citizen"
STATES = "oauth_states"
ASKED = "oauth_asked"
MOST_TRIES = 3
# Pages that a person opens at the same moment each wait for an answer of their own.
MOST_STATES = 5


def authorise(request: HttpRequest, account: Any) -> HttpResponse:
    """Send the browser to WeChat, which sends it back with a code.

    Each state is random, kept in the session and used once. Outside WeChat nobody would send the
    browser back; after three tries a page says what to do instead of going in circles. A form that
    comes after the session has ended is answered by a page that leads back to it: what was typed
    waits on the device.
    """
    if request.method not in {"GET", "HEAD"}:
        context = {"account": account, "again": request.path, "letters": letters_of(request)}
        return render(request, "portal/session_over.html", context, status=403)
    tries = int(request.session.get(ASKED, 0))
    if tries >= MOST_TRIES:
        request.session[ASKED] = 0
        return _open_in_wechat(request, account)
    request.session[ASKED] = tries + 1
    state = secrets.token_hex(16)
    waiting = dict(list(request.session.get(STATES, {}).items())[1 - MOST_STATES :])
    waiting[state] = {"app_id": account.app_id, "next": request.get_full_path()}
    request.session[STATES] = waiting
    back = request.build_absolute_uri(reverse("portal:oauth"))
    asked = {
        "appid": account.app_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    through = oauth_platform(account)
    query = urlencode({**asked, "component_appid": through} if through else asked)
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


def _not_asked_for(request: HttpRequest) -> HttpResponse:
    """A state we did not give, or gave and saw: a page gone back to, or somebody else's link.

    Nobody is signed in by it; who is known already goes on to the account's home.
    """
    for app_id in reversed(request.session.get(CITIZENS, {})):
        return HttpResponseRedirect(reverse("portal:home", args=[app_id]))
    return _open_in_wechat(request, None)


def _open_in_wechat(request: HttpRequest, account: Any) -> HttpResponse:
    context = {"account": account, "phone": "", "letters": letters_of(request)}
    if settings.MINXIN_EMBEDDED:
        host = request.get_host().rsplit(":", 1)[0]
        context["phone"] = f"http://{host}:{settings.MINXIN_SIMULATOR_PORT}/phone"
    return render(request, "portal/open_in_wechat.html", context, status=403)


@require_safe
def oauth(request: HttpRequest) -> HttpResponse:
    """WeChat sends the browser back: exchange the code, remember the citizen, go on."""
    waiting = dict(request.session.get(STATES, {}))
    kept = waiting.pop(request.GET.get("state", ""), None)
    if kept is None:
        return _not_asked_for(request)
    request.session[STATES] = waiting
    account = portal_account(kept["app_id"])
    if account is None:
        return _open_in_wechat(request, None)
    try:
        openid, is_made_up = openid_of_code(account, request.GET.get("code", ""))
    except (wechat.WeChatError, wechat.WeChatUnreachable, Refused) as error:
        log.warning("a web authorisation of %s failed: %s", account.app_id, error)
        return _open_in_wechat(request, account)
    if is_made_up:  # a stranger that WeChat made up for its preview of the page
        return _open_in_wechat(request, account)
    now = timezone.now()
    key = key_of(str(account.app_id), openid)
    meet_many([Meeting(key, account.pk, openid, now)], now=now)
    if letters_of(request):  # chosen before we knew who she is
        me = by_key(key)
        set_large_text(me, True, actor=me, now=now)
    known = dict(request.session.get(CITIZENS, {}))
    known[account.app_id] = key
    request.session.cycle_key()
    request.session[CITIZENS] = known
    request.session[ASKED] = 0
    return HttpResponseRedirect(str(kept["next"]))
