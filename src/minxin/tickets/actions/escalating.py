"""Taking tickets up the ladder: each step once, whatever is killed; and what people decide about it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import Told, notify_many
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import (
    Calendars,
    ensure_may_everywhere,
    staff_in_role,
    staff_who_may,
    staff_with,
)
from minxin.agencies.rules import Permission, Role
from minxin.core.actors import Actor, System
from minxin.core.breath import breathe
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.table_rows import add_rows
from minxin.tickets import queries
from minxin.tickets.actions.steps import copy_to, held_for
from minxin.tickets.models import (
    Flagging,
    LadderRung,
    LadderStep,
    LedgerEntry,
    Ticket,
    TicketEvent,
)
from minxin.tickets.rules import OPEN, SHORTEST_TEXT, ladder, ledger, limits

CLOCK = System("clock")
AT_ONCE = 150
# How often in a row another process may be faster before something is wrong.
PATIENCE = 20
READ = (
    "number", "status", "stopped_at", "due_at", "sign_due_at", "escalate_at", "supervision_level",
    "is_confidential", "agency",
)  # fmt: skip
KINDS = {
    ladder.Step.REMIND: "deadline",
    ladder.Step.URGE: "deadline.urged",
    ladder.Step.SUPERVISE: "deadline.supervised",
}
NAMES = {
    ladder.Step.REMIND: gettext_noop("提醒：工单 %(number)s %(words)s"),
    ladder.Step.URGE: gettext_noop("催办：工单 %(number)s %(words)s"),
    ladder.Step.SUPERVISE: gettext_noop("督办：工单 %(number)s %(words)s"),
}


class _Overtaken(Exception):
    """Somebody else took one of these meanwhile: nothing of this turn stays."""


@dataclass
class Run:
    """What one run reads once: the ladder, calendars, and whom to tell where."""

    rungs: tuple[ladder.Rung, ...] = field(default_factory=queries.rungs)
    calendars: Calendars = field(default_factory=Calendars)
    people: dict[tuple[int, ladder.Audience], list[Staff]] = field(default_factory=dict)
    agencies: dict[int, Agency] = field(default_factory=dict)

    def know(self, tickets: Sequence[Ticket]) -> None:
        """Give these tickets their agencies, each read once."""
        unknown = {each.agency_id for each in tickets} - self.agencies.keys()
        if unknown:
            self.agencies |= Agency.objects.select_related("parent").in_bulk(unknown)
        for each in tickets:
            each.agency = self.agencies[each.agency_id]

    def audience(self, ticket: Ticket, rung: ladder.Rung) -> list[Staff]:
        """Whom a rung tells, each once; of a confidential ticket nobody outside the handling agency."""
        agency, found = ticket.agency, dict[int, Staff]()
        for each in sorted(rung.tells):
            if ticket.is_confidential and each is ladder.Audience.SUPERVISOR:
                continue
            key = (agency.pk, each)
            if key not in self.people:
                self.people[key] = list(_people(agency, each))
            found |= {person.pk: person for person in self.people[key]}
        return list(found.values())


def _people(agency: Agency, audience: ladder.Audience) -> Sequence[Staff]:
    match audience:
        case ladder.Audience.HANDLER:
            return list(staff_with(Permission.ANSWER_TICKETS, agency))
        case ladder.Audience.HEAD:
            return list(staff_in_role(Role.REVIEWER, agency))
        case ladder.Audience.SUPERVISOR:
            return list(staff_who_may(Permission.SUPERVISE_TICKETS, agency))


def escalate(*, now: datetime, most: int | None = None) -> int:
    """Take every step that is due; how many. Turns of `AT_ONCE` tickets, each a transaction of its own, so a
    process that is killed leaves whole steps behind and the next one goes on."""
    run, taken, looked, failed = Run(), 0, 0, 0
    while most is None or looked < most:
        try:
            with transaction.atomic():
                seen, steps = _turn(run, now)
        except (_Overtaken, IntegrityError):
            failed += 1
            if failed > PATIENCE:
                raise
            continue  # the other one's turn is over: what is left is looked for anew
        failed = 0
        if not seen:
            break
        looked, taken = looked + seen, taken + steps
        breathe()
    return taken


def _turn(run: Run, now: datetime) -> tuple[int, int]:
    """One transaction: the tickets that wait longest, claimed by compare-and-set of `escalate_at`, with
    all that follows from their steps. How many were looked at, how many steps were taken."""
    due = queries.to_escalate(now).only(*READ)
    tickets = list(due.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    if not tickets:
        return 0, 0
    run.know(tickets)
    rows, done = _histories(tickets)
    next_at: dict[tuple[datetime | None, int | None], list[Ticket]] = defaultdict(list)
    taken: list[_Taken] = []
    for ticket in tickets:
        calendar = run.calendars.of(ticket.agency)
        mine = rows.get(ticket.pk, [])
        place = ladder.term_row([row for _number, row in mine])
        number = mine[place][0] if place is not None else 0
        kept = done.get((ticket.pk, number), {})
        term = queries.term_of(ticket, mine, kept, calendar)
        planned = ladder.next_rung(run.rungs, term, calendar, now) if term else None
        level = None
        if planned and term and planned.at <= now:
            taken.append(_Taken(ticket, planned.rung, number, mine[-1][1].at))
            if planned.rung.level > ticket.supervision_level:
                level = planned.rung.level
            after = ladder.Term(term.anchors, {**kept, planned.rung.key: now}, term.not_before)
            planned = ladder.next_rung(run.rungs, after, calendar, now)
        next_at[planned.at if planned else None, level].append(ticket)
    for (at, level), group in next_at.items():
        change = {"escalate_at": at} | ({} if level is None else {"supervision_level": level})
        mine_still = Ticket.objects.filter(
            pk__in=[each.pk for each in group],
            escalate_at__in={each.escalate_at for each in group},
        )
        if mine_still.update(**change) != len(group):
            raise _Overtaken
    if taken:
        _keep(run, taken, now)
    return len(tickets), len(taken)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that is taken now."""

    ticket: Ticket
    rung: ladder.Rung
    term: int
    last_at: datetime

    @property
    def limit(self) -> datetime:
        at = self.ticket.due_at
        if self.rung.anchor is ladder.Anchor.SIGN and self.ticket.sign_due_at is not None:
            at = self.ticket.sign_due_at
        return timezone.localtime(at)


