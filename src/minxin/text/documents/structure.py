"""Blocks cut into passages along the structure of Chinese official texts.

编, 章, 节 are headings; 第X条 begins an article, each further paragraph of it is a 款, （一） an item (项) and
1. below it a 目 (《立法技术规范（试行）》); a text without articles is cut along its own numbers 一、（一）1.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from minxin.text.documents.blocks import Block
from minxin.text.numerals import number_of

_N = r"[〇零一二三四五六七八九十百千\d０-９]+"
_CHAPTER = re.compile(rf"第{_N}(?:編|编|分编|分編|章|节|節)(?=[\s\u3000]|\Z|[^，。；、规規的])")
_RANKS = {"编": 0, "編": 0, "分编": 1, "分編": 1, "章": 2, "节": 3, "節": 3}
_RANK = re.compile(rf"第{_N}(分编|分編|編|编|章|节|節)")
_ARTICLE = re.compile(rf"(第({_N})[条條](?:之{_N})?)(?P<gap>[\s\u3000:：]*)(?P<rest>.*)", re.DOTALL)
_REFERENCE = re.compile(r"[的第、和至或及规規所中，。]")
_PART = re.compile(r"([一二三四五六七八九十]{1,3}、)\s*(.*)", re.DOTALL)
_ITEM = re.compile(r"([（(][〇零一二三四五六七八九十百]{1,4}[）)])\s*")
_POINT = re.compile(r"(\d{1,2}[.．、](?!\d)|[（(]\d{1,2}[）)]|[①-⑳])\s*")
_ANNEX = re.compile(
    r"(附\s*(?:(?:件|录|表)\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})?|(?=[:：])))\s*[:：.．]?\s*(.{0,60})\Z"
)
_CONTENTS = re.compile(r"目\s*[录錄次]\Z")
_DATE_ONLY = re.compile(
    r"[〇○零一二三四五六七八九十\d]{2,4}\s*年\s*[一二三四五六七八九十\d]{1,3}\s*月\s*[一二三四五六七八九十\d]{1,3}\s*日\Z"
)
_SENTENCE = re.compile(r"[。；;，,]")
_LONGEST_HEADING = 60
_LONGEST_TITLE = 120
_PATH = 400
_TITLE_ENDS = re.compile(
    r"(?:条例|條例|办法|辦法|规定|規定|决定|決定|通知|公告|通告|意见|方案|细则|細則|指南|规则|解读|法|函|批复|规划|计划|标准|目录|须知|说明|章程|制度|答|表)"
    r"(?:[（(].{1,20}[）)])?\Z"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage: its kind (`title`, `chapter`, `article`, `paragraph`, `item`, `table_row`), its text as it
    stands in the file, and its place. `lead` is the position of the piece that introduces it, `paragraph`
    the number of its block in the file, from 1."""

    position: int
    kind: str
    text: str
    path: str = ""
    article: str = ""
    clause: int = 0
    item: str = ""
    lead: int | None = None
    page: int | None = None
    paragraph: int = 0


