"""What she does with a ticket of hers: rate its answer, ask again, withdraw it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.core.errors import Refused
from minxin.portal.base import Visit, citizens_only, page
from minxin.tickets import actions, queries
from minxin.tickets.rules import DISSATISFIED, Verb, may_follow

LEVELS = (
    ("very_satisfied", gettext_lazy("非常满意")),
    ("satisfied", gettext_lazy("满意")),
    ("fairly_satisfied", gettext_lazy("基本满意")),
    ("dissatisfied", gettext_lazy("不满意")),
    ("very_dissatisfied", gettext_lazy("非常不满意")),
)


@citizens_only
def rate(visit: Visit, number: str) -> HttpResponse:
    """Five levels; who is not content may ask again."""
    found = queries.by_number_for_citizen(number, visit.me)
    if visit.request.method == "GET" and not queries.can_be_rated(found):
        return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
    problem = ""
    comment = visit.request.POST.get("comment", "")
    level = visit.request.POST.get("level", "")
    if visit.request.method == "POST":
        try:
            actions.rate(found, level, comment=comment, actor=visit.me, now=timezone.now())
            messages.success(
                visit.request, _("谢谢您的评价，承办单位会看到。"), f"rate:{found.number}"
            )
            if level in DISSATISFIED:
                return redirect("portal:reopen", app_id=visit.account.app_id, number=found.number)
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    context = {
        "ticket": found,
        "levels": LEVELS,
        "problem": problem,
        "comment": comment,
        "level": level,
    }
    return page(visit, "rate", status=422 if problem else 200, **context)


@citizens_only
def reopen(visit: Visit, number: str) -> HttpResponse:
    """Say what is not solved; the agency starts anew with a new date."""
    found = queries.by_number_for_citizen(number, visit.me)
    problem, reason = "", visit.request.POST.get("reason", "")
    if visit.request.method == "POST":
        try:
            actions.reopen(found, reason, actor=visit.me, now=timezone.now())
            messages.success(visit.request, _("已转承办单位重新办理。"), f"reopen:{found.number}")
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    why_not = queries.why_not_reopened(found, now=timezone.now())
    context = {"ticket": found, "problem": problem, "reason": reason, "why_not": why_not}
    return page(visit, "reopen", status=422 if problem else 200, **context)


@citizens_only
def withdraw(visit: Visit, number: str) -> HttpResponse:
    """She needs no answer any more; asked once, with a reason if she likes."""
    found = queries.by_number_for_citizen(number, visit.me)
    problem, reason = "", visit.request.POST.get("reason", "")
    if visit.request.method == "POST":
        try:
            actions.withdraw(found, reason, actor=visit.me, now=timezone.now())
            messages.success(visit.request, _("已撤回。"), f"withdraw:{found.number}")
            return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)
        except Refused as refusal:
            problem = refusal.message
    can = bool(problem) or may_follow(found.status, Verb.WITHDRAW)
    context = {"ticket": found, "problem": problem, "reason": reason, "can": can}
    return page(visit, "withdraw", status=422 if problem else 200, **context)


urlpatterns = [
    path("tickets/<str:number>/rate", rate, name="rate"),
    path("tickets/<str:number>/withdraw", withdraw, name="withdraw"),
    path("tickets/<str:number>/reopen", reopen, name="reopen"),
]