def _histories(
    tickets: Sequence[Ticket],
) -> tuple[dict[int, list[tuple[int, ledger.Row]]], dict[tuple[int, int], dict[str, datetime]]]:
    """The ledgers of these tickets, and what was done in each term, in two queries."""
    numbers = [each.pk for each in tickets]
    rows: dict[int, list[tuple[int, ledger.Row]]] = defaultdict(list)
    entries = LedgerEntry.objects.filter(ticket__in=numbers).order_by("ticket_id", "id")
    for ticket, number, at, kind in entries.values_list("ticket_id", "id", "at", "kind"):
        rows[ticket].append((number, ledger.Row(at, ledger.Kind(kind))))
    done: dict[tuple[int, int], dict[str, datetime]] = defaultdict(dict)
    steps = LadderStep.objects.filter(ticket__in=numbers)
    for ticket, term, key, at in steps.values_list("ticket_id", "term", "key", "at"):
        done[ticket, term][key] = at
    return rows, done


def _keep(run: Run, taken: Sequence[_Taken], now: datetime) -> None:
    """What follows from steps: the row, which the page shows, the ledger, notices, the flag, the audit."""
    steps, entries, told, flags = [], [], [], []
    labels = {each: str(LadderStep.Step(each.value).label) for each in ladder.Step}
    told_of = {each: _(words) for each, words in NAMES.items()}
    for each in taken:
        ticket, rung, limit = each.ticket, each.rung, each.limit
        people = run.audience(ticket, rung)
        words = ladder.words_for(rung, limit, run.calendars.of(ticket.agency), now)
        number = ticket.number
        steps.append(
            {
                "ticket_id": ticket.pk, "term": each.term, "key": rung.key, "step": rung.step.value,
                "at": now, "agency_id": ticket.agency_id, "words": words, "basis": rung.basis,
                "due_at": limit, "told": len(people),
                "number": f"{number}-C{each.term}" if rung.has_notice else "",
                "issuer_id": (ticket.agency.parent_id or ticket.agency_id)
                if rung.has_notice else None,
            }
        )  # fmt: skip
        entries.append(
            {
                "ticket_id": ticket.pk, "at": max(now, each.last_at), "agency_id": ticket.agency_id,
                "actor_kind": CLOCK.actor_kind, "actor_name": "",
                "reason": f"{labels[rung.step]}：{words}",
                "is_public": rung.step is not ladder.Step.REMIND,
            }
        )  # fmt: skip
        text = told_of[rung.step] % {"number": number, "words": words}
        told += [Told(person.pk, KINDS[rung.step], text, f"/console/tickets/{number}/")
                 for person in people]  # fmt: skip
        if rung.level > ticket.supervision_level:
            flags.append(each)
    add_rows(LadderStep, steps)
    LedgerEntry.objects.add_reminders(entries)
    notify_many(told, now=now)
    for each in flags:
        _supervise(each, now)
    audit.record(
        CLOCK, "tickets.escalated", "工单催督办", now=now,
        after={each.ticket.number: each.rung.key for each in taken},
    )  # fmt: skip


