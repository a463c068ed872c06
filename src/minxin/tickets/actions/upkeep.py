"""What time does, and what an administrator keeps."""

import contextlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may_everywhere, staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.actions.calling_back import end_call_backs
from minxin.tickets.actions.handling import close
from minxin.tickets.actions.steps import audit_move, copy_to, locked, move, note_step
from minxin.tickets.models import (
    Category,
    DeadlinePreset,
    Ticket,
)
from minxin.tickets.rules import OPEN, REOPEN_WITHIN, Verb, day_words


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


def remind_of_deadlines(*, now: datetime) -> int:
    """Tell agencies what is due today or overdue; how many were told."""
    told = 0
    today = timezone.localtime(now).date()
    open_tickets = Ticket.objects.filter(status__in=OPEN, stopped_at=None)
    end = timezone.localtime(now).replace(hour=23, minute=59, second=59)
    for ticket in open_tickets.filter(due_at__lte=end).select_related("agency")[:2000]:
        due = timezone.localtime(ticket.due_at).date()
        words = gettext_noop("工单 %(number)s 应于%(day)s答复") % {
            "number": ticket.number,
            "day": day_words(due, today),
        }
        people = staff_with(Permission.ANSWER_TICKETS, ticket.agency)
        link = f"/console/tickets/{ticket.number}/"
        told += notify_staff(people, kind="deadline", text=words, link=link, now=now)
    return told


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


@transaction.atomic
def keep_preset(
    *,
    code: str,
    name: str,
    source: str,
    region_code: str,
    nature: str,
    working_days: int,
    is_active: bool,
    actor: Actor,
    now: datetime,
) -> DeadlinePreset:
    """Add or change a region's working days for one nature. Promises already given stay."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    if not 1 <= working_days <= 90:
        raise Refused(_("时限应在 1 到 90 个工作日之间。"), field="working_days")
    if is_active:
        DeadlinePreset.objects.filter(
            nature=nature, region_code=region_code, is_active=True
        ).exclude(code=code).update(is_active=False)
    preset, _is_new = DeadlinePreset.objects.update_or_create(
        code=code,
        nature=nature,
        defaults={
            "name": name,
            "source": source,
            "region_code": region_code,
            "working_days": working_days,
            "is_active": is_active,
        },
    )
    after = {"days": working_days, "is_active": is_active}
    audit.record(actor, "preset.kept", preset, now=now, after=after)
    return preset
