"""What happens to a lead ticket reaches everybody who waits with it, each exactly once.

A cursor goes over the events of tickets. Every message has a key of event and citizen, every ticket moves
in a transaction of its own, and the cursor moves last: a worker that dies in between does the event again,
and what was done stays done once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.conversations.actions import move_cursor
from minxin.conversations.contents import Content, TextContent
from minxin.conversations.queries import position_of
from minxin.core.actors import System
from minxin.core.breath import breathe
from minxin.text import mask
from minxin.tickets.actions.applying import lapse
from minxin.tickets.actions.calling_back import plan_call_back
from minxin.tickets.actions.co_handling import recall_all
from minxin.tickets.actions.handling import answer_message, by_text
from minxin.tickets.actions.ledger import end_wait
from minxin.tickets.actions.merging import UNMERGED, tell
from minxin.tickets.actions.steps import cut, note_step
from minxin.tickets.actions.telling import tell_citizen
from minxin.tickets.models import Ticket, TicketEvent
from minxin.tickets.queries import in_brief
from minxin.tickets.queries.neighbours import Waiting, untold_events, waiting_with
from minxin.tickets.rules import OPEN, OVER, Verb, day_words

CURSOR = "spread_tickets"
SYSTEM = System("merging")
MOST = 50
# A merged ticket that its citizen asked to be handled again takes no answer of the lead.
_ALONE = frozenset({"reopened"})
_CLOSED = frozenset({"closed", "archived"})


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a citizen reads of a ticket: `own` one she filed, `followed` one she follows."""

    own: Callable[[Ticket], str]
    followed: Callable[[Ticket], str]


def spread(pages: Pages, *, now: datetime) -> int:
    """Do what follows from the events since the last time, at most `MOST`; how many there were."""
    after = position_of(CURSOR)
    events, upto = untold_events(after, now=now, most=MOST)
    for event in events:
        spread_event(event, pages, now=now)
        move_cursor(CURSOR, event.pk)
    if upto > after:
        move_cursor(CURSOR, upto)
    return len(events)


def has_more(*, now: datetime) -> bool:
    """Whether something happened since that others wait to hear."""
    after = position_of(CURSOR)
    events, upto = untold_events(after, now=now, most=1)
    if not events and upto > after:
        move_cursor(CURSOR, upto)  # nothing in between concerns anybody
    return bool(events)


def spread_event(event: TicketEvent, pages: Pages, *, now: datetime) -> None:
    """Do what follows from one event; again does nothing new."""
    lead = event.ticket
    if event.verb == Verb.REOPEN.value and lead.merged_into_id is not None:
        part(lead, now=now, states=_ALONE)
        lead.refresh_from_db(fields=["merged_into"])
    if lead.merged_into_id is not None:
        return  # what happens to a merged ticket by itself concerns nobody else
    if event.verb in {Verb.ANSWER.value, Verb.CLOSE.value}:
        for own in lead.merged.order_by("pk"):
            move_along(own, now=now)
            breathe()
    if event.verb == Verb.WITHDRAW.value:  # nobody else's promise goes with it
        for own in lead.merged.order_by("pk"):
            part(own, now=now, states=OPEN, is_told=True)
            breathe()
    if event.verb == Verb.CLOSE.value:
        return
    for waiting in waiting_with(lead):
        key = f"ticket:event:{event.pk}:{waiting.citizen.pk}"
        content, otherwise = _content(event, waiting, pages, now)
        with transaction.atomic():
            tell_citizen(
                waiting.own or lead, content, key=key, actor=SYSTEM, now=now, otherwise=otherwise,
                to=waiting.citizen,
            )  # fmt: skip
        breathe()


