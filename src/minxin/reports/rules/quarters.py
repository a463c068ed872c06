"""What a quarterly report counts, and the facts it is drafted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from minxin.reports.rules.figures import Figure, Over
from minxin.reports.rules.rows import (
    BEFORE,
    BY,
    Count,
    Period,
    Ratio,
    Row,
    Spec,
    counted,
    group_figures,
    names_of,
    period_from_json,
    period_to_json,
)

DAYS = ("began_on", "until_on", "known_since", "before_from", "before_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterFacts:
    """All that a quarterly report says. `until_on` is the last day that is counted: of a quarter that runs,
    the day of drafting. `known_since`: the first day the register knows."""

    agency: str
    area: str
    year: int
    quarter: int
    began_on: date
    until_on: date
    before_from: date
    before_until: date
    known_since: date | None
    is_ended: bool
    this: Period
    before: Period


def to_json(facts: QuarterFacts) -> dict[str, Any]:
    """Plain values, days as ISO."""
    kept = {
        name: getattr(facts, name) for name in ("agency", "area", "year", "quarter", "is_ended")
    }
    for name in DAYS:
        day = getattr(facts, name)
        kept[name] = day.isoformat() if day else None
    return {
        **kept, "this": period_to_json(facts.this), "before": period_to_json(facts.before),
    }  # fmt: skip


def read(kept: Mapping[str, Any]) -> QuarterFacts:
    """The facts again."""
    days = {name: date.fromisoformat(kept[name]) if kept[name] else None for name in DAYS}
    periods = {name: period_from_json(kept[name]) for name in ("this", "before")}
    return QuarterFacts(**{**kept, **days, **periods})


# What is counted ------------------------------------------------------------------------------

_A, _B, _C = "A", "B", "C"
_ONTIME = Count("problems.ontime", Over.PROBLEMS, "按期完成整改的问题", "ontime", grade=_B)
_ANSWERED_ONES = Count("problems.answered", Over.PROBLEMS, "完成整改的问题", "rectified", grade=_B)
_PASSED = Count("campaigns.passed", Over.CAMPAIGNS, "检查合格（个次）", total="passed", grade=_B)
_CHECKED = Count("campaigns.checked", Over.CAMPAIGNS, "检查账号（个次）", total="checked", grade=_B)
_ANSWERED = Count("tickets.answered", Over.TICKETS, "答复工单", "answered", grade=_A)
_INTIME = Count("tickets.intime", Over.TICKETS, "按承诺时限答复的工单", "intime", grade=_A)
_DAYS = Count("tickets.days", Over.TICKETS, "答复用时合计（工作日）", "answered", "days", _A)
_RATED = Count("tickets.rated", Over.TICKETS, "收到评价的工单", "rated", grade=_A)
_SATISFIED = Count(
    "tickets.satisfied", Over.TICKETS, "评价为基本满意及以上的工单", "satisfied", grade=_A
)
SPECS: tuple[Spec, ...] = (
    Count("accounts.all", Over.ACCOUNTS, "期末在用账号", grade=_C),
    Count("changes.registered", Over.CHANGES, "新登记账号", "registered", grade=_C),
    Count("changes.opened", Over.CHANGES, "新登记账号中台账载明本期开设的", "opened", grade=_C),
    Count("changes.changed", Over.CHANGES, "登记信息有变更的账号", "changed", grade=_C),
    Count("changes.closed", Over.CHANGES, "注销账号", "closed", grade=_C),
    Count("updates.watched", Over.UPDATES, "更新监测账号", "watched"),
    Count("updates.warned", Over.UPDATES, "进入过提示或预警的账号", "warned"),
    Count("updates.overdue", Over.UPDATES, "到过规则限期、待人工确认的账号", "overdue"),
    Count("reminders.sent", Over.REMINDERS, "发出的更新提醒", grade=_A),
    Count("campaigns.count", Over.CAMPAIGNS, "签发结果的检查", grade=_B),
    _CHECKED,
    _PASSED,
    Count("campaigns.failed", Over.CAMPAIGNS, "检查不合格（个次）", total="failed", grade=_B),
    Ratio("campaigns.rate", "合格率（合格÷检查）", _PASSED, _CHECKED),
    Count("problems.opened", Over.PROBLEMS, "确认的问题", "opened", grade=_B),
    Count("problems.veto", Over.PROBLEMS, "确认的问题中单项否决的", "veto", grade=_B),
    Count("problems.closed", Over.PROBLEMS, "销号的问题", "closed", grade=_B),
    _ONTIME,
    Count("problems.late", Over.PROBLEMS, "逾期完成整改的问题", "late", grade=_B),
    Ratio("problems.rate", "按期整改率（按期÷完成整改）", _ONTIME, _ANSWERED_ONES),
    Count("problems.withdrawn", Over.PROBLEMS, "经申辩撤销的问题", "withdrawn", grade=_B),
    Count("problems.open", Over.PROBLEMS, "期末没有完成整改的问题", "open", grade=_B),
    Count("problems.overdue", Over.PROBLEMS, "期末已过整改期限的问题", "overdue", grade=_B),
    Count("messages.received", Over.MESSAGES, "收到群众消息（条）", total="received", grade=_A),
    Count("messages.automatic", Over.MESSAGES, "自动答复（条）", total="automatic", grade=_A),
    Count("messages.staff", Over.MESSAGES, "人工答复（条）", total="staff", grade=_A),
    Count("tickets.filed", Over.TICKETS, "收到诉求工单", "filed", grade=_A),
    _ANSWERED,
    _INTIME,
    Ratio("tickets.rate", "按时答复率（按时÷答复）", _INTIME, _ANSWERED),
    Ratio("tickets.mean", "平均答复用时（工作日）", _DAYS, _ANSWERED, is_mean=True),
    _RATED,
    _SATISFIED,
    Ratio("tickets.satisfaction", "满意率（基本满意及以上÷评价）", _SATISFIED, _RATED),
)  # fmt: skip
GROUPS = ("platform", "level", "status", "place")


def figures(facts: QuarterFacts) -> dict[str, Figure]:
    """All figures by key; those of the quarter before begin with `before.`."""
    found = counted(SPECS, facts.this) | counted(SPECS, facts.before, BEFORE, is_before=True)
    for key in GROUPS:
        names, by = groups(facts, key), BY[key][1]
        found |= group_figures(
            key, names, by, facts.this.of(Over.ACCOUNTS), Over.ACCOUNTS, grade=_C
        )
        found |= group_figures(
            key, names, by, facts.before.of(Over.ACCOUNTS), Over.ACCOUNTS, BEFORE,
            is_unknown=Over.ACCOUNTS in facts.before.unknown, is_before=True, grade=_C,
        )  # fmt: skip
    opened = opened_problems(facts)
    return found | group_figures(
        "kind", names_of(kind_of, opened), kind_of, opened, Over.PROBLEMS, grade=_B
    )


def groups(facts: QuarterFacts, key: str) -> tuple[str, ...]:
    """The platforms, levels, states or places, as they number the figures."""
    by = BY[key][1]
    return names_of(by, facts.this.of(Over.ACCOUNTS), facts.before.of(Over.ACCOUNTS))


def opened_problems(facts: QuarterFacts) -> list[Row]:
    """What was confirmed in the quarter."""
    return [each for each in facts.this.of(Over.PROBLEMS) if "opened" in each.tags]


def kind_of(row: Row) -> str:
    return row.problem
