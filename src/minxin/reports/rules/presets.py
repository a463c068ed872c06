"""The phrases of a region's notices, and whether they can be filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from minxin.reports.layout.blocks import Span

_PLACE = re.compile(r"\{([a-z_.]+)\}")
_GENERAL = frozenset({"agency", "area", "year", "period", "check", "from", "until"})
_COUNTS = frozenset({"accounts", "checked", "passed", "failed", "rate", "share"})
_EARLIER = frozenset({"earlier.all", "earlier.closed", "earlier.open", "earlier.rate"})
_GROUP = frozenset({"name", *(f"n.{each}" for each in _COUNTS)})

# Every phrase, and what may stand in braces in it.
PHRASES: Mapping[str, frozenset[str]] = {
    "title": _GENERAL,
    "addressees": frozenset(),
    "basis": _GENERAL,
    "overall": frozenset(),
    "earlier_heading": frozenset(),
    "earlier": _GENERAL | _EARLIER,
    "earlier_open": _EARLIER | {"names"},
    "earlier_none": _GENERAL,
    "register_heading": frozenset(),
    "register": _GENERAL | _COUNTS | {"platforms"},
    "platform": _GROUP,
    "result_heading": frozenset(),
    "result_sample": _GENERAL | _COUNTS,
    "result_whole": _GENERAL | _COUNTS,
    "by_platform": frozenset({"parts"}),
    "platform_result": _GROUP,
    "places_whole": frozenset({"place.whole", "names"}),
    "units_whole": frozenset({"unit.whole"}),
    "problems": frozenset(),
    "kind_veto": frozenset({"name"}),
    "kind_other": frozenset({"name"}),
    "kind_named": frozenset({"kind.n", "names"}),
    "kind_many": frozenset({"kind.n", "names"}),
    "no_problems": _GENERAL,
    "next": frozenset(),
    "report_by": _GENERAL | {"report_by"},
    "annex_counts": frozenset(),
    "annex_problems": frozenset(),
}


class BadPreset(Exception):
    """Why a file is no preset, in words."""


@dataclass(frozen=True, slots=True)
class Preset:
    """The phrases by name and the requirements of one region."""

    id: str
    name: str
    region: str
    phrases: Mapping[str, str]
    requirements: tuple[str, ...]

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


def preset_from(
    values: Mapping[str, Any], base: Preset | None, say: Callable[[str], str]
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
    if base is None and (missing := sorted(set(PHRASES) - set(given))):
        raise BadPreset(say("缺少词句：%(names)s。") % {"names": "、".join(missing)})
    for name, text in given.items():
        if name not in PHRASES:
            raise BadPreset(say("没有“%(name)s”这个词句。") % {"name": name})
        if not isinstance(text, str) or not text.strip():
            raise BadPreset(say("词句“%(name)s”是空的。") % {"name": name})
        unknown = sorted(set(_PLACE.findall(text)) - PHRASES[name])
        if unknown or "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
            words = say("词句“%(name)s”里的花括号填不了：%(places)s。")
            raise BadPreset(words % {"name": name, "places": "、".join(unknown) or "{ }"})
    return Preset(
        values["id"],
        values["name"],
        str(values.get("region", "")),
        {**(base.phrases if base else {}), **given},
        tuple(lines) if lines is not None else (base.requirements if base else ()),
    )


def _are_texts(lines: Any) -> bool:
    return isinstance(lines, list) and all(isinstance(each, str) and each.strip() for each in lines)


def chosen(presets: Iterable[Preset], region: str) -> Preset:
    """The preset whose region's code begins that of the area; the longest, else the common one."""
    fitting = [each for each in presets if region.startswith(each.region.rstrip("0"))]
    return max(fitting, key=lambda each: len(each.region.rstrip("0")))
