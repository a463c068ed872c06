"""Reading entries out of a sheet (CSV or XLSX), with what is wrong said row by row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from minxin.agencies.models import Agency
from minxin.core.dates import NotADay, read_day
from minxin.core.errors import Refused
from minxin.core.uploads import MAX_BYTES as MAX_BYTES
from minxin.core.uploads import read_upload
from minxin.knowledge.actions import EntryDraft, check_draft
from minxin.knowledge.models import Entry
from minxin.knowledge.queries import count_known, known_to_others

MAX_ROWS = 20_000

# Column titles as they stand in the sheet -> the field of the draft.
COLUMNS = {
    "编号": "code",
    "主题": "topic",
    "标准问题": "question",
    "其他问法": "variants",
    "答案": "answer",
    "来源标题": "source_title",
    "文号": "document_number",
    "来源链接": "source_url",
    "发布机关": "issuing_agency",
    "适用区划": "region_code",
    "适用对象": "audience",
    "下一步": "next_steps",
    "生效日期": "valid_from",
    "失效日期": "valid_until",
    "复核日期": "review_on",
    "维护单位": "agency",
    "状态": "status",
}
REQUIRED = ("标准问题", "答案")
_STATUS = {
    "草稿": "draft",
    "已发布": "published",
    "发布": "published",
    "已停用": "retired",
    "": "draft",
}
_LIMITS = {"code": 40, "topic": 40, "question": 200, "source_title": 200, "document_number": 80,
           "source_url": 500, "issuing_agency": 120, "region_code": 12,
           "audience": 30, "next_steps": 500}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one row; `row` counts as the sheet does, the titles are row 1."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: rows fit to be imported, and what is wrong with the others; how many of the rows
    would update an entry (the others would create one); and the number of each row in the sheet."""

    rows: tuple[tuple[Agency, EntryDraft], ...]
    errors: tuple[RowError, ...]
    updates: int = 0
    numbers: tuple[int, ...] = ()


def read_sheet(name: str, content: bytes) -> list[list[str]]:
    """The cells of the first sheet as text; `Refused` when the file cannot be read."""
    return read_upload(name, content, most_rows=MAX_ROWS + 2, sheet=0)[0].rows


def read_rows(cells: list[list[str]], agencies: Iterable[Agency], default: Agency | None) -> Sheet:
    """Check every row. `agencies` are those the person may write for, by code or name."""
    by_name: dict[str, Agency] = {}
    own = list(agencies)
    for agency in own:
        by_name[agency.code] = by_name[agency.name] = agency
        if agency.short_name:
            by_name.setdefault(agency.short_name, agency)
    if not cells:
        raise Refused(_("表格是空的。"), field="file")
    titles = [title.strip().lstrip("\ufeff") for title in cells[0]]
    missing = [title for title in REQUIRED if title not in titles]
    if missing:
        raise Refused(
            _("第一行应是列名，缺少：%(names)s。") % {"names": "、".join(missing)}, field="file"
        )
    if len(cells) - 1 > MAX_ROWS:
        raise Refused(_("一次最多导入 2 万行，请拆分后分批导入。"), field="file")
    places = {COLUMNS[title]: place for place, title in enumerate(titles) if title in COLUMNS}
    at = places.get("code", len(titles))
    taken = known_to_others((row[at].strip() for row in cells[1:] if at < len(row)), own)
    rows: list[tuple[Agency, EntryDraft]] = []
    numbers: list[int] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    asked: dict[tuple[int, str], int] = {}
    for number, row in enumerate(cells[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        values = {
            field: row[place].strip() if place < len(row) else "" for field, place in places.items()
        }
        wrong = _wrong_in(values)
        named = values.get("agency", "")
        owner = by_name.get(named) if named else default
        if owner is None:
            wrong.append(("agency", _("没有这个维护单位，或者您不能为它维护知识。")))
        code = values.get("code", "")
        if code and code in seen:
            wrong.append(("code", _("与第 %(row)s 行的编号重复。") % {"row": seen[code]}))
        seen.setdefault(code, number)
        if code in taken:
            wrong.append(("code", _("这个编号已由其他单位使用，请换一个编号或留空。")))
        if owner is not None:
            first = asked.setdefault((owner.pk, values.get("question", "")), number)
            if first != number and values.get("question"):
                wrong.append(("question", _("与第 %(row)s 行的标准问题重复。") % {"row": first}))
        if not wrong and owner is not None:
            draft = _draft(values)
            try:
                check_draft(draft)
                rows.append((owner, draft))
                numbers.append(number)
                continue
            except Refused as refusal:
                wrong.append((refusal.field, refusal.message))
        errors += [RowError(number, _title(field), message) for field, message in wrong]
    updates = count_known((agency, draft.code, draft.question) for agency, draft in rows)
    return Sheet(tuple(rows), tuple(errors), updates, tuple(numbers))


def _title(field: str) -> str:
    return next((title for title, name in COLUMNS.items() if name == field), field)


def _wrong_in(values: Mapping[str, str]) -> list[tuple[str, str]]:
    wrong = []
    for field, limit in _LIMITS.items():
        if len(values.get(field, "")) > limit:
            wrong.append((field, _("太长，最多 %(limit)s 个字。") % {"limit": limit}))
    for field in ("valid_from", "valid_until", "review_on"):
        if values.get(field) and read_date(values[field]) is None:
            wrong.append((field, _("日期应写成 2026-01-31 这样。")))
    if values.get("status", "") not in _STATUS and values.get("status") not in Entry.Status.values:
        wrong.append(("status", _("状态只能是草稿、已发布或已停用。")))
    url = values.get("source_url", "")
    if url and urlsplit(url).scheme not in {"http", "https"}:
        wrong.append(("source_url", _("链接应以 http:// 或 https:// 开头。")))
    return wrong


def read_date(text: str) -> date | None:
    """A date written as 2026-01-31, 2026/1/31, 2026.1.31 or 2026年1月31日."""
    try:
        return read_day(text)
    except NotADay:
        return None


def _draft(values: Mapping[str, str]) -> EntryDraft:
    status = values.get("status", "")
    variants = values.get("variants", "").replace("\n", "|").replace("｜", "|").split("|")
    return EntryDraft(
        question=values.get("question", ""),
        answer=values.get("answer", ""),
        topic=values.get("topic", ""),
        variants=tuple(text.strip() for text in variants if text.strip()),
        source_title=values.get("source_title", ""),
        document_number=values.get("document_number", ""),
        source_url=values.get("source_url", ""),
        issuing_agency=values.get("issuing_agency", ""),
        region_code=values.get("region_code", ""),
        audience=values.get("audience", ""),
        next_steps=values.get("next_steps", "").replace("|", "\n"),
        valid_from=read_date(values.get("valid_from", "")),
        valid_until=read_date(values.get("valid_until", "")),
        review_on=read_date(values.get("review_on", "")),
        status=_STATUS.get(status, status),
        code=values.get("code", ""),
    )
