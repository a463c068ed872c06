"""What two people called malicious: she reads why and what it means, and appeals once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.core.errors import Refused
from minxin.portal.base import Visit, citizens_only, page
from minxin.tickets import actions, queries
from minxin.tickets.rules.malicious import LONGEST_APPEAL


def ended(ticket: Any) -> dict[str, Any]:
    """What her page says of a ticket that was called malicious, also when that is over."""
    row = queries.confirmed_mark(ticket)
    if row is None:
        return {}
    return {"malicious": row, "can_appeal": queries.can_appeal(ticket, now=timezone.now())}


@citizens_only
def appeal(visit: Visit, number: str) -> HttpResponse:
    """Say why it is not malicious; once."""
    found, now = queries.by_number_for_citizen(number, visit.me), timezone.now()
    problem, words = "", visit.request.POST.get("words", "")
    if visit.request.method == "POST":
        try:
            actions.appeal_malicious(found, words, actor=visit.me, now=now)
            messages.success(
                visit.request,
                _("申诉已提交，由没有参与认定的人决定，结果会写在这一页。"),
                f"appeal:{found.number}",
            )
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    can = queries.can_appeal(found, now=now)
    context = {
        "ticket": found, "problem": problem, "words": words, "can": can, "longest": LONGEST_APPEAL,
        "malicious": queries.confirmed_mark(found),
    }  # fmt: skip
    return page(visit, "appeal", status=422 if problem else 200, **context)


urlpatterns = [path("tickets/<str:number>/appeal", appeal, name="appeal")]
