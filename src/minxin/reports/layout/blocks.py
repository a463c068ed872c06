"""What a document is made of, whatever it is written to. Pure.

Texts are plain; a line break inside one stays a line break. `Span.ref` names the figure that a piece
of text prints, so that a screen can link it to the rows behind it; paper shows the text alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_DIGITS = "零一二三四五六七八九"
# What XML 1.0 cannot hold; people paste it in from elsewhere.
_UNPRINTABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a paragraph; `ref` is the key of the figure it prints, `doubt` why it is in doubt."""

    text: str
    ref: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """标题: 2号小标宋, centred; the layout breaks long ones where the sense breaks (`titles`)."""

    text: str


@dataclass(frozen=True, slots=True)
class Centered:
    """A centred line in the type of the text, such as a document number (发文字号)."""

    text: str


@dataclass(frozen=True, slots=True)
class Addressees:
    """主送机关: flush left; the colon is added."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """结构层次 1 to 4: 黑体, 楷体, 仿宋, 仿宋. The text carries its number, see `numbered`."""

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 4:
            raise ValueError("an official document has four levels")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """正文: 3号仿宋, the first line two characters in, unless `is_flush`."""

    spans: tuple[Span, ...]
    is_flush: bool = False

    @classmethod
    def of(cls, text: str, *, is_flush: bool = False) -> "Paragraph":
        return cls((Span(text),), is_flush)

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


SHORT = 8  # characters


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose titles come again on every page. `widths` are shares of the line.

    `has_total`: the last row is a sum. `refs[row][column]` is the figure a cell prints, where given.
    Columns of short texts are centred, but not those of `left`.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    caption: str = ""
    has_total: bool = False
    refs: tuple[tuple[str, ...], ...] = ()
    left: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        wide = len(self.columns)
        if any(len(row) != wide for row in self.rows):
            raise ValueError("every row has as many cells as there are columns")
        if self.widths and len(self.widths) != wide:
            raise ValueError("a width for every column, or none")

    @property
    def shares(self) -> tuple[float, ...]:
        given = self.widths or (1.0,) * len(self.columns)
        return tuple(width / sum(given) for width in given)

    @property
    def centred(self) -> tuple[bool, ...]:
        """Which columns hold short things only: those stand in the middle, all cells alike."""
        return tuple(
            at not in self.left
            and all(len(row[at]) <= SHORT and "\n" not in row[at] for row in self.rows)
            for at in range(len(self.columns))
        )

    def ref(self, row: int, column: int) -> str:
        return self.refs[row][column] if self.refs else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a form, over `span` of its columns; `lines` keeps room to write by hand."""

    text: str
    span: int = 1
    is_label: bool = False
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """A form to be filled in or read: rows of cells over a grid of `columns`."""

    rows: tuple[tuple[Cell, ...], ...]
    columns: int = 4
    widths: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if any(sum(cell.span for cell in row) != self.columns for row in self.rows):
            raise ValueError("the cells of a row fill its columns")

    @property
    def shares(self) -> tuple[float, ...]:
        given = self.widths or (1.0,) * self.columns
        return tuple(width / sum(given) for width in given)


@dataclass(frozen=True, slots=True)
class Attachments:
    """附件说明: a line below the text, two characters in; nothing where there are none."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """发文机关署名 and 成文日期, four characters from the right. Without a day the line stays open."""

    agency: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Annex:
    """附件 on a page of its own, `is_wide` across; `number` is empty where there is only one."""

    title: str
    blocks: tuple["Block", ...]
    number: str = ""
    is_wide: bool = False


Block = (
    Title | Centered | Addressees | Heading | Paragraph | Table | Form | Attachments | Signature | Annex
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document. `made_on` is written into the file: the day of the paper, never of the clock."""

    title: str
    blocks: tuple[Block, ...]
    author: str = ""
    made_on: date = date(2000, 1, 1)


def printable(text: str) -> str:
    """The text without what no document can hold; line ends are all the same."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def numbered(level: int, number: int) -> str:
    """The number of a heading or an item: 一、 （一） 1. （1）.

    >>> numbered(1, 12), numbered(2, 3), numbered(3, 1), numbered(4, 2)
    ('十二、', '（三）', '1.', '（2）')
    """
    match level:
        case 1:
            return f"{in_chinese(number)}、"
        case 2:
            return f"（{in_chinese(number)}）"
        case 3:
            return f"{number}."
        case 4:
            return f"（{number}）"
    raise ValueError("an official document has four levels")


def in_chinese(number: int) -> str:
    """1 to 99 as a numeral: 一, 十, 二十三."""
    if not 1 <= number <= 99:
        raise ValueError("between 1 and 99")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def said_on(day: date) -> str:
    """A day as documents write it, without leading zeros: 2026年3月5日 (GB/T 9704-2012 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def joined(names: Sequence[str]) -> str:
    """A、B和C.

    >>> joined(["甲", "乙", "丙"])
    '甲、乙和丙'
    """
    if len(names) < 2:
        return "".join(names)
    return "、".join(names[:-1]) + "和" + names[-1]
