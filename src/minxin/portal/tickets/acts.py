"""What she does with a ticket of hers: rate its answer, ask again, withdraw it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minxin.core.errors import AlreadyDone, Refused
from minxin.portal.base import Visit, citizens_only, page
from minxin.portal.tickets import pictures
from minxin.portal.wechat import with_wechat
from minxin.tickets import actions, queries
from minxin.tickets.rules import DISSATISFIED, LONGEST_TEXT, Verb, may_follow

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
    reasons = visit.request.POST.getlist("reasons")
    may_publish = "may_publish" in visit.request.POST
    if visit.request.method == "POST":
        try:
            actions.rate(
                found, level, comment=comment, reasons=reasons, actor=visit.me, now=timezone.now()
            )
            if may_publish and queries.may_be_public(found):
                actions.allow_publishing(found, actor=visit.me, now=timezone.now())
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
        "reasons": queries.rating_reasons(),
        "chosen": reasons,
        "may_publish": may_publish,
        "publishing_choice": queries.may_be_public(found) and queries.publication_of(found) is None,
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


@citizens_only
def supplement(visit: Visit, number: str) -> HttpResponse:
    """Words and pictures that belong to it; where she is asked for something, what and until when."""
    found, now = queries.by_number_for_citizen(number, visit.me), timezone.now()
    typed, problems = pictures.received(visit, now)
    codes = (typed.get("pictures", "") if typed is not None else "").split()
    text = typed.get("text", "") if typed is not None else ""
    if typed is not None and not problems:
        try:
            actions.supplement(found, text, pictures=codes, actor=visit.me, now=now)
            return _added(visit, found, _("已补充，承办单位会看到。"))
        except AlreadyDone as done:
            return _added(visit, found, done.message)
        except Refused as refusal:
            problems.append(refusal.message)
    context = {
        "ticket": found,
        "text": text,
        "problems": problems,
        "longest": LONGEST_TEXT,
        "can": may_follow(found.status, Verb.SUPPLEMENT),
        "asked": queries.asked_of_citizen(found),
        "can_wait": not queries.why_no_more_time(found, now=now),
        "jssdk": settings.MINXIN_JSSDK_URL,
        **pictures.shown(visit, codes),
    }
    return page(visit, "supplement", status=422 if problems else 200, **context)


def _added(visit: Visit, found: Any, words: str) -> HttpResponse:
    messages.success(visit.request, words, f"supplement:{found.number}")
    return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)


@citizens_only
def more_time(visit: Visit, number: str) -> HttpResponse:
    """She needs longer to answer what she was asked: once."""
    found = queries.by_number_for_citizen(number, visit.me)
    try:
        reason = visit.request.POST.get("reason", "")
        actions.ask_time(found, reason, actor=visit.me, now=timezone.now())
        messages.success(visit.request, _("已延长，承办单位会知道您要晚些补充。"))
    except Refused as refusal:
        messages.error(visit.request, refusal.message)
    return redirect("portal:supplement", app_id=visit.account.app_id, number=found.number)


urlpatterns = [
    path("tickets/<str:number>/rate", rate, name="rate"),
    path("tickets/<str:number>/withdraw", withdraw, name="withdraw"),
    path("tickets/<str:number>/reopen", reopen, name="reopen"),
    path("tickets/<str:number>/supplement", with_wechat(supplement), name="supplement"),
    path("tickets/<str:number>/more-time", require_POST(more_time), name="more_time"),
]
