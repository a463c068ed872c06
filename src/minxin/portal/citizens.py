"""What a citizen chooses for herself."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from minxin.citizens.actions import set_large_text
from minxin.portal.base import Visit, page, public
from minxin.portal.letters import COOKIE

A_YEAR = 365 * 86_400


@public
def letters(visit: Visit) -> HttpResponse:
    """Letters as usual, large or largest: remembered for her, and how large in this browser."""
    if visit.request.method != "POST":
        return redirect("portal:home", app_id=visit.account.app_id)
    size = visit.request.POST.get("letters", "")
    size = size if size in {"1", "2"} else "0"
    if visit.citizen is not None:
        set_large_text(visit.citizen, size != "0", actor=visit.citizen, now=timezone.now())
    back = visit.request.POST.get("next", "")
    host = visit.request.get_host()
    if not url_has_allowed_host_and_scheme(back, {host}):
        back = f"/m/{visit.account.app_id}/"
    answer = redirect(back)
    answer.set_cookie(COOKIE, size, max_age=A_YEAR, samesite="Lax", httponly=True)
    return answer


@public
def privacy(visit: Visit) -> HttpResponse:
    """What we keep, why, how long, and how to have it deleted."""
    return page(visit, "privacy")


urlpatterns = [
    path("letters", letters, name="letters"),
    path("privacy", privacy, name="privacy"),
]
