"""What is special about a ticket: set, lifted, and who else may read a confidential one."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
from minxin.agencies.queries import home_of, may
from minxin.agencies.rules import Permission
from minxin.citizens.actions import RevealedField, reveal
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.core.words import within
from minxin.tickets import queries
from minxin.tickets.actions.steps import copy_to, held_for, locked_for, note_step, tell_agency
from minxin.tickets.models import ConfidentialReader, Flagging, Ticket
from minxin.tickets.rules import LONGEST_WORDS, OPEN, SHORTEST_TEXT, Verb

Flag = Flagging.Flag
# Who may set and lift a flag; supervision is never the handling unit's own to give or take.
NEEDS = {
    Flag.URGENT: Permission.ASSIGN_TICKETS,
    Flag.CONFIDENTIAL: Permission.ASSIGN_TICKETS,
    Flag.SUPERVISED: Permission.SUPERVISE_TICKETS,
}


@transaction.atomic
def flag(
    ticket: Ticket,
    name: str,
    *,
    reason: str,
    level: int = 0,
    document: str = "",
    actor: Staff,
    now: datetime,
) -> None:
    """Set a flag, with its reason; a supervision with its level, and set anew to change the level.

    A ticket that is handled together with others cannot become confidential: they would read its answer.
    Who sets it from outside the handling unit stays among its readers.
    """
    known = Flag(name)
    fresh = locked_for(ticket, Verb.FLAG, actor, NEEDS[known])
    reason = _reason(reason)
    if known is not Flag.CONFIDENTIAL and fresh.status not in OPEN:
        raise Refused(_("工单已经办完，不能再标记。"))
    match known:
        case Flag.URGENT:
            _ensure_new(fresh.is_urgent)
            fresh.is_urgent = True
        case Flag.CONFIDENTIAL:
            _ensure_new(fresh.is_confidential)
            if fresh.merged_into_id is not None or fresh.merged.exists():
                raise Refused(_("这件工单与其他工单合并办理，请先恢复单独办理，再设为保密。"))
            fresh.is_confidential = True
            _keep_in_sight(fresh, reason, actor, now)
        case Flag.SUPERVISED:
            if level not in Ticket.Supervision.values or not level:
                raise Refused(_("请选择督办级别。"), field="level")
            _ensure_new(fresh.supervision_level == level)
            _lift(fresh, known, reason, actor, now)
            fresh.supervision_level = level
    fresh.save(update_fields=["is_urgent", "is_confidential", "supervision_level"])
    made = Flagging.objects.create(
        ticket=fresh, flag=known, level=level if known is Flag.SUPERVISED else 0,
        agency=home_of(actor), set_by=actor, set_at=now, reason=reason,
        document=document.strip()[:200],
    )  # fmt: skip
    words = _words(fresh, known)
    note_step(fresh, Verb.FLAG, actor, now, text=f"{words}：{reason}", is_public=False)
    audit.record(
        actor, "ticket.flagged", fresh, now=now, agency=fresh.agency, reason=reason,
        after={"flag": known.value, "level": made.level, "document": made.document},
    )  # fmt: skip
    if known is not Flag.CONFIDENTIAL:
        told = gettext_noop("工单 %(number)s 标记为%(flag)s，理由见工单")
        tell_agency(fresh, told % {"number": fresh.number, "flag": words}, now, part="flags")
    copy_to(fresh, ticket)


@transaction.atomic
def lift_flag(ticket: Ticket, name: str, *, reason: str, actor: Staff, now: datetime) -> None:
    """Take a flag back, with a reason. What a citizen asked to be confidential stays so."""
    known = Flag(name)
    fresh = locked_for(ticket, Verb.UNFLAG, actor, NEEDS[known])
    reason = _reason(reason)
    if known is Flag.CONFIDENTIAL and queries.is_by_her_wish(fresh):
        raise Refused(_("保密是市民自己选择的，不能由工作人员解除。"))
    words = _words(fresh, known)
    if not _lift(fresh, known, reason, actor, now):
        raise AlreadyDone(_("这个标记已经解除。"))
    match known:
        case Flag.URGENT:
            fresh.is_urgent = False
        case Flag.CONFIDENTIAL:
            fresh.is_confidential = False
        case Flag.SUPERVISED:
            fresh.supervision_level = Ticket.Supervision.NONE
    fresh.save(update_fields=["is_urgent", "is_confidential", "supervision_level"])
    note_step(fresh, Verb.UNFLAG, actor, now, text=f"{words}：{reason}", is_public=False)
    audit.record(
        actor, "ticket.unflagged", fresh, now=now, agency=fresh.agency, reason=reason,
        before={"flag": known.value},
    )  # fmt: skip
    copy_to(fresh, ticket)


@transaction.atomic
def name_reader(
    ticket: Ticket, person: Staff, *, reason: str, actor: Staff, now: datetime
) -> ConfidentialReader:
    """Let a person of another unit read a confidential ticket; what she may do follows from her role."""
    fresh = held_for(ticket, actor, Permission.ASSIGN_TICKETS)
    reason = _reason(reason)
    if not fresh.is_confidential:
        raise Refused(_("这件工单没有保密，不需要指定知情人。"))
    if not may(person, Permission.READ_TICKETS, fresh.agency):
        raise Refused(_("这位同事没有查看这个单位工单的权限。"), field="person")
    made = _named(fresh, person, reason, actor, now)
    if made is None:
        raise AlreadyDone(_("这位同事已经是知情人。"))
    told = gettext_noop("您被指定为保密工单 %(number)s 的知情人")
    link = f"/console/tickets/{fresh.number}/"
    notify_staff([person], kind="ticket", text=told % {"number": fresh.number}, link=link, now=now)
    return made


@transaction.atomic
def strike_reader(
    ticket: Ticket, person: Staff, *, reason: str, actor: Staff, now: datetime
) -> None:
    """She reads it no more."""
    fresh = held_for(ticket, actor, Permission.ASSIGN_TICKETS)
    reason = _reason(reason)
    gone, _kinds = ConfidentialReader.objects.filter(ticket=fresh, staff=person).delete()
    if not gone:
        raise AlreadyDone(_("这位同事不是知情人。"))
    audit.record(
        actor, "ticket.reader_struck", fresh, now=now, agency=fresh.agency, reason=reason,
        before={"staff": person.username},
    )  # fmt: skip


def keep_in_sight(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Who gives a confidential ticket to another unit goes on seeing it, so that a return finds her."""
    if isinstance(actor, Staff) and ticket.is_confidential:
        _keep_in_sight(ticket, _("交办了这件工单"), actor, now)


