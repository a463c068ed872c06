"""问一问: a question typed into the portal, answered as in the conversation."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from minxin.knowledge.index.shared import fresh_index, recent_index
from minxin.knowledge.rules import QUESTION_LIMIT
from minxin.knowledge.rules.steps import steps_of
from minxin.portal.base import Visit, page, public

# Questions, and looks while typing, of one person (or of one address, where she is not known) in a minute.
MOST_ASKED = 30
MOST_TYPED = 300
_MINUTE = 60
SHORTEST = 2


@public
def ask(visit: Visit) -> HttpResponse:
    """The question and what is known: an answer with its source, what is asked back, near questions, or the way to
    people. What was typed stays; it is sent, not put into the address, where it would be logged."""
    asked = visit.request.POST.get("q", "").strip() if visit.request.method == "POST" else ""
    if not asked:
        return page(visit, "ask", q="", is_empty=visit.request.method == "POST")
    if len(asked) < SHORTEST:
        return page(visit, "ask", q=asked, is_short=True)
    if _is_too_much(visit, "asked", MOST_ASKED):
        return page(visit, "ask", status=429, q=asked, is_too_fast=True)
    account, agency = visit.account, visit.account.agency
    region = account.region_code or agency.region_code
    found = fresh_index().lookup(asked, on=timezone.localdate(), region=region, agency_id=agency.pk)
    return page(
        visit, "ask", q=asked, found=found, is_cut=len(asked) > QUESTION_LIMIT,
        steps=steps_of(found.answer.next_steps) if found.answer else (),
    )  # fmt: skip


@public
def suggest(visit: Visit) -> HttpResponse:
    """Questions of which we know the answer, for what was typed so far: `{"found": [{"question", "url"}]}`."""
    asked = visit.request.POST.get("q", "").strip()[:60]
    if len(asked) < SHORTEST or _is_too_much(visit, "typed", MOST_TYPED):
        return JsonResponse({"found": []})
    account, agency = visit.account, visit.account.agency
    region = account.region_code or agency.region_code
    known = recent_index().suggest(
        asked, on=timezone.localdate(), region=region, agency_id=agency.pk
    )
    found = [
        {"question": each.question, "url": f"/m/{account.app_id}/answers/{each.entry_id}/"}
        for each in known
    ]
    return JsonResponse({"found": found})


def _is_too_much(visit: Visit, what: str, most: int) -> bool:
    """Count one, and whether she has had as many within the minute as anybody needs."""
    who = visit.citizen.key if visit.citizen is not None else _address(visit.request)
    key = f"portal_{what}:{who}"
    cache.add(key, 0, _MINUTE)
    try:
        return int(cache.incr(key)) > most
    except ValueError:  # it ended just now
        return False


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:60]


urlpatterns = [
    path("ask/", require_http_methods(["GET", "POST"])(ask), name="ask"),
    path("ask/suggest", require_POST(suggest), name="ask_suggest"),
]
