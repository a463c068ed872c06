"""The rooms' rules speak Chinese; this says the same in the reader's language."""

import re
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from minxin.tickets.rules import day_words

# What `tickets.queries.deadline_of` may say, the number taken out.
DEADLINES = (
    gettext_noop("还剩 %(n)s 个工作日"),
    gettext_noop("已超期 %(n)s 个工作日"),
    gettext_noop("今天到期"),
    gettext_noop("按时答复"),
    gettext_noop("超期答复"),
    # English minds the number one.
    gettext_noop("还剩 1 个工作日"),
    gettext_noop("已超期 1 个工作日"),
)
# What staff are told of, kept in Chinese: who reads it need not share a language with who caused it.
NOTICES = (
    gettext_noop("有新的诉求工单 %(number)s"),
    gettext_noop("工单 %(number)s 交由本单位办理"),
    gettext_noop("工单 %(number)s 被要求重新办理"),
    gettext_noop("工单 %(number)s 收到“%(level)s”评价"),
    gettext_noop("工单 %(number)s 应于%(day)s答复"),
    gettext_noop("有 %(count)s 条知识需要复核或即将失效"),
    gettext_noop("“%(name)s”导入结束：新增 %(new)s 条，更新 %(old)s 条，%(bad)s 行有误"),
)
_MARK = re.compile(r"%\\\((\w+)\\\)s")
_PATTERNS = tuple(
    (each, re.compile(_MARK.sub(r"(?P<\1>.+?)", re.escape(each)) + "$")) for each in NOTICES
)
_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")


def deadline_said(words: str) -> str:
    """A deadline in the reader's language."""
    number = re.search(r"\d+", words)
    if number is None or words in DEADLINES:
        return _(words)
    return _(words.replace(number[0], "%(n)s", 1)) % {"n": number[0]}


def day_said(day: date, today: date) -> str:
    """A day in the reader's language: 今天, 11月30日; today, 30 Nov."""
    words = day_words(day, today)
    if not (get_language() or "").startswith("en"):
        return words
    if not any(char.isdigit() for char in words):
        return _(words)
    return date_format(day, "j M" if day.year == today.year else "j M Y")


def notice_said(text: str) -> str:
    """A notice in the reader's language; one of no known form stays as it was written."""
    if not (get_language() or "").startswith("en"):
        return text
    for words, pattern in _PATTERNS:
        found = pattern.match(text)
        if found is not None:
            return _(words) % {name: _part(value) for name, value in found.groupdict().items()}
    return text


def _part(value: str) -> str:
    """A word that stands in a notice: a day, a level, a number."""
    day = _DAY.fullmatch(value)
    if day is None:
        return _(value)
    year, month, number = day.groups()
    said = date_format(date(int(year or 2000), int(month), int(number)), "j M")
    return f"{said} {year}" if year else said