@transaction.atomic
def move_along(ticket: Ticket, *, now: datetime) -> None:
    """A merged ticket gets the answer of its lead, private data masked, and is closed when the lead is."""
    fresh = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("agency", "citizen", "merged_into__agency")
        .get(pk=ticket.pk)
    )
    lead = fresh.merged_into
    if lead is None or lead.status not in OVER:
        return
    before = fresh.status
    if before in OPEN - _ALONE:
        lapse(fresh, now)
        recall_all(fresh, actor=SYSTEM, now=now)
        end_wait(fresh, actor=SYSTEM, now=now)
        fresh.status = Ticket.Status.ANSWERED
        fresh.answer, fresh.answered_at = mask(lead.answer), lead.answered_at
        note_step(fresh, Verb.ANSWER, SYSTEM, now, text=fresh.answer, agency=lead.agency)
        plan_call_back(fresh, now)
    if lead.status in _CLOSED and fresh.status == Ticket.Status.ANSWERED:
        fresh.status, fresh.closed_at = Ticket.Status.CLOSED, now
        note_step(fresh, Verb.CLOSE, SYSTEM, now, text="")
    if fresh.status == before:
        return
    fresh.save(update_fields=["status", "answer", "answered_at", "closed_at"])
    audit.record(
        SYSTEM, "ticket.moved_with_lead", fresh, now=now, agency=fresh.agency,
        before={"status": before}, after={"status": fresh.status, "lead": lead.number},
    )  # fmt: skip


@transaction.atomic
def part(ticket: Ticket, *, now: datetime, states: frozenset[str], is_told: bool = False) -> None:
    """A merged ticket in one of these states goes its own way again: its citizen asked for that, or the
    lead was withdrawn, and she `is_told`."""
    fresh = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("agency", "account", "citizen")
        .get(pk=ticket.pk)
    )
    if fresh.merged_into is None or fresh.status not in states:
        return
    lead, fresh.merged_into = fresh.merged_into, None
    fresh.save(update_fields=["merged_into"])
    note_step(fresh, Verb.UNMERGE, SYSTEM, now, text="")
    if is_told:
        tell(fresh, "unmerged", UNMERGED, SYSTEM, now)
    audit.record(
        SYSTEM, "ticket.unmerged", fresh, now=now, agency=fresh.agency, before={"into": lead.number}
    )


def _content(
    event: TicketEvent, waiting: Waiting, pages: Pages, now: datetime
) -> tuple[Content, tuple[Content, ...]]:
    """The words for one who waits, and what is sent by telephone instead when WeChat is closed to us."""
    lead, own = event.ticket, waiting.own
    if event.verb == Verb.ANSWER.value and own is not None:
        own.refresh_from_db()
        if own.answer == mask(event.text):
            link = pages.own(own)
            return answer_message(own, link), by_text(own, link)
    link = pages.own(own) if own else pages.followed(lead)
    told = _("查看办理过程")
    tail = f'<a href="{link}">{told}</a>'
    head = (
        _("您的诉求 %(number)s") % {"number": own.number} if own
        else _("您关注的诉求 %(number)s") % {"number": lead.number}
    )  # fmt: skip
    if own:
        head += f"\n“{in_brief(own, 30)}”"
    who = event.agency.name if event.agency else lead.agency.name
    match event.verb:
        case Verb.ANSWER.value:
            words = _("有答复了：\n%(answer)s\n\n%(agency)s") % {
                "answer": cut(mask(event.text), 400), "agency": who,
            }  # fmt: skip
        case Verb.ACCEPT.value:
            words = _("%(agency)s 已受理。") % {"agency": who}
        case Verb.ASSIGN.value:
            words = _("已交由 %(agency)s 办理。") % {"agency": who}
        case Verb.WITHDRAW.value:
            words = _("提交人已撤回，这件诉求不再办理。您的问题还在，可以自己提交一件。")
        case Verb.END.value:  # why is between the office and who filed it
            words = _("这件诉求已终止办理。您的问题还在，可以自己提交一件。")
        case _:
            due, today = timezone.localtime(lead.due_at).date(), timezone.localtime(now).date()
            words = _("正在重新办理，承诺 %(day)s前答复。") % {"day": day_words(due, today)}
    return TextContent(f"{head}\n\n{words}\n{tail}"), ()
