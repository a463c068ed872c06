"""Words of the portal's templates."""

from datetime import datetime

from django import template
from django.utils import timezone

from minxin.tickets.rules import day_words

register = template.Library()


@register.filter
def when(value: datetime) -> str:
    """A time as people say it: 今天 15:20, 11月26日 09:00."""
    local = timezone.localtime(value)
    return f"{day_words(local.date(), timezone.localdate())} {local:%H:%M}"
