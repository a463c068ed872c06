"""《政务新媒体工作年度报表》: one table an account, filled in as far as the system knows.

The national form for accounts was not found. Its parts are those of the yearly table of government
websites (政府网站工作年度报表, by 31 January), its columns what units report of themselves in practice
(collected in the rules of the field, 3.2); followers, reads and likes are not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from minxin.reports.layout.blocks import Block, Span, said_on
from minxin.reports.layout.xlsx import Sheet, Value
from minxin.reports.rules.composing import FIGURE_LINE, as_filled_in
from minxin.reports.rules.drafting import Draft, Values
from minxin.reports.rules.drafts import Piece
from minxin.reports.rules.figures import Figure, Over
from minxin.reports.rules.kinds.base import PaperKind
from minxin.reports.rules.presets import Preset, Wording
from minxin.reports.rules.rows import (
    UNKNOWN,
    Count,
    Period,
    Ratio,
    Spec,
    counted,
    period_from_json,
    period_to_json,
)

DAYS = ("began_on", "until_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearAccount:
    """An account as the register has it. `kept`: items that are known where not all are (`unknown` names
    POSTS then). `last_on` with the grade of whoever saw it. `known_since`: the day from which the register
    has it, `heard_since` from which its messages come here, where that is not the whole year."""

    id: int
    name: str
    platform: str
    unit: str
    status: str
    filing_number: str = ""
    opened_on: str = ""
    positioning: str = ""
    interaction: str = ""
    last_on: str = ""
    last_grade: str = ""
    kept: int = 0
    known_since: str = ""
    heard_since: str = ""
    unknown: frozenset[Over] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFacts:
    """All that the yearly table of a unit is filled in from."""

    agency: str
    year: int
    began_on: date
    until_on: date
    is_ended: bool
    accounts: tuple[YearAccount, ...]
    period: Period


def to_json(facts: YearFacts) -> dict[str, Any]:
    """Plain values, days as ISO."""
    accounts = [
        {**asdict(each), "unknown": sorted(one.value for one in each.unknown)}
        for each in facts.accounts
    ]
    return {
        "agency": facts.agency, "year": facts.year, "is_ended": facts.is_ended,
        **{name: getattr(facts, name).isoformat() for name in DAYS},
        "accounts": accounts, "period": period_to_json(facts.period),
    }  # fmt: skip


def read(kept: Mapping[str, Any]) -> YearFacts:
    """The facts again."""
    accounts = tuple(
        YearAccount(**{**each, "unknown": frozenset(Over(one) for one in each["unknown"])})
        for each in kept["accounts"]
    )
    days = {name: date.fromisoformat(kept[name]) for name in DAYS}
    return YearFacts(
        **{**kept, **days, "accounts": accounts, "period": period_from_json(kept["period"])}
    )


# What is counted ------------------------------------------------------------------------------

_FILED = Count("filed", Over.TICKETS, "收到留言、诉求", "filed", grade="A")
_REPLIED = Count("replied", Over.TICKETS, "收到的留言、诉求中已答复的", "replied", grade="A")
_ANSWERED = Count("answered", Over.TICKETS, "本年度答复的留言、诉求", "answered", grade="A")
_DAYS = Count("days", Over.TICKETS, "答复用时合计（工作日）", "answered", "days", "A")
_RATED = Count("rated", Over.TICKETS, "收到评价的", "rated", grade="A")
_SATISFIED = Count("satisfied", Over.TICKETS, "评价为基本满意及以上的", "satisfied", grade="A")
SPECS: tuple[Spec, ...] = (
    Count("posts", Over.POSTS, "发布信息", grade="A"),
    Count("received", Over.MESSAGES, "收到群众消息（条）", total="received", grade="A"),
    _FILED,
    _REPLIED,
    Ratio("reply_rate", "答复率（已答复÷收到）", _REPLIED, _FILED),
    Ratio("mean", "平均办理时间（工作日）", _DAYS, _ANSWERED, is_mean=True),
    Ratio("satisfaction", "满意率（基本满意及以上÷评价）", _SATISFIED, _RATED),
    Count("inspected", Over.CAMPAIGNS, "接受检查", grade="B"),
    Count("failed", Over.CAMPAIGNS, "检查不合格", "failed", grade="B"),
    Count("problems", Over.PROBLEMS, "确认的问题", "opened", grade="B"),
    Count("closed", Over.PROBLEMS, "确认的问题中已完成整改的", "opened_closed", grade="B"),
)
# What the register says, in words: the field of `YearAccount`, how far it is believed.
FIELDS: Mapping[str, Callable[[YearAccount], tuple[str, str, str]]] = {
    "unit": lambda each: (each.unit, "C", "台账"),
    "filing_number": lambda each: (each.filing_number, "C", "台账"),
    "opened_on": lambda each: (each.opened_on, "C", "台账"),
    "status": lambda each: (each.status, "C", "台账"),
    "positioning": lambda each: (each.positioning, "C", "台账"),
    "interaction": lambda each: (each.interaction, "C", "台账"),
    "last_on": lambda each: (each.last_on, each.last_grade, "更新监测"),
}
SOURCES: Mapping[Over, str] = {
    Over.POSTS: "微信文章数据（晚一天）",
    Over.MESSAGES: "本平台会话记录",
    Over.TICKETS: "本平台办理记录",
    Over.CAMPAIGNS: "签发的检查结果",
    Over.PROBLEMS: "问题整改台账",
}
NOT_KNOWN = "没有掌握"
NOT_CONNECTED = "账号没有接入本平台"
SINCE, NOT_SINCE = "{source}（自{day}起）", "本平台自{day}起才有记录，没有查到"
NO_WHOLE_YEAR = "本平台查看不满全年（已留存{kept}条），不作全年数"


def figures(facts: YearFacts) -> dict[str, Figure]:
    """All figures by key: `a12.posts` is that of account 12."""
    found: dict[str, Figure] = {}
    for account in facts.accounts:
        mine = facts.period.of_account(account.id)
        period = Period(mine.rows, mine.unknown | account.unknown)
        for each in counted(SPECS, period, f"a{account.id}.").values():
            found[each.key] = each
    every = tuple(each.id for each in facts.accounts)
    found["accounts"] = Figure("accounts", str(len(every)), "账号", rows=every, grade="C")
    return found


# The text -------------------------------------------------------------------------------------

_GENERAL = frozenset({"agency", "year", "from", "until"})
WORDING = Wording(
    {
        "title": _GENERAL,
        "about": _GENERAL | {"accounts"},
        "running": _GENERAL,
        "form": frozenset(),
        "grades": frozenset(),
        "principle": frozenset(),
        "account": frozenset({"name", "platform"}),
    },
    frozenset({*FIELDS, *(each.key for each in SPECS)}),
)


def table(facts: YearFacts, preset: Preset) -> tuple[Piece, ...]:
    """The draft as generated: what it is, then one table an account."""
    numbers, draft = figures(facts), Draft(preset)
    values: Values = {
        "agency": Span(facts.agency),
        "year": Span(str(facts.year)),
        "from": Span(said_on(facts.began_on)),
        "until": Span(said_on(facts.until_on)),
        "accounts": Span(numbers["accounts"].said, "accounts"),
    }
    draft.add("title", draft.say("title", values))
    about = draft.say("about", values)
    draft.add("text", about if facts.is_ended else about + draft.say("running", values))
    for phrase in ("form", "grades", "principle"):
        draft.add("text", draft.say(phrase, values))
    for at, account in enumerate(facts.accounts):
        said = {"name": Span(account.name), "platform": Span(account.platform)}
        head = draft.say("account", dict(said))
        draft.head(1, at + 1, head)
        for line in preset.lines:
            spans, grade, note = _filled(account, line.fills, numbers)
            draft.figure(
                spans, part=line.part, label=line.label, grade=grade, note=note, of=account.name
            )
    draft.add("sign", (Span(facts.agency),))
    return tuple(draft.pieces)


def _filled(
    account: YearAccount, fills: str, numbers: Mapping[str, Figure]
) -> tuple[tuple[Span, ...], str, str]:
    """What a line says, its grade, its source; a blank says why it is one."""
    if not fills:
        return (), "", NOT_KNOWN
    if fills in FIELDS:
        text, grade, note = FIELDS[fills](account)
        return ((Span(text),), grade, note) if text else ((), "", NOT_KNOWN)
    figure = numbers[f"a{account.id}.{fills}"]
    heard = figure.over in {Over.MESSAGES, Over.TICKETS}
    day = account.heard_since if heard else account.known_since
    if figure.said == "0" and day and figure.over is not Over.POSTS:
        return (), "", NOT_SINCE.format(day=day)  # nothing in a part of the year is not nothing
    if figure.said != UNKNOWN:
        source = SOURCES[figure.over]
        if day and figure.over is not Over.POSTS:
            source = SINCE.format(source=source, day=day)
        return (Span(figure.said, figure.key),), figure.grade, source
    if figure.over not in account.unknown:
        return (), "", "没有可以计算的记录"
    if figure.over is Over.POSTS:
        return (), "", NO_WHOLE_YEAR.format(kept=account.kept) if account.kept else NOT_KNOWN
    return (), "", NOT_CONNECTED


# What goes beside it ----------------------------------------------------------------------------


def attachments(facts: YearFacts, preset: Preset) -> tuple[str, ...]:
    """The tables stand in the text; it has no annex."""
    return ()


def annexes(facts: YearFacts, preset: Preset) -> tuple[Block, ...]:
    """None."""
    return ()


def sheets(
    facts: YearFacts, preset: Preset, pieces: Sequence[Piece], texts: Mapping[str, str]
) -> tuple[Sheet, ...]:
    """The same lines as they were filled in, under one another, to gather from many units."""
    rows: list[tuple[Value, ...]] = []
    for piece in pieces:
        if piece.kind == "figure":
            filled = as_filled_in(piece, texts.get(piece.id, piece.text).strip())
            rows.append((piece.of, piece.part, piece.label, _number(filled[0]), *filled[1:]))
    head = f"{facts.agency}{facts.year}年政务新媒体工作年度报表"
    columns = ("账号", *FIGURE_LINE)
    return (Sheet("年度报表", head, columns, tuple(rows), (26, 14, 32, 24, 10, 44)),)


def _number(said: str) -> Value:
    """A count as a number; what is blank stays blank."""
    return int(said) if said.isdecimal() and len(said) < 12 else said or None


YEAR = PaperKind("year", WORDING, read, figures, attachments, annexes, sheets)
