"""What the citizen does with an answer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.words import within
from minxin.tickets import queries
from minxin.tickets.actions.applying import lapse
from minxin.tickets.actions.calling_back import end_call_backs
from minxin.tickets.actions.co_handling import recall_all
from minxin.tickets.actions.handing import promise_of, stand_still
from minxin.tickets.actions.ledger import end_wait, enter
from minxin.tickets.actions.steps import (
    audit_move,
    copy_to,
    ensure_hers,
    locked,
    move,
    note_step,
    tell_agency,
)
from minxin.tickets.actions.telling import SYSTEM, as_recorded
from minxin.tickets.models import (
    Rating,
    Ticket,
)
from minxin.tickets.queries.handing import handover_of
from minxin.tickets.rules import (
    DISSATISFIED,
    LONGEST_TEXT,
    LONGEST_WORDS,
    SHORTEST_TEXT,
    Verb,
    ledger,
)


@transaction.atomic
def rate(
    ticket: Ticket,
    level: str,
    *,
    comment: str = "",
    reasons: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> Rating:
    """Note what the citizen thinks of the latest answer, once per answer; who is content closes it.

    `reasons` are values of `Rating.Reason`: what was good, or bad, by her level.
    """
    ensure_hers(ticket, actor)
    if level not in Rating.Level.values:
        raise Refused(_("请选择一个满意程度。"), field="level")
    comment = within(comment, LONGEST_WORDS, field="comment")
    fresh = locked(ticket, Verb.RATE)
    if queries.rating_of(fresh) is not None:
        raise Refused(_("这次答复您已经评价过了，谢谢。"))
    rating = Rating.objects.create(
        ticket=fresh,
        round=fresh.reopened_times + 1,
        level=level,
        reasons=[each for each in Rating.Reason.values if each in reasons],
        comment=comment,
        rated_at=now,
    )
    label = str(Rating.Level(level).label)
    note_step(fresh, Verb.RATE, actor, now, text=label)
    if fresh.status == Ticket.Status.ANSWERED and level not in DISSATISFIED:
        fresh.closed_at = now
        move(fresh, Verb.CLOSE, ("closed_at",))
        note_step(fresh, Verb.CLOSE, actor, now, text="")
    if level not in DISSATISFIED:
        end_call_backs(fresh)
    if level in DISSATISFIED:
        words = gettext_noop("工单 %(number)s 收到“%(level)s”评价") % {
            "number": fresh.number,
            "level": label,
        }
        tell_agency(fresh, words, now)
    audit.record(
        as_recorded(fresh, actor),
        "ticket.rated",
        fresh,
        now=now,
        agency=fresh.agency,
        after={"level": level},
    )
    copy_to(fresh, ticket)
    return rating


@transaction.atomic
def reopen(ticket: Ticket, reason: str, *, actor: Actor, now: datetime) -> None:
    """A citizen who is not content asks again; a new date is promised, the first promise stays as it was said."""
    ensure_hers(ticket, actor)
    reason = reason.strip()
    if len(reason) < SHORTEST_TEXT:
        raise Refused(_("请写明哪里没有解决，我们好继续办理。"), field="reason")
    if len(reason) > LONGEST_TEXT:
        raise Refused(
            _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="reason"
        )
    fresh = locked(ticket, Verb.REOPEN)
    if refusal := queries.why_not_reopened(fresh, now=now):
        raise Refused(refusal)
    urgency = "urgent" if fresh.is_urgent else "ordinary"
    due = queries.promise_for(fresh.nature, fresh.account, fresh.agency, now=now, urgency=urgency)
    fresh.reopened_times += 1
    fresh.due_at, fresh.is_due_provisional = due.at, due.is_provisional
    fresh.answered_at = fresh.closed_at = None
    fields = ("reopened_times", "due_at", "is_due_provisional", "answered_at", "closed_at")
    before = move(fresh, Verb.REOPEN, fields)
    end_call_backs(fresh)
    note_step(fresh, Verb.REOPEN, actor, now, text=reason)
    handover = handover_of(fresh)
    enter(
        fresh, ledger.Kind.START, actor=actor, now=now, due_at=due.at,
        reason=promise_of(handover.platform) if handover else due.words, legal_basis=due.basis,
    )  # fmt: skip
    if handover is not None:
        stand_still(fresh, handover.platform, actor=actor, now=now)
    audit_move(fresh, "ticket.reopened", as_recorded(fresh, actor), now, before)
    tell_agency(
        fresh, gettext_noop("工单 %(number)s 被要求重新办理") % {"number": fresh.number}, now
    )
    copy_to(fresh, ticket)


@transaction.atomic
def withdraw(ticket: Ticket, reason: str, *, actor: Actor, now: datetime) -> None:
    """The citizen needs no answer any more; the ticket stays on record. A reason is hers to give."""
    ensure_hers(ticket, actor)
    reason = within(reason, LONGEST_WORDS, field="reason")
    fresh = locked(ticket, Verb.WITHDRAW)
    lapse(fresh, now)
    recall_all(fresh, actor=SYSTEM, now=now)
    end_wait(fresh, actor=actor, now=now)
    before = move(fresh, Verb.WITHDRAW)
    note_step(fresh, Verb.WITHDRAW, actor, now, text=reason)
    audit_move(fresh, "ticket.withdrawn", as_recorded(fresh, actor), now, before)
    tell_agency(fresh, gettext_noop("工单 %(number)s 已由市民撤回") % {"number": fresh.number}, now)
    copy_to(fresh, ticket)
