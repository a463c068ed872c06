"""What time does, and what an administrator keeps."""

import contextlib
from datetime import datetime

from django.db import transaction

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.actions.handling import close
from minxin.tickets.models import (
    Category,
)


def close_silently_accepted(*, now: datetime) -> int:
    """Close what was answered a week ago and not complained about; how many."""
    closed = 0
    for ticket in queries.silently_accepted(now)[:200]:
        with contextlib.suppress(Refused):  # rated or reopened a moment ago
            close(ticket, actor=System("clock"), now=now)
            closed += 1
    return closed


@transaction.atomic
def keep_category(
    *,
    code: str,
    name: str,
    agency: Agency | None,
    keywords: str,
    actor: Actor,
    now: datetime,
) -> Category:
    """Add a category or change it."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    category, _is_new = Category.objects.update_or_create(
        code=code, defaults={"name": name, "agency": agency, "keywords": keywords}
    )
    audit.record(actor, "category.kept", category, now=now, after={"name": name})
    return category
