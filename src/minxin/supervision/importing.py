"""Uploaded sheets of expressions and of articles: rows as values, or what is wrong row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.core.dates import NotADay, read_moment
from minxin.core.errors import Refused
from minxin.core.uploads import read_upload
from minxin.supervision.actions.items import Article
from minxin.supervision.actions.word_lists import MOST_TERMS, TermDraft, fault_of
from minxin.supervision.models import PublishedItem
from minxin.supervision.rules.looking import fingerprint
from minxin.supervision.rules.packs import Severity

TERM_COLUMNS = ("错误表述", "正确表述", "严重程度", "依据", "起查日期")
ITEM_COLUMNS = ("标题", "正文", "链接", "发布时间")
MOST_ARTICLES = 5_000
_SEVERITIES = {
    "": Severity.MAJOR, "单项否决": Severity.VETO, "较重": Severity.MAJOR, "严重": Severity.MAJOR, "一般": Severity.MINOR,
}  # fmt: skip
_OTHER_NAMES = {"错误表述": ("过时表述", "错误或过时表述", "旧称", "原表述"), "正确表述": ("新称", "建议表述"),
                "起查日期": ("只查此日起发布的",), "发布时间": ("发布日期",), "链接": ("网址",)}  # fmt: skip
_TOLD = 10
_T = TypeVar("_T")


def read_terms(name: str, content: bytes) -> list[TermDraft]:
    """The expressions of a sheet. Raises `Refused` for the field `file`, naming the rows at fault."""
    return _read(name, content, TERM_COLUMNS, ("错误表述",), MOST_TERMS, _term)


def read_articles(name: str, content: bytes, account: Account, *, now: datetime) -> list[Article]:
    """The articles of a sheet, all of one account. Raises `Refused` as `read_terms`."""
    return _read(
        name, content, ITEM_COLUMNS, ("正文", "发布时间"), MOST_ARTICLES,
        lambda row: _article(row, account, now),
    )  # fmt: skip


def _read(
    name: str, content: bytes, columns: Sequence[str], needed: Sequence[str], most: int,
    make: Callable[[Mapping[str, str]], _T],
) -> list[_T]:  # fmt: skip
    sheets = [each.rows for each in read_upload(name, content, most_rows=most + 2)]
    rows, start = next(
        (
            (each, at)
            for each in sheets
            for at, row in enumerate(each[:10])
            if _titled(row, needed, columns)
        ),
        ([], None),
    )
    if start is None:
        words = _("没有找到列名，第一行应有：%(columns)s。")
        raise Refused(words % {"columns": "、".join(needed)}, field="file")
    if len(rows) - start - 1 > most:
        raise Refused(_("一次最多导入 %(most)s 行，请拆分。") % {"most": most}, field="file")
    titles = [_column(title, columns) for title in rows[start]]
    made: list[_T] = []
    faults: list[str] = []
    for number, values in _filled(rows, start):
        row = {title: value.strip() for title, value in zip(titles, values, strict=False) if title}
        try:
            made.append(make(row))
        except Refused as refusal:
            words = _("第 %(row)s 行：%(what)s")
            faults.append(words % {"row": number, "what": refusal.message})
    if faults:
        more = _("（共 %(count)s 行有误，没有导入）") % {"count": len(faults)}
        raise Refused("；".join(faults[:_TOLD]) + more, field="file")
    if not made:
        raise Refused(_("表格里没有内容。"), field="file")
    return made


def _filled(rows: Sequence[Sequence[str]], start: int) -> Iterator[tuple[int, Sequence[str]]]:
    for number, values in enumerate(rows[start + 1 :], start + 2):
        if any(value.strip() for value in values):
            yield number, values


def _column(title: str, columns: Sequence[str]) -> str:
    title = "".join(title.split())
    return next(
        (each for each in columns if title == each or title in _OTHER_NAMES.get(each, ())), ""
    )


def _titled(row: Sequence[str], needed: Sequence[str], columns: Sequence[str]) -> bool:
    found = {_column(title, columns) for title in row}
    return all(each in found for each in needed)


def _term(row: Mapping[str, str]) -> TermDraft:
    severity = _SEVERITIES.get(row.get("严重程度", ""))
    if severity is None:
        raise Refused(_("严重程度只能是：单项否决、较重、一般。"))
    day = row.get("起查日期", "")
    draft = TermDraft(
        row.get("错误表述", ""), row.get("正确表述", ""), severity, row.get("依据", ""),
        _day(day) if day else None,
    )  # fmt: skip
    if (fault := fault_of(draft)) is not None:
        raise Refused(fault[1])
    return draft


def _article(row: Mapping[str, str], account: Account, now: datetime) -> Article:
    title, text, url = row.get("标题", ""), row.get("正文", ""), row.get("链接", "")
    if not text:
        raise Refused(_("没有正文。"))
    if url and not url.startswith(("http://", "https://")):
        raise Refused(_("链接要以 http:// 或 https:// 开头。"))
    at = _moment(row.get("发布时间", ""))
    if at > now:
        raise Refused(_("发布时间晚于现在。"))
    # What has an address is known by it: its text may change. What has none, by its text.
    key = url or f"sheet-{fingerprint(title, text)}"
    return Article(account.pk, PublishedItem.Source.IMPORT, key[:140], title, text, at, url[:500])


def _day(words: str) -> date:
    return timezone.localtime(_moment(words)).date()


def _moment(words: str) -> datetime:
    try:
        day, hour = read_moment(words)
    except NotADay as error:
        told = _("日期“%(words)s”看不懂，请写成 2026-01-31。") % {"words": words[:20]}
        raise Refused(told) from error
    return timezone.make_aware(datetime.combine(day, hour or time(0)))
