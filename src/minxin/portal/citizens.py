"""What a citizen chooses for herself."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from minxin.citizens.actions import set_large_text
from minxin.portal.base import Visit, page, public

A_YEAR = 365 * 86_400


@public
def letters(visit: Visit) -> HttpResponse:
    """Large letters on or off: remembered for her, and in this browser."""
    if visit.request.method != "POST":
        return redirect("portal:home", app_id=visit.account.app_id)
    is_large = visit.request.POST.get("large") == "1"
    if visit.citizen is not None:
        set_large_text(visit.citizen, is_large, actor=visit.citizen, now=timezone.now())
    back = visit.request.POST.get("next", "")
    host = visit.request.get_host()
    if not url_has_allowed_host_and_scheme(back, {host}):
        back = f"/m/{visit.account.app_id}/"
    answer = redirect(back)
    answer.set_cookie("minxin_large", "1" if is_large else "0", max_age=A_YEAR, samesite="Lax")
    return answer


@public
def privacy(visit: Visit) -> HttpResponse:
    """What we keep, why, how long, and how to have it deleted."""
    return page(visit, "privacy")


urlpatterns = [
    path("letters", letters, name="letters"),
    path("privacy", privacy, name="privacy"),
]
