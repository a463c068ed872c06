"""独立回访: what citizens said days after closing, by quarter, told only of groups large enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.rules import Permission
from minxin.console import sheets
from minxin.console.base import allowed, sight, staff_of
from minxin.console.tickets.figures.shown import share_said
from minxin.tickets import queries
from minxin.tickets.queries import figures
from minxin.tickets.rules.figures import LEVELS, interval
from minxin.tickets.rules.survey import (
    ANSWER_WITHIN,
    FEWEST,
    Quarter,
    Told,
    quarters_until,
    sum_of_told,
    to_tell,
)

QUARTERS = 8


@dataclass(frozen=True, slots=True)
class Share:
    """A share as it is read: `12 / 20`, its interval, and whether it is of few."""

    said: str
    of: str = ""
    between: str = ""
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One agency, or all of them, in one quarter."""

    name: str
    told: Told
    response: Share
    solved: Share
    satisfied: Share
    same: Share

    @property
    def cells(self) -> list[str]:
        """The same for a sheet."""
        row = [self.name, str(self.told.asked), str(self.told.answered), self.response.said]
        for each in (self.solved, self.satisfied, self.same):
            row += [each.said, each.of, each.between]
        return [sheets.cell(each) for each in row]


@require_safe
@allowed(Permission.READ_TICKETS)
def overview(request: HttpRequest) -> HttpResponse:
    """The quarters, and one of them by agency; or a sheet of it."""
    now = timezone.now()
    today, terms = timezone.localdate(now), figures.terms(now)
    quarters = quarters_until(today, QUARTERS)
    over = [each for each in quarters if each.is_over(today)]
    asked = request.GET.get("quarter", "")
    chosen = next((each for each in over if key_of(each) == asked), over[0])
    staff, worths = sight(request), dict(zip(LEVELS, terms.weights, strict=True))
    by_path = {
        where: to_tell(heard, worths) for where, heard in queries.heard_in(staff, chosen).items()
    }
    lines = [
        _line(name, by_path[where], terms.least)
        for where, name in sorted(_names(by_path).items())
    ]  # fmt: skip
    whole = _line(_("合计"), sum_of_told([each.told for each in lines]), terms.least)
    if request.GET.get("export") in {"csv", "xlsx"}:
        return _export(request, chosen, [whole, *lines], request.GET["export"])
    context = {
        "title": _("独立回访"),
        "quarters": [
            {"key": key_of(each), "name": name_of(each), "is_chosen": each == chosen} for each in over
        ],
        "waiting": [
            {"name": name_of(each), "from": each.following.first + ANSWER_WITHIN}
            for each in quarters
            if not each.is_over(today)
        ],
        "chosen": name_of(chosen),
        "key": key_of(chosen),
        "whole": whole,
        "lines": lines,
        "hidden": sum(1 for each in lines if each.told.answered and not each.told.is_told),
        "fewest": FEWEST,
        "least": terms.least,
        "weights": "、".join(f"{each:g}" for each in terms.weights),
        "wait_days": ANSWER_WITHIN.days,
        "back": reverse("console:ticket_figures"),
    }  # fmt: skip
    return render(request, "console/ticket_survey.html", context)


def key_of(quarter: Quarter) -> str:
    """`2026-3`, as it stands in the address."""
    return f"{quarter.year}-{quarter.number}"


def name_of(quarter: Quarter) -> str:
    """As people say it."""
    return _("%(year)s 年第 %(number)s 季度") % {"year": quarter.year, "number": quarter.number}


def _names(by_path: dict[str, Told]) -> dict[str, str]:
    known = dict(Agency.objects.filter(path__in=by_path).values_list("path", "name"))
    return {where: known.get(where, _("已不在册的单位")) for where in by_path}


def _line(name: str, told: Told, least: int) -> Line:
    return Line(
        name,
        told,
        _share(told.answered, told.asked, least),
        _share(told.solved, told.clear, least),
        _share(told.worth, told.rated, least),
        _share(told.same, told.both, least),
    )


def _share(part: float, whole: int, least: int) -> Share:
    if not whole:
        return Share(share_said(None))
    low, high = interval(part, whole)
    return Share(
        share_said(part / whole),
        f"{part:g} / {whole}",
        f"{share_said(low)}–{share_said(high)}",
        whole < least,
    )


def _titles() -> list[str]:
    titles = [_("单位"), _("发出"), _("回收"), _("回收率")]
    for name in (_("解决率"), _("满意率"), _("与承办单位回访一致")):
        titles += [name, _("分子 / 分母"), _("95% 区间")]
    return [str(each) for each in titles]


def _export(
    request: HttpRequest, chosen: Quarter, lines: Sequence[Line], shape: str
) -> HttpResponse:
    """What the page shows, as a sheet; audited."""
    staff, now = staff_of(request), timezone.now()
    with transaction.atomic():
        audit.record(
            staff, "list.exported", str(_("独立回访")), now=now,
            after={"shape": shape, "rows": len(lines)}, reason=key_of(chosen),
        )  # fmt: skip
    name = f"{_('独立回访')}-{key_of(chosen)}.{shape}"
    cells: list[Any] = [each.cells for each in lines]
    return (sheets.book_of if shape == "xlsx" else sheets.csv_of)(_titles(), cells, name)


urlpatterns = [path("tickets/survey/", overview, name="ticket_survey")]
