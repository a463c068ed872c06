"""The phrases of a region's notices, and whether they can be filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from minxin.reports.layout.blocks import Span

_PLACE = re.compile(r"\{([a-z_.]+)\}")


class BadPreset(Exception):
    """Why a file is no preset, in words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table that is filled in. `fills` names what the system knows; empty: a person does."""

    part: str
    label: str
    fills: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """The phrases by name, the requirements and the lines of one kind of document in one region."""

    id: str
    name: str
    region: str
    phrases: Mapping[str, str]
    requirements: tuple[str, ...]
    kind: str = "notice"
    lines: tuple[Line, ...] = ()

    def fill(self, phrase: str, values: Mapping[str, Span | tuple[Span, ...]]) -> tuple[Span, ...]:
        """The phrase in spans; figures keep their keys."""
        spans: list[Span] = []
        text, at = self.phrases[phrase], 0
        for each in _PLACE.finditer(text):
            spans.append(Span(text[at : each.start()]))
            value = values[each[1]]
            spans += (value,) if isinstance(value, Span) else value
            at = each.end()
        return joined_plain([*spans, Span(text[at:])])


def joined_plain(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same with neighbours that are no figures made one, and empty ones left out."""
    made: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if made and not span.ref and not made[-1].ref:
            made[-1] = Span(made[-1].text + span.text)
        else:
            made.append(span)
    return tuple(made)


def listed(items: Iterable[tuple[Span, ...]], between: str) -> tuple[Span, ...]:
    """The items one after another with a mark between them."""
    spans: list[Span] = []
    for item in items:
        if spans:
            spans.append(Span(between))
        spans += item
    return joined_plain(spans)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a preset of one kind has to say: every phrase with what may stand in braces in it, and what a
    line may be filled from."""

    phrases: Mapping[str, frozenset[str]]
    fills: frozenset[str] = frozenset()


def preset_from(
    values: Mapping[str, Any], base: Preset | None, wording: Wording, say: Callable[[str], str]
) -> Preset:
    """A preset from the values of a file; what it does not name is the base's. Raises `BadPreset`.

    `say` translates; the message names the phrase and what is wrong with it.
    """
    for key in ("id", "name"):
        if not isinstance(values.get(key), str) or not values[key].strip():
            raise BadPreset(say("缺少“%(key)s”。") % {"key": key})
    given = values.get("phrases", {})
    lines = values.get("requirements", {}).get("lines") if "requirements" in values else None
    if not isinstance(given, dict) or not (lines is None or _are_texts(lines)):
        raise BadPreset(say("“phrases”要是一张表，“requirements.lines”要是一列文字。"))
    if base is None and (missing := sorted(set(wording.phrases) - set(given))):
        raise BadPreset(say("缺少词句：%(names)s。") % {"names": "、".join(missing)})
    for name, text in given.items():
        if name not in wording.phrases:
            raise BadPreset(say("没有“%(name)s”这个词句。") % {"name": name})
        if not isinstance(text, str) or not text.strip():
            raise BadPreset(say("词句“%(name)s”是空的。") % {"name": name})
        unknown = sorted(set(_PLACE.findall(text)) - wording.phrases[name])
        if unknown or "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
            words = say("词句“%(name)s”里的花括号填不了：%(places)s。")
            raise BadPreset(words % {"name": name, "places": "、".join(unknown) or "{ }"})
    table = _lines_of(values["table"], wording, say) if "table" in values else None
    return Preset(
        values["id"],
        values["name"],
        str(values.get("region", "")),
        {**(base.phrases if base else {}), **given},
        tuple(lines) if lines is not None else (base.requirements if base else ()),
        str(values.get("kind", "notice")),
        table if table is not None else (base.lines if base else ()),
    )


def preset_from_json(kept: Mapping[str, Any]) -> Preset:
    """A preset as it was kept with a document."""
    lines = tuple(Line(**each) for each in kept.get("lines", ()))
    return Preset(**{**kept, "requirements": tuple(kept["requirements"]), "lines": lines})


def _are_texts(lines: Any) -> bool:
    return isinstance(lines, list) and all(isinstance(each, str) and each.strip() for each in lines)


def _lines_of(rows: Any, wording: Wording, say: Callable[[str], str]) -> tuple[Line, ...]:
    if not isinstance(rows, list) or not rows:
        raise BadPreset(say("“table”要是一列行，每行有“part”和“label”。"))
    made = []
    for row in rows:
        known = isinstance(row, dict) and set(row) <= {"part", "label", "fills"}
        if not known or not _are_texts([row.get("part"), row.get("label")]):
            raise BadPreset(say("“table”要是一列行，每行有“part”和“label”。"))
        fills = row.get("fills", "")
        if fills and fills not in wording.fills:
            words = say("“%(label)s”要填的“%(fills)s”系统里没有。")
            raise BadPreset(words % {"label": row["label"], "fills": fills})
        made.append(Line(row["part"], row["label"], fills))
    return tuple(made)


def chosen(presets: Iterable[Preset], region: str, kind: str = "notice") -> Preset:
    """The preset of a kind whose region's code begins that of the area; the longest, else the common one."""
    fitting = [
        each for each in presets if each.kind == kind and region.startswith(each.region.rstrip("0"))
    ]
    return max(fitting, key=lambda each: len(each.region.rstrip("0")))
