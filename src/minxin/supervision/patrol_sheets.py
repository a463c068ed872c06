"""A sheet of patrol records beside the register: which account each line tells of, what was seen there
and when. What cannot be read is said line by line; nothing is guessed that could be read in two ways.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.importing.columns import Column
from minxin.accounts.importing.comparing import recognise
from minxin.accounts.importing.shapes import Compared, Known, Plan, Register
from minxin.accounts.importing.values import NOTHING, cleaned
from minxin.core.dates import NoSuchDay, NotADay, read_moment
from minxin.supervision.rules.clock import SKEW, day_of, midnight
from minxin.supervision.rules.proofs import LINK

MOST_LINES = 5_000
COLUMNS: tuple[Column, ...] = (
    Column("name", gettext_lazy("账号"), ("账号名称", "帐号", "帐号名称", "名称", "公众号", "公众号名称",
                                         "政务新媒体名称", "新媒体名称", "检查对象", "巡查账号", "巡查对象")),
    Column("platform", gettext_lazy("平台"), ("平台类型", "所属平台", "平台名称", "账号平台", "新媒体平台")),
    Column("agency", gettext_lazy("主办单位"), ("单位", "单位名称", "责任单位", "主办部门")),
    Column("original_id", gettext_lazy("原始ID"), ("原始编号", "微信原始id", "公众号原始id")),
    Column("number", gettext_lazy("备案号"), ("备案编号", "登记编号")),
    Column("platform_number", gettext_lazy("平台账号"), ("微信号", "账号id", "平台账号id", "id号")),
    Column("newest_on", gettext_lazy("最近更新日期"), (
        "最近更新", "最近更新时间", "更新日期", "更新时间", "最新更新", "最新更新日期", "最新更新时间",
        "最后更新", "最后更新日期", "最后更新时间", "最近发布日期", "最近发布时间", "最新发布日期",
        "最新发布时间", "发布日期", "发布时间")),
    Column("title", gettext_lazy("标题"), ("最近更新标题", "文章标题", "内容标题", "最新标题", "最近更新内容")),
    Column("link", gettext_lazy("链接"), ("文章链接", "网址", "链接地址", "内容链接", "最近更新链接")),
    Column("seen_at", gettext_lazy("查看时间"), ("查看日期", "巡查时间", "巡查日期", "检查时间", "检查日期",
                                              "巡检时间", "巡检日期", "监测时间")),
    Column("seen_by", gettext_lazy("查看人"), ("巡查人", "巡查人员", "检查人", "检查人员", "巡检人", "查看人员",
                                             "监测人")),
)  # fmt: skip
NAMED: Mapping[str, Column] = {column.name: column for column in COLUMNS}
_OF_REGISTER = frozenset({"name", "platform", "agency", "original_id", "number", "platform_number"})
_KEYS = ("original_id", "number", "platform_number")
Fault = tuple[str, str, str]  # title of the column, what stands there, what is wrong


@dataclass(frozen=True, slots=True)
class PatrolPlan:
    """How a sheet is read: the field of each column, what holds where a line says nothing."""

    columns: tuple[str, ...]
    host: int
    platform: str = ""
    seen_on: date | None = None
    seen_by: str = ""


@dataclass(slots=True)
class Line:
    """One line. Without faults `account`, `newest_on`, `seen_at` and `seen_by` are there."""

    row: int
    name: str = ""
    platform: str = ""
    account: int | None = None
    newest_on: date | None = None
    title: str = ""
    link: str = ""
    seen_at: datetime | None = None
    is_seen_day_only: bool = False
    seen_by: str = ""
    faults: list[Fault] = field(default_factory=list)


def last_moment(day: date) -> datetime:
    """What is known by its day counts as its last moment, so that nobody is called late who was not."""
    return midnight(day + timedelta(days=1)) - timedelta(seconds=1)


def read_lines(
    lines: Iterable[tuple[int, Sequence[str]]],
    register: Register,
    plan: PatrolPlan,
    *,
    now: datetime,
) -> tuple[list[Line], int]:
    """What numbered rows of a sheet (without its titles) say, and how many name an account and nothing
    that was seen: those of a template that nobody filled in."""
    found, blank = [], 0
    known = {each.pk: each for each in register.accounts}
    told = [(number, [cleaned(cell) for cell in cells]) for number, cells in lines]
    own = Plan(
        tuple(name if name in _OF_REGISTER else "" for name in plan.columns),
        plan.host,
        plan.platform,
    )
    texts = {number: _texts(cells, plan.columns) for number, cells in told}
    for row in recognise(told, register, own):
        said = texts[row.row]
        if not {"newest_on", "title", "link", "seen_at"} & said.keys():
            blank += 1
            continue
        found.append(_line(row, said, known, plan, now))
    _compare_with_each_other(found)
    return found, blank


def _texts(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    return {
        name: text
        for name, text in zip(columns, cells, strict=False)
        if name and text.casefold() not in NOTHING
    }


def _line(
    row: Compared,
    said: Mapping[str, str],
    known: Mapping[int, Known],
    plan: PatrolPlan,
    now: datetime,
) -> Line:
    line = Line(row.row, row.name[:80], row.platform[:20])
    account = known.get(row.account or 0)
    line.faults += _who(row, said, account)
    if account is not None:
        line.account = account.pk
        line.name, line.platform = account.values["name"], account.values["platform"]
    elif not line.name:
        line.name = next((said[name][:80] for name in _KEYS if name in said), "")
    _when_and_by_whom(line, said, plan, now)
    _what(line, said, now)
    return line


def _who(row: Compared, said: Mapping[str, str], account: Known | None) -> Iterator[Fault]:
    """Why a line does not tell of one account of the register."""
    if account is None:
        doubts = [
            (str(NAMED[each.column].title), each.value, each.message)
            for each in row.faults
            if each.column in NAMED
        ]
        if not row.name and any(name in said for name in _KEYS):
            doubts = []  # it names none, but a number that nobody has
        words = _(
            "台账里没有这个账号，或者不在您的监管范围。请核对名称和平台，或补上原始ID、备案号。"
        )
        yield from doubts or [(str(NAMED["name"].title), row.name, words)]
        return
    values = account.values
    differing = [name for name in _KEYS if row.before.get(name) and name in row.after]
    if differing or any(each.column in ("name", "agency", "platform") for each in row.faults):
        at = differing[0] if differing else "name"
        words = _(
            "台账中最接近的是“%(name)s”，但名称、单位或编号与它不一致，请核对是不是同一个账号。"
        )
        yield str(NAMED[at].title), said.get(at, ""), words % {"name": values["name"]}
    elif values["status"] == "closed":
        yield str(NAMED["name"].title), row.name, _("台账中这个账号已经注销。")


def _when_and_by_whom(line: Line, said: Mapping[str, str], plan: PatrolPlan, now: datetime) -> None:
    line.seen_by = " ".join(said.get("seen_by", plan.seen_by).split())[:60]
    if not line.seen_by:
        line.faults.append(_fault("seen_by", "", _("没有写查看人，也没有填默认的查看人。")))
    text = said.get("seen_at", "")
    day, hour = plan.seen_on, None
    if text:
        try:
            day, hour = read_moment(text, until=day_of(now))
        except NotADay as error:
            line.faults.append(_fault("seen_at", text, _unreadable(error)))
            return
    if day is None:
        line.faults.append(_fault("seen_at", "", _("没有写查看时间，也没有填默认的查看日期。")))
        return
    if day > day_of(now) or (hour is not None and _at(day, hour) > now + SKEW):
        line.faults.append(_fault("seen_at", text, _("查看时间不能晚于现在。")))
        return
    line.is_seen_day_only = hour is None
    line.seen_at = min(last_moment(day) if hour is None else _at(day, hour), now)


def _what(line: Line, said: Mapping[str, str], now: datetime) -> None:
    line.title = " ".join(said.get("title", "").split())[:200]
    line.link = said.get("link", "")
    if line.link and not LINK.fullmatch(line.link):
        line.faults.append(
            _fault("link", line.link[:120], _("链接要以 http:// 或 https:// 开头。"))
        )
        line.link = ""
    text = said.get("newest_on", "")
    if not text:
        words = _(
            "没有写最近更新日期。账号页面上确实没有内容的，请在账号页用“记录所见”登记并留存截图。"
        )
        line.faults.append(_fault("newest_on", "", words))
        return
    seen_on = day_of(line.seen_at or now)
    try:
        day, _hour = read_moment(text, until=seen_on)
    except NotADay as error:
        line.faults.append(_fault("newest_on", text, _unreadable(error)))
        return
    if day > day_of(now):
        line.faults.append(_fault("newest_on", text, _("最近更新日期在将来，请核对。")))
    elif day > seen_on:
        line.faults.append(_fault("newest_on", text, _("最近更新日期不能晚于查看时间。")))
    else:
        line.newest_on = day


def _fault(name: str, text: str, words: str) -> Fault:
    return str(NAMED[name].title), text[:120], words


def _unreadable(error: NotADay) -> str:
    if isinstance(error, NoSuchDay):
        return _("没有这一天。")
    return _("日期看不懂，请写成 2026-01-31、2026年1月31日或 1月31日。")


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _compare_with_each_other(lines: Sequence[Line]) -> None:
    """One account seen twice on one day: the same twice is once; two different days are a doubt. Who
    looked again on another day says something new."""
    first: dict[tuple[int, date], Line] = {}
    for line in lines:
        if line.account is None or line.seen_at is None or line.newest_on is None:
            continue
        before = first.setdefault((line.account, day_of(line.seen_at)), line)
        if before is line:
            continue
        if before.newest_on == line.newest_on:
            line.faults.append(
                _fault("name", line.name, _("与第 %(row)s 行重复。") % {"row": before.row})
            )
            continue
        words = _("与第 %(row)s 行是同一个账号、同一天查看，最近更新日期却不同，请核对后留一行。")
        for one, other in ((line, before), (before, line)):
            day = one.newest_on.isoformat() if one.newest_on else ""
            one.faults.append(_fault("newest_on", day, words % {"row": other.row}))
