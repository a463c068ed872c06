"""What a document says about itself: number, issuer, days, what it repeals. Proposed, for a person to check."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from minxin.text.documents.blocks import Block
from minxin.text.documents.structure import title_of
from minxin.text.numerals import number_of
from minxin.text.repeals import Ended, ended_by
from minxin.text.traditional import simplified

_HEAD, _FOOT = 15, 8  # blocks in which a document presents itself, and is signed
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}\s*[〔\[（(【﹝]\s*(?:19|20)\d{2}\s*[〕\]）)】﹞]\s*第?\s*\d{1,5}\s*[号號]"
)
_ORDER = re.compile(
    r"([\u4e00-\u9fff]{2,40}?)(?:令|公告)\s*(?:[（(]?第\s*[\d〇零一二三四五六七八九十百千]+\s*[号號][）)]?)"
)
_DAY = r"(\d{4}|[〇○零一二三四五六七八九]{4})\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*日"
_ONE_DAY = re.compile(_DAY)
_EFFECT = re.compile(rf"自\s*{_DAY}\s*起\s*(?:正式)?(?:施行|实施|執行|执行|生效|實施)")
_EFFECT_LINE = re.compile(rf"{_DAY}\s*(?:起)?\s*(?:施行|实施)")
_AT_ONCE = re.compile(
    r"自\s*(?:公布|发布|發布|印发|发文|颁布)\s*之日\s*起\s*(?:施行|实施|执行|生效)"
)
# Of the document itself; a licence has such words, too.
_OWN = r"(?:本(?:办法|规定|通知|意见|方案|细则|规则|政策|文件|措施|通告|公告)|起(?:正式)?(?:施行|实施|执行))[^。；]{0,20}?"
_UNTIL = re.compile(rf"{_OWN}有效期(?:至|到)\s*{_DAY}")
_YEARS = re.compile(rf"{_OWN}有效期(?:为|限为)?\s*([一二三四五六七八九十\d]{{1,2}})\s*年")
_CONGRESS = re.compile(
    r"届?((?:全国|[\u4e00-\u9fff]{2,12}(?:省|市|自治区|县|区))?人民代表大会(?:常务委员会)?)(?=第)"
)
_ISSUED = re.compile(rf"{_DAY}[^。；\n]{{0,120}}?(?:公布|发布|發布|印发|通过|修订|修正|颁布)")
_FROM_TITLE = re.compile(
    r"(?:中共)?[\u4e00-\u9fff]{2,40}?(?:人民政府办公厅|人民政府办公室|人民政府|委员会|办公厅|办公室|管理局|局|厅|部|院|署|中心)(?=(?:等\S{1,4}部门)?关于|關於)"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found; empty or None where nothing was. `ends_on` is the first day on which it holds no more."""

    title: str = ""
    document_number: str = ""
    issuing_agency: str = ""
    issued_on: date | None = None
    effective_on: date | None = None
    ends_on: date | None = None
    repeals: tuple[Ended, ...] = ()


def propose(blocks: Iterable[Block]) -> Proposal:
    """Read what a document says about itself."""
    every = list(blocks)
    title = title_of(every)
    texts = [unicodedata.normalize("NFKC", block.text).replace("○", "〇") for block in every]
    head, foot = texts[:_HEAD], texts[-_FOOT:]
    number = next(
        (_squeezed(raw) for raw in (b.text for b in every[:_HEAD]) if _is_number(raw)), ""
    )
    order = next((found for text in head if (found := _ORDER.search(text))), None)
    if not number and order:
        number = order.group().strip()
    issued = _latest(_ISSUED, head) or _signed_on(foot) or _signed_on(head)
    effective = next(
        (_day(found) for text in texts if (found := _EFFECT.search(text))),
        None,
    ) or next((_day(found) for text in head if (found := _EFFECT_LINE.search(text))), None)
    if effective is None and any(_AT_ONCE.search(text) for text in texts):
        effective = issued
    if effective and issued and effective < issued and any("修" in text for text in head):
        effective = issued  # an amended text holds from its amendment
    return Proposal(
        title=title,
        document_number=number[:80],
        issuing_agency=_issuer(title, order.group(1) if order else "", head, foot),
        issued_on=issued,
        effective_on=effective,
        ends_on=_end(texts, effective or issued),
        repeals=ended_by((simplified(block.text) for block in every), simplified(title)),
    )


def _is_number(raw: str) -> bool:
    return bool(_NUMBER.search(raw)) and len(raw) <= 80


def _squeezed(raw: str) -> str:
    found = _NUMBER.search(raw)
    return "".join(found.group().split()) if found else ""


def _issuer(title: str, order: str, head: list[str], foot: list[str]) -> str:
    congress = [found[1] for text in head for found in _CONGRESS.finditer(text)]
    if congress:
        return congress[-1]
    if order:
        return order.removeprefix("中华人民共和国") if order.endswith("国务院") else order
    if found := _FROM_TITLE.match(title):
        return found.group()
    for at, text in enumerate(foot):
        if at and _ONE_DAY.fullmatch(text.strip()) and 3 < len(foot[at - 1]) <= 40:
            above = foot[at - 1].strip()
            if not re.search(r"[。；，:]", above):
                return above
    return ""


def _signed_on(texts: list[str]) -> date | None:
    for text in reversed(texts):
        found = _ONE_DAY.fullmatch(text.strip(" ()（）"))
        if found:
            return _day(found)
    return None


def _latest(pattern: re.Pattern[str], texts: list[str]) -> date | None:
    days = [day for text in texts for found in pattern.finditer(text) if (day := _day(found))]
    return max(days, default=None)


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(number_of(found[1]), number_of(found[2]), number_of(found[3]))
    except ValueError:
        return None


def _end(texts: list[str], first: date | None) -> date | None:
    for text in texts:
        if (found := _UNTIL.search(text)) and (day := _day(found)):
            return day + timedelta(days=1)
        if (found := _YEARS.search(text)) and first:
            try:
                return first.replace(year=first.year + number_of(found[1]))
            except ValueError:  # 29 February
                return date(first.year + number_of(found[1]), 3, 1)
    return None
