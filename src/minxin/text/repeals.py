"""What an official text says it repeals: the sentence 《…》同时废止, the lists of decisions 废止…. No Django.

Proposed, for a person to check: what is only amended, kept, or meant to be repealed one day is left out.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from minxin.text.numerals import number_of

_TITLE = re.compile(
    r"《([^《》]{2,120}(?:[〈《][^〉》]*[〉》][^《》]{0,60})?)》"
    r"(?:[^《》，。；、()]{0,4}\(([^()]{2,60}号)[^()]{0,20}\))?"
)
_DAY = re.compile(
    r"自\s*(\d{4}|[〇零一二三四五六七八九]{4})年(\d{1,2}|[一二三四五六七八九十]{1,3})月"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3})日\s*起"
)
_ENDS = r"(?:废止|失效|停止执行|停止施行)"
_ENDED = re.compile(_ENDS)
_NOT = re.compile(
    rf"(?:不予|不再|不得|未|拟|尚未|没有|是否|建议|申请|应当及时|可以){_ENDS}|{_ENDS}(?:前|之前|后|以后|以前|的程序|程序|权限|建议|情形|备案)|"
    r"继续有效|(?:修改|修订|制定|清理)(?:、|和|或者|或)废止|废止(?:、|或者|或)(?:修改|修订|清理|撤销)"
)
# 第三章, 第十二条、第十三条 of the text named: a part of it is repealed.
_PART = re.compile(
    r"^(?:\([^()]*\))?\s*(?:中的?|的)?((?:第[〇零一二三四五六七八九十百千\d]+[编章节条款项](?:第[^，。；、]{1,8}[款项])?[、和至]?)+)"
)
_LIST = re.compile(
    r"(?:废止|宣布失效|停止执行)[^。；]{0,40}(?:下列|以下|如下|目录|清单|\d+\s*(?:件|部|项|个)|[一二三四五六七八九十百]+\s*(?:件|部|项|个))|"
    r"(?:下列|以下)[^。；]{0,40}(?:予以)?(?:废止|失效)|(?:废止|失效)的?[^。；]{0,20}(?:目录|清单)"
)
_OTHER_LIST = re.compile(
    r"(?:修改|修订|修正|继续有效|保留|暂时保留)[^。；]{0,30}(?:目录|清单|下列|以下|如下)|"
    r"(?:下列|以下)[^。；]{0,40}(?:修改|修正|继续有效)|^[一二三四五六七八九十]+、[^。]{0,60}(?:作如下修改|作出修改|修改为)"
)
_NUMBERED = re.compile(
    r"^(?:[(][\d一二三四五六七八九十百]{1,4}[)]|[\d一二三四五六七八九十百]{1,4}[.、．)\s]|[①-⑳])\s*(.+)$"
)
_NAMED = re.compile(
    r"^(.{4,120}?(?:办法|规定|条例|细则|规则|通知|意见|方案|决定|通告|公告|措施|标准|制度|规程|章程|批复|函))"
    r"(?:\s*\(([^()]{2,60}号)[^()]{0,20}\))?[。；;]?$"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}[〔\[(]\d{4}[〕\])]第?\d{1,5}号|[\u4e00-\u9fff]{0,20}令第?[\d〇零一二三四五六七八九十百]+号"
)
LONGEST_LIST = 2_000


@dataclass(frozen=True, slots=True)
class Ended:
    """A text that another one ends: its title, its number where one is given, the parts where not the whole
    (`第三章、第十二条`), the day from which where the sentence says one, and the words it was read from."""

    title: str
    number: str = ""
    parts: str = ""
    on: date | None = None
    said: str = ""


def ended_by(paragraphs: Iterable[str], own_title: str = "") -> tuple[Ended, ...]:
    """What a text says it repeals, in its order, each once; `own_title` and what only may be are left out.

    `paragraphs` are its paragraphs or rows in order: a list is read from the sentence that announces it (下列…
    予以废止, 废止的…目录) to the next heading of another kind (修改…).
    """
    own = _plain_title(own_title)
    found: dict[tuple[str, str], Ended] = {}
    for each in _read([_plain(text) for text in paragraphs], own_title):
        plain = _plain_title(each.title)
        if plain and plain != own:
            found.setdefault((plain, each.parts), each)
    return tuple(found.values())


def _read(texts: list[str], own_title: str) -> Iterator[Ended]:
    # 关于废止《…》等三件规章的决定: the whole text is such a list, its body announces nothing more.
    in_list = bool(re.search(r"废止|失效", own_title)) and not re.search("修改|修订", own_title)
    day: date | None = None
    for text in texts[: LONGEST_LIST * 4]:
        if in_list and (row := _of_table(text, day)):
            yield row
            continue
        for sentence in re.split(r"(?<=[。；;])|\n", text):
            sentence = sentence.strip()
            if not sentence:
                continue
            if _OTHER_LIST.search(sentence) and not _LIST.search(sentence):
                in_list = False
                continue
            announced = bool(_LIST.search(sentence)) and not _NOT.search(sentence)
            if announced:
                in_list, day = True, _day(sentence)
            if _ENDED.search(sentence) and not _NOT.search(sentence):
                yield from _of_sentence(sentence)
            elif in_list:
                yield from _of_row(sentence, day)


def _of_sentence(sentence: str) -> Iterator[Ended]:
    """Only what is named before the word that ends it: 《甲》同时废止，按照《乙》执行 ends 甲 alone."""
    last = max((found.end() for found in _ENDED.finditer(sentence)), default=0)
    first = _ENDED.search(sentence)
    opens = first is not None and re.match(
        r"^(?:[一二三四五六七八九十]+、|决定|现决定|[^《]{0,30}决定)?[^《]{0,12}(?:废止|宣布失效)",
        sentence[: first.end()],
    )
    said, day = sentence[:400], _day(sentence)
    clauses = re.split(r"(?<=[，,])(?=[^《》]*《)", sentence) if not opens else [sentence]
    if opens:
        yield from _titles(sentence, said, day)
        return
    # The titles that stand in one list up to the word, not those of an earlier clause (根据《…》制定).
    held: list[str] = []
    at = 0
    for clause in clauses:
        at += len(clause)
        held.append(clause)
        if _ENDED.search(clause):
            yield from _titles("".join(held), said, day)
            held = []
        elif re.search(
            r"(?:根据|依据|按照|依照|适用|参照|施行|实施|执行|制定|为准|有效)[^《》]*[，,]?$",
            clause,
        ) or re.match(r"^[^《]{0,12}(?:根据|依据|按照|依照|参照|依)\s*《", clause):
            held = []
        if at >= last:
            break


def _titles(words: str, said: str, day: date | None) -> Iterator[Ended]:
    for found in _TITLE.finditer(words):
        before = words[max(0, found.start() - 8) : found.start()]
        if re.search(r"(?:根据|依据|按照|依照|参照)$", before):
            continue
        rest = words[found.end() :]
        part = _PART.match(rest)
        if not part and re.match(r"\s*(?:中|的)?[^《》，。]{0,10}(?:条款|有关规定|部分)", rest):
            parts = "部分条款"
        else:
            parts = part[1].rstrip("、和至") if part else ""
        yield Ended(found[1].strip(), (found[2] or "").strip(), parts, day, said)


def _of_row(sentence: str, day: date | None) -> Iterator[Ended]:
    """A row of a list: a number, a title with or without its marks, perhaps its document number."""
    if len(sentence) > 200:
        return
    row = _NUMBERED.match(sentence)
    body = row[1].strip() if row else sentence
    if marked := list(_TITLE.finditer(body)):
        # A row begins with the title it names, and names one; 关于印发《…》的通知 is a title itself.
        first = marked[0]
        named = _NAMED.match(body)
        if first.start() > 1 and named and "《" in named[1] and row:
            yield Ended(named[1].strip(), _number(body), "", day, sentence)
        elif first.start() <= 1:
            yield Ended(first[1].strip(), first[2] or _number(body), "", day, sentence)
        return
    if row and (named := _NAMED.match(_without_number(body))):
        yield Ended(named[1].strip(), _number(body), "", day, sentence)


def _of_table(text: str, day: date | None) -> Ended | None:
    """A row of a table (文件名称：…；文号：…) that names a text."""
    cells = [cell.partition("：") for cell in text.split("；")]
    if len(cells) < 2 or len(text) > 400 or not all(mark for _head, mark, _body in cells):
        return None
    for _head, _mark, body in cells:
        named = _NAMED.match(body.strip().removeprefix("《").removesuffix("》"))
        if named:
            return Ended(named[1].strip(), _number(text), "", day, text[:400])
    return None


def _number(words: str) -> str:
    found = _NUMBER.search(words)
    return found.group() if found else ""


def _without_number(words: str) -> str:
    return re.sub(r"[(\s]*(?:" + _NUMBER.pattern + r")[)\s]*", "", words).strip()


def _day(sentence: str) -> date | None:
    """Of 自…起废止 alone: the day of effect of the text itself is not this sentence's to say."""
    found: date | None = None
    for each in _DAY.finditer(sentence):
        after = sentence[each.end() : each.end() + 8]
        if _ENDED.search(after):
            try:
                found = date(number_of(each[1]), number_of(each[2]), number_of(each[3]))
            except ValueError:
                continue
    return found


# Half width but for the stops that part a sentence.
_KEPT = str.maketrans({",": "，", ";": "；", ":": "：", "○": "〇", "﹝": "〔", "﹞": "〕"})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_KEPT)


def _plain_title(title: str) -> str:
    return re.sub(r"[\s《》〈〉]", "", _plain(title))