def _supervise(taken: _Taken, now: datetime) -> None:
    """The flag that a person would set, set by the ladder; a level that a person gave never sinks."""
    ticket = taken.ticket
    Flagging.objects.filter(ticket=ticket, flag=Flagging.Flag.SUPERVISED, lifted_at=None).update(
        lifted_at=now, lift_reason="督办级别提高"
    )
    Flagging.objects.create(
        ticket=ticket, flag=Flagging.Flag.SUPERVISED, level=taken.rung.level, set_at=now,
        reason="超过期限，按催督办规则列为督办",
    )  # fmt: skip
    audit.record(
        CLOCK, "ticket.flagged", ticket, now=now, agency=ticket.agency,
        after={"flag": Flagging.Flag.SUPERVISED.value, "level": taken.rung.level},
    )  # fmt: skip


@transaction.atomic
def propose_talk(ticket: Ticket, *, reason: str, actor: Staff, now: datetime) -> LadderStep:
    """Propose a talk (约谈) with an agency about a ticket it owes: a person's act, with her reason. It is
    written down and audited; nobody is told by the machine, and nothing follows by itself."""
    fresh = held_for(ticket, actor, Permission.SUPERVISE_TICKETS)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由。"), field="reason")
    rows = queries.rows_with_ids(fresh)
    place = ladder.term_row([row for _number, row in rows])
    if place is None or now < fresh.due_at or fresh.stopped_at is not None:
        raise Refused(_("工单没有超过答复期限，不能建议约谈。"))
    made, is_new = LadderStep.objects.get_or_create(
        ticket=fresh, term=rows[place][0], key=LadderStep.TALK,
        defaults={
            "step": LadderStep.Step.TALK, "at": now, "agency": fresh.agency,
            "words": reason.strip()[:500], "due_at": fresh.due_at, "proposed_by": actor,
        },
    )  # fmt: skip
    if not is_new:
        raise AlreadyDone(_("这件工单已经有约谈建议。"))
    TicketEvent.objects.create(
        ticket=fresh, at=now, verb="talk_proposed", agency=fresh.agency, staff=actor,
        text=made.words, is_public=False,
    )  # fmt: skip
    audit.record(actor, "ticket.talk_proposed", fresh, now=now, agency=fresh.agency, reason=reason)
    copy_to(fresh, ticket)
    return made


@transaction.atomic
def keep_rung(rung: ladder.Rung, *, is_active: bool, actor: Actor, now: datetime) -> LadderRung:
    """Add or change a line of the ladder; the shipped lines are kept beside it from then on. Steps taken
    stay. Call `reconsider` afterwards. Raises `Refused` with the field that is wrong."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    _check(rung)
    if not LadderRung.objects.exists():
        LadderRung.objects.bulk_create(queries.row_of(each) for each in ladder.LADDER)
    row = queries.row_of(rung)
    row.is_active = is_active
    known = LadderRung.objects.filter(key=rung.key).first()
    before = _described(known) if known else None
    row.pk = known.pk if known else None
    row.save()
    audit.record(actor, "ladder.kept", row, now=now, before=before, after=_described(row))
    return row


def reconsider(*, now: datetime) -> int:
    """The ladder is another: every ticket that is owed is looked at anew, in chunks; how many."""
    last, seen = 0, 0
    owed = Ticket.objects.filter(status__in=OPEN, stopped_at=None).order_by("pk")
    while numbers := list(owed.filter(pk__gt=last).values_list("pk", flat=True)[:500]):
        seen += Ticket.objects.filter(pk__in=numbers, status__in=OPEN, stopped_at=None).update(
            escalate_at=now
        )
        last = numbers[-1]
        breathe()
    return seen


def _check(rung: ladder.Rung) -> None:
    if rung.offset.amount > limits.MOST[rung.offset.unit]:
        words = _("相隔的时间不能超过 %(most)s。")
        raise Refused(words % {"most": limits.MOST[rung.offset.unit]}, field="amount")
    if not rung.tells:
        raise Refused(_("至少告知一方。"), field="tells_handler")
    if rung.step is ladder.Step.REMIND and not rung.is_before:
        raise Refused(_("提醒应在期限之前；期限之后是催办或督办。"), field="is_before")
    if rung.step is not ladder.Step.REMIND and rung.is_before:
        raise Refused(_("催办和督办应在期限之后。"), field="is_before")
    if (rung.step is ladder.Step.SUPERVISE) != (rung.level > 0):
        raise Refused(_("督办要选级别，提醒和催办不选。"), field="level")
    if rung.has_notice and rung.step is not ladder.Step.URGE:
        raise Refused(_("《催办通知书》只随催办发出。"), field="has_notice")
    if rung.level not in Ticket.Supervision.values:
        raise Refused(_("请选择督办级别。"), field="level")


def _described(row: LadderRung) -> dict[str, object]:
    names = ("step", "anchor", "is_before", "amount", "unit", "tells_handler", "tells_head",
             "tells_supervisor", "has_notice", "level", "basis", "is_active")  # fmt: skip
    return {name: getattr(row, name) for name in names}
