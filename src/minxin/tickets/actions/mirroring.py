"""What the city's platform says of a ticket becomes what we show of it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from minxin.agencies import audit
from minxin.core.actors import System
from minxin.tickets.actions.applying import lapse
from minxin.tickets.actions.handling import answer_message, by_text
from minxin.tickets.actions.ledger import end_wait
from minxin.tickets.actions.steps import note_step, tell_agency
from minxin.tickets.actions.telling import tell_citizen
from minxin.tickets.models import CityPlatform, Handover, Ticket, TicketEvent
from minxin.tickets.platforms import Update
from minxin.tickets.rules import OPEN, OVER, Verb, state_after
from minxin.tickets.rules.handing import ANSWERING, STATES


@transaction.atomic
def mirror(
    platform: CityPlatform, update: Update, *, now: datetime, is_forced: bool = False
) -> bool:
    """Take over what the platform says of one ticket; whether anything changed.

    Found by our number, which it got with the ticket: so a reply that overtakes the acknowledgement finds
    its ticket too. What is not newer than what is known is not taken (a repeat, or late), unless a person
    decided that the platform is right. The citizen gets a new reply by the same message as any answer.
    """
    handover = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("platform")
        .filter(platform=platform, ticket__number=update.our_number)
        .first()
    )
    if handover is None:
        return False
    if update.revision <= handover.revision and not is_forced:
        return False
    ticket = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("agency", "account", "citizen", "category")
        .get(pk=handover.ticket_id)
    )
    if ticket.status == Ticket.Status.MOVED:
        return False  # a report of wrongdoing: what is said of it does not come back here
    system = System(f"handover:{platform.code}")
    at = min(update.at or now, now)
    _mirror_number(handover, ticket, update, now)
    before = ticket.status
    if ticket.status == Ticket.Status.SUBMITTED:
        ticket.status = state_after(ticket.status, Verb.ACCEPT)
        ticket.save(update_fields=["status"])
        note_step(ticket, Verb.ACCEPT, system, now, text=_number_said(handover, update))
    elif update.state != handover.their_state and update.state not in ANSWERING:
        _mirrored(ticket, f"{STATES[update.state]} {update.note}".strip(), now)
    if update.state in ANSWERING and update.reply:
        _mirror_answer(ticket, update, system, now)
    if update.state == "closed" and ticket.status == Ticket.Status.ANSWERED:
        ticket.status, ticket.closed_at = Ticket.Status.CLOSED, now
        ticket.save(update_fields=["status", "closed_at"])
        note_step(ticket, Verb.CLOSE, system, now, text="")
    handover.their_state, handover.state_at = update.state, at
    handover.revision = max(update.revision, handover.revision)
    handover.acknowledged_at = handover.acknowledged_at or now
    handover.save()
    audit.record(
        system,
        "ticket.mirrored",
        ticket,
        agency=ticket.agency,
        before={"status": before},
        after={"status": ticket.status, "their_state": update.state, "number": update.their_number},
        now=now,
    )
    return True


def _mirror_number(handover: Handover, ticket: Ticket, update: Update, now: datetime) -> None:
    """The platform may give a ticket another number; the former ones stay known."""
    number = update.their_number
    if not number or number == handover.their_number:
        return
    if handover.their_number:
        handover.former_numbers = [*handover.former_numbers, handover.their_number][-20:]
        _mirrored(ticket, f"对方编号改为 {number}", now)
    handover.their_number = number


def _number_said(handover: Handover, update: Update) -> str:
    number = update.their_number or handover.their_number
    return f"{handover.platform.name}编号 {number}" if number else handover.platform.name


def _mirrored(ticket: Ticket, text: str, now: datetime) -> None:
    TicketEvent.objects.create(
        ticket=ticket, at=now, verb="mirrored", agency=ticket.agency, text=text
    )


def _mirror_answer(ticket: Ticket, update: Update, system: System, now: datetime) -> None:
    if ticket.status == Ticket.Status.REOPENED and update.reply == ticket.answer:
        return  # the reply with which she is not content, said again
    if ticket.status in OVER:
        if update.reply == ticket.answer:
            return
        key = f"ticket:{ticket.pk}:answer:{ticket.reopened_times}:{update.revision}"
    elif ticket.status in OPEN:
        key = f"ticket:{ticket.pk}:answer:{ticket.reopened_times}"
        lapse(ticket, now)
        end_wait(ticket, actor=system, now=now)
        ticket.status = Ticket.Status.ANSWERED
    else:
        return  # she withdrew it
    ticket.answer, ticket.answered_at = update.reply, now
    ticket.save(update_fields=["status", "answer", "answered_at"])
    note_step(ticket, Verb.ANSWER, system, now, text=update.reply, agency=ticket.agency)
    tell_agency(ticket, f"工单 {ticket.number} 承接平台已答复", now)
    link = f"{settings.MINXIN_PUBLIC_URL}/m/{ticket.account.app_id}/tickets/{ticket.number}/"
    tell_citizen(
        ticket, answer_message(ticket, link), key=key, actor=system, now=now,
        otherwise=by_text(ticket, link),
    )  # fmt: skip
