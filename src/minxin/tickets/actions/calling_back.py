"""The office asks on the telephone what became of an answer, and does again what was not solved."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, working_calendar
from minxin.agencies.rules import Permission
from minxin.conversations.contents import TextContent
from minxin.core.errors import Refused
from minxin.core.words import within
from minxin.core.working_time import add_working_days
from minxin.tickets import queries
from minxin.tickets.actions.ledger import enter
from minxin.tickets.actions.steps import (
    copy_to,
    locked_for,
    move,
    note_step,
    tell_agency,
)
from minxin.tickets.actions.telling import tell_citizen
from minxin.tickets.models import CallBack, Rating, Ticket
from minxin.tickets.rules import LONGEST_WORDS, SHORTEST_TEXT, Verb, ledger, promise_words
from minxin.tickets.rules.calling_back import (
    WORKING_DAYS,
    Outcome,
    is_over_after,
    possible_outcomes,
)


def plan_call_back(ticket: Ticket, now: datetime) -> None:
    """An answer went: who left a number is called by the end of the next working day, where the agency
    calls back; an anonymous citizen is not. A step of an act that holds the ticket locked."""
    if ticket.citizen is None or ticket.is_anonymous or not ticket.citizen.phone:
        return
    if not queries.policy_of(ticket.agency).calls_back:
        return
    due_at = _next_day(ticket, now)
    CallBack.objects.get_or_create(
        ticket=ticket, round=ticket.reopened_times, defaults={"due_at": due_at}
    )


def end_call_backs(ticket: Ticket) -> None:
    """Nobody needs to be called any more: she said herself what she thinks, or the ticket went on. A step
    of an act that holds the ticket locked."""
    ticket.call_backs.filter(status=CallBack.Status.WAITING).update(status=CallBack.Status.LAPSED)


@transaction.atomic
def note_call(
    ticket: Ticket, *, reached: str, words: str = "", actor: Staff, now: datetime
) -> CallBack:
    """She was not reached: again on the next working day, `MOST_CALLS` times in all."""
    fresh, row = _held_call(ticket, actor)
    if reached not in CallBack.Reached.values or reached == CallBack.Reached.CONNECTED:
        raise Refused(_("请选择接通情况。"), field="reached")
    row.calls += 1
    row.reached, row.called_by, row.called_at = reached, actor, now
    row.words = within(words, LONGEST_WORDS, field="words")
    if is_over_after(reached, row.calls):
        row.status = CallBack.Status.MISSED
    else:
        row.due_at = _next_day(fresh, now)
    row.save()
    _note(fresh, row, actor, now)
    return row


@transaction.atomic
def keep_call_back(
    ticket: Ticket,
    *,
    resolved: str,
    level: str,
    outcome: str,
    words: str = "",
    reason: str = "",
    agency: Agency | None = None,
    link: str = "",
    actor: Staff,
    now: datetime,
) -> CallBack:
    """Keep what she said. What follows is the caller's decision, within `possible_outcomes`: the ticket is
    closed, or done again by `agency` (None: by the same), with a new due time by the preset."""
    fresh, row = _held_call(ticket, actor)
    if resolved not in CallBack.Resolved.values:
        raise Refused(_("请选择是否解决。"), field="resolved")
    if level not in Rating.Level.values:
        raise Refused(_("请选择满意度。"), field="level")
    if outcome not in CallBack.Outcome.values:
        raise Refused(_("请选择怎样处理。"), field="outcome")
    chosen, possible = Outcome(outcome), possible_outcomes(resolved, level)
    if chosen not in possible:
        if Outcome.CLOSED in possible:
            raise Refused(_("市民说已经解决并且满意，直接办结即可。"), field="outcome")
        raise Refused(_("市民说没有解决或不满意，请选择重办，或记录原因后办结。"), field="outcome")
    reason = within(reason, LONGEST_WORDS, field="reason")
    if chosen is not Outcome.CLOSED and len(reason) < SHORTEST_TEXT:
        raise Refused(_("请写明理由。"), field="reason")
    row.calls += 1
    row.status, row.reached = CallBack.Status.DONE, CallBack.Reached.CONNECTED
    row.resolved, row.level, row.outcome = resolved, level, outcome
    row.words = within(words, LONGEST_WORDS, field="words")
    row.reason = "" if chosen is Outcome.CLOSED else reason
    row.called_by, row.called_at = actor, now
    row.save()
    _note(fresh, row, actor, now)
    if chosen is Outcome.REDO:
        _redo(fresh, reason, agency or fresh.agency, link=link, actor=actor, now=now)
    elif fresh.status == Ticket.Status.ANSWERED:
        fresh.closed_at = now
        move(fresh, Verb.CLOSE, ("closed_at",))
        note_step(fresh, Verb.CLOSE, actor, now, text="")
    copy_to(fresh, ticket)
    return row


@transaction.atomic
def redo(
    ticket: Ticket, *, reason: str, agency: Agency | None = None, link: str, actor: Staff,
    now: datetime,
) -> None:  # fmt: skip
    """Have an answered ticket done again, without a call: what was found out otherwise. With a reason, and
    never by who wrote the answer."""
    fresh = locked_for(ticket, Verb.REDO, actor, Permission.ASSIGN_TICKETS)
    reason = within(reason, LONGEST_WORDS, field="reason")
    if len(reason) < SHORTEST_TEXT:
        raise Refused(_("请写明理由。"), field="reason")
    end_call_backs(fresh)
    _redo(fresh, reason, agency or fresh.agency, link=link, actor=actor, now=now)
    copy_to(fresh, ticket)


def _redo(
    ticket: Ticket, reason: str, agency: Agency, *, link: str, actor: Staff, now: datetime
) -> None:
    ensure_may(actor, Permission.ASSIGN_TICKETS, ticket.agency)
    if not agency.is_active:
        raise Refused(_("这个单位已停用，请另选承办单位。"), field="agency")
    if queries.took_part_in_answer(ticket, actor):
        raise Refused(_("您写过或审核过这份答复，请由其他人决定是否重办。"))
    owner, lead = ticket.agency, ticket.merged_into
    due = queries.promise_for(ticket.nature, ticket.account, agency, now=now)
    ticket.agency, ticket.merged_into = agency, None
    ticket.reopened_times += 1
    ticket.redone_times += 1
    ticket.due_at, ticket.is_due_provisional = due.at, due.is_provisional
    ticket.answered_at = ticket.closed_at = None
    before = move(
        ticket, Verb.REDO,
        ("agency", "merged_into", "reopened_times", "redone_times", "due_at", "is_due_provisional",
         "answered_at", "closed_at"),
    )  # fmt: skip
    note_step(ticket, Verb.REDO, actor, now, text="", agency=agency)
    note_step(ticket, Verb.NOTE, actor, now, text=reason, is_public=False, agency=owner)
    if lead is not None:
        note_step(ticket, Verb.UNMERGE, actor, now, text="")
    today = timezone.localtime(now).date()
    said = promise_words(timezone.localtime(due.at).date(), today, due.is_provisional)
    enter(ticket, ledger.Kind.START, actor=actor, now=now, due_at=due.at, reason=said)
    if owner.pk != agency.pk:
        enter(ticket, ledger.Kind.TRANSFER, actor=actor, now=now)
    audit.record(
        actor, "ticket.redone", ticket, now=now, agency=owner,
        before={"status": before, "agency": owner.code},
        after={"status": ticket.status, "agency": agency.code}, reason=reason,
    )  # fmt: skip
    words = gettext_noop("工单 %(number)s 经回访须重办，理由见工单") % {"number": ticket.number}
    tell_agency(ticket, words, now, part="call-back")
    told = _("您的诉求 %(number)s 将重新办理，%(said)s。\n%(agency)s\n%(link)s") % {
        "number": ticket.number,
        "said": said,
        "agency": agency.name,
        "link": f'<a href="{link}">' + _("查看办理过程") + "</a>",
    }
    key = f"ticket:{ticket.pk}:redo:{ticket.reopened_times}"
    tell_citizen(ticket, TextContent(told), key=key, actor=actor, now=now)


def _held_call(ticket: Ticket, actor: Staff) -> tuple[Ticket, CallBack]:
    """The ticket and its waiting call-back, locked; refused for who wrote the answer."""
    fresh = locked_for(ticket, Verb.CALL_BACK, actor, Permission.ANSWER_TICKETS)
    row = queries.waiting_call_back(fresh)
    if row is None:
        raise Refused(_("这次回访已经有了结果，或者不再需要。请刷新后再看。"))
    if queries.took_part_in_answer(fresh, actor):
        raise Refused(_("您写过或审核过这份答复，请由其他人回访。"))
    return fresh, row


def _note(ticket: Ticket, row: CallBack, actor: Staff, now: datetime) -> None:
    said = [row.get_reached_display(), row.get_resolved_display(), row.get_level_display()]
    said += [row.words, row.get_outcome_display(), row.reason]
    text = "；".join(str(each) for each in said if each)
    note_step(ticket, Verb.CALL_BACK, actor, now, text=text, is_public=False)
    audit.record(
        actor, "ticket.called_back", ticket, now=now, agency=ticket.agency,
        after={"reached": row.reached, "resolved": row.resolved, "level": row.level,
               "outcome": row.outcome}, reason=row.reason,
    )  # fmt: skip


def _next_day(ticket: Ticket, now: datetime) -> datetime:
    calendar = working_calendar(ticket.agency)
    return add_working_days(timezone.localtime(now), WORKING_DAYS, calendar).at
