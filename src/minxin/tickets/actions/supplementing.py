"""What the citizen adds while her ticket is being handled, and the time she is given for it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.queries import working_calendar
from minxin.citizens.models import Citizen
from minxin.core.actors import System
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.working_time import add_working_days
from minxin.tickets import queries
from minxin.tickets.actions.ledger import run_again
from minxin.tickets.actions.pictures import attach
from minxin.tickets.actions.steps import copy_to, ensure_hers, held, locked, note_step, tell_agency
from minxin.tickets.actions.telling import as_recorded
from minxin.tickets.models import Ticket
from minxin.tickets.rules import (
    LONGEST_TEXT,
    MOST_SUPPLEMENTS,
    SUPPLEMENT_DAYS,
    Verb,
    may_follow,
)

AT_ONCE = 200


@transaction.atomic
def supplement(
    ticket: Ticket, text: str, *, pictures: Sequence[str] = (), actor: Citizen, now: datetime
) -> None:
    """She adds words or pictures; the handling agency is told, and a clock that waited for her runs again.

    The same words again, without a new picture, are `AlreadyDone`.
    """
    ensure_hers(ticket, actor)
    text = text.strip()
    if not text and not pictures:
        raise Refused(_("请写明要补充的内容，或附上图片。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="text"
        )
    fresh = locked(ticket, Verb.SUPPLEMENT)
    added = fresh.events.filter(verb=Verb.SUPPLEMENT.value)
    if not pictures and added.filter(text=text).exists():
        raise AlreadyDone(_("这份补充已经收到，没有重复。"))
    if added.count() >= MOST_SUPPLEMENTS:
        raise Refused(
            _("已经补充了 %(most)s 次。还有情况要说，请回复“人工”找工作人员。")
            % {"most": MOST_SUPPLEMENTS}
        )
    step = note_step(fresh, Verb.SUPPLEMENT, actor, now, text=text)
    attach(fresh, pictures, actor=actor, event=step)
    if queries.asked_of_citizen(fresh) is not None:
        run_again(fresh, actor=actor, now=now, reason=_("市民已补充"))
    audit.record(
        as_recorded(fresh, actor), "ticket.supplemented", fresh, now=now, agency=fresh.agency,
        after={"pictures": len(pictures)},
    )  # fmt: skip
    tell_agency(
        fresh,
        gettext_noop("工单 %(number)s 的市民补充了内容") % {"number": fresh.number},
        now,
        part="steps",
    )
    copy_to(fresh, ticket)


@transaction.atomic
def ask_time(ticket: Ticket, reason: str, *, actor: Citizen, now: datetime) -> None:
    """She needs longer to answer what she was asked: once, as many working days again, given at once."""
    ensure_hers(ticket, actor)
    fresh = locked(ticket, Verb.ASK_TIME)
    if refusal := queries.why_no_more_time(fresh, now=now):
        raise Refused(refusal)
    until = fresh.supplement_by
    if until is None:
        raise Refused(_("现在没有需要您补充的内容。"))
    due = add_working_days(
        timezone.localtime(until), SUPPLEMENT_DAYS, working_calendar(fresh.agency)
    )
    fresh.supplement_by, fresh.has_more_time = due.at, True
    fresh.save(update_fields=["supplement_by", "has_more_time"])
    note_step(fresh, Verb.ASK_TIME, actor, now, text=reason.strip()[:500])
    audit.record(
        as_recorded(fresh, actor), "ticket.time_asked", fresh, now=now, agency=fresh.agency,
        before={"until": until}, after={"until": due.at},
    )  # fmt: skip
    tell_agency(
        fresh,
        gettext_noop("工单 %(number)s 的市民要晚些补充") % {"number": fresh.number},
        now,
        part="steps",
    )
    copy_to(fresh, ticket)


def resume_unanswered(*, now: datetime) -> int:
    """Clocks that waited for a citizen whose time is over run again, and the agency is told; how many."""
    late = Ticket.objects.filter(stopped_at__isnull=False, supplement_by__lt=now)
    resumed = 0
    for each in late.order_by("supplement_by")[:AT_ONCE]:
        resumed += _resume(each, now)
    return resumed


@transaction.atomic
def _resume(ticket: Ticket, now: datetime) -> bool:
    fresh, actor = held(ticket), System("clock")
    is_late = fresh.supplement_by is not None and fresh.supplement_by < now
    if fresh.stopped_at is None or not is_late or not may_follow(fresh.status, Verb.RESUME):
        return False
    before = fresh.due_at
    run_again(fresh, actor=actor, now=now, reason=_("约定的补充时间已到，没有收到补充"))
    audit.record(
        actor, "ticket.clock_resumed", fresh, now=now, agency=fresh.agency,
        before={"due_at": before}, after={"due_at": fresh.due_at},
    )  # fmt: skip
    tell_agency(
        fresh,
        gettext_noop("工单 %(number)s 的补充时间已到，计时恢复") % {"number": fresh.number},
        now,
        part="steps",
    )
    return True
