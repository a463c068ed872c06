"""Whose ticket it is: signing for it, giving it back, and who decides when two agencies differ."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.actions.applying import asked, decided, tell_deciders
from minxin.tickets.actions.choices import note_choice
from minxin.tickets.actions.flags import keep_in_sight
from minxin.tickets.actions.ledger import enter, run_again
from minxin.tickets.actions.steps import (
    audit_move,
    copy_to,
    locked_for,
    move,
    note_step,
    tell_agency,
)  # fmt: skip
from minxin.tickets.models import Application, Correction, OwnershipDecision, Ticket
from minxin.tickets.rules import Verb, ledger


@transaction.atomic
def sign(ticket: Ticket, *, actor: Staff, now: datetime) -> None:
    """The agency takes the ticket: the second timer runs from here, the first went on all the time."""
    fresh = locked_for(ticket, Verb.SIGN, actor, Permission.ANSWER_TICKETS)
    run_again(fresh, actor=actor, now=now)
    if ledger.signed_at(queries.ledger_rows(fresh)) is None:
        enter(fresh, ledger.Kind.SIGN, actor=actor, now=now)
    before = move(fresh, Verb.SIGN)
    note_step(fresh, Verb.SIGN, actor, now, text="")
    audit_move(fresh, "ticket.signed", actor, now, before)
    copy_to(fresh, ticket)


@transaction.atomic
def ask_return(
    ticket: Ticket,
    *,
    proper_agency: Agency,
    reason: str,
    legal_basis: str,
    actor: Staff,
    now: datetime,
) -> Application:
    """Say that the ticket is another's: why, by which rule, and whose. The clock goes on."""
    return _claimed(
        ticket,
        Verb.ASK_RETURN,
        Application.Kind.RETURN,
        proper_agency,
        reason,
        legal_basis,
        actor,
        now,
    )


@transaction.atomic
def dispute(
    ticket: Ticket,
    *,
    proper_agency: Agency,
    reason: str,
    legal_basis: str,
    actor: Staff,
    now: datetime,
) -> Application:
    """Ask for a final decision after a return was refused."""
    return _claimed(
        ticket,
        Verb.DISPUTE,
        Application.Kind.DISPUTE,
        proper_agency,
        reason,
        legal_basis,
        actor,
        now,
    )


def _claimed(
    ticket: Ticket, verb: Verb, kind: str, proper: Agency, reason: str, basis: str, actor: Staff,
    now: datetime,
) -> Application:  # fmt: skip
    fresh = locked_for(ticket, verb, actor, Permission.ANSWER_TICKETS)
    if verb is Verb.DISPUTE and not queries.was_return_refused(fresh):
        raise Refused(_("退单申请没有被退回，不能申请裁定。"))
    if proper.pk == fresh.agency_id or not proper.is_active:
        raise Refused(_("请写明应由哪个单位办理。"), field="proper_agency")
    run_again(fresh, actor=actor, now=now)
    made = asked(
        fresh, kind, reason=reason, legal_basis=basis, proper_agency=proper, actor=actor, now=now
    )
    before = move(fresh, verb)
    note_step(fresh, verb, actor, now, text=reason.strip(), is_public=False)
    audit.record(
        actor, f"ticket.{verb.value}", fresh, now=now, agency=fresh.agency, before={"status": before},
        after={"status": fresh.status, "proper_agency": proper.code}, reason=reason,
    )  # fmt: skip
    tell_deciders(fresh, made, now)
    copy_to(fresh, ticket)
    return made


@transaction.atomic
def grant_return(
    ticket: Ticket, *, agency: Agency, decision: str, actor: Staff, now: datetime
) -> None:
    """Take the ticket back and dispatch it to the agency decided on; the promise stays."""
    fresh = locked_for(ticket, Verb.GRANT_RETURN, actor, Permission.ASSIGN_TICKETS)
    row = decided(fresh, Application.Kind.RETURN, True, decision=decision, actor=actor, now=now)
    if agency.pk == row.agency_id:
        raise Refused(_("同意退单时，请选另一个单位。"), field="agency")
    _given(fresh, Verb.GRANT_RETURN, agency, decision, actor, now)
    copy_to(fresh, ticket)


@transaction.atomic
def refuse_return(ticket: Ticket, *, decision: str, actor: Staff, now: datetime) -> None:
    """Leave the ticket where it is, and say why; the agency may ask for a final decision."""
    fresh = locked_for(ticket, Verb.REFUSE_RETURN, actor, Permission.ASSIGN_TICKETS)
    decided(fresh, Application.Kind.RETURN, False, decision=decision, actor=actor, now=now)
    _given(fresh, Verb.REFUSE_RETURN, fresh.agency, decision, actor, now)
    copy_to(fresh, ticket)


@transaction.atomic
def arbitrate(
    ticket: Ticket, *, agency: Agency, decision: str, actor: Staff, now: datetime
) -> OwnershipDecision:
    """The final decision, by a person who took no part: whose ticket it is. Kept to be learnt from."""
    fresh = locked_for(ticket, Verb.ARBITRATE, actor, Permission.ASSIGN_TICKETS)
    if queries.took_part(fresh, actor):
        raise Refused(_("您参与过这件工单的退单或争议，请由其他人裁定。"))
    owner = fresh.agency
    is_moved = agency.pk != owner.pk
    decided(fresh, Application.Kind.DISPUTE, is_moved, decision=decision, actor=actor, now=now)
    made = OwnershipDecision.objects.create(
        ticket=fresh, at=now, category=fresh.category, place=fresh.place, agency=agency,
        disputed_by=owner, decided_by=actor, reason=decision.strip()[:500],
    )  # fmt: skip
    _given(fresh, Verb.ARBITRATE, agency, decision, actor, now)
    copy_to(fresh, ticket)
    return made


def _given(
    ticket: Ticket, verb: Verb, agency: Agency, decision: str, actor: Staff, now: datetime
) -> None:
    """Where the ticket goes by a decision, or stays; told to the agency that has it then."""
    if not agency.is_active:
        raise Refused(_("这个单位已停用，请另选承办单位。"), field="agency")
    owner, ticket.agency = ticket.agency, agency
    keep_in_sight(ticket, actor=actor, now=now)
    before = move(ticket, verb, ("agency",))
    note_step(ticket, verb, actor, now, text=decision.strip(), is_public=False, agency=owner)
    if verb is not Verb.REFUSE_RETURN:
        is_final = verb is Verb.ARBITRATE
        how = Correction.How.ARBITRATED if is_final else Correction.How.RETURNED
        note_choice(ticket, agency, how, actor=actor, now=now)
    if owner.pk != agency.pk:
        note_step(ticket, Verb.ASSIGN, actor, now, text="", agency=agency)
        enter(ticket, ledger.Kind.TRANSFER, actor=actor, now=now)
    audit.record(
        actor, f"ticket.{verb.value}", ticket, now=now, agency=owner,
        before={"status": before, "agency": owner.code},
        after={"status": ticket.status, "agency": agency.code}, reason=decision,
    )  # fmt: skip
    words = (
        gettext_noop("工单 %(number)s 交由本单位办理")
        if owner.pk != agency.pk
        else gettext_noop("工单 %(number)s 仍由本单位办理，理由见工单")
    )
    tell_agency(ticket, words % {"number": ticket.number}, now)
