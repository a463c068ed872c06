"""What else is reported about the matter of a ticket: merged with it, near to it; a page of its own and
a part of the ticket's page."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.words import Words
from minxin.core.errors import Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import Ticket
from minxin.tickets.queries import neighbours
from minxin.tickets.rules import OPEN, Verb, may_follow


class MergeForm(forms.Form):
    """With which ticket, and why."""

    number = forms.CharField(
        label=gettext_lazy("另一件工单的编号"),
        max_length=20,
        error_messages={"required": gettext_lazy("请选择或填写另一件工单。")},
    )
    reason = Words(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("记入办理记录和审计，市民看不到。"),
        error_messages={"required": gettext_lazy("请写明理由。")},
        limit=500,
        rows=2,
    )


class UnmergeForm(forms.Form):
    """Why they are two matters after all."""

    reason = Words(
        label=gettext_lazy("理由"),
        error_messages={"required": gettext_lazy("请写明理由。")},
        limit=500,
        rows=2,
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_TICKETS)
def ticket_neighbours(request: HttpRequest, number: str) -> HttpResponse:
    """What is merged with a ticket, what is near to it and why, and what may be done about that."""
    staff = staff_of(request)
    found = queries.ticket_for(staff, number)
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    form = MergeForm(data if wanted in {"into", "from"} else None)
    undo = UnmergeForm(data if wanted == "undo" else None)
    if request.method == "POST" and _acted(request, found, wanted, form, undo):
        return redirect("console:ticket", number=number)
    lead = found.merged_into
    # Who may not see the other ticket is told no number of it.
    lead_seen = lead and queries.tickets_visible_to(staff).filter(pk=lead.pk).first()
    can_merge = may(staff, Permission.ANSWER_TICKETS, found.agency)
    context = {
        "ticket": found,
        "lead": lead,
        "lead_seen": lead_seen,
        "merged": queries.tickets_visible_to(staff).filter(merged_into=found).order_by("pk"),
        "joined": neighbours.joined_count(found),
        "near": [] if lead else neighbours.neighbours_of(found, staff),
        "can_merge": can_merge and lead is None and found.status in OPEN,
        "can_undo": can_merge and lead is not None and may_follow(found.status, Verb.UNMERGE),
        "form": form,
        "undo": undo,
        "is_part": request.headers.get("HX-Request") == "true",
    }
    name = "console/parts/neighbours.html" if context["is_part"] else "console/neighbours.html"
    return render(request, name, context, status=422 if data else 200)


def _acted(
    request: HttpRequest, found: Ticket, wanted: str, form: MergeForm, undo: UnmergeForm
) -> bool:
    """Do what was pressed; False when a form needs another look."""
    staff, now = staff_of(request), timezone.now()
    asked = undo if wanted == "undo" else form
    if not asked.is_valid():
        return False
    reason = asked.cleaned_data["reason"]
    try:
        match wanted:
            case "into":
                actions.merge(found, _other(staff, form), reason=reason, actor=staff, now=now)
                messages.success(request, _("已合并。市民会在微信里得知，进展和答复随主办工单。"))
            case "from":
                actions.merge(_other(staff, form), found, reason=reason, actor=staff, now=now)
                messages.success(request, _("已合并。市民会在微信里得知，进展和答复随主办工单。"))
            case "undo":
                actions.unmerge(found, reason=reason, actor=staff, now=now)
                messages.success(request, _("已恢复单独办理。"))
    except Refused as refusal:
        field = {"lead": "number"}.get(refusal.field or "", refusal.field)
        asked.add_error(field if field in asked.fields else None, refusal.message)
        return False
    return True


def _other(staff: Staff, form: MergeForm) -> Ticket:
    rows = queries.tickets_visible_to(staff)
    found = rows.filter(number=form.cleaned_data["number"].strip().upper()).first()
    if found is None:
        raise Refused(_("没有这个编号的工单，或者不归您的单位。"), field="number")
    return found


urlpatterns = [
    path("tickets/<str:number>/neighbours/", ticket_neighbours, name="ticket_neighbours"),
]
