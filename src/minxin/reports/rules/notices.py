"""《检查情况通报》: title, addressees, basis, 一、总体情况, 二、主要问题, 三、下一步工作要求, two annexes.

The order is that of published notices (collected in the rules of the field, 11.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count

from minxin.reports.layout.blocks import Annex, Block, Span, Table, numbered, said_on
from minxin.reports.layout.xlsx import Sheet, Value
from minxin.reports.rules.drafting import Draft, Values
from minxin.reports.rules.drafts import Piece
from minxin.reports.rules.facts import AccountFact, NoticeFacts, ProblemFact, Result
from minxin.reports.rules.figures import (
    BY,
    Counts,
    Figure,
    counts,
    figures,
    grouped,
    kinds,
)
from minxin.reports.rules.presets import Preset, Wording, listed

NAMED = 20  # more accounts of one kind than these are named in the annex
RESULTS = {Result.PASSED: "合格", Result.FAILED: "不合格", Result.UNCHECKED: "未抽查"}
_GENERAL = frozenset({"agency", "area", "year", "period", "check", "from", "until"})
_COUNTS = frozenset({"accounts", "checked", "passed", "failed", "rate", "share"})
_EARLIER = frozenset({"earlier.all", "earlier.closed", "earlier.open", "earlier.rate"})
_GROUP = frozenset({"name", *(f"n.{each}" for each in _COUNTS)})
WORDING = Wording(
    {
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
)


def notice(facts: NoticeFacts, preset: Preset) -> tuple[Piece, ...]:
    """The draft as generated."""
    numbers = figures(facts)
    general = _general(facts) | {
        key: Span(figure.said, key) for key, figure in numbers.items() if "." not in key
    }
    draft = Draft(preset)
    draft.add("title", draft.say("title", general))
    draft.add("number", ())
    draft.add("to", draft.say("addressees", {}))
    draft.add("text", draft.say("basis", general))
    draft.head(1, 1, draft.say("overall", {}))
    section = count(1)
    if facts.earlier is not None:
        draft.head(2, next(section), draft.say("earlier_heading", {}))
        draft.add("text", _earlier(facts, draft, general, numbers))
    draft.head(2, next(section), draft.say("register_heading", {}))
    draft.add("text", _register(facts, draft, general, numbers))
    draft.head(2, next(section), draft.say("result_heading", {}))
    for spans in _result(facts, draft, general, numbers):
        draft.add("text", spans)
    draft.head(1, 2, draft.say("problems", {}))
    _problems(facts, draft, general, numbers)
    draft.head(1, 3, draft.say("next", {}))
    for at, line in enumerate(preset.requirements, start=1):
        draft.add("text", (Span(f"{numbered(2, at)}{line}"),))
    if facts.problems and facts.report_by:
        draft.add("text", draft.say("report_by", general))
    draft.add("sign", (Span(facts.agency),))
    return tuple(draft.pieces)


def _general(facts: NoticeFacts) -> Values:
    return {
        "agency": Span(facts.agency),
        "area": Span(facts.area),
        "year": Span(str(facts.year)),
        "period": Span(facts.period),
        "check": Span("检查" if facts.is_whole else "抽查"),
        "from": Span(said_on(facts.began_on)),
        "until": Span(said_on(facts.until_on)),
        "report_by": Span(said_on(facts.report_by) if facts.report_by else ""),
    }


def _keyed(numbers: Mapping[str, Figure], prefix: str) -> Values:
    return {
        key: Span(each.said, each.key) for key, each in numbers.items() if key.startswith(prefix)
    }


def _earlier(
    facts: NoticeFacts, draft: Draft, general: Values, numbers: Mapping[str, Figure]
) -> tuple[Span, ...]:
    if not facts.earlier:
        return draft.say("earlier_none", general)
    values = general | _keyed(numbers, "earlier.")
    said = draft.say("earlier", values)
    still = [each for each in facts.earlier if not each.is_closed]
    if still:
        named = "、".join(f"“{each.account}”（{each.unit}，{each.kind}）" for each in still[:NAMED])
        more = "等" if len(still) > NAMED else ""
        said += draft.say("earlier_open", values | {"names": Span(named + more)})
    return said


def _group(numbers: Mapping[str, Figure], kind: str, at: int, name: str) -> Values:
    found: Values = {"name": Span(name)}
    for key in ("accounts", "checked", "passed", "failed", "rate", "share"):
        figure = numbers[f"{kind}.{at}.{key}"]
        found[f"n.{key}"] = Span(figure.said, figure.key)
    return found


def _register(
    facts: NoticeFacts, draft: Draft, general: Values, numbers: Mapping[str, Figure]
) -> tuple[Span, ...]:
    parts = [
        draft.say("platform", _group(numbers, "platform", at, name))
        for at, name in enumerate(grouped(facts.accounts, BY["platform"]))
    ]
    return draft.say("register", general | {"platforms": listed(parts, "、")})


def _result(
    facts: NoticeFacts, draft: Draft, general: Values, numbers: Mapping[str, Figure]
) -> Iterable[tuple[Span, ...]]:
    yield draft.say("result_whole" if facts.is_whole else "result_sample", general)
    groups = grouped(facts.accounts, BY["platform"])
    parts = [
        draft.say("platform_result", _group(numbers, "platform", at, name))
        for at, (name, rows) in enumerate(groups.items())
        if counts(name, rows).checked
    ]
    if len(parts) > 1:
        yield draft.say("by_platform", {"parts": listed(parts, "；")})
    whole = [
        name
        for name, rows in grouped(facts.accounts, BY["place"]).items()
        if (found := counts(name, rows)).checked and not found.failed
    ]
    said: tuple[Span, ...] = ()
    if whole:
        values = _keyed(numbers, "place.whole") | {"names": Span("、".join(whole))}
        said += draft.say("places_whole", values)
    if numbers["unit.whole"].said != "0":
        said += draft.say("units_whole", _keyed(numbers, "unit.whole"))
    if said:
        yield said


def _problems(
    facts: NoticeFacts, draft: Draft, general: Values, numbers: Mapping[str, Figure]
) -> None:
    accounts = {each.id: each for each in facts.accounts}
    if not facts.problems:
        draft.add("text", draft.say("no_problems", general))
    for at, (name, places) in enumerate(kinds(facts).items()):
        rows = [facts.problems[place] for place in places]
        phrase = "kind_veto" if any(each.fails for each in rows) else "kind_other"
        draft.head(2, at + 1, draft.say(phrase, {"name": Span(name)}))
        named = list(dict.fromkeys(each.account_id for each in rows))
        words = "、".join(said(accounts[number]) for number in named[:NAMED])
        figure = numbers[f"kind.{at}"]
        values: Values = {"kind.n": Span(figure.said, figure.key), "names": Span(words)}
        draft.add("text", draft.say("kind_many" if len(named) > NAMED else "kind_named", values))


def said(account: AccountFact) -> str:
    """“云溪水务”（微博，市水务局）."""
    return f"“{account.name}”（{account.platform}，{account.unit}）"


# Annexes --------------------------------------------------------------------------------------

COUNTS = ("账号数", "抽查数", "合格数", "不合格数", "合格率")
_KEYS = ("accounts", "checked", "passed", "failed", "rate")
PROBLEMS = ("序号", "账号名称", "平台", "主办单位", "地区", "存在问题", "检查情况", "检查结果")


def attachments(facts: NoticeFacts, preset: Preset) -> tuple[str, ...]:
    """The names of the annexes; without problems there is one."""
    names = (preset.phrases["annex_counts"], preset.phrases["annex_problems"])
    return names if facts.problems else names[:1]


def annexes(facts: NoticeFacts, preset: Preset) -> tuple[Block, ...]:
    """附件1 counts by place and by unit, 附件2 the accounts with problems."""
    names = attachments(facts, preset)
    numbers = ["1", "2"] if len(names) > 1 else [""]
    first = Annex(
        names[0],
        (_count_table(facts, "place", "地区"), _count_table(facts, "unit", "主办单位")),
        numbers[0],
    )
    if len(names) == 1:
        return (first,)
    rows = tuple(tuple(map(str, row)) for row in problem_rows(facts))
    table = Table(PROBLEMS, rows, widths=(0.7, 2, 1.4, 2.2, 1.2, 2, 3, 1.1))
    return (first, Annex(names[1], (table,), numbers[1], is_wide=True))


def _count_table(facts: NoticeFacts, kind: str, title: str) -> Table:
    rows, refs = [], []
    for at, (name, group) in enumerate(grouped(facts.accounts, BY[kind]).items()):
        found = counts(name, group)
        rows.append((str(at + 1), name, *_said(found)))
        refs.append(("", "", *(f"{kind}.{at}.{key}" for key in _KEYS)))
    rows.append(("", "合计", *_said(counts("", facts.accounts))))
    refs.append(("", "", *_KEYS))
    return Table(
        ("序号", title, *COUNTS), tuple(rows), widths=(0.8, 3, 1, 1, 1, 1.2, 1.3),
        caption=f"按{title}统计", has_total=True, refs=tuple(refs),
    )  # fmt: skip


def _said(found: Counts) -> tuple[str, ...]:
    return tuple(str(getattr(found, key)) for key in _KEYS)


def problem_rows(facts: NoticeFacts) -> tuple[tuple[Value, ...], ...]:
    """附件2, one row a problem, failed accounts first."""
    accounts = {each.id: each for each in facts.accounts}
    order = {name: at for at, name in enumerate(kinds(facts))}

    def key(each: ProblemFact) -> tuple[bool, str, int, int]:
        account = accounts[each.account_id]
        return (account.result is not Result.FAILED, account.unit, account.id, order[each.kind])

    found = sorted(facts.problems, key=key)
    return tuple(
        (
            at, (one := accounts[each.account_id]).name, one.platform, one.unit, one.place,
            each.kind, each.seen, RESULTS[one.result],
        )
        for at, each in enumerate(found, start=1)
    )  # fmt: skip


def sheets(facts: NoticeFacts, preset: Preset) -> tuple[Sheet, ...]:
    """The same annexes to count on; rates as text, beside both counts."""
    names = attachments(facts, preset)
    made = [
        _count_sheet(facts, kind, title)
        for kind, title in (("place", "地区"), ("unit", "主办单位"))
    ]
    if len(names) > 1:
        made.append(
            Sheet(
                "问题账号名单",
                names[1],
                PROBLEMS,
                problem_rows(facts),
                widths=(6, 24, 16, 26, 14, 24, 40, 10),
            )
        )
    return tuple(made)


def _count_sheet(facts: NoticeFacts, kind: str, title: str) -> Sheet:
    rows: list[tuple[Value, ...]] = []
    for at, (name, group) in enumerate(grouped(facts.accounts, BY[kind]).items()):
        rows.append((at + 1, name, *_counted(counts(name, group))))
    rows.append((None, "合计", *_counted(counts("", facts.accounts))))
    return Sheet(
        f"按{title}统计", f"{facts.area}政务新媒体检查情况统计表（按{title}）",
        ("序号", title, *COUNTS), tuple(rows), widths=(6, 30, 10, 10, 10, 10, 10), has_total=True,
    )  # fmt: skip


def _counted(found: Counts) -> tuple[Value, ...]:
    return tuple(getattr(found, key) for key in _KEYS)
