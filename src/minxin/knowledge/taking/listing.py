"""A sheet that lists documents, one a row, with their text or their link; any other sheet is a document itself."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from minxin.core.dates import NotADay, read_day
from minxin.knowledge.actions.taking import Found
from minxin.knowledge.models import Document

# Column titles as they stand in the sheet -> what they say of a document.
COLUMNS = {
    "标题": "title", "文号": "document_number", "发布机关": "issuing_agency", "种类": "kind",
    "发布日期": "issued_on", "施行日期": "effective_on", "废止日期": "repealed_on",
    "适用区划": "region_code", "适用对象": "audience", "主题": "topic", "链接": "link", "正文": "text",
}  # fmt: skip
DAYS = ("issued_on", "effective_on", "repealed_on")
MOST_ROWS = 2_000


def is_list(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names at least a title and where the text is."""
    titles = {each.strip().lstrip("\ufeff") for each in rows[0]} if rows else set()
    return "标题" in titles and bool(titles & {"正文", "链接"})


def listed_in(rows: Sequence[Sequence[str]]) -> tuple[list[Found], list[str]]:
    """The documents of a list, and remarks row by row (the titles are row 1) on what is wrong or left out."""
    titles = [each.strip().lstrip("\ufeff") for each in rows[0]]
    at = {COLUMNS[title]: place for place, title in enumerate(titles) if title in COLUMNS}
    found: list[Found] = []
    remarks: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(each.strip() for each in row):
            continue
        values = {name: row[at[name]].strip() if at[name] < len(row) else "" for name in at}
        text, link = values.get("text", ""), values.get("link", "")
        if not values.get("title") or not (text or link):
            remarks.append(
                _("第 %(row)s 行没有标题，或者正文和链接都没有，已跳过。") % {"row": number}
            )
            continue
        given = _given(values, number, remarks)
        name = f"{values['title'][:200]}.txt" if text else link
        # A text of its own is kept with its title on top, as a document has it.
        if text:
            given["text"] = (
                text if text.startswith(values["title"]) else f"{values['title']}\n{text}"
            )
        found.append(Found(name, number, "" if text else link, given))
    return found, remarks


def _given(values: Mapping[str, str], number: int, remarks: list[str]) -> dict[str, str]:
    given = {
        name: value
        for name, value in values.items()
        if value and name not in {"text", "kind", *DAYS}
    }
    kinds = {str(label): value for value, label in Document.Kind.choices}
    if values.get("kind"):
        if values["kind"] in kinds:
            given["kind"] = kinds[values["kind"]]
        else:
            words = _("第 %(row)s 行的种类“%(kind)s”不认识，按默认的种类录入。")
            remarks.append(words % {"row": number, "kind": values["kind"][:20]})
    for name in DAYS:
        if not values.get(name):
            continue
        try:
            day = read_day(values[name])
        except NotADay:
            day = None
        if day is None:
            words = _("第 %(row)s 行的日期“%(day)s”读不出来，应写成 2026-01-31 这样。")
            remarks.append(words % {"row": number, "day": values[name][:20]})
        else:
            given[name] = day.isoformat()
    return given
