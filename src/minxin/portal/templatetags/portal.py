"""Words of the portal's templates."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone

from minxin.tickets.queries import shown_status, shown_status_label
from minxin.tickets.rules.neighbours import road_of
from minxin.tickets.wording import day_said, deadline_said, span_said

register = template.Library()


@register.filter
def when(value: datetime) -> str:
    """A time as people say it: 今天 15:20, 11月26日 09:00."""
    local = timezone.localtime(value)
    return f"{day_said(local.date(), timezone.localdate())} {local:%H:%M}"


@register.filter
def deadline(words: str) -> str:
    """How a promise stands, in the reader's language."""
    return deadline_said(words)


@register.filter
def road(place: str) -> str:
    """A place of somebody else's, without house and room."""
    return road_of(place)


@register.filter
def span(value: timedelta) -> str:
    """How long a clock ran: 2 天 3 小时, 15 分钟."""
    return span_said(value)


@register.filter
def state(ticket: Any) -> str:
    """A ticket's state as a citizen is told it."""
    return shown_status_label(ticket)


@register.filter
def state_code(ticket: Any) -> str:
    """The same, for its colour."""
    return shown_status(ticket)
