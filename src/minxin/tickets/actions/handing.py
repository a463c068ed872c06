"""Handing a ticket over to the city's platform, and telling it what happens afterwards."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.conversations.actions import move_cursor
from minxin.core.actors import Actor, System
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.words import within
from minxin.tickets.actions.ledger import enter
from minxin.tickets.actions.steps import held_for
from minxin.tickets.actions.telling import as_recorded
from minxin.tickets.models import (
    CityPlatform,
    Handover,
    HandoverAct,
    LedgerEntry,
    Rating,
    Ticket,
    TicketEvent,
)
from minxin.tickets.queries.handing import CURSOR, TOLD, unsent_events
from minxin.tickets.rules import LONGEST_WORDS, OPEN, SHORTEST_TEXT, ledger
from minxin.tickets.rules.handing import PROMISE

SYSTEM = System("handover")
AT_ONCE = 200


def promise_of(platform: CityPlatform) -> str:
    """What a citizen is told instead of a date that would not be ours to promise."""
    return PROMISE % platform.name[:30]


def hand_over(ticket: Ticket, platform: CityPlatform, *, actor: Actor, now: datetime) -> Handover:
    """Let a platform have a ticket that was just filed: our clock stands still from its first moment, and
    what is to be told waits as a row. Part of filing, in its transaction."""
    ticket.handed_over_at = now
    ticket.save(update_fields=["handed_over_at"])
    stand_still(ticket, platform, actor=SYSTEM, now=now)
    made = Handover.objects.create(ticket=ticket, platform=platform, made_at=now)
    put_act(made, HandoverAct.Kind.FILE, key=f"file-{ticket.number}", now=now)
    audit.record(
        as_recorded(ticket, actor),
        "ticket.handed_over",
        ticket,
        agency=ticket.agency,
        after={"platform": platform.name},
        now=now,
    )
    return made


def stand_still(ticket: Ticket, platform: CityPlatform, *, actor: Actor, now: datetime) -> None:
    """While another platform has it, no time that passes is ours."""
    entry = enter(
        ticket, ledger.Kind.STOP, actor=actor, now=now, reason=promise_of(platform),
        stop_reason=LedgerEntry.StopReason.AGENCY.value,
    )  # fmt: skip
    ticket.stopped_at = entry.at
    ticket.save(update_fields=["stopped_at"])


def put_act(
    handover: Handover, kind: str, *, key: str, now: datetime, text: str = "", level: str = ""
) -> HandoverAct:
    """Let the platform be told something; the same key is put in once."""
    made, _is_new = HandoverAct.objects.get_or_create(
        key=key[:80],
        defaults={
            "handover": handover, "kind": kind, "text": text, "level": level, "due_at": now,
            "made_at": now,
        },
    )  # fmt: skip
    return made


@transaction.atomic
def collect_events(*, now: datetime) -> int:
    """Put what citizens did with handed-over tickets into the queue, once each; how many."""
    events = unsent_events(now=now, most=AT_ONCE)
    for event in events:
        level = ""
        if event.verb == "rated":
            level = (
                Rating.objects.filter(ticket=event.ticket, rated_at=event.at)
                .values_list("level", flat=True)
                .first()
                or ""
            )
        put_act(
            event.ticket.handover, TOLD[event.verb], key=f"event-{event.pk}", text=event.text,
            level=level, now=now,
        )  # fmt: skip
    if events:
        move_cursor(CURSOR, events[-1].pk)
    return len(events)


@transaction.atomic
def urge(ticket: Ticket, text: str, *, actor: Staff, now: datetime) -> HandoverAct:
    """Ask the platform to hurry: what staff can do about a ticket that is answered elsewhere. Once a day, for
    more would not be read. The ledger of our own clock, which stands still, tells nothing of it."""
    fresh = held_for(ticket, actor, Permission.ANSWER_TICKETS)
    handover = Handover.objects.filter(ticket=fresh).first()
    if handover is None:
        raise Refused(_("这件工单没有转交承接平台。"))
    if fresh.status not in OPEN:
        raise Refused(_("对方已经答复，不用再催。"))
    text = within(text, LONGEST_WORDS, field="text")
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("请写明催办的理由。"), field="text")
    key = f"urge-{fresh.number}-{now:%Y%m%d}"
    if HandoverAct.objects.filter(key=key).exists():
        raise AlreadyDone(_("今天已经催办过。"))
    made = put_act(handover, HandoverAct.Kind.URGE, key=key, text=text, now=now)
    TicketEvent.objects.create(
        ticket=fresh, at=now, verb="urged", agency=fresh.agency, staff=actor, text=text
    )
    audit.record(actor, "ticket.urged", fresh, agency=fresh.agency, reason=text, now=now)
    return made


@transaction.atomic
def send_again(act: HandoverAct, *, actor: Staff, now: datetime) -> None:
    """Try again what the platform refused, or what waits for its next attempt."""
    ticket = act.handover.ticket
    held_for(ticket, actor, Permission.ASSIGN_TICKETS)
    changed = HandoverAct.objects.filter(pk=act.pk, status__in=["failed", "waiting"]).update(
        status=HandoverAct.Status.WAITING, due_at=now, error=""
    )
    if not changed:
        raise AlreadyDone(_("这一项已经送达，或者正在送。"))
    audit.record(
        actor,
        "handover.sent_again",
        ticket,
        agency=ticket.agency,
        after={"kind": act.kind},
        now=now,
    )
