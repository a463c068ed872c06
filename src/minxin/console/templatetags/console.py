"""Words of the console's templates."""

import functools
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as translate

from minxin.console.rows import body_of
from minxin.console.wording import notice_said
from minxin.supervision.packs import library
from minxin.text import mask
from minxin.tickets.wording import day_said, deadline_said, span_said

register = template.Library()


@register.filter
def when(value: datetime | None) -> str:
    """A time as people say it: 今天 15:20, 11月26日 09:00."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{day_said(local.date(), timezone.localdate())} {local:%H:%M}"


@register.filter
def day(value: datetime | None) -> str:
    """A day as people say it."""
    if value is None:
        return ""
    return day_said(timezone.localtime(value).date(), timezone.localdate())


@register.filter
def said(words: str) -> str:
    """A deadline's words in the reader's language."""
    return deadline_said(words)


@register.filter
def notice(text: str) -> str:
    """What staff were told, in the reader's language."""
    return notice_said(text)


@register.filter
def told(words: str) -> str:
    """A sentence of the system that was kept in Chinese, in the reader's language where it is known."""
    return translate(words) if words else ""


@register.filter
def unlocalized(value: int | None) -> str:
    """A number as a machine reads it."""
    return "" if value is None else str(value)


@register.filter
def thousands(value: int | None) -> str:
    """A count in groups of three, as WeChat writes its numbers; Django's Chinese groups are of four."""
    return f"{value or 0:,}"


@register.filter
def rule_title(pack_id: str) -> str:
    """What a rule pack is called; its id when the pack is gone."""
    pack = library().named(pack_id)
    return pack.title if pack else pack_id


@register.filter
def masked(value: Any) -> str:
    """Free text with private data blotted out."""
    return mask(str(value or ""))


@register.filter
def has(held: set[str] | None, name: str) -> bool:
    """Whether a permission, by its name, is among those held."""
    return name in (held or set())


_SHAPES = {
    "home": "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
    "chat": "M4 5h16v11H9l-5 4z",
    "ticket": "M5 4h14v16l-3-2-2 2-2-2-2 2-2-2-3 2zM8 9h8M8 13h5",
    "book": "M5 4h6a2 2 0 0 1 1 1 2 2 0 0 1 1-1h6v15h-6l-1 1-1-1H5zM12 5v14",
    "question": "M12 3a9 9 0 1 0 .1 0M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1 .8-1 1.7M12 16.8v.2",
    "account": "M4 5h16v14H4zM8 10a2 2 0 1 0 .1 0M5.500 16c.5-2 4.500-2 5 0M14 10h4M14 13h4",
    "send": "M4 12l16-8-5 16-4-6zM11 14l4-5",
    "list": "M8 6h12M8 12h12M8 18h12M4 6v.2M4 12v.2M4 18v.2",
    "tree": "M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4",
    "people": "M9 11a3.500 3.500 0 1 0-.1 0M3 20c.5-6 11.500-6 12 0M16 11a3 3 0 1 0 0-6M17 14c3 .5 4 3 4 6",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    "clock": "M12 3a9 9 0 1 0 .1 0M12 7v5l3 3",
    "audit": "M6 3h9l4 4v14H6zM9 12l2 2 4-4",
    "gauge": "M4 18a9 9 0 1 1 16 0zM12 15l4-6M12 15v.2",
    "check": "M4 5h16v14H4zM8 12l3 3 5-6",
    "search": "M10 4a6 6 0 1 0 .1 0M14.500 14.500L20 20",
    "key": "M8 15a4 4 0 1 1 3-6.600L20 8v4h-3v3h-3l-2-2M7 12h.01",
    "feather": "M5 19c1-8 6-14 14-14 0 8-5 12-11 12M5 19l8-8",
    "bell": "M6 17V11a6 6 0 1 1 12 0v6l2 1H4zM10 20h4",
}


_ICONS = {
    name: format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        shape,
    )
    for name, shape in {**_SHAPES, "": ""}.items()
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line drawing, always beside its word."""
    return _ICONS.get(name, _ICONS[""])


@register.simple_tag
def unchanging(name: str) -> SafeString:
    """A part that is the same for everybody: rendered once for each language, without any context."""
    return _unchanging(name, get_language() or "")


@functools.cache
def _unchanging(name: str, _language: str) -> SafeString:
    return render_to_string(name)


@register.simple_tag(takes_context=True)
def table_body(context: template.Context, table: Any) -> SafeString:
    """The lines of a table's page."""
    return body_of(table, context)


@register.filter
def span(value: timedelta) -> str:
    """How long a clock ran: 2 天 3 小时, 15 分钟."""
    return span_said(value)


@register.filter
def at(values: dict[Any, Any] | None, key: Any) -> Any:
    """What stands under a key; None where nothing does."""
    return (values or {}).get(key)
