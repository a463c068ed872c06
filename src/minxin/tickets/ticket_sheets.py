"""What a sheet of tickets says, row by row, beside what is here, and what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from minxin.accounts.importing.columns import Column
from minxin.core.errors import Refused
from minxin.text import mask
from minxin.tickets.exchanging import Taken, read_table
from minxin.tickets.rules import gbt39046
from minxin.tickets.rules.levels import Coding

MOST_LINES = 5_000
LONGEST_SAID = 60
# Other titles under which the fields stand in practice (ours; the standard has one name each).
_ALSO: Mapping[str, tuple[str, ...]] = {
    "内容": ("诉求内容", "咨询内容", "投诉内容", "问题描述", "事件描述"),
    "标题": ("诉求标题", "咨询标题", "投诉标题", "主题"),
    "时间": ("提交时间", "来电时间", "受理时间", "登记时间", "诉求时间", "咨询时间", "投诉时间"),
    "咨询人": ("咨询人姓名",),
    "投诉人": ("诉求人", "来电人", "市民姓名", "姓名", "投诉人姓名"),
    "联系电话": ("电话", "手机", "手机号", "手机号码", "来电号码", "联系方式"),
    "处理意见": ("咨询答复", "回复内容"),
    "反馈信息": ("答复内容", "办理结果", "办理情况", "反馈内容"),
    "反馈时间": ("答复时间", "办结时间"),
    "承办单位名称": ("承办单位", "主办单位", "责任单位"),
    "外部编号": ("诉求编号", "流水号", "受理编号", "工单号", "案件编号"),
    "诉求性质": ("性质", "诉求类型", "事项类型"),
    "诉求类别": ("类别", "分类"),
    "地点": ("事发地点", "地址", "诉求地址"),
    "评价等级": ("满意度", "评价"),
}
_NAMES = tuple(dict.fromkeys((*gbt39046.CONSULT, *gbt39046.COMPLAINT, *gbt39046.OURS)))
COLUMNS: tuple[Column, ...] = tuple(Column(name, name, _ALSO.get(name, ())) for name in _NAMES)
NAMED = {column.name: column for column in COLUMNS}
# Of these a comparison repeats nothing: they name somebody, or are somebody's own words.
UNSAID = gbt39046.PERSONAL | {
    "内容", "标题", "处理意见", "反馈信息", "评价意见", "地点", gbt39046.ACCUSED,
}  # fmt: skip
HIDDEN = "＊＊"


@dataclass(slots=True)
class SheetTicket:
    """One row as it was read: `taken`, or what is wrong with it."""

    row: int
    number: str = ""
    taken: Taken | None = None
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    def wrong(self, name: str, said: str, words: str) -> None:
        """Note what is wrong; what names somebody or is somebody's words is not repeated."""
        shown = "" if name in UNSAID else mask(said)[:LONGEST_SAID]
        self.faults.append((name, shown, words))


def table_row(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """The cells by the fields that their columns were matched with."""
    return {
        name: cells[at].strip() if at < len(cells) else ""
        for at, name in enumerate(columns)
        if name
    }


def read_row(number: int, row: Mapping[str, str], *, coding: Coding, now: datetime) -> SheetTicket:
    """One row, read as the exchange reads it."""
    told = row.get(gbt39046.THEIR_NUMBER) or row.get("咨询编码") or row.get(gbt39046.NUMBER) or ""
    line = SheetTicket(number, number_shown(told))
    try:
        line.taken = read_table(row, coding=coding, now=now)
        line.number = line.taken.their_number
    except Refused as refusal:
        line.wrong(refusal.field, row.get(refusal.field, ""), refusal.message)
    return line


def number_shown(text: str) -> str:
    """What a row is called in a list before it is known whether it can be read."""
    return mask(text)[:80]


def said_rows(
    lines: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str]
) -> Iterable[tuple[int, dict[str, str]]]:
    """The rows that say anything, with their numbers in the sheet."""
    for number, cells in lines:
        row = table_row(cells, columns)
        if any(row.values()):
            yield number, row


def without_names(rows: list[list[str]], titles: Sequence[str], height: int) -> list[list[str]]:
    """The first rows of a sheet whose columns may name somebody, to choose columns by: `titles` are the
    fields guessed for them, `height` how many rows of titles and above stay as they are."""
    hidden = {at for at, name in enumerate(titles) if name in UNSAID}
    return [
        [
            HIDDEN if at >= height and col in hidden and text else mask(text)
            for col, text in enumerate(row)
        ]
        for at, row in enumerate(rows)
    ]
