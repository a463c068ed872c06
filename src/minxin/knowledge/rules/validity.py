"""Decisions about what cites a text that ends, and which of two texts on one matter is the later. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from minxin.knowledge.rules.answers import area_of
from minxin.knowledge.rules.documents import Issue, comparable, comparable_number

_QUOTED = re.compile(r"《([^《》]{2,120}(?:〈[^〉]*〉[^《》]*)?)》")
_STATE = "中华人民共和国"
# 云政发〔2026〕3号 says whose it is; 第9号 alone does not.
_WHOSE = re.compile(r"^[\u4e00-\u9fff]{2,}.*\d")
AHEAD = timedelta(days=30)  # so long before its end an owner hears of it
SHORT = timedelta(days=7)


def title_key(title: str) -> str:
    """What the title of a source is compared by. Of 《…》第九条 what stands in the marks; the state's name
    before a statute is left out, for officials do."""
    quoted = _QUOTED.match(title.strip())
    plain = comparable(quoted[1] if quoted else title)
    return plain.removeprefix(_STATE) or plain


def titles_in(text: str) -> tuple[str, ...]:
    """The keys of all titles in 《》 in a text, each once."""
    return tuple(dict.fromkeys(key for each in _QUOTED.findall(text) if (key := title_key(each))))


def number_names_a_document(number: str) -> bool:
    """Whether a document number (`comparable_number`) says whose it is, so that it names one text alone."""
    return bool(_WHOSE.match(number))


@dataclass(frozen=True, slots=True)
class Source:
    """A source as an entry names it, or a document: `title` and `number` as they are compared."""

    title: str
    number: str = ""
    issuing_agency: str = ""
    region_code: str = ""

    @classmethod
    def of(
        cls, title: str, number: str = "", issuing_agency: str = "", region_code: str = ""
    ) -> "Source":
        """From the words as they were written."""
        return cls(title_key(title), comparable_number(number), issuing_agency, region_code)


CERTAIN_SOURCE, LIKELY_SOURCE, NO_SOURCE = "source", "likely", ""


def cites(entry: Source, document: Source) -> str:
    """How sure it is that an entry's source is this document: `source`, `likely`, or empty for not.

    The same number that says whose it is decides alone, and two such numbers that differ decide against it.
    Else the titles must be the same; of another issuer it is likely only, and not where the places
    exclude each other: many provinces have a 最低生活保障办法.
    """
    if number_names_a_document(entry.number) and number_names_a_document(document.number):
        return CERTAIN_SOURCE if entry.number == document.number else NO_SOURCE
    if not entry.title or entry.title != document.title:
        return NO_SOURCE
    if same_issuers(entry.issuing_agency, document.issuing_agency):
        return CERTAIN_SOURCE
    return LIKELY_SOURCE if overlap(entry.region_code, document.region_code) else NO_SOURCE


_ISSUERS = re.compile(r"[\s、,，;；/]+|(?<=[部委局厅院府会])和")


def issuers(names: str) -> frozenset[str]:
    """The issuers named together, as they are compared: 财政局、教育局 and 教育局 财政局 are the same two;
    和 and 与 inside a name (人力资源和社会保障局) do not count."""
    return frozenset(
        re.sub(r"[和与]", "", plain).removeprefix(_STATE)
        for each in _ISSUERS.split(names)
        if (plain := comparable(each))
    )


def same_issuers(one: str, other: str) -> bool:
    """Whether two texts have the same issuers. One that is not named is nobody's."""
    first, second = issuers(one), issuers(other)
    return bool(first) and first == second


def overlap(one: str, other: str) -> bool:
    """Whether two regions have a place in common: one of them is everywhere, or lies in the other."""
    return not one or not other or one.startswith(area_of(other)) or other.startswith(area_of(one))


_YEARS = re.compile(r"(20\d{2})(?:\s*[-—–~至到]+\s*(20\d{2}))?\s*(?:年度|学年度|学年|年)")


def series_of(title: str) -> tuple[str, int] | None:
    """The matter and the year of a text that comes anew each year: 《2025年义务教育招生方案》; of a span
    (2023—2025年) its last year. None where the title has no year, or several apart from each other."""
    plain = title.translate(_HALF)
    found = list(_YEARS.finditer(plain))
    if len(found) != 1:
        return None
    one = found[0]
    rest = comparable(plain[: one.start()] + plain[one.end() :])
    return (rest, int(one[2] or one[1])) if len(rest) >= 4 else None


_HALF = {ord("０") + digit: str(digit) for digit in range(10)}


def is_next_in_series(one: Issue, other: Issue) -> bool:
    """Whether `one` is a later year's text on the matter of `other`: the same title but for a later year, the
    same issuers, the same region, in force later. Of a text without a day nothing is said."""
    first, second = series_of(one.title), series_of(other.title)
    return (
        one.document_id != other.document_id
        and first is not None
        and second is not None
        and first[0] == second[0]
        and first[1] > second[1]
        and same_issuers(one.issuing_agency, other.issuing_agency)
        and one.region_code == other.region_code
        and one.first is not None
        and other.first is not None
        and one.first > other.first
    )


_ORGAN = re.compile(
    r"^(.{2,30}?(?:省|自治区|特别行政区|市|自治州|州|盟|地区|县|区|旗))"
    r"(?:第[^届]{1,6}届)?(?:人民代表大会|人大|人民政府|政府|人民法院|高级人民法院|人民检察院)"
)


def place_of_issuer(issuing_agency: str) -> str:
    """The words that name the place whose congress or government issued a text (海南省); empty where there are
    several, or the issuer is the state's."""
    named = [found[1] for each in issuers(issuing_agency) if (found := _ORGAN.match(each))]
    return named[0] if len(set(named)) == 1 and len(issuers(issuing_agency)) == len(named) else ""


def region_found(candidates: Iterable[str]) -> str:
    """The code where the place is one alone; empty where several have its name (鼓楼区)."""
    found = set(candidates)
    return found.pop() if len(found) == 1 else ""


def due_of(ends_on: date, today: date, later: date) -> date:
    """By when what cites a text is to be looked at: on the day it ends, or on `later` where that is less than a
    week away or past."""
    return ends_on if ends_on >= today + SHORT else later
