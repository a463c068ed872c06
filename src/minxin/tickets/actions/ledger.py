"""What stops a ticket's clock and lets it run again, entered as it happens."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.actions import asking
from minxin.tickets.actions.reckoning import reckon
from minxin.tickets.actions.steps import copy_to, locked_for
from minxin.tickets.models import LedgerEntry, Ticket
from minxin.tickets.rules import SHORTEST_TEXT, Verb, ledger


def enter(
    ticket: Ticket,
    kind: ledger.Kind,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    legal_basis: str = "",
    stop_reason: str = "",
    due_at: datetime | None = None,
    agency: Agency | None = None,
    is_public: bool = True,
) -> LedgerEntry:
    """Add an entry to a ticket that the caller holds locked; never earlier than the one before it.

    Raises ValueError for an entry that cannot follow: the action's own guards come before it.
    """
    rows = queries.ledger_rows(ticket)
    if not ledger.may_enter(rows, kind):
        raise ValueError(f"{kind} cannot follow in the ledger of {ticket.number}")
    entry = LedgerEntry.objects.create(
        ticket=ticket,
        at=max(now, rows[-1].at) if rows else now,
        kind=kind.value,
        actor_kind=actor.actor_kind,
        actor_name=actor.actor_name if isinstance(actor, Staff) else "",
        agency=agency or ticket.agency,
        stop_reason=stop_reason,
        reason=reason.strip()[:500],
        legal_basis=legal_basis.strip()[:200],
        due_at=due_at,
        is_public=is_public,
    )
    reckon(ticket, kind, now=entry.at)
    return entry


@transaction.atomic
def stop_clock(
    ticket: Ticket, *, stop_reason: str, reason: str, legal_basis: str, actor: Actor, now: datetime
) -> None:
    """Let the clock stand still, for a listed reason and in words that the citizen reads."""
    fresh = locked_for(ticket, Verb.STOP, actor, Permission.ANSWER_TICKETS)
    if fresh.stopped_at is not None:
        raise Refused(_("计时已经暂停。请刷新后再看。"))
    if stop_reason not in {each.value for each in ledger.StopReason}:
        raise Refused(
            _("只有等待市民补充、等待其他单位、等待检测鉴定时可以暂停。"), field="stop_reason"
        )
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明在等什么，市民会看到。"), field="reason")
    entry = enter(
        fresh, ledger.Kind.STOP, actor=actor, now=now, reason=reason, legal_basis=legal_basis,
        stop_reason=stop_reason,
    )  # fmt: skip
    fresh.stopped_at = entry.at
    fresh.save(update_fields=["stopped_at"])
    if stop_reason == ledger.StopReason.CITIZEN:
        asking.ask(fresh, reason, actor=actor, now=now)
    after = {"stop_reason": stop_reason}
    audit.record(
        actor,
        "ticket.clock_stopped",
        fresh,
        now=now,
        agency=fresh.agency,
        after=after,
        reason=reason,
    )
    copy_to(fresh, ticket)


@transaction.atomic
def resume_clock(ticket: Ticket, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let the clock run again; the agency's due time moves by exactly as long as it stood still."""
    fresh = locked_for(ticket, Verb.RESUME, actor, Permission.ANSWER_TICKETS)
    if fresh.stopped_at is None:
        raise Refused(_("计时没有暂停。请刷新后再看。"))
    before = fresh.due_at
    run_again(fresh, actor=actor, now=now, reason=reason)
    audit.record(
        actor, "ticket.clock_resumed", fresh, now=now, agency=fresh.agency, reason=reason,
        before={"due_at": before}, after={"due_at": fresh.due_at},
    )  # fmt: skip
    copy_to(fresh, ticket)


def run_again(ticket: Ticket, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """As `resume_clock`, as a part of another act; nothing where the clock runs."""
    if ticket.stopped_at is None:
        return
    until = max(now, queries.ledger_rows(ticket)[-1].at)
    ticket.due_at = ledger.due_after_standing(ticket.due_at, ticket.stopped_at, until)
    if ticket.sign_due_at is not None:
        moved = ledger.due_after_standing(ticket.sign_due_at, ticket.stopped_at, until)
        ticket.sign_due_at = moved
    ticket.stopped_at = ticket.supplement_by = None
    ticket.has_more_time = False
    enter(ticket, ledger.Kind.RESUME, actor=actor, now=until, reason=reason, due_at=ticket.due_at)
    fields = ["due_at", "sign_due_at", "stopped_at", "supplement_by", "has_more_time"]
    ticket.save(update_fields=fields)


def end_wait(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """The citizen has her answer: the clock stops for good, until she asks again."""
    run_again(ticket, actor=actor, now=now)
    enter(ticket, ledger.Kind.END, actor=actor, now=now)
