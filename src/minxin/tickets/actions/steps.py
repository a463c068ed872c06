"""What every act on a ticket shares: the lock, the step, the move, the audit."""

from datetime import datetime

from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor, System
from minxin.core.errors import NotFound, Refused
from minxin.tickets.models import (
    Ticket,
    TicketEvent,
)
from minxin.tickets.queries.flags import may_read
from minxin.tickets.rules import (
    Verb,
    may_follow,
    state_after,
)

# What is done here with a ticket that another platform has; it is mirrored by `mirroring`.
HERE_TOO = frozenset(
    {
        Verb.NOTE,
        Verb.RATE,
        Verb.CLOSE,
        Verb.CALL_BACK,
        Verb.ARCHIVE,
        Verb.REOPEN,
        Verb.WITHDRAW,
        Verb.FLAG,
        Verb.UNFLAG,
    }
)


def locked(ticket: Ticket, verb: Verb) -> Ticket:
    """The ticket as it is now, locked; refused when the act is not possible any more."""
    fresh = held(ticket, verb)
    ensure_follows(fresh, verb)
    return fresh


def ensure_follows(ticket: Ticket, verb: Verb) -> None:
    """Refuses an act that the table of transitions does not know in the ticket's state, and what is not
    ours to do while another platform has it."""
    if ticket.handed_over_at is not None and verb not in HERE_TOO:
        raise Refused(_("这件诉求已转交承接平台，由对方办理和答复；可以催办。"))
    if not may_follow(ticket.status, verb):
        raise Refused(
            _("工单现在的状态是“%(state)s”，不能这样处理。请刷新后再看。")
            % {"state": ticket.get_status_display()}
        )


def held(ticket: Ticket, verb: Verb | None = None) -> Ticket:
    """The ticket as it is now, locked until the transaction ends; refused once it is archived: no act of
    any kind changes it any more, but that a report of wrongdoing is taken out of the archive, too."""
    fresh = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("agency", "account", "citizen", "category")
        .get(pk=ticket.pk)
    )
    if fresh.status == Ticket.Status.ARCHIVED and verb is not Verb.SET_APART:
        raise Refused(_("工单已归档，只能查看。"))
    return fresh


def locked_for(ticket: Ticket, verb: Verb, actor: Actor, permission: Permission) -> Ticket:
    """As `locked`, for staff: they must be allowed where the ticket is now, not where it was."""
    fresh = held_for(ticket, actor, permission, verb)
    ensure_follows(fresh, verb)
    return fresh


def held_for(
    ticket: Ticket, actor: Actor, permission: Permission, verb: Verb | None = None
) -> Ticket:
    """As `held`, for staff who may there."""
    ensure_may(actor, permission, ticket.agency)
    fresh = held(ticket, verb)
    if fresh.agency_id != ticket.agency_id:
        ensure_may(actor, permission, fresh.agency)
    ensure_may_read(fresh, actor)
    return fresh


def ensure_may_read(ticket: Ticket, actor: Actor) -> None:
    """Raises `NotFound` for staff to whom a confidential ticket is not open."""
    if isinstance(actor, Staff) and not may_read(ticket, actor):
        raise NotFound


def note_step(
    ticket: Ticket,
    verb: Verb,
    actor: Actor,
    now: datetime,
    *,
    text: str,
    is_public: bool = True,
    agency: Agency | None = None,
) -> TicketEvent:
    staff = actor if isinstance(actor, Staff) else None
    return TicketEvent.objects.create(
        ticket=ticket,
        at=now,
        verb=verb.value,
        agency=agency or (ticket.agency if actor.actor_kind in {"staff", "key"} else None),
        staff=staff,
        text=text,
        is_public=is_public,
    )


def move(ticket: Ticket, verb: Verb, fields: tuple[str, ...] = ()) -> str:
    before = ticket.status
    ticket.status = state_after(before, verb)
    ticket.save(update_fields=["status", *fields])
    return before


def copy_to(source: Ticket, target: Ticket) -> None:
    for field in source._meta.concrete_fields:
        setattr(target, field.attname, getattr(source, field.attname))


def tell_agency(ticket: Ticket, text: str, now: datetime, *, part: str = "") -> None:
    """Tell who answers for the agency. One notice of a ticket waits unread, and one of each `part` of its
    page beside it."""
    people = staff_with(Permission.ANSWER_TICKETS, ticket.agency)
    link = f"/console/tickets/{ticket.number}/" + (f"#{part}" if part else "")
    notify_staff(people, kind="ticket", text=text, link=link, now=now)


def audit_move(ticket: Ticket, verb: str, actor: Actor, now: datetime, before: str) -> None:
    audit.record(
        actor,
        verb,
        ticket,
        now=now,
        agency=ticket.agency,
        before={"status": before},
        after={"status": ticket.status},
    )


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def ensure_hers(ticket: Ticket, actor: Actor) -> None:
    if isinstance(actor, System):
        return
    if actor.actor_kind != "citizen" or actor.actor_id != ticket.citizen_id:
        raise NotFound
