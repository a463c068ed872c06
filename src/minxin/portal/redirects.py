"""What is not for this channel: she is told at once which one is, may file all the same, and may object."""

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
from minxin.tickets.queries import Proposal
from minxin.tickets.rules.wrongdoing import is_wrongdoing

DISCIPLINE = "discipline"


def advice(visit: Visit, given: dict[str, Any]) -> list[Proposal]:
    """The channels that what she typed hints at; nothing once she has seen them and files all the same."""
    if visit.request.POST.get("anyway") == "1":
        return []
    found = queries.proposals(given["text"], visit.account)
    if not is_wrongdoing(given["text"]):
        return found
    own = [row for row in queries.redirects(visit.account) if row.code == DISCIPLINE]
    return [*(Proposal(row, ()) for row in own), *found]


def declined(ticket: Any) -> dict[str, Any]:
    """What her page says of a ticket that was not accepted."""
    if ticket.status != "declined":
        return {}
    return {
        "declined": queries.non_acceptances(ticket).first(),
        "can_object": queries.can_object(ticket, now=timezone.now()),
    }


@citizens_only
def object_to(visit: Visit, number: str) -> HttpResponse:
    """Say why it is for this channel after all; once."""
    found = queries.by_number_for_citizen(number, visit.me)
    problem, words = "", visit.request.POST.get("words", "")
    if visit.request.method == "POST":
        try:
            actions.object_to(found, words, actor=visit.me, now=timezone.now())
            messages.success(
                visit.request, _("异议已提交，由另一位工作人员决定。"), f"object:{found.number}"
            )
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    can = bool(problem) or queries.can_object(found, now=timezone.now())
    context = {"ticket": found, "problem": problem, "words": words, "can": can}
    return page(visit, "object", status=422 if problem else 200, **context)


urlpatterns = [path("tickets/<str:number>/object", object_to, name="object")]
