"""What time does, and what an administrator keeps."""

import contextlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.actions.calling_back import end_call_backs
from minxin.tickets.actions.handling import close
from minxin.tickets.actions.steps import audit_move, copy_to, locked, move, note_step
from minxin.tickets.models import Category, Ticket
from minxin.tickets.rules import REOPEN_WITHIN, Verb


def close_silently_accepted(*, now: datetime) -> int:
    """Close what was answered so many days ago (`Policy.closes_after_days`) and not complained about; how
    many."""
    closed = 0
    for ticket in queries.silently_accepted(now)[:200]:
        with contextlib.suppress(Refused):  # rated or reopened a moment ago
            close(ticket, actor=System("clock"), now=now)
            closed += 1
    return closed


@transaction.atomic
def archive(ticket: Ticket, *, actor: System, now: datetime) -> None:
    """Lay a closed ticket that nobody may ask again into the archive: read, never changed. A call-back that
    nobody made is not made any more."""
    fresh = locked(ticket, Verb.ARCHIVE)
    if fresh.answered_at is None or now - fresh.answered_at <= REOPEN_WITHIN:
        raise Refused(_("还在可以要求重新办理的期限内，不能归档。"))
    end_call_backs(fresh)
    fresh.archived_at = now
    before = move(fresh, Verb.ARCHIVE, ("archived_at",))
    note_step(fresh, Verb.ARCHIVE, actor, now, text="", is_public=False)
    audit_move(fresh, "ticket.archived", actor, now, before)
    copy_to(fresh, ticket)


def archive_closed(*, now: datetime) -> int:
    """Archive what has been closed and asked again by nobody in time, a few at a time; how many."""
    done = 0
    for ticket in queries.to_archive(now)[:500]:
        with contextlib.suppress(Refused):  # moved a moment ago
            archive(ticket, actor=System("clock"), now=now)
            done += 1
    return done


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
