"""我也遇到了: following another's ticket instead of filing one, and what she may see of it (ADR 19)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minxin.core.errors import Refused
from minxin.portal.base import Visit, citizens_only, page
from minxin.portal.reach import way_to
from minxin.text import mask
from minxin.tickets import actions, queries
from minxin.tickets.queries import neighbours
from minxin.tickets.queries.neighbours import Shared
from minxin.tickets.rules import OPEN, OVER
from minxin.tickets.rules.neighbours import road_of
from minxin.tickets.rules.wrongdoing import is_wrongdoing

# What of another's ticket is told: what the agency did, not what its citizen said or thought.
STEPS = frozenset({"filed", "accepted", "assigned", "answered", "closed", "reopened", "redone"})


def near(visit: Visit, given: dict[str, Any]) -> list[Shared]:
    """What she may follow instead of filing this; nothing once she has seen it and files all the same."""
    if visit.request.POST.get("anyway") == "1" or is_wrongdoing(given["text"]):
        return []
    return neighbours.shared_neighbours(
        given["text"], given["place"], visit.account, visit.me, now=timezone.now()
    )


@citizens_only
def follow(visit: Visit, number: str) -> HttpResponse:
    """One tap; the draft of what she was about to file may go."""
    found = neighbours.to_follow(number, visit.account)
    try:
        actions.follow(found, actor=visit.me, now=timezone.now())
    except Refused as refusal:
        messages.error(visit.request, refusal.message)
        return redirect("portal:file", app_id=visit.account.app_id)
    messages.success(
        visit.request,
        _("已关注，不用再提交。进展和答复写在这一页，“我的诉求”里随时能找到。"),
        f"file:{visit.account.app_id}",
    )
    return redirect("portal:followed", app_id=visit.account.app_id, number=found.number)


@citizens_only
def followed(visit: Visit, number: str) -> HttpResponse:
    """What the agency did about a matter she follows; posting stops following."""
    found = neighbours.followed(number, visit.me)
    if visit.request.method == "POST":
        actions.stop_following(found, actor=visit.me, now=timezone.now())
        messages.success(visit.request, _("已不再关注。"))
        return redirect("portal:tickets", app_id=visit.account.app_id)
    lead = neighbours.lead_of(found.ticket)
    is_shared = neighbours.is_shared(lead)
    steps = queries.steps(lead, is_public_only=True) if is_shared else []
    return page(
        visit,
        "followed",
        is_open=is_shared and lead.status in OPEN,
        way=way_to(visit, timezone.now()),
        ticket=found.ticket,
        lead=lead,
        is_shared=is_shared,
        road=road_of(found.ticket.place),
        answer=mask(lead.answer) if lead.status in OVER else "",
        steps=[step for step in steps if step.verb in STEPS],
    )


urlpatterns = [
    path("tickets/<str:number>/follow", require_POST(follow), name="follow"),
    path("tickets/followed/<str:number>/", followed, name="followed"),
]
