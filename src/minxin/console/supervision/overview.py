"""总览: how many accounts stand where, by place, unit and platform; a matrix and a map of the area.

Each number opens the rows it counts. The charts repeat the tables and say nothing more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.accounts.models import Platform
from minxin.agencies.queries import may_everywhere
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, sight, staff_of
from minxin.console.supervision.years import area_year_shown
from minxin.core.errors import NotFound
from minxin.supervision import actions
from minxin.supervision.models import AreaMap
from minxin.supervision.overview import (
    NOWHERE,
    Cell,
    Tally,
    added,
    area_map,
    area_of,
    cells_for,
    cells_of,
    first_units,
    place_names,
    together,
)
from minxin.supervision.queries import area_year_of

STATES = ("none", "fine", "doubt", "soon", "late")
MOST_UNITS = 200
COLUMNS: tuple[tuple[str, Any, dict[str, str]], ...] = (
    ("total", gettext_lazy("账号"), {}),
    ("accused", gettext_lazy("超期待确认"), {"standing": "accused"}),
    ("failed", gettext_lazy("不合格"), {"failed": "1"}),
    ("risk", gettext_lazy("临近期限"), {"standing": "risk"}),
    ("contradictory", gettext_lazy("来源矛盾"), {"standing": "contradictory"}),
    ("unknown", gettext_lazy("情况不明"), {"standing": "unknown"}),
    ("worse", gettext_lazy("比前一天更紧"), {"changed": "1"}),
    ("better", gettext_lazy("比前一天缓和"), {"changed": "2"}),
)
PRESSING = ("accused", "failed", "risk", "contradictory", "unknown")
SHORT: dict[str, Any] = {
    "accused": gettext_lazy("超期"),
    "failed": gettext_lazy("不合格"),
    "risk": gettext_lazy("临近"),
    "contradictory": gettext_lazy("矛盾"),
    "unknown": gettext_lazy("不明"),
}
MOST_DRAWN = 60  # rows of the drawn matrix; the table has all


@dataclass(frozen=True, slots=True)
class Number:
    """One figure and the list it opens."""

    name: str
    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One place or unit with its figures, and its cells of the matrix."""

    name: str
    numbers: tuple[Number, ...]
    cells: tuple[tuple[Tally, tuple[Number, ...]], ...] = ()


def numbers_of(
    tally: Tally, where: dict[str, str], names: Iterable[str] | None = None
) -> tuple[Number, ...]:
    """The figures of a tally, each with the address of its rows."""
    wanted = None if names is None else set(names)
    start = reverse("console:supervision")
    return tuple(
        Number(name, str(label), getattr(tally, name), f"{start}?{urlencode({**where, **more})}")
        for name, label, more in COLUMNS
        if wanted is None or name in wanted
    )


def _lines(
    cells: Iterable[Cell], keys: Iterable[tuple[str, str]], by: str, platforms: list[str]
) -> list[Line]:
    """One for each key and its name, in their order: codes of places, or numbers of units."""
    grouped: dict[str, dict[str, Tally]] = {}
    for cell in cells:
        grouped.setdefault(str(cell.unit) if cell.unit else cell.place, {})[cell.platform] = (
            cell.tally
        )
    lines = []
    for key, name in keys:
        mine, where = grouped[key], {by: key}
        line = []
        for platform in platforms:
            tally = mine.get(platform, Tally())
            found = numbers_of(tally, {**where, "platform": platform}, ("total", *PRESSING))
            line.append((tally, tuple(each for each in found if each.count)))
        shown = _("（没有区划）") if name == NOWHERE else name
        lines.append(Line(shown, numbers_of(together(mine.values()), where), tuple(line)))
    return lines


def platform_names() -> dict[str, str]:
    """Platforms in the order of the register."""
    return {str(value): str(label) for value, label in Platform.choices}


def _chart(lines: list[Line], platforms: list[str]) -> dict[str, Any]:
    """The matrix for the drawing: a cell is [column, line, state, words, address]."""
    known = platform_names()
    cells = []
    for row, line in enumerate(lines):
        for column, (tally, numbers) in enumerate(line.cells):
            if tally.total:
                cells.append(
                    {
                        "value": [column, row, STATES.index(tally.state)],
                        "label": _short(numbers),
                        "words": "\n".join(f"{each.label} {each.count}" for each in numbers),
                        "url": numbers[0].url,
                    }
                )
    return {
        "columns": [known.get(each, each) for each in platforms],
        "rows": [line.name for line in lines],
        "cells": cells,
        "states": [_("不适用"), _("正常"), _("不明"), _("临近或矛盾"), _("超期或不合格")],
    }