class _Cutter:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.headings: list[tuple[int, str]] = []
        self.article = ""
        self.number = 0
        self.clause = 0
        self.item = ""
        self.point = ""
        self.clause_at: int | None = None
        self.item_at: int | None = None
        self.begun_at = 0
        self.has_articles = False
        self.contents: str | None = None  # its first heading, "" before that; None outside of it

    # -- writing --

    def put(self, kind: str, block: Block, text: str, number: int, **place: object) -> int:
        position = len(self.pieces)
        item = "/".join(each for each in (self.item, self.point) if each)
        steps = [heading for _, heading in self.headings]
        if kind not in {"title", "chapter"}:
            steps += [
                each for each in (self.article, *item.split("/")) if each and each not in steps
            ]
        values: dict[str, object] = {
            "path": " > ".join(steps)[:_PATH],
            "article": self.article,
            "clause": self.clause,
            "item": item,
            **place,
        }
        self.pieces.append(
            Piece(position, kind, text, page=block.page, paragraph=number, **values)  # type: ignore[arg-type]
        )
        return position

    def end_article(self) -> None:
        """The only paragraph of an article is not numbered."""
        if self.clause == 1:
            for at in range(self.begun_at, len(self.pieces)):
                if self.pieces[at].clause:
                    self.pieces[at] = replace(self.pieces[at], clause=0)
        self.article = self.item = self.point = ""
        self.clause = 0
        self.clause_at = self.item_at = None

    def head(self, block: Block, text: str, rank: int, number: int, *, article: str = "") -> None:
        self.end_article()
        self.headings = [each for each in self.headings if each[0] < rank]
        self.headings.append((rank, text[:80]))
        self.put("chapter", block, text, number, article="", clause=0, item="")
        self.article = article

    # -- reading --

    def take(self, block: Block, number: int) -> None:
        text = block.text.strip(" \t\u3000")
        if not text:
            return
        if block.cells:
            self.row(block, text, number)
        elif self.is_of_contents(text):
            return
        elif (chapter := _CHAPTER.match(text)) and _is_name(text[chapter.end() :]):
            rank = _RANK.match(text)
            self.head(block, text, _RANKS[rank[1]] if rank else 2, number)
        elif (article := self.article_in(text)) is not None:
            self.end_article()
            self.has_articles = True
            self.article, self.clause, self.begun_at = article[0], 1, len(self.pieces)
            self.number = number_of(article[1])
            self.clause_at = self.put("article", block, text, number)
        elif (annex := _ANNEX.match(text)) and not _SENTENCE.search(annex[2]):
            name = re.sub(r"\s+", "", annex[1])
            self.headings = []
            self.head(block, text, 0, number, article=name)
            self.has_articles = False
        elif _DATE_ONLY.match(text):
            self.end_article()
            self.put("paragraph", block, text, number)
        else:
            self.within(block, text, number)

    def article_in(self, text: str) -> tuple[str, str] | None:
        """(第十二条, 十二) where an article begins; a mere reference at a line's beginning is none."""
        found = _ARTICLE.match(text)
        if found is None:
            return None
        if not found["gap"] and found["rest"]:
            follows = number_of(found[2]) in {self.number, self.number + 1}
            if not follows or _REFERENCE.match(found["rest"]):
                return None
        return found[1], found[2]

    def within(self, block: Block, text: str, number: int) -> None:
        part = _PART.match(text)
        if part and not (self.has_articles and self.article):
            self.end_article()
            if is_heading(part[2]):
                self.head(block, text, 4, number, article=part[1])
            else:
                self.headings = [each for each in self.headings if each[0] < 4]
                self.article, self.begun_at = part[1], len(self.pieces)
                self.clause_at = self.put("article", block, text, number)
            return
        item, point = _ITEM.match(text), _POINT.match(text)
        if item or (point and not self.item):
            mark = (item or point)[1]  # type: ignore[index]
            self.item, self.point = mark, ""
            self.item_at = self.put("item", block, text, number, lead=self.clause_at)
        elif point:
            self.point = point[1]
            lead = self.item_at if self.item_at is not None else self.clause_at
            self.put("item", block, text, number, lead=lead)
        elif block.level and not (self.has_articles and self.article):
            self.head(block, text, 4 + block.level, number)
        elif self.article and self.has_articles and self.article.startswith("第"):
            self.clause += 1
            self.item = self.point = ""
            self.clause_at, self.item_at = self.put("paragraph", block, text, number), None
        elif self.item:
            self.put("paragraph", block, text, number, lead=self.item_at)
        else:
            self.clause_at = self.put("paragraph", block, text, number)

    def row(self, block: Block, text: str, number: int) -> None:
        before, clause = (self.item, self.point), self.clause
        self.item, self.point = f"第{block.row}行", ""
        self.put("table_row", block, text, number, lead=self.clause_at)
        (self.item, self.point), self.clause = before, clause

    def is_of_contents(self, text: str) -> bool:
        """Whether a line belongs to the table of contents; what it lists comes again below."""
        if _CONTENTS.match(text):
            self.contents = ""
            return True
        if self.contents is None:
            return False
        line = re.sub(r"[\s\u3000.…·]+\d*\Z", "", re.sub(r"[\s\u3000]+", "", text))
        is_listed = bool(_CHAPTER.match(text) or re.match(r"附\s*[则則件]", text))
        if not is_listed or line == self.contents:
            self.contents = None
            return False
        self.contents = self.contents or line
        return True


def _is_name(rest: str) -> bool:
    """Whether what follows 第X章 is its name; behind a space even with a full stop (第五节 生活、卫生。)."""
    return is_heading(rest.removesuffix("。") if rest[:1].isspace() else rest)


def is_heading(rest: str) -> bool:
    """Whether what follows a number is a heading, not a sentence."""
    return (
        len(rest) <= _LONGEST_HEADING
        and not _SENTENCE.search(rest)
        and not rest.endswith(("：", ":"))
    )


def passages(blocks: Iterable[Block]) -> tuple[Piece, ...]:
    """All pieces of a document in their order, its title first where it has one. Nothing of the text is
    lost but a table of contents."""
    every = list(blocks)
    cutter = _Cutter()
    used = title_lines(every)
    if used:
        cutter.put("title", every[used[0]], title_of(every), used[0] + 1)
    for number, block in enumerate(every, 1):
        if number - 1 in used:
            continue
        if number < len(every) and _is_signature(block.text.strip(), every[number].text.strip()):
            cutter.end_article()  # who signs is no paragraph of the last article
        cutter.take(block, number)
    cutter.end_article()
    return tuple(cutter.pieces)


def _is_signature(text: str, after: str) -> bool:
    is_short = 3 < len(text) <= 40 and not _SENTENCE.search(text) and not text.endswith(("：", ":"))
    is_plain = not (_ARTICLE.match(text) or _ITEM.match(text) or _PART.match(text))
    return is_short and is_plain and _DATE_ONLY.match(after) is not None


def title_lines(blocks: list[Block]) -> tuple[int, ...]:
    """The places of the blocks that make the title: a heading of the first level at the beginning, or short
    lines before the text that end as titles do; empty when no title is to be seen."""
    first = [at for at, block in enumerate(blocks[:12]) if block.text.strip()]
    for at in first:
        if blocks[at].level == 1 and not blocks[at].cells:
            return (at,)
    for start in first:
        joined = ""
        for at in range(start, min(start + 4, len(blocks))):
            block = blocks[at]
            text = block.text.strip()
            if block.cells or _SENTENCE.search(text) or _ARTICLE.match(text) or _PART.match(text):
                break
            joined += text
            if len(joined) > _LONGEST_TITLE:
                break
            if _TITLE_ENDS.search(joined) and len(joined) >= 4:
                return tuple(range(start, at + 1))
        if _ARTICLE.match(blocks[start].text):
            break
    return ()


def title_of(blocks: list[Block]) -> str:
    """The title in one line, as it is written; empty when there is none."""
    return "".join(" ".join(blocks[at].text.split()) for at in title_lines(blocks))
