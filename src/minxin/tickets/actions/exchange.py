"""Tickets that another system passes on."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Agency, ApiKey, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.citizens.actions import forget_outside_contact, keep_outside_contact
from minxin.core.actors import Actor, System
from minxin.core.errors import NotFound, Refused
from minxin.tickets import queries
from minxin.tickets.actions.filing import file, numbered
from minxin.tickets.actions.ledger import end_wait, enter
from minxin.tickets.actions.steps import audit_move, held, locked, move, note_step
from minxin.tickets.actions.wrongdoing import refuse_wrongdoing
from minxin.tickets.exchanging import Taken
from minxin.tickets.models import Category, ExchangeRecord, Rating, Ticket
from minxin.tickets.queries.exchange import account_of, outside_contacts_over, told_anew
from minxin.tickets.rules import Verb, gbt39046, ledger, promise_words


def partner_of(actor: ApiKey | Staff, agency: Agency) -> str:
    """Whose numbers these are: one partner's numbers are not another's."""
    return f"key:{actor.pk}" if isinstance(actor, ApiKey) else f"sheet:{agency.pk}"


@transaction.atomic
def take_in(
    taken: Taken, *, agency: Agency, actor: ApiKey | Staff, now: datetime
) -> tuple[Ticket, bool]:
    """Keep a request that another system passes on to an agency, and whether it is new.

    The same number of the same partner is kept once. One without an answer is filed as any other is: the
    promise is ours and begins now. One that came answered is history: nothing is promised, nobody is told.
    Raises `NotFound` without the right to file there, `Refused` for what cannot be filed or reports an
    official.
    """
    ensure_may(actor, Permission.FILE_TICKETS, agency)
    partner = partner_of(actor, agency)
    known = (
        ExchangeRecord.objects.filter(partner=partner, their_number=taken.their_number)
        .select_related("ticket")
        .first()
    )
    if known is not None:
        return known.ticket, False
    refuse_wrongdoing(f"{taken.text}\n{taken.answer}")
    account = account_of(agency)
    key = f"x:{partner}:{taken.their_number}"[:80]
    category = Category.objects.filter(is_active=True, name=taken.category).first()
    if taken.answer:
        ticket = _kept_answered(taken, account, agency, category, key, actor, now)
    else:
        ticket = file(
            text=taken.text,
            citizen=None,
            account=account,
            source=Ticket.Source.EXCHANGE.value,
            key=key,
            actor=actor,
            now=now,
            category=category,
            nature=taken.nature,
            place=taken.place,
            within=agency,
        )
    contact = keep_outside_contact(
        real_name=taken.name, phone=taken.phone, agency=agency, actor=actor, now=now
    )
    ExchangeRecord.objects.create(
        ticket=ticket,
        partner=partner,
        their_number=taken.their_number,
        fields=dict(taken.fields),
        is_history=bool(taken.answer),
        contact=contact,
        at=now,
    )
    audit.record(
        actor, "ticket.taken_in", ticket, agency=ticket.agency, now=now,
        after={"their_number": taken.their_number, "is_history": bool(taken.answer)},
    )  # fmt: skip
    return ticket, True


def _kept_answered(
    taken: Taken,
    account: Account,
    agency: Agency,
    category: Category | None,
    key: str,
    actor: Actor,
    now: datetime,
) -> Ticket:
    """A request that was answered elsewhere, with its own times."""
    answered_at = taken.answered_at or now
    filed_at = taken.filed_at or answered_at
    handler = _agency_named(taken.agency_code, agency)
    due = taken.promised_at or queries.promise_for(taken.nature, account, handler, now=filed_at).at
    fields: dict[str, Any] = {
        "key": key,
        "account": account,
        "citizen": None,
        "agency": handler,
        "category": category,
        "nature": taken.nature,
        "source": Ticket.Source.EXCHANGE.value,
        "text": taken.text,
        "place": taken.place[:200],
        "status": Ticket.Status.CLOSED.value,
        "answer": taken.answer,
        "filed_at": filed_at,
        "promised_at": due,
        "promised_words": promise_words(
            timezone.localtime(due).date(), timezone.localtime(filed_at).date(), False
        ),
        "due_at": due,
        "answered_at": answered_at,
        "closed_at": answered_at,
    }
    ticket, is_new = numbered(fields, filed_at)
    if not is_new:
        return ticket
    system = System("exchange")
    enter(ticket, ledger.Kind.START, actor=system, now=filed_at, due_at=due)
    enter(ticket, ledger.Kind.END, actor=system, now=answered_at)
    note_step(ticket, Verb.FILE, system, filed_at, text="")
    note_step(ticket, Verb.ANSWER, system, answered_at, text=taken.answer, agency=handler)
    note_step(ticket, Verb.CLOSE, system, answered_at, text="")
    if taken.level:
        Rating.objects.create(
            ticket=ticket,
            round=1,
            level=taken.level,
            comment=taken.comment[:500],
            rated_at=taken.rated_at or answered_at,
        )
    return ticket


@transaction.atomic
def tell_anew(
    ticket: Ticket, taken: Taken, *, agency: Agency, actor: ApiKey | Staff, now: datetime
) -> Ticket:
    """Take over what a partner tells otherwise: whom it names, and of what it passed on answered its fields,
    the words of the answer, the rating, as far as it tells them. Times stay. Raises `NotFound` without the right, `Refused` for what cannot be."""
    ensure_may(actor, Permission.FILE_TICKETS, agency)
    fresh = held(ticket)
    record = ExchangeRecord.objects.filter(
        ticket=fresh, partner=partner_of(actor, agency), their_number=taken.their_number
    ).first()
    if record is None:
        raise NotFound
    refuse_wrongdoing(f"{taken.text}\n{taken.answer}")
    changed = told_anew(record, taken)
    if not changed:
        return ticket
    if record.is_history:
        _write_anew(fresh, record, taken, now)
    if gbt39046.PERSONAL & set(changed):
        _name_anew(record, taken, set(changed), fresh.agency, actor, now)
    said = "、".join(changed)
    note_step(fresh, Verb.NOTE, actor, now, text=_("转来的系统更新：") + said, is_public=False)
    audit.record(
        actor, "ticket.told_anew", fresh, agency=fresh.agency, after={"fields": changed}, now=now
    )
    return fresh


def _write_anew(ticket: Ticket, record: ExchangeRecord, taken: Taken, now: datetime) -> None:
    """Only the columns that were there."""
    rest = {name: text for name, text in record.fields.items() if name not in taken.columns}
    record.fields = rest | dict(taken.fields)
    record.save(update_fields=["fields"])
    ticket.text = taken.text
    if taken.answer:
        ticket.answer = taken.answer
    if gbt39046.PLACE in taken.columns:
        ticket.place = taken.place[:200]
    ticket.save(update_fields=["text", "answer", "place"])
    if not taken.level:
        return
    rating = Rating.objects.filter(ticket=ticket, round=1).first()
    if rating is None:
        rating = Rating(ticket=ticket, round=1, rated_at=ticket.answered_at or now)
    rating.level = taken.level
    if gbt39046.COMMENT in taken.columns:
        rating.comment = taken.comment[:500]
    rating.rated_at = taken.rated_at or rating.rated_at
    rating.save()


def _name_anew(
    record: ExchangeRecord,
    taken: Taken,
    changed: set[str],
    agency: Agency,
    actor: Actor,
    now: datetime,
) -> None:
    """Name and number as they are told now; what is not told otherwise stays."""
    left = record.contact
    name, phone = (left.real_name or "", left.phone or "") if left else ("", "")
    record.contact = keep_outside_contact(
        real_name=taken.name if changed & gbt39046.PERSONAL - {gbt39046.PHONE} else name,
        phone=taken.phone if gbt39046.PHONE in changed else phone,
        agency=agency,
        actor=actor,
        now=now,
        instead=left,
    )
    record.save(update_fields=["contact"])


@transaction.atomic
def note_read_in_full(ticket: Ticket, *, reason: str, actor: ApiKey | Staff, now: datetime) -> None:
    """Audit that the words of a ticket that names nobody leave unmasked. Raises `NotFound` without the
    right; the door has read the ticket through `visible_to`."""
    ensure_may(actor, Permission.READ_TICKETS, ticket.agency)
    ensure_may(actor, Permission.REVEAL_CITIZENS, ticket.agency)
    audit.record(actor, "ticket.read_in_full", ticket, agency=ticket.agency, reason=reason, now=now)


@transaction.atomic
def recall(ticket: Ticket, *, agency: Agency, actor: Staff, now: datetime) -> None:
    """Take back what a sheet filed and nobody has touched: it stays on record as withdrawn, and its number
    is free to come again. Raises `Refused` where somebody has begun, `NotFound` without the right."""
    ensure_may(actor, Permission.FILE_TICKETS, agency)
    record = ExchangeRecord.objects.filter(
        ticket=ticket, partner=partner_of(actor, agency), is_history=False
    ).first()
    if record is None:
        raise NotFound
    fresh = locked(ticket, Verb.WITHDRAW)
    touched = fresh.events.exclude(verb=Verb.FILE.value).exclude(staff=None)
    is_shared = fresh.merged_into_id is not None or fresh.merged.exists()
    if touched.exists() or is_shared or fresh.handed_over_at is not None:
        raise Refused(_("工单 %(number)s 已有人办理，没有撤销。") % {"number": fresh.number})
    end_wait(fresh, actor=System("exchange"), now=now)
    before = move(fresh, Verb.WITHDRAW)
    fresh.key = f"x:recalled:{fresh.pk}"
    fresh.save(update_fields=["key"])
    record.partner = f"recalled:{fresh.pk}"
    record.save(update_fields=["partner"])
    note_step(fresh, Verb.WITHDRAW, System("exchange"), now, text=_("登记有误，已撤销登记。"))
    audit_move(fresh, "ticket.recalled", actor, now, before)


def _agency_named(code: str, agency: Agency) -> Agency:
    """The agency of a code, where it lies in the branch that the row came for; else that agency."""
    found = Agency.objects.filter(code=code, path__startswith=agency.path).first() if code else None
    return found or agency


def ensure_in_reach(actor: ApiKey | Staff, agency: Agency | None) -> Agency:
    """The agency a request is filed for: the one named, else the key's own. Raises `NotFound`."""
    found = agency or (actor.agency if isinstance(actor, ApiKey) else None)
    if found is None:
        raise NotFound
    ensure_may(actor, Permission.FILE_TICKETS, found)
    return found


def forget_outside_contacts(*, keep_days: int, now: datetime) -> int:
    """Who was named with requests of other systems is forgotten so many days after the ticket was over; how
    many. 0 days: never."""
    if keep_days <= 0:
        return 0
    done = 0
    for row in outside_contacts_over(now - timedelta(days=keep_days))[:500]:
        if row.contact is not None:
            forget_outside_contact(
                row.contact, agency=row.ticket.agency, actor=System("clock"), now=now
            )
            done += 1
    return done
