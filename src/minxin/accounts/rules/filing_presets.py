"""What a region asks of a filing, as data: its steps, its deadlines, whose rule it is and how sure. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from minxin.accounts.rules.lifecycle import Kind, Step

_TAKEN = frozenset({Step.SIGN, Step.APPROVE, Step.PLATFORM, Step.ANNOUNCE, Step.REPORT})
_CHANGED = frozenset({"name", "agency", "status", "other"})
_KNOWN = frozenset({"id", "title", "certainty", "regions", "note", "source", "steps", "deadlines"})
_LONGEST = 366


class Certainty(StrEnum):
    """Whose rule it is; a local one is never told as the nation's, ours is told as a proposal."""

    NATIONAL = "national"
    LOCAL = "local"
    PROPOSED = "proposed"


class Counted(StrEnum):
    """Which days count."""

    WORKING = "working"
    NATURAL = "natural"


class BadPreset(Exception):
    """Why a file is no preset, in words."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Within so many days after the thing happened, the day itself not counted; `to`: to whom."""

    days: int
    counted: Counted
    to: str


@dataclass(frozen=True, slots=True)
class Preset:
    """One source. `steps` and `deadlines` hold only the kinds it says something of."""

    id: str
    title: str
    certainty: Certainty
    document: str
    article: str
    regions: tuple[str, ...]
    note: str
    steps: Mapping[Kind, tuple[tuple[Step, str], ...]]
    deadlines: Mapping[Kind, Deadline]

    def reach(self, region_code: str) -> int | None:
        """How closely it fits a region: digits that match, 0 for one of all; None if not."""
        if not self.regions:
            return 0
        fitting = [len(each) for each in self.regions if region_code.startswith(each)]
        return max(fitting, default=None)


def fitting(presets: Iterable[Preset], region_code: str) -> tuple[Preset, ...]:
    """Those that hold in a region, the nearest first."""
    found = [(reach, each) for each in presets if (reach := each.reach(region_code)) is not None]
    found.sort(key=lambda each: (-each[0], each[1].id))
    return tuple(preset for _reach, preset in found)


def nearest_steps(
    presets: Iterable[Preset], kind: Kind, region_code: str
) -> tuple[Preset, tuple[tuple[Step, str], ...]]:
    """The steps of a kind in a region, and whose they are; the common preset has all of them."""
    for preset in fitting(presets, region_code):
        if kind in preset.steps:
            return preset, preset.steps[kind]
    raise LookupError(kind)


def nearest_deadline(
    presets: Iterable[Preset], kind: Kind, region_code: str
) -> tuple[Preset, Deadline] | None:
    """The deadline of a kind in a region, and whose it is; None where nobody named days."""
    for preset in fitting(presets, region_code):
        if kind in preset.deadlines:
            return preset, preset.deadlines[kind]
    return None


def natural_due(happened_on: date, days: int) -> date:
    """The last day of a deadline in calendar days; the first day does not count."""
    return happened_on + timedelta(days=days)


def preset_from(values: Mapping[str, Any], say: Callable[[str], str]) -> Preset:
    """A preset from the values of a file. Raises `BadPreset`; `say` translates."""
    if unknown := sorted(set(values) - _KNOWN):
        raise BadPreset(say("有不认识的项目：%(names)s。") % {"names": "、".join(unknown)})
    source = values.get("source")
    if not isinstance(source, Mapping):
        raise BadPreset(say("缺少“[source]”一节，要写明依据的文件和条款。"))
    certainty = _text(values, "certainty", say)
    if certainty not in set(Certainty):
        raise BadPreset(say("“certainty”只能写 national、local 或 proposed。"))
    regions = values.get("regions", [])
    if not isinstance(regions, list) or not all(
        isinstance(each, str) and re.fullmatch(r"\d{2,12}", each) for each in regions
    ):
        raise BadPreset(say("“regions”要写成区划代码的列表，每个 2 到 12 位数字。"))
    if (certainty == Certainty.LOCAL) != bool(regions):
        raise BadPreset(say("地方规定要在“regions”里写明区划，国家规定和本平台建议不写区划。"))
    return Preset(
        id=_text(values, "id", say),
        title=_text(values, "title", say),
        certainty=Certainty(certainty),
        document=_text(source, "document", say),
        article=_text(source, "article", say),
        regions=tuple(regions),
        note=_text(values, "note", say) if "note" in values else "",
        steps=_steps(values.get("steps", {}), say),
        deadlines=_deadlines(values.get("deadlines", []), say),
    )


def _text(values: Mapping[str, Any], name: str, say: Callable[[str], str]) -> str:
    found = values.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadPreset(say("“%(name)s”要写成一段文字，不能为空。") % {"name": name})
    return found.strip()


def _kind(name: str, say: Callable[[str], str]) -> Kind:
    if name not in set(Kind):
        raise BadPreset(
            say("没有“%(name)s”这种备案，可以写 open、change、close、cancel。") % {"name": name}
        )
    return Kind(name)


def _steps(given: Any, say: Callable[[str], str]) -> dict[Kind, tuple[tuple[Step, str], ...]]:
    """`["sign", "announce:agency"]`: after the colon what must have changed for it."""
    if not isinstance(given, Mapping):
        raise BadPreset(say("“[steps]”要按备案种类写步骤。"))
    found = {}
    for name, steps in given.items():
        kind = _kind(name, say)
        if not isinstance(steps, list) or not steps:
            raise BadPreset(say("“%(name)s”的步骤要写成列表。") % {"name": name})
        pairs = [_step(each, say) for each in steps]
        taken = [step for step, _only in pairs]
        if len(set(taken)) != len(taken) or taken[0] is not Step.SIGN or Step.APPROVE not in taken:
            raise BadPreset(
                say("“%(name)s”的步骤不能重复，从 sign 开始，要有 approve。") % {"name": name}
            )
        _ensure_whole(kind, pairs, say)
        found[kind] = tuple(pairs)
    return found


def _ensure_whole(kind: Kind, pairs: Sequence[tuple[Step, str]], say: Callable[[str], str]) -> None:
    """Closing is announced; what happens on the platform follows the approval."""
    taken = [step for step, _only in pairs]
    needed = Step.ANNOUNCE if kind is Kind.CLOSE else Step.PLATFORM
    if (needed, "") not in pairs or taken.index(needed) < taken.index(Step.APPROVE):
        words = say("“%(name)s”的步骤里，approve 之后要有 %(step)s。")
        raise BadPreset(words % {"name": kind.value, "step": needed.value})


def _step(given: Any, say: Callable[[str], str]) -> tuple[Step, str]:
    name, _colon, only = str(given).partition(":")
    if name not in _TAKEN or (only and only not in _CHANGED):
        raise BadPreset(say("没有“%(name)s”这个步骤。") % {"name": given})
    return Step(name), only


def _deadlines(given: Any, say: Callable[[str], str]) -> dict[Kind, Deadline]:
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise BadPreset(say("期限要写成“[[deadlines]]”。"))
    found = {}
    for each in given:
        days, counted = each.get("days"), each.get("counted")
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= _LONGEST:
            raise BadPreset(say("“days”要写成 1 到 366 的整数天数。"))
        if counted not in set(Counted):
            raise BadPreset(say("“counted”只能写 working（工作日）或 natural（自然日）。"))
        kinds = each.get("kinds")
        if not isinstance(kinds, list) or not kinds:
            raise BadPreset(say("“kinds”要写明这个期限管哪几种备案。"))
        for name in kinds:
            found[_kind(str(name), say)] = Deadline(days, Counted(counted), _text(each, "to", say))
    return found
