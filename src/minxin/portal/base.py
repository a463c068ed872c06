"""What every page of the portal shares: whose account, who reads, how large the letters are."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt

from minxin.accounts.queries import portal_account
from minxin.citizens.queries import by_key
from minxin.core.errors import NotFound
from minxin.portal.letters import letters_of
from minxin.portal.sign_in import CITIZENS, authorise
from minxin.tickets.guessing import note_wrong_number

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a page: the account it belongs to and, where she is known, the citizen."""

    request: HttpRequest
    account: Any
    citizen: Any

    @property
    def me(self) -> Any:
        """The citizen; only in views behind `citizens_only`."""
        assert self.citizen is not None  # noqa: S101  (`citizens_only` has seen to it)
        return self.citizen


def framed(view: View) -> View:
    """In embedded mode the phone shows our pages in a frame of its own; nowhere else."""
    if not settings.MINXIN_EMBEDDED:
        return view
    port = settings.MINXIN_SIMULATOR_PORT
    phones = [
        SELF,
        f"http://*.localhost:{port}",
        f"http://localhost:{port}",
        f"http://127.0.0.1:{port}",
    ]
    shown: View = xframe_options_exempt(csp_replace({"frame-ancestors": phones})(view))  # type: ignore[assignment]
    return shown


def _visit(request: HttpRequest, app_id: str) -> Visit:
    account = portal_account(app_id)
    if account is None:
        raise Http404
    key = request.session.get(CITIZENS, {}).get(app_id)
    citizen = None
    if key:
        try:
            found = by_key(key)
            citizen = found if found.erased_at is None else None
        except NotFound:
            citizen = None
    return Visit(request, account, citizen)


def public(view: Callable[..., HttpResponse]) -> View:
    """A page that anybody may open: answers and the account's home."""

    @functools.wraps(view)
    def opened(request: HttpRequest, app_id: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(_visit(request, app_id), **kwargs)
        except NotFound as error:
            raise Http404 from error

    opened.audience = "public"  # type: ignore[attr-defined]
    return framed(opened)


def citizens_only(view: Callable[..., HttpResponse]) -> View:
    """A page for the citizen herself: WeChat says who she is, without her noticing."""

    @functools.wraps(view)
    def opened(request: HttpRequest, app_id: str, **kwargs: Any) -> HttpResponse:
        visit = _visit(request, app_id)
        if visit.citizen is None:
            return authorise(request, visit.account)
        try:
            return view(visit, **kwargs)
        except NotFound as error:
            if "number" in kwargs and note_wrong_number(visit.me.key):
                return page(visit, "too_many", status=429)
            raise Http404 from error

    opened.audience = "citizen"  # type: ignore[attr-defined]
    return framed(opened)


def page(visit: Visit, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page in WeUI's look; `letters` follows the citizen's choice and this browser's."""
    letters = letters_of(visit.request)
    if visit.citizen is not None:
        letters = max(letters, 1) if visit.citizen.has_large_text else 0
    context |= {"account": visit.account, "citizen": visit.citizen, "letters": letters}
    return render(visit.request, f"portal/{template}.html", context, status=status)


def trouble(
    request: HttpRequest, *, status: int, title: str, words: str, reference: str
) -> HttpResponse:
    """What a citizen reads when a page cannot be shown, in the frame of the phone as well."""
    here = request.resolver_match.kwargs.get("app_id", "") if request.resolver_match else ""
    context = {
        "title": title,
        "words": words,
        "reference": reference,
        "home": f"/m/{here}/" if here else "/m/",
        "letters": letters_of(request),
    }

    def shown(request: HttpRequest) -> HttpResponse:
        return render(request, "portal/error.html", context, status=status)

    return framed(shown)(request)
