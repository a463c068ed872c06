"""季度报告: what happened to the accounts of an area in a quarter, beside the quarter before.

No national form of it was found. The parts follow the main text of published notices (collected in the
rules of the field, 11.1 and 11.2 F); figures of followers, reads or likes are not among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from minxin.reports.layout.blocks import Annex, Block, Span, Table, in_chinese, numbered, said_on
from minxin.reports.layout.xlsx import Sheet, Value
from minxin.reports.rules.drafting import Draft, Values
from minxin.reports.rules.drafts import Piece
from minxin.reports.rules.figures import Figure, Over
from minxin.reports.rules.kinds.base import PaperKind
from minxin.reports.rules.presets import Preset, Wording, listed
from minxin.reports.rules.quarters import (
    GROUPS,
    SPECS,
    QuarterFacts,
    figures,
    groups,
    kind_of,
    opened_problems,
    read,
)
from minxin.reports.rules.rows import BEFORE, BY, UNKNOWN, names_of

# The text -------------------------------------------------------------------------------------

_GENERAL = frozenset({"agency", "area", "year", "period", "from", "until"})
_KEYS = frozenset(each.key for each in SPECS)
_OF = {
    name: frozenset(key for key in _KEYS if key.startswith(name))
    for name in ("changes.", "updates.", "campaigns.", "problems.", "tickets.", "messages.")
}
_NAMED = frozenset({"name", "n"})
WORDING = Wording(
    {
        "title": _GENERAL,
        "basis": _GENERAL,
        "running": _GENERAL,
        "known_since": _GENERAL | {"since"},
        "register_heading": frozenset(),
        "register": _GENERAL | {"accounts.all", "platforms"},
        "register_before": _GENERAL | {"before.accounts.all"},
        "levels": frozenset({"levels"}),
        "statuses": frozenset({"statuses"}),
        "group": _NAMED,
        "changes": _GENERAL | _OF["changes."],
        "updates_heading": frozenset(),
        "updates": _GENERAL | _OF["updates."] | {"reminders.sent"},
        "updates_none": _GENERAL,
        "checks_heading": frozenset(),
        "checks": _GENERAL | _OF["campaigns."],
        "checks_none": _GENERAL,
        "problems_heading": frozenset(),
        "problems": _GENERAL | _OF["problems."] | {"kinds"},
        "problems_none": _GENERAL,
        "rectified": _GENERAL | _OF["problems."],
        "still_open": _GENERAL | _OF["problems."],
        "dialogue_heading": frozenset(),
        "messages": _GENERAL | _OF["messages."],
        "tickets": _GENERAL | _OF["tickets."],
        "dialogue_unknown": _GENERAL,
        "principle_heading": frozenset(),
        "principle": frozenset(),
        "next": frozenset(),
        "annex_figures": frozenset(),
        "annex_campaigns": frozenset(),
        "annex_problems": frozenset(),
    }
)


def report(facts: QuarterFacts, preset: Preset) -> tuple[Piece, ...]:
    """The draft as generated."""
    numbers = figures(facts)
    values: Values = {
        "agency": Span(facts.agency), "area": Span(facts.area), "year": Span(str(facts.year)),
        "period": Span(f"第{in_chinese(facts.quarter)}季度"), "from": Span(said_on(facts.began_on)),
        "until": Span(said_on(facts.until_on)),
        "since": Span(said_on(facts.known_since) if facts.known_since else ""),
        **{key: Span(each.said, key) for key, each in numbers.items()},
    }  # fmt: skip
    draft, section = Draft(preset), count(1)

    def head(phrase: str) -> None:
        draft.head(1, next(section), draft.say(phrase, values))

    def text(*phrases: str) -> None:
        draft.add("text", tuple(span for one in phrases for span in draft.say(one, values)))

    draft.add("title", draft.say("title", values))
    draft.add("number", ())
    draft.add("to", ())
    starts_late = facts.known_since is not None and facts.known_since > facts.began_on
    text(
        "basis",
        *([] if facts.is_ended else ["running"]),
        *(["known_since"] if starts_late else []),
    )
    head("register_heading")
    for key, name in (("platform", "platforms"), ("level", "levels"), ("status", "statuses")):
        values[name] = _grouped(facts, draft, numbers, key)
    is_compared = Over.ACCOUNTS not in facts.before.unknown
    text("register", *(["register_before"] if is_compared else []), "levels", "statuses")
    text("changes")
    head("updates_heading")
    text("updates" if numbers["updates.watched"].said != "0" else "updates_none")
    head("checks_heading")
    text("checks" if numbers["campaigns.count"].said != "0" else "checks_none")
    head("problems_heading")
    kinds = names_of(kind_of, opened_problems(facts))
    values["kinds"] = _named(draft, kinds, "kind", numbers)
    text("problems" if kinds else "problems_none")
    text("rectified", "still_open")
    head("dialogue_heading")
    if Over.MESSAGES in facts.this.unknown:
        text("dialogue_unknown")
    else:
        text("messages", "tickets")
    head("principle_heading")
    text("principle")
    head("next")
    for at, line in enumerate(preset.requirements, start=1):
        draft.add("text", (Span(f"{numbered(2, at)}{line}"),))
    draft.add("sign", (Span(facts.agency),))
    return tuple(draft.pieces)


def _grouped(
    facts: QuarterFacts, draft: Draft, numbers: Mapping[str, Figure], key: str
) -> tuple[Span, ...]:
    return _named(draft, groups(facts, key), key, numbers)


def _named(
    draft: Draft, names: Iterable[str], key: str, numbers: Mapping[str, Figure]
) -> tuple[Span, ...]:
    """“微博16个、抖音3个”; what there is none of this time is left out."""
    parts = []
    for at, name in enumerate(names):
        each = numbers[f"{key}.{at}"]
        if each.said != "0":
            said: Values = {"name": Span(name or "未登记的"), "n": Span(each.said, each.key)}
            parts.append(draft.say("group", said))
    return listed(parts, "、")


# Annexes --------------------------------------------------------------------------------------

_COUNT = re.compile(r"[+-]?\d+(?:\.\d+)?")
FIGURES = ("指标", "本季度", "上季度", "变化", "可信等级")
CAMPAIGNS = ("序号", "检查任务", "检查范围", "签发日期", "检查数", "合格数", "不合格数", "合格率")
PROBLEMS = ("序号", "账号名称", "平台", "主办单位", "地区", "问题", "具体情况", "整改状态")


def attachments(facts: QuarterFacts, preset: Preset) -> tuple[str, ...]:
    """The names of the annexes; one without rows is left out."""
    names = [preset.phrases["annex_figures"]]
    if facts.this.of(Over.CAMPAIGNS):
        names.append(preset.phrases["annex_campaigns"])
    if opened_problems(facts):
        names.append(preset.phrases["annex_problems"])
    return tuple(names)


def annexes(facts: QuarterFacts, preset: Preset) -> tuple[Block, ...]:
    """附件1 all figures beside those of the quarter before, then inspections and problems."""
    names = attachments(facts, preset)
    blocks: dict[str, tuple[tuple[Table, ...], bool]] = {
        preset.phrases["annex_figures"]: (_figure_tables(facts), False),
        preset.phrases["annex_campaigns"]: (
            (
                Table(
                    CAMPAIGNS,
                    tuple(tuple(map(_said, row)) for row in campaign_rows(facts)),
                    widths=(0.7, 3, 2, 1.4, 1, 1, 1.1, 1.2),
                ),
            ),
            True,
        ),
        preset.phrases["annex_problems"]: (
            (
                Table(
                    PROBLEMS,
                    tuple(tuple(map(_said, row)) for row in problem_rows(facts)),
                    widths=(0.7, 2, 1.4, 2.2, 1.2, 1.8, 3.4, 1.2),
                ),
            ),
            True,
        ),
    }
    return tuple(
        Annex(name, blocks[name][0], str(at) if len(names) > 1 else "", blocks[name][1])
        for at, name in enumerate(names, start=1)
    )


def _said(value: Value) -> str:
    return "" if value is None else str(value)


def change(now: str, before: str) -> str:
    """`+3`, `-2`, `0`, `升1.67个百分点` of a percentage; a dash where one is not known."""
    if UNKNOWN in {now, before}:
        return UNKNOWN
    if now.endswith("%"):
        step = float(now[:-1]) - float(before[:-1])
        word = "升" if step > 0 else "降"
        return f"{word}{abs(step):.2f}个百分点" if abs(step) >= 0.005 else "0"
    if "." in now:
        step = float(now) - float(before)
        return f"{step:+.1f}" if abs(step) >= 0.05 else "0"
    return f"{int(now) - int(before):+d}" if now != before else "0"


def _figure_tables(facts: QuarterFacts) -> tuple[Table, ...]:
    numbers = figures(facts)
    keys = [(each.key, each.meaning) for each in SPECS]
    tables = [_compared("主要指标", "指标", keys, numbers)]
    for key in GROUPS:
        title = BY[key][0]
        rows = [(f"{key}.{at}", name or "未登记") for at, name in enumerate(groups(facts, key))]
        tables.append(_compared(f"期末在用账号（按{title}）", title, rows, numbers))
    return tuple(tables)


def _compared(
    caption: str, title: str, keys: Sequence[tuple[str, str]], numbers: Mapping[str, Figure]
) -> Table:
    rows, refs = [], []
    for key, name in keys:
        now, before = numbers[key], numbers[BEFORE + key]
        rows.append((name, now.said, before.said, change(now.said, before.said), now.grade or "—"))
        refs.append(
            ("", *(each.key if each.said != UNKNOWN else "" for each in (now, before)), "", "")
        )
    return Table(
        (title, *FIGURES[1:]), tuple(rows), widths=(3.4, 1.2, 1.2, 1.6, 1.2), caption=caption,
        refs=tuple(refs), left=(0,),
    )  # fmt: skip


def campaign_rows(facts: QuarterFacts) -> tuple[tuple[Value, ...], ...]:
    """附件: one row an inspection."""
    return tuple(
        (
            at, each.name, each.unit, each.seen, each.values["checked"], each.values["passed"],
            each.values["failed"], each.result,
        )
        for at, each in enumerate(facts.this.of(Over.CAMPAIGNS), start=1)
    )  # fmt: skip


def problem_rows(facts: QuarterFacts) -> tuple[tuple[Value, ...], ...]:
    """附件: one row a problem, those that fail an account first."""
    rows = sorted(
        opened_problems(facts), key=lambda each: ("veto" not in each.tags, each.unit, each.number)
    )
    return tuple(
        (
            at, each.name, each.platform, each.unit, each.place, each.problem, each.seen,
            each.result,
        )
        for at, each in enumerate(rows, start=1)
    )  # fmt: skip


def sheets(
    facts: QuarterFacts, preset: Preset, pieces: Sequence[Piece], texts: Mapping[str, str]
) -> tuple[Sheet, ...]:
    """The same annexes to count on."""
    head = f"{facts.year}年第{in_chinese(facts.quarter)}季度{facts.area}政务新媒体"
    made = []
    for table in _figure_tables(facts):
        rows = tuple((row[0], *map(_number, row[1:4]), row[4]) for row in table.rows)
        name = table.caption.replace("期末在用账号（", "账号（")
        made.append(
            Sheet(name, f"{head}{table.caption}", table.columns, rows, (34, 12, 12, 16, 12))
        )
    if campaigns := campaign_rows(facts):
        made.append(
            Sheet(
                "检查任务", preset.phrases["annex_campaigns"], CAMPAIGNS, campaigns,
                widths=(6, 30, 22, 14, 10, 10, 10, 10),
            )
        )  # fmt: skip
    if problems := problem_rows(facts):
        made.append(
            Sheet(
                "问题清单", preset.phrases["annex_problems"], PROBLEMS, problems,
                widths=(6, 24, 16, 26, 14, 24, 40, 10),
            )
        )  # fmt: skip
    return tuple(made)


def _number(said: str) -> Value:
    """A count, a mean, a change as a number; a rate and a dash stay text, for a dash is no zero."""
    if _COUNT.fullmatch(said):
        return float(said) if "." in said else int(said)
    return said


QUARTER = PaperKind("quarter", WORDING, read, figures, attachments, annexes, sheets)
