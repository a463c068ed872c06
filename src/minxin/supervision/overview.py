"""How the accounts of an area stand, by place, unit and platform.

Every number comes from `standing_for`, the rows that the list shows too: a number and the list it opens
cannot differ. Nothing here is a rank: places and units come in the order of their codes and of the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.supervision.models import AreaMap, Candidate, Evaluation, Finding
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
        return together((self, other))

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


COUNTED = tuple(each.name for each in fields(Tally))


@dataclass(frozen=True, slots=True)
class Cell:
    """One place and platform; or, where units were asked for, one of them and a platform."""

    place: str
    platform: str
    tally: Tally
    unit: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """All of a person's area, one cell a place and platform, and when it was last evaluated."""

    cells: tuple[Cell, ...]
    last_at: datetime | None


def area_of(staff: Staff) -> Area:
    """Counted by the database in one pass: an area may have a hundred thousand accounts."""
    rows = _grouped(standing_for(staff), "place")
    cells = (Cell(place, platform, tally) for (place, platform), tally in sorted(_cells(rows)))
    return Area(tuple(cells), max((row[-1] for row in rows), default=None))


def cells_for(staff: Staff) -> list[Cell]:
    """The cells of `area_of`."""
    return list(area_of(staff).cells)


def cells_of(staff: Staff, units: Sequence[Agency]) -> list[Cell]:
    """One cell a unit and platform, of these units alone."""
    rows = _grouped(standing_for(staff).filter(account__agency__in=units), "account__agency")
    return [Cell("", platform, tally, unit) for (unit, platform), tally in sorted(_cells(rows))]


def _grouped(standing: Any, by: str) -> list[tuple[Any, ...]]:
    """Rows of: what it is grouped by, platform, level, level before, failed or not, how many, and when
    evaluated last."""
    kinds = (by, "account__platform", "level", "before", "is_failed")
    rows = standing.order_by().values_list(*kinds)
    return list(rows.annotate(n=Count("pk"), last=Max("at")).order_by())


def _cells(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, str], Tally]]:
    found: dict[tuple[Any, str], dict[str, int]] = {}
    for key, platform, level, before, is_failed, count, _last in rows:
        tally = found.setdefault((key, platform), dict.fromkeys(COUNTED, 0))
        tally["total"] += count
        tally[_OF_LEVEL[level]] += count
        tally["failed"] += count if is_failed else 0
        tally["worse"] += count if is_worse(level, before) else 0
        tally["better"] += count if is_worse(before, level) else 0
    for key_and_platform, tally in found.items():
        yield key_and_platform, Tally(**tally)


def added(cells: Iterable[Cell]) -> Tally:
    """All of them together."""
    return together(cell.tally for cell in cells)


def together(tallies: Iterable[Tally]) -> Tally:
    """Their sum."""
    total = dict.fromkeys(COUNTED, 0)
    for tally in tallies:
        for name in COUNTED:
            total[name] += getattr(tally, name)
    return Tally(**total)


def first_units(staff: Staff, most: int) -> list[Agency]:
    """The hosts of evaluated accounts that a person sees, the first so many in the order of the tree."""
    rows = Evaluation.objects.filter(account__agency=OuterRef("pk"), is_latest=True)
    mine = agencies_for(staff, Permission.READ_SUPERVISION)
    return list(mine.filter(Exists(rows)).order_by("path")[:most])


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
