"""The public list of answered tickets: masked, consented, released by a person; everything else as numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minxin.core.errors import Refused
from minxin.portal.base import Visit, citizens_only, page, public
from minxin.tickets import actions, queries
from minxin.tickets.queries import publishing

PAGE = 10
MOST_DOTS = 200
SIDE = 320
MARGIN = 20
LEAST_DEGREES = 0.02  # of latitude: the picture is never narrower than some two kilometres


@dataclass(frozen=True, slots=True)
class Dot:
    """One place on the picture, and how many answers it has."""

    x: float
    y: float
    count: int
    code: str


@public
def answers(visit: Visit) -> HttpResponse:
    """What may be read by everybody; by words, agency, category and month."""
    given = visit.request.GET
    asked = {
        name: given.get(name, "").strip()[:100] for name in ("q", "agency", "category", "month")
    }
    found = publishing.public_found(
        visit.account, words=asked["q"], agency=asked["agency"], category=asked["category"],
        month=asked["month"],
    )  # fmt: skip
    agencies, categories, months = publishing.public_choices(visit.account)
    shown = Paginator(found, PAGE).get_page(given.get("page", "1"))
    kept = urlencode({name: value for name, value in asked.items() if value})
    answer = page(
        visit,
        "public",
        shown=shown,
        asked=asked,
        kept=kept,
        agencies=agencies,
        categories=categories,
        months=months,
        dots=dots_of(found),
        side=SIDE,
        counts=publishing.public_counts(visit.account),
    )
    return _not_for_robots(answer)


@public
def answered(visit: Visit, code: str) -> HttpResponse:
    """One of them."""
    found = publishing.public_one(visit.account, code)
    return _not_for_robots(page(visit, "public_one", found=found))


def _not_for_robots(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def dots_of(found: Any) -> list[Dot]:
    """Where the shown ones are, to street level, fitted into the picture; [] where none has a place."""
    rows = found.exclude(latitude=None).values_list("latitude", "longitude", "code")[:MOST_DOTS]
    places: dict[tuple[float, float], list[str]] = {}
    for latitude, longitude, code in rows:
        places.setdefault((latitude, longitude), []).append(code)
    if not places:
        return []
    return [
        Dot(x, y, len(codes), codes[0])
        for (x, y), codes in zip(_fitted(places), places.values(), strict=True)
    ]


def _fitted(places: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    points = list(places)
    middle = tuple((min(axis) + max(axis)) / 2 for axis in zip(*points, strict=True))
    narrow = max(0.01, cos(radians(middle[0])))
    flat = [((each[1] - middle[1]) * narrow, middle[0] - each[0]) for each in points]
    reach = max(LEAST_DEGREES, *(2 * max(abs(x), abs(y)) for x, y in flat))
    unit = (SIDE - 2 * MARGIN) / reach
    return [(round(SIDE / 2 + x * unit, 1), round(SIDE / 2 + y * unit, 1)) for x, y in flat]


@citizens_only
def publishing_of(visit: Visit, number: str) -> HttpResponse:
    """She allows that her answered ticket is shown, or takes that back."""
    found, now = queries.by_number_for_citizen(number, visit.me), timezone.now()
    try:
        if visit.request.POST.get("act") == "allow":
            actions.allow_publishing(found, actor=visit.me, now=now)
            messages.success(visit.request, _("谢谢。隐去个人信息、由工作人员审核后才会公开。"))
        else:
            actions.revoke_publishing(found, actor=visit.me, now=now)
            messages.success(visit.request, _("已撤回，不再公开。"))
    except Refused as refusal:
        messages.error(visit.request, refusal.message)
    return redirect("portal:ticket", app_id=visit.account.app_id, number=found.number)


urlpatterns = [
    path("answered/", require_safe(answers), name="public"),
    path("answered/<str:code>/", require_safe(answered), name="public_one"),
    path("tickets/<str:number>/publishing", require_POST(publishing_of), name="publishing"),
]