@transaction.atomic
def reveal_contact(
    ticket: Ticket, field: RevealedField, *, reason: str, actor: Staff, now: datetime
) -> str:
    """Show a citizen's name or telephone once, for a reason, audited; of an anonymous ticket never."""
    fresh = held_for(ticket, actor, Permission.REVEAL_CITIZENS)
    if fresh.citizen is None or fresh.is_anonymous:
        raise NotFound
    return reveal(fresh.citizen, field, reason=reason, actor=actor, now=now, agency=fresh.agency)


def _keep_in_sight(ticket: Ticket, reason: str, actor: Staff, now: datetime) -> None:
    if not actor.memberships.filter(agency=ticket.agency).exists():
        _named(ticket, actor, reason, actor, now)


def _named(
    ticket: Ticket, person: Staff, reason: str, actor: Staff, now: datetime
) -> ConfidentialReader | None:
    try:
        with transaction.atomic():
            made = ConfidentialReader.objects.create(
                ticket=ticket, staff=person, named_by=actor, named_at=now, reason=reason
            )
    except IntegrityError:
        return None
    audit.record(
        actor, "ticket.reader_named", ticket, now=now, agency=ticket.agency, reason=reason,
        after={"staff": person.username},
    )  # fmt: skip
    return made


def _lift(ticket: Ticket, name: Flagging.Flag, reason: str, actor: Staff, now: datetime) -> bool:
    rows = Flagging.objects.filter(ticket=ticket, flag=name, lifted_at=None)
    return bool(rows.update(lifted_by=actor, lifted_at=now, lift_reason=reason))


def _words(ticket: Ticket, name: Flagging.Flag) -> str:
    if name is Flag.SUPERVISED:
        return str(ticket.get_supervision_level_display())
    return str(name.label)


def _ensure_new(is_set: bool) -> None:
    if is_set:
        raise AlreadyDone(_("已经这样标记。"))


def _reason(reason: str) -> str:
    reason = within(reason, LONGEST_WORDS, field="reason")
    if len(reason) < SHORTEST_TEXT:
        raise Refused(_("请写明理由。"), field="reason")
    return reason
