"""周报: how the requests of a week were handled, beside the week before.

No national form of it was found; the parts follow what published weekly and monthly reports have. Units stand
in the order of the agency tree and are not ranked (国办函〔2025〕66号 warns of one-sided ranking).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from minxin.reports.layout.blocks import Annex, Block, Span, Table, numbered, said_on
from minxin.reports.layout.xlsx import Sheet, Value
from minxin.reports.rules.drafting import Draft, Values
from minxin.reports.rules.drafts import Piece
from minxin.reports.rules.figures import Figure
from minxin.reports.rules.kinds.base import PaperKind
from minxin.reports.rules.kinds.quarter import change
from minxin.reports.rules.presets import Preset, Wording, listed
from minxin.reports.rules.rows import BEFORE, UNKNOWN
from minxin.reports.rules.weeks import (
    COUNTS,
    OF_UNIT,
    RATES,
    WORTH,
    Meaning,
    WeekFacts,
    figures,
    groups,
    read,
)

_GENERAL = frozenset({"agency", "area", "year", "week", "from", "until", "at", "least"})
_KEYS = frozenset(
    {f"{key}.whole" for key in (*COUNTS, *RATES)}
    | {f"{key}.{side}" for key in RATES for side in ("part", "rate")}
)
_ALL = _GENERAL | _KEYS | {BEFORE + key for key in _KEYS} | {"open.whole", "overdue.whole"}
_NAMED = frozenset({"name", "n"})
WORDING = Wording(
    {
        "title": _GENERAL,
        "basis": _GENERAL,
        "running": _GENERAL,
        "whole_heading": frozenset(),
        "whole": _ALL,
        "whole_none": _ALL,
        "natures": frozenset({"natures"}),
        "group": _NAMED,
        "handling_heading": frozenset(),
        "response": _ALL,
        "on_time": _ALL,
        "on_time_none": _ALL,
        "standing": _ALL,
        "others": _ALL,
        "voice_heading": frozenset(),
        "solved": _ALL,
        "solved_none": _ALL,
        "satisfied": _ALL,
        "satisfied_none": _ALL,
        "matters_heading": frozenset(),
        "topics": frozenset({"topics"}),
        "places": frozenset({"places"}),
        "matters_none": _GENERAL,
        "principle_heading": frozenset(),
        "principle": _GENERAL,
        "few": _GENERAL | {"names"},
        "next": frozenset(),
        "annex_figures": frozenset(),
        "annex_units": frozenset(),
    }
)


def report(facts: WeekFacts, preset: Preset) -> tuple[Piece, ...]:
    """The draft as generated."""
    numbers = figures(facts)
    values: Values = {
        "agency": Span(facts.agency), "area": Span(facts.area), "year": Span(str(facts.year)),
        "week": Span(str(facts.week)), "from": Span(said_on(facts.began_on)),
        "until": Span(said_on(facts.until_on)), "at": Span(facts.drafted_at),
        "least": Span(str(facts.least)),
        **{key: Span(each.said, key) for key, each in numbers.items()},
    }  # fmt: skip
    draft, section = Draft(preset), count(1)

    def head(phrase: str) -> None:
        draft.head(1, next(section), draft.say(phrase, values))

    def text(*phrases: str) -> None:
        draft.add("text", tuple(span for one in phrases for span in draft.say(one, values)))

    def there(key: str) -> bool:
        return numbers[f"{key}.whole"].said != "0"

    draft.add("title", draft.say("title", values))
    draft.add("number", ())
    draft.add("to", ())
    text("basis", *([] if facts.is_ended else ["running"]))
    head("whole_heading")
    for name, phrase in (("nature", "natures"), ("topic", "topics"), ("place", "places")):
        values[phrase] = _named(facts, draft, numbers, name)
    text("whole", *(["natures"] if values["natures"] else [])) if there("received") else text(
        "whole_none"
    )
    head("handling_heading")
    if there("response"):
        text("response")
    text("on_time" if there("on_time") else "on_time_none")
    text("standing")
    if there("returned"):
        text("others")
    head("voice_heading")
    text("solved" if there("solved") else "solved_none")
    text("satisfied" if there("satisfied") else "satisfied_none")
    head("matters_heading")
    matters = [phrase for phrase in ("topics", "places") if values[phrase]]
    text(*(matters or ["matters_none"]))
    head("principle_heading")
    text("principle")
    few = [each.name for each in facts.meanings if each.part and _is_few(facts, numbers, each)]
    if few:
        values["names"] = Span("、".join(few))
        text("few")
    if preset.requirements:
        head("next")
        for at, line in enumerate(preset.requirements, start=1):
            draft.add("text", (Span(f"{numbered(2, at)}{line}"),))
    draft.add("sign", (Span(facts.agency),))
    return tuple(draft.pieces)


def _is_few(facts: WeekFacts, numbers: Mapping[str, Figure], meaning: Meaning) -> bool:
    return 0 < int(numbers[f"{meaning.key}.whole"].said) < facts.least


def _named(
    facts: WeekFacts, draft: Draft, numbers: Mapping[str, Figure], key: str
) -> tuple[Span, ...]:
    parts = []
    for at, name in enumerate(groups(facts, key)):
        each = numbers[f"{key}.{at}"]
        said: Values = {"name": Span(name), "n": Span(each.said, each.key)}
        parts.append(draft.say("group", said))
    return listed(parts, "、")


# Annexes --------------------------------------------------------------------------------------

FIGURES = ("指标", "本周", "上周", "变化", "怎样算")


def attachments(facts: WeekFacts, preset: Preset) -> tuple[str, ...]:
    """The names of the annexes; one without rows is left out."""
    names = [preset.phrases["annex_figures"]]
    if facts.units:
        names.append(preset.phrases["annex_units"])
    return tuple(names)


def annexes(facts: WeekFacts, preset: Preset) -> tuple[Block, ...]:
    """附件1 all figures with their definitions, 附件2 the units."""
    made = {
        "annex_figures": ((_figure_table(facts),), False),
        "annex_units": ((_unit_table(facts),), True),
    }
    blocks = {preset.phrases[name]: each for name, each in made.items()}
    names = attachments(facts, preset)
    return tuple(
        Annex(name, blocks[name][0], str(at) if len(names) > 1 else "", blocks[name][1])
        for at, name in enumerate(names, start=1)
    )


def _lines(facts: WeekFacts) -> Iterable[tuple[str, str, str]]:
    """Key, name and formula of every printed figure."""
    for each in facts.meanings:
        if each.part:
            yield f"{each.key}.rate", each.name, each.formula
        else:
            yield f"{each.key}.whole", f"{each.name}（件）", each.formula


def _figure_table(facts: WeekFacts) -> Table:
    numbers = figures(facts)
    rows, refs = [], []
    for key, name, formula in _lines(facts):
        now, before = numbers[key], numbers[BEFORE + key]
        wholes = [
            numbers.get(f"{prefix}{key.removesuffix('.rate')}.whole") if key.endswith(".rate") else None
            for prefix in ("", BEFORE)
        ]  # fmt: skip
        said = [
            f"{each.said}（{whole.said}件）" if whole and each.said != UNKNOWN else each.said
            for each, whole in zip((now, before), wholes, strict=True)
        ]
        rows.append((name, *said, change(now.said, before.said), formula))
        refs.append(
            ("", *(each.key if each.said != UNKNOWN else "" for each in (now, before)), "", "")
        )
    return Table(
        FIGURES, tuple(rows), widths=(1.7, 1.6, 1.6, 1.6, 3.6), refs=tuple(refs), left=(0, 4)
    )  # fmt: skip


def _unit_columns(facts: WeekFacts) -> list[Meaning]:
    return [each for each in facts.meanings if each.key in OF_UNIT]


def _unit_titles(facts: WeekFacts) -> tuple[str, ...]:
    return ("单位", *(each.name for each in _unit_columns(facts)), "超期未答复")


def _unit_cells(
    facts: WeekFacts, numbers: Mapping[str, Figure], at: int
) -> list[tuple[str, str, int]]:
    """What is said, the key, of how many."""
    cells = []
    for each in _unit_columns(facts):
        whole = numbers[f"unit.{at}.{each.key}.whole"]
        if not each.part:
            cells.append((whole.said, whole.key, int(whole.said)))
            continue
        rate = numbers[f"unit.{at}.{each.key}.rate"]
        cells.append((rate.said, rate.key, int(whole.said)))
    late = numbers[f"unit.{at}.overdue"]
    return [*cells, (late.said, late.key, int(late.said))]


def _unit_table(facts: WeekFacts) -> Table:
    numbers = figures(facts)
    rows, refs = [], []
    for at, unit in enumerate(facts.units):
        cells = _unit_cells(facts, numbers, at)
        said = [
            f"{words}（{whole}件{'，样本少' if whole < facts.least else ''}）"
            if words.endswith("%") else words
            for words, _key, whole in cells
        ]  # fmt: skip
        rows.append((unit, *said))
        refs.append(("", *(key if words != UNKNOWN else "" for words, key, _whole in cells)))
    titles = _unit_titles(facts)
    return Table(
        titles, tuple(rows), widths=(2.4, *(1.6 for _each in titles[1:])), refs=tuple(refs), left=(0,)
    )  # fmt: skip


def sheets(
    facts: WeekFacts, preset: Preset, pieces: Sequence[Piece], texts: Mapping[str, str]
) -> tuple[Sheet, ...]:
    """The same annexes to count on: parts and wholes as numbers beside the rates."""
    numbers = figures(facts)
    head = f"{facts.year}年第{facts.week}周{facts.area}诉求办理情况"
    rows: list[tuple[Value, ...]] = []
    for each in facts.meanings:
        line: list[Value] = [each.name]
        for prefix in ("", BEFORE):
            whole = int(numbers[f"{prefix}{each.key}.whole"].said)
            if each.part:
                part = int(numbers[f"{prefix}{each.key}.part"].said)
                line += [numbers[f"{prefix}{each.key}.rate"].said, part, whole]
            else:
                line += ["", whole, whole]
        rows.append((*line, each.formula))
    columns = (
        "指标", "本周", "本周分子（件）", "本周分母（件）", "上周", "上周分子（件）", "上周分母（件）", "怎样算",
    )  # fmt: skip
    made = [Sheet("主要指标", head, columns, tuple(rows), (16, 12, 14, 14, 12, 14, 14, 70))]
    if facts.units:
        titles = ["单位"]
        for each in _unit_columns(facts):
            titles += [each.name] if not each.part else [each.name, f"{each.name}：分母（件）"]
        lines: list[tuple[Value, ...]] = []
        for at, unit in enumerate(facts.units):
            cells: list[Value] = [unit]
            for meaning, (words, _key, whole) in zip(
                _unit_columns(facts), _unit_cells(facts, numbers, at), strict=False
            ):
                cells += [words, whole] if meaning.part else [whole]
            lines.append((*cells, int(numbers[f"unit.{at}.overdue"].said)))
        made.append(
            Sheet("各单位", head, (*titles, "超期未答复（件）"), tuple(lines), (26, *(13.0 for _ in titles)))
        )  # fmt: skip
    return tuple(made)


WEEK = PaperKind("week", WORDING, read, figures, attachments, annexes, sheets)

__all__ = ["WEEK", "WORTH", "report"]
