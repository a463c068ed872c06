"""When staff may be reached outside the console, how often, and in which words. Pure.

国办函〔2026〕12号 and 《关于防治“指尖上的形式主义”的若干意见》 ask that tools do not harass: so one digest a
day, none at night or on days off, a weekly budget, and nothing that ranks people or counts what they read.
The numbers are our proposal; each installation sets its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from minxin.core.working_time import OFFICE_ZONE, WorkingCalendar

DAY = timedelta(days=1)
# How long a notice waits for a way out; older ones are only in the console.
WAITS = timedelta(days=21)
# How long a reminder is tried while the other side is down; then its notices join the next digest.
GIVES_UP = timedelta(days=3)
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
SHOWN_LINES = 6
LONGEST_HOLIDAY = 20  # days


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """What notices of a kind are called in a digest, and how they travel.

    `is_urgent`: at once, outside quiet hours. `leaves_console`: False for what only concerns who is
    sitting there. `may_escalate`: whether a person may be asked to tell the unit above.
    """

    name: str
    is_urgent: bool = False
    leaves_console: bool = True
    may_escalate: bool = False


KINDS: MappingProxyType[str, NoticeKind] = MappingProxyType(
    {
        "ticket": NoticeKind("工单动态"),
        "deadline": NoticeKind("工单将到期", is_urgent=True, may_escalate=True),
        "deadline.urged": NoticeKind("工单催办", is_urgent=True, may_escalate=True),
        "deadline.supervised": NoticeKind("工单督办", is_urgent=True),
        "review": NoticeKind("知识待复核"),
        "knowledge": NoticeKind("知识评定"),
        "import": NoticeKind("导入结果", leaves_console=False),
        "connection": NoticeKind("账号接入"),
        "filing": NoticeKind("账号备案"),
        "updates": NoticeKind("账号更新", may_escalate=True),
        "asked": NoticeKind("材料要求", may_escalate=True),
        "finding": NoticeKind("整改事项"),
        "finding.notified": NoticeKind("整改通知单", may_escalate=True),
        "relay": NoticeKind("转载任务"),
        "inspection": NoticeKind("检查任务"),
        "inspection_result": NoticeKind("检查结果"),
        "inspection_defence": NoticeKind("单位申辩"),
        "channel": NoticeKind("提醒渠道", leaves_console=False),
        "escalation": NoticeKind("下级单位事项"),
    }
)
OTHER = NoticeKind("其他")


def kind_of(name: str) -> NoticeKind:
    """The kind of a notice, or of its family (`finding.closed`: `finding`); what is not known travels with
    the digest."""
    return KINDS.get(name) or KINDS.get(name.partition(".")[0]) or OTHER


ESCALATES = tuple(name for name, kind in KINDS.items() if kind.may_escalate)
STAYS = tuple(name for name, kind in KINDS.items() if not kind.leaves_console)


@dataclass(frozen=True, slots=True)
class Quiet:
    """A person's quiet hours, local: from `starts` to `ends` (past midnight when it ends earlier; none
    when both are the same), and on days off unless `works_days_off`."""

    starts: time
    ends: time
    works_days_off: bool = False

    def is_night(self, at: time) -> bool:
        if self.starts == self.ends:
            return False
        if self.starts < self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


def local(moment: datetime) -> datetime:
    """A moment by the office's clock."""
    return moment.astimezone(OFFICE_ZONE)


def week_of(moment: datetime) -> date:
    """The Monday of its week."""
    day = local(moment).date()
    return day - timedelta(days=day.weekday())


def is_quiet(moment: datetime, quiet: Quiet, calendar: WorkingCalendar) -> bool:
    """Whether she is not to be reached at this moment."""
    here = local(moment)
    is_off = not quiet.works_days_off and not calendar.is_working(here.date())
    return is_off or quiet.is_night(here.time())


def quiet_ends(moment: datetime, quiet: Quiet, calendar: WorkingCalendar) -> datetime:
    """The first moment from this one on at which she may be reached."""
    here = local(moment)
    for _hop in range(3 * LONGEST_HOLIDAY):
        if not is_quiet(here, quiet, calendar):
            return here
        if quiet.is_night(here.time()) and here.time() < quiet.ends:
            here = datetime.combine(here.date(), quiet.ends, OFFICE_ZONE)
        else:
            here = datetime.combine(here.date() + DAY, time(0), OFFICE_ZONE)
    return here


def pause_before(attempt: int, draw: float) -> timedelta:
    """How long to wait before the next attempt: doubling, at most half an hour, spread by `draw`."""
    pause: timedelta = min(FIRST_PAUSE * float(2 ** min(attempt - 1, 12)), LONGEST_PAUSE)
    return pause * (0.75 + draw / 2)


@dataclass(frozen=True, slots=True)
class Said:
    """One notice as a digest tells it. `is_held`: it would have come earlier but for the budget."""

    kind: str
    text: str
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What is sent: a title and lines, in Chinese as notices are kept."""

    title: str
    text: str


def compose(items: Sequence[Said], *, is_urgent: bool, budget: int) -> Words:
    """A person's pending notices as one message, by kind, each kind with its first words."""
    lines = []
    for name in _kinds(items):
        of_kind = [item for item in items if item.kind == name]
        more = "" if len(of_kind) == 1 else f"（共 {len(of_kind)} 件）"
        lines.append(f"【{kind_of(name).name}】{of_kind[0].text}{more}")
    lines = _at_most(lines)
    held = sum(item.is_held for item in items)
    if held:
        lines.append(f"其中 {held} 件因一周提醒已满 {budget} 次，并入这一次。")
    title = f"有 {len(items)} 件急事" if is_urgent else f"今日提醒，共 {len(items)} 件"
    return Words(title, "\n".join(lines))


def compose_for_group(items: Sequence[Said], unit: str) -> Words:
    """The same for a group: how many of what, never whose, never in whose hands it lies."""
    lines = []
    for name in _kinds(items):
        count = len({item.text for item in items if item.kind == name})
        lines.append(f"【{kind_of(name).name}】{count} 件")
    return Words(f"{unit}今日待办", "\n".join([*_at_most(lines), "请经办人员登录工作台查看。"]))


def _kinds(items: Iterable[Said]) -> list[str]:
    """The kinds that occur, urgent ones first, each once."""
    found = list(dict.fromkeys(item.kind for item in items))
    return sorted(found, key=lambda name: not kind_of(name).is_urgent)


def _at_most(lines: list[str]) -> list[str]:
    if len(lines) <= SHOWN_LINES:
        return lines
    return [*lines[:SHOWN_LINES], f"另有 {len(lines) - SHOWN_LINES} 类，请在工作台查看。"]


def planned_week(this_week: date, spent: dict[date, int], fields: int, budget: int) -> date:
    """The first week, from this one on, in which a unit may still be asked for so many fields.

    A request larger than a whole week's budget gets a week of its own: it is never cut, and never lost.
    """
    week = this_week
    for _ahead in range(520):
        used = spent.get(week, 0)
        if used + fields <= budget or (used == 0 and fields > budget):
            return week
        week += 7 * DAY
    return week
