"""How the accounts of an area stand, by place, unit and platform.

Every number comes from `standing_for`, the rows that the list shows too: a number and the list it opens
cannot differ. Nothing here is a rank: places and units come in the order of their codes and of the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf

from minxin.agencies.models import Agency, Staff
from minxin.supervision.models import AreaMap, Candidate, Finding
from minxin.supervision.queries import evaluations_for
from minxin.supervision.rules.clock import LADDER, is_worse
from minxin.supervision.rules.rectification import ENDED

STANDINGS: Mapping[str, tuple[str, ...]] = {
    "accused": ("overdue", "zombie"),
    "risk": ("notice", "reminder", "alarm", "red"),
    "contradictory": ("contradictory",),
    "unknown": ("unknown",),
    "fresh": ("fresh",),
    "exempt": ("exempt",),
}
NOWHERE = "none"  # the place of an account for which neither it nor its host names one
_OF_LEVEL = {level: name for name, levels in STANDINGS.items() for level in levels}


def standing_for(staff: Staff) -> Any:
    """The latest evaluation of every account a person may see, with its `place` (its own, else its
    host's code) and whether it `is_failed`: a person found a veto, and it is not put right yet. A
    confirmed candidate of which no finding was opened counts until it is gone."""
    veto = Finding.objects.filter(account=OuterRef("account"), severity="veto").exclude(
        state__in=[each.value for each in ENDED]
    )
    confirmed = Candidate.objects.filter(
        account=OuterRef("account"), status="confirmed", severity="veto", gone_at=None, finding=None
    )
    return evaluations_for(staff).annotate(
        place=Coalesce(
            NullIf(F("account__region_code"), Value("")),
            NullIf(F("account__agency__region_code"), Value("")),
            Value(NOWHERE),
        ),
        is_failed=Exists(veto) | Exists(confirmed),
    )


def worse() -> Q:
    """More pressing than at the evaluation before."""
    return _moved(lambda place: LADDER[:place])


def better() -> Q:
    """Less pressing than at the evaluation before."""
    return _moved(lambda place: LADDER[place + 1 :])


def _moved(before: Any) -> Q:
    found = Q(pk__in=())
    for place, level in enumerate(LADDER):
        found |= Q(level=level.value, before__in=[each.value for each in before(place)])
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """How many accounts stand where. `failed` are counted beside where the clock says they stand."""

    total: int = 0
    accused: int = 0
    risk: int = 0
    contradictory: int = 0
    unknown: int = 0
    fresh: int = 0
    exempt: int = 0
    failed: int = 0
    worse: int = 0
    better: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            **{
                each.name: getattr(self, each.name) + getattr(other, each.name)
                for each in fields(self)
            }
        )

    @property
    def state(self) -> str:
        """The most pressing of what is in it: late, soon, doubt, fine; none where no rule applies."""
        if self.accused or self.failed:
            return "late"
        if self.risk or self.contradictory:
            return "soon"
        if self.unknown:
            return "doubt"
        return "fine" if self.fresh else "none"


@dataclass(frozen=True, slots=True)
class Cell:
    """One place, unit and platform."""

    place: str
    unit: int
    platform: str
    tally: Tally


def cells_for(staff: Staff) -> list[Cell]:
    """All of a person's area, one cell a place, unit and platform."""
    rows = (
        standing_for(staff)
        .order_by()
        .values_list(
            "place", "account__agency", "account__platform", "level", "before", "is_failed"
        )
        .annotate(n=Count("pk"))
    )
    found: dict[tuple[str, int, str], Tally] = {}
    for place, unit, platform, level, before, is_failed, count in rows:
        key = (place, unit, platform)
        beside = Tally(
            total=count,
            failed=count if is_failed else 0,
            worse=count if is_worse(level, before) else 0,
            better=count if is_worse(before, level) else 0,
        )
        part = replace(beside, **{_OF_LEVEL[level]: count})
        found[key] = found.get(key, Tally()) + part
    return [Cell(*key, tally) for key, tally in sorted(found.items())]


def added(cells: Iterable[Cell]) -> Tally:
    """All of them together."""
    return together(cell.tally for cell in cells)


def together(tallies: Iterable[Tally]) -> Tally:
    """Their sum."""
    total = Tally()
    for tally in tallies:
        total += tally
    return total


def units_in(cells: Iterable[Cell]) -> list[Agency]:
    """The hosts that occur, in the order of the tree."""
    return list(Agency.objects.filter(pk__in={cell.unit for cell in cells}).order_by("path"))


# The shape -----------------------------------------------------------------------------------


def area_map() -> AreaMap | None:
    """The shape of the area that was entered last; None: there is none."""
    return AreaMap.objects.order_by("-pk").first()


def place_names(shape: AreaMap | None, cells: Iterable[Cell]) -> dict[str, str]:
    """What places are called: as on the map, else the highest unit there, else the bare code."""
    codes = {cell.place for cell in cells}
    names = {}
    for agency in Agency.objects.filter(region_code__in=codes).order_by("-path"):
        names[agency.region_code] = agency.short_name or agency.name
    if shape is not None:
        names |= {
            each["properties"]["code"]: each["properties"]["name"]
            for each in shape.shape["features"]
        }
    return {code: names.get(code, code) for code in codes}
