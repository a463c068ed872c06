"""Decisions about documents: when they hold, which of two is the newer, how a passage is cited. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from minxin.text.numerals import in_words, number_of
from minxin.text.traditional import simplified

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which something holds, both ends included; None where it has no end on that side."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def of(
        cls,
        *,
        issued_on: date | None = None,
        effective_on: date | None = None,
        repealed_on: date | None = None,
        superseded_on: date | None = None,
    ) -> "Span":
        """The days of a document. It holds from the day it says, or from its issue; on the day from
        which it is repealed (自…起废止) or a newer one takes effect it holds no more."""
        ends = [day for day in (repealed_on, superseded_on) if day is not None]
        return cls(effective_on or issued_on, min(ends) - _DAY if ends else None)

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)

    def standing(self, on: date) -> str:
        """`current`, `not_yet` or `ended` on a day."""
        if self.last is not None and on > self.last:
            return "ended"
        return "not_yet" if self.first is not None and on < self.first else "current"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands in its document: 第十二条, second paragraph, （三）. A clause of 0 is the only
    one of its article; a document without articles has its own numbers instead (一、, 附件1). An item below
    an item stands behind a stroke (（三）/1.), a row of a table is 第4行."""

    article: str = ""
    clause: int = 0
    item: str = ""


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage of a published document with what an index and a citation need of it.

    `passage_id` is a number of the row; `position` counts within the document and stays the same as long
    as its text does: links use it. `lead` is the text that introduces an item, empty otherwise. `valid`
    ends with the document's repeal or its newer version, see `Span`.
    """

    passage_id: int
    document_id: int
    agency_id: int
    position: int
    kind: str
    path: str
    text: str
    lead: str
    place: Place
    page: int | None
    document_kind: str
    title: str
    document_number: str
    issuing_agency: str
    region_code: str
    audience: str
    topic: str
    link: str
    valid: Span
    begins_unsaid: bool = False  # no day of effect is known: `valid` begins with the day of issue

    def __hash__(self) -> int:
        return self.passage_id

    @property
    def citation(self) -> str:
        """《…条例》第十二条第二款"""
        return citation(self.title, self.place)


_NUMERAL = re.compile(r"[〇零一二三四五六七八九十百千]+|\d{1,4}")


def citation(title: str, place: Place = Place()) -> str:
    """The words by which an official text is cited: 《条例》第十二条第二款第三项.

    Items stand in Chinese numerals without brackets (最高人民法院《人民法院民事裁判文书制作规范》). A part of a
    document without articles is named as it is numbered there: 《通知》第二部分第一项.
    """
    named = title.strip().removeprefix("《").removesuffix("》") if _is_quoted(title) else title
    words = f"《{named.strip().replace('《', '〈').replace('》', '〉')}》"
    if place.article.startswith("第"):
        words += place.article
    elif place.article:
        found = _NUMERAL.match(place.article)
        is_part = found is not None and place.article[found.end() :] == "、"
        number = number_of(found.group()) if found is not None and is_part else 0
        words += f"第{in_words(number)}部分" if number else place.article
    if place.clause:
        words += f"第{in_words(place.clause)}款"
    for depth, part in enumerate(place.item.split("/")):
        found = _NUMERAL.search(part)
        number = number_of(found.group()) if found else 0
        if number and part.endswith("行"):
            words += f"表格第{number}行"
        elif number:
            words += f"第{in_words(number)}{'目' if depth else '项'}"
    return words


def _is_quoted(title: str) -> bool:
    inner = title.strip()
    return inner.startswith("《") and inner.endswith("》") and "《" not in inner[1:]


_ASIDE = re.compile(r"[\s《》〈〉“”\"'‘’（）()\[\]【】〔〕,，.。、:：;；·\-—_]+")
_VERSION = re.compile(
    r"[(（](?:\d{4}年?[^()（）]{0,12}|修订|修正|试行本|\d{4}-\d{1,2}-\d{1,2})[)）]\s*$"
)


def comparable(title: str) -> str:
    """A title as titles are compared: half width, simplified, without punctuation and without the year
    of its version in brackets at the end. Nothing kept or shown is ever altered so."""
    plain = simplified(unicodedata.normalize("NFKC", title))
    plain = _VERSION.sub("", plain) or plain
    return _ASIDE.sub("", plain).lower()


def comparable_number(number: str) -> str:
    """A document number as numbers are compared: 云政发〔2026〕3号, 云政发[2026]3號 and 云政发(2026)第3号
    are one."""
    plain = simplified(unicodedata.normalize("NFKC", number))
    return _ASIDE.sub("", plain).replace("第", "").lower()


@dataclass(frozen=True, slots=True)
class Issue:
    """What decides between two documents: their key, title, number, issuer, region and first day."""

    document_id: int
    title: str
    issuing_agency: str = ""
    region_code: str = ""
    first: date | None = None
    superseded_by: int | None = None


def is_newer(one: Issue, other: Issue) -> bool:
    """Whether `one` takes the place of `other`: the same title, issuer and region, in force later. Two
    of the same day, or one without any day, leave the decision to a person."""
    return (
        one.document_id != other.document_id
        and comparable(one.title) == comparable(other.title) != ""
        and comparable(one.issuing_agency) == comparable(other.issuing_agency)
        and one.region_code == other.region_code
        and one.first is not None
        and other.first is not None
        and one.first > other.first
    )
