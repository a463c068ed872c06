"""What the rules say in Chinese, in the reader's language."""

import re
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from minxin.core.working_time import Span, Unit
from minxin.tickets.rules import day_words

# What `tickets.queries.deadline_of` may say, the number taken out.
DEADLINES = (
    gettext_noop("还剩 %(n)s 个工作日"),
    gettext_noop("已超期 %(n)s 个工作日"),
    gettext_noop("今天到期"),
    gettext_noop("按时答复"),
    gettext_noop("超期答复"),
    gettext_noop("暂停计时"),
    gettext_noop("由承接平台办理"),
    gettext_noop("承接平台已答复"),
    gettext_noop("已撤回"),
    gettext_noop("不予受理"),
    gettext_noop("已终止"),
    # English minds the number one.
    gettext_noop("还剩 1 个工作日"),
    gettext_noop("已超期 1 个工作日"),
)


# Of `tickets.queries.TITLES`, those that are no state's name.
STEPS = (
    gettext_noop("申请退单"),
    gettext_noop("同意退单"),
    gettext_noop("不同意退单"),
    gettext_noop("申请裁定"),
    gettext_noop("争议裁定"),
    gettext_noop("申请延期"),
    gettext_noop("已延期"),
    gettext_noop("不同意延期"),
    gettext_noop("回访"),
    gettext_noop("回访后重办"),
    gettext_noop("送审答复"),
    gettext_noop("撤回送审"),
    gettext_noop("退回修改"),
    gettext_noop("审核通过"),
    gettext_noop("提出异议"),
    gettext_noop("补充内容"),
    gettext_noop("申请延长补充时间"),
    gettext_noop("协办"),
    gettext_noop("转专人登记"),
    gettext_noop("建议约谈"),
    gettext_noop("标记"),
    gettext_noop("解除标记"),
    gettext_noop("提出恶意认定"),
    gettext_noop("不予认定为恶意"),
    gettext_noop("终止办理"),
    gettext_noop("提出申诉"),
    gettext_noop("申诉成立，接着办理"),
    gettext_noop("申诉不成立"),
)

LIMITS = {
    Unit.WORKING_MINUTES: gettext_lazy("%(n)s 个工作分钟"),
    Unit.WORKING_HOURS: gettext_lazy("%(n)s 个工作小时"),
    Unit.WORKING_DAYS: gettext_lazy("%(n)s 个工作日"),
    Unit.HOURS: gettext_lazy("%(n)s 小时"),
    Unit.DAYS: gettext_lazy("%(n)s 天"),
}


def limit_said(span: Span) -> str:
    """A limit in the reader's language: 3 个工作日, 24 小时."""
    return str(LIMITS[span.unit]) % {"n": span.amount}


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


def span_said(length: timedelta) -> str:
    """A length of time in the reader's language, to the hour beyond a day: 2 天 3 小时, 15 分钟."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)s 天 %(hours)s 小时") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分钟") % {"hours": hours, "minutes": rest}
    return _("%(minutes)s 分钟") % {"minutes": rest}