def _short(numbers: tuple[Number, ...]) -> str:
    """The count, and the most pressing thing in a word: colour is never the only sign."""
    pressing = next((each for each in numbers if each.name in PRESSING), None)
    return f"{numbers[0].count}" + (
        f"\n{SHORT[pressing.name]} {pressing.count}" if pressing else ""
    )


def _drawn(shape: AreaMap | None, cells: Sequence[Cell]) -> dict[str, Any] | None:
    """The places of the shape in which this person sees accounts; None where there is nothing to draw."""
    if shape is None:
        return None
    features, places = [], []
    for feature in shape.shape["features"]:
        code = feature["properties"]["code"]
        mine = [cell for cell in cells if cell.place == code]
        if not mine:
            continue
        tally = added(mine)
        numbers = [n for n in numbers_of(tally, {"place": code}, ("total", *PRESSING)) if n.count]
        features.append(feature)
        places.append(
            {
                "name": code,
                "value": STATES.index(tally.state),
                "label": f"{feature['properties']['name']}\n{_short(tuple(numbers))}",
                "title": feature["properties"]["name"],
                "words": "\n".join(f"{each.label} {each.count}" for each in numbers),
                "url": numbers[0].url,
            }
        )
    if not features:
        return None
    return {"shape": {"type": "FeatureCollection", "features": features}, "places": places}


@require_safe
@allowed(Permission.READ_SUPERVISION)
def overview(request: HttpRequest) -> HttpResponse:
    """The area of this person."""
    staff = sight(request)
    found = area_of(staff)
    cells = found.cells
    by = "unit" if request.GET.get("by") == "unit" else "place"
    shape = area_map()
    there = {cell.platform for cell in cells}
    platforms = [name for name in platform_names() if name in there]
    if by == "unit":
        units = first_units(staff, MOST_UNITS)
        keys = [(str(unit.pk), unit.name) for unit in units]
        lines = _lines(cells_of(staff, units), keys, "host", platforms)
    else:
        keys = sorted(place_names(shape, cells).items())[:MOST_UNITS]
        lines = _lines(cells, keys, "place", platforms)
    context = {
        "title": _("总览"),
        "by": by,
        "totals": numbers_of(added(cells), {}),
        "last_at": found.last_at,
        "lines": lines,
        "platforms": [platform_names()[each] for each in platforms],
        "chart": _chart(lines[:MOST_DRAWN], platforms) if lines else None,
        "map": _drawn(shape, cells),
        "has_shape": shape is not None,
        "may_draw": may_everywhere(staff_of(request), Permission.EDIT_ACCOUNTS),
        "most_units": MOST_UNITS,
        "back": reverse("console:supervision"),
        **area_year_shown(area_year_of(staff, now=timezone.now())),
    }
    return render(request, "console/overview.html", context)


def places_of(staff: Any) -> list[Line]:
    """For the home page: the places of a person's area with their figures."""
    cells = cells_for(staff)
    keys = sorted(place_names(area_map(), cells).items())[:MOST_UNITS]
    return _lines(cells, keys, "place", [])


class AreaForm(forms.Form):
    """A file of shapes."""

    file = forms.FileField(
        label=gettext_lazy("GeoJSON文件"),
        help_text=gettext_lazy(
            "不超过 2 MB；每个图形的properties里有code（区划代码）和name（名称），边界闭合。"
        ),
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def area(request: HttpRequest) -> HttpResponse:
    """Enter the shape of the area: who keeps the accounts of all of it."""
    staff, now = staff_of(request), timezone.now()
    if not may_everywhere(staff, Permission.EDIT_ACCOUNTS):
        raise NotFound
    form = AreaForm(request.POST, request.FILES) if request.method == "POST" else AreaForm()

    def write() -> None:
        given = form.cleaned_data["file"]
        actions.keep_area(given.name, given.read(), actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("区域地图已更换。")):
        return redirect("console:overview")
    return form_page(
        request, form, title=_("更换区域地图"), back=reverse("console:overview"),
        template="console/form_with_file.html",
        note=_("没有地图时总览只显示矩阵。地图只用于显示，不影响统计。"),
    )  # fmt: skip


urlpatterns = [
    path("supervision/overview/", overview, name="overview"),
    path("supervision/area/", area, name="area"),
]
