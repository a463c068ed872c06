"""Rows that periodic documents count, and what is counted of them.

A row is one thing of one period: an account as it stood, a warning, an inspection, a problem, a ticket.
Its `tags` say which figures count it, its `values` what is summed. Nothing is counted twice: text, tables,
sheets and the rows behind a number all come from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from minxin.reports.rules.figures import Figure, Over, share

UNKNOWN = "—"
BEFORE = "before."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that is counted; `number` is unique among those of its sort."""

    over: Over
    number: int
    name: str
    account_id: int | None = None
    platform: str = ""
    unit: str = ""
    place: str = ""
    problem: str = ""
    seen: str = ""
    result: str = ""
    tags: frozenset[str] = frozenset()
    values: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Period:
    """All rows of a period; of the sorts in `unknown` nothing is known, which is not nothing."""

    rows: tuple[Row, ...] = ()
    unknown: frozenset[Over] = frozenset()

    def of(self, over: Over) -> list[Row]:
        return [each for each in self.rows if each.over is over]

    def of_account(self, number: int) -> Period:
        return Period(tuple(one for one in self.rows if one.account_id == number), self.unknown)


def period_to_json(period: Period) -> dict[str, Any]:
    """Plain values."""
    rows = [
        {**asdict(each), "over": each.over.value, "tags": sorted(each.tags)}
        for each in period.rows
    ]  # fmt: skip
    return {"rows": rows, "unknown": sorted(each.value for each in period.unknown)}


def period_from_json(kept: Mapping[str, Any]) -> Period:
    """The period again."""
    rows = tuple(
        Row(**{**each, "over": Over(each["over"]), "tags": frozenset(each["tags"])})
        for each in kept["rows"]
    )
    return Period(rows, frozenset(Over(each) for each in kept["unknown"]))


# What is counted ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows carry a tag (empty: all), or what they add up to under `total`.

    `grade`: A told by an interface or kept by this platform itself, B checked by people, C reported by
    the units or entered in the register, D seen on patrol; empty: as the rows themselves say.
    """

    key: str
    over: Over
    meaning: str
    tag: str = ""
    total: str = ""
    grade: str = ""

    def rows(self, period: Period) -> list[Row]:
        return [
            each
            for each in period.of(self.over)
            if (not self.tag or self.tag in each.tags)
            and (not self.total or self.total in each.values)
        ]

    def value(self, period: Period) -> int | None:
        """None where nothing is known."""
        if self.over in period.unknown:
            return None
        rows = self.rows(period)
        return sum(each.values[self.total] for each in rows) if self.total else len(rows)

    def figure(self, period: Period, prefix: str = "", *, is_before: bool = False) -> Figure:
        value = self.value(period)
        rows = () if value is None else tuple(each.number for each in self.rows(period))
        return Figure(
            prefix + self.key, UNKNOWN if value is None else str(value), self.meaning, self.over,
            rows, is_before, self.grade or graded(self.rows(period)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole in per cent, or (`is_mean`) what is summed by how many, to one decimal."""

    key: str
    meaning: str
    part: Count
    whole: Count
    is_mean: bool = False

    def figure(self, period: Period, prefix: str = "", *, is_before: bool = False) -> Figure:
        part, whole = self.part.value(period), self.whole.value(period)
        if part is None or not whole:
            said = UNKNOWN
        elif self.is_mean:
            said = f"{part / whole:.1f}"
        else:
            said = share(part, whole)
        rows = tuple(each.number for each in self.whole.rows(period)) if whole else ()
        return Figure(
            prefix + self.key, said, self.meaning, self.whole.over, rows, is_before,
            self.whole.grade or graded(self.whole.rows(period)),
        )  # fmt: skip


Spec = Count | Ratio


def graded(rows: Iterable[Row]) -> str:
    """The grades of the rows themselves, the best first: `A、C`; empty where they have none."""
    found = {tag.removeprefix("grade:") for row in rows for tag in row.tags if tag[:6] == "grade:"}
    return "、".join(sorted(found - {""}))


def counted(
    specs: Iterable[Spec], period: Period, prefix: str = "", *, is_before: bool = False
) -> dict[str, Figure]:
    """The figures by key."""
    found = (each.figure(period, prefix, is_before=is_before) for each in specs)
    return {each.key: each for each in found}


# Groups ---------------------------------------------------------------------------------------

BY: Mapping[str, tuple[str, Callable[[Row], str]]] = {
    "platform": ("平台", lambda each: each.platform),
    "level": ("层级", lambda each: each.problem),
    "status": ("状态", lambda each: each.result),
    "place": ("地区", lambda each: each.place),
}


def names_of(by: Callable[[Row], str], *groups: Iterable[Row]) -> tuple[str, ...]:
    """The names of the groups, those of the first period by size, then what only the others have."""
    sizes: dict[str, int] = {}
    for row in groups[0]:
        sizes[by(row)] = sizes.get(by(row), 0) + 1
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    for more in groups[1:]:
        names += sorted({by(row) for row in more} - set(names))
    return tuple(names)


def group_figures(
    key: str, names: Iterable[str], by: Callable[[Row], str], rows: Iterable[Row], over: Over,
    prefix: str = "", *, is_unknown: bool = False, is_before: bool = False, grade: str = "",
) -> dict[str, Figure]:  # fmt: skip
    """How many rows each name has: `platform.0`, `platform.1`, ..."""
    listed = list(rows)
    made = {}
    for at, name in enumerate(names):
        mine = tuple(each.number for each in listed if by(each) == name)
        said = UNKNOWN if is_unknown else str(len(mine))
        one = f"{prefix}{key}.{at}"
        made[one] = Figure(one, said, f"{name or '未登记'}", over, mine, is_before, grade)
    return made
