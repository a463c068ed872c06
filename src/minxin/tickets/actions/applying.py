"""What an agency asks for, and what another person decides; more time among it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import staff_with, working_calendar
from minxin.agencies.rules import Permission
from minxin.conversations.contents import TextContent
from minxin.core.errors import Refused
from minxin.core.working_time import Span, Unit, due
from minxin.tickets import queries
from minxin.tickets.actions.ledger import enter
from minxin.tickets.actions.replies import void_drafts
from minxin.tickets.actions.steps import copy_to, locked_for, note_step, tell_agency
from minxin.tickets.actions.telling import tell_citizen
from minxin.tickets.models import Application, MaliciousMark, Ticket
from minxin.tickets.rules import LONGEST_EXTENSION, SHORTEST_TEXT, Verb, ledger


def asked(
    ticket: Ticket,
    kind: str,
    *,
    reason: str,
    legal_basis: str,
    actor: Staff,
    now: datetime,
    proper_agency: Agency | None = None,
    working_days: int | None = None,
) -> Application:
    """Note what is asked for about a ticket that the caller holds locked."""
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由。"), field="reason")
    if len(legal_basis.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明依据：哪个文件，哪一条。"), field="legal_basis")
    if queries.waiting_application(ticket) is not None:
        raise Refused(_("这件工单已有一项申请在等决定。请刷新后再看。"))
    return Application.objects.create(
        ticket=ticket, kind=kind, agency=ticket.agency, asked_by=actor, asked_at=now,
        reason=reason.strip()[:500], legal_basis=legal_basis.strip()[:200],
        proper_agency=proper_agency, working_days=working_days,
    )  # fmt: skip


def decided(
    ticket: Ticket, kind: str, is_granted: bool, *, decision: str, actor: Staff, now: datetime
) -> Application:
    """Note the decision on what waits: by another person than who asked, in words, once."""
    row = queries.waiting_application(ticket)
    if row is None or row.kind != kind:
        raise Refused(_("这项申请已经有了决定，或者已经失效。请刷新后再看。"))
    if row.asked_by_id == actor.pk:
        raise Refused(_("不能决定自己提出的申请，请由其他人决定。"))
    if len(decision.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明决定的理由。"), field="decision")
    row.status = Application.Status.GRANTED if is_granted else Application.Status.REFUSED
    row.decided_by, row.decided_at, row.decision = actor, now, decision.strip()[:500]
    row.save(update_fields=["status", "decided_by", "decided_at", "decision"])
    return row


def lapse(ticket: Ticket, now: datetime) -> None:
    """The ticket goes on: what nobody decided is void, and who asked is told."""
    void_drafts(ticket, now)
    _lapse_proposal(ticket, now)
    row = queries.waiting_application(ticket)
    if row is None:
        return
    row.status, row.decided_at = Application.Status.LAPSED, now
    row.save(update_fields=["status", "decided_at"])
    words = gettext_noop("工单 %(number)s 已有新的进展，您提出的%(kind)s失效") % {
        "number": ticket.number,
        "kind": row.get_kind_display(),
    }
    link = f"/console/tickets/{ticket.number}/#applications"
    notify_staff([row.asked_by], kind="ticket", text=words, link=link, now=now)


def _lapse_proposal(ticket: Ticket, now: datetime) -> None:
    """That it is malicious was said and not decided: who said it is told."""
    row = queries.living_mark(ticket)
    if row is None or row.status != MaliciousMark.Status.PROPOSED:
        return
    row.status, row.decided_at = MaliciousMark.Status.LAPSED, now
    row.save(update_fields=["status", "decided_at"])
    words = gettext_noop("工单 %(number)s 已有新的进展，您提出的恶意认定失效")
    link = f"/console/tickets/{ticket.number}/#malicious"
    said = words % {"number": ticket.number}
    notify_staff([row.proposed_by], kind="ticket", text=said, link=link, now=now)


def tell_deciders(ticket: Ticket, row: Application, now: datetime) -> None:
    people = staff_with(Permission.ASSIGN_TICKETS, ticket.agency)
    words = gettext_noop("工单 %(number)s 有申请等待决定") % {"number": ticket.number}
    others = [each for each in people if each.pk != row.asked_by_id]
    link = f"/console/tickets/{ticket.number}/"
    notify_staff(others, kind="ticket", text=words, link=link, now=now)


@transaction.atomic
def ask_extension(
    ticket: Ticket, *, working_days: int, reason: str, legal_basis: str, actor: Staff, now: datetime
) -> Application:
    """Ask for more working days, before the due time only."""
    fresh = locked_for(ticket, Verb.ASK_EXTENSION, actor, Permission.ANSWER_TICKETS)
    if fresh.stopped_at is not None:
        raise Refused(_("计时已暂停。恢复计时后才能申请延期。"))
    if now >= fresh.due_at:
        raise Refused(_("答复期限已过，不能再申请延期。"))
    if not 1 <= working_days <= LONGEST_EXTENSION:
        raise Refused(
            _("延期应在 1 到 %(most)s 个工作日之间。") % {"most": LONGEST_EXTENSION},
            field="working_days",
        )
    row = asked(
        fresh, Application.Kind.EXTENSION, reason=reason, legal_basis=legal_basis,
        working_days=working_days, actor=actor, now=now,
    )  # fmt: skip
    note_step(fresh, Verb.ASK_EXTENSION, actor, now, text=reason.strip(), is_public=False)
    audit.record(
        actor, "ticket.extension_asked", fresh, now=now, agency=fresh.agency,
        after={"working_days": working_days}, reason=reason,
    )  # fmt: skip
    tell_deciders(fresh, row, now)
    copy_to(fresh, ticket)
    return row


@transaction.atomic
def grant_extension(
    ticket: Ticket, *, decision: str, link: str, actor: Staff, now: datetime
) -> None:
    """Move what is owed; the citizen is told the new date and why, and her promise stays on record."""
    fresh = locked_for(ticket, Verb.GRANT_EXTENSION, actor, Permission.ASSIGN_TICKETS)
    if fresh.stopped_at is not None:
        raise Refused(_("计时已暂停。恢复计时后才能决定延期。"))
    row = decided(fresh, Application.Kind.EXTENSION, True, decision=decision, actor=actor, now=now)
    before = fresh.due_at
    more = Span(row.working_days or 0, Unit.WORKING_DAYS)
    until = due(timezone.localtime(before), more, working_calendar(fresh.agency))
    fresh.due_at, fresh.is_due_provisional = until.at, until.is_provisional
    fresh.save(update_fields=["due_at", "is_due_provisional"])
    enter(
        fresh, ledger.Kind.EXTENSION, actor=actor, now=now, due_at=until.at, reason=row.reason,
        legal_basis=row.legal_basis,
    )  # fmt: skip
    note_step(fresh, Verb.GRANT_EXTENSION, actor, now, text=row.reason)
    audit.record(
        actor, "ticket.extended", fresh, now=now, agency=fresh.agency, before={"due_at": before},
        after={"due_at": until.at}, reason=decision,
    )  # fmt: skip
    words = _("您的诉求 %(number)s 延期到%(day)s前答复。原因：%(reason)s\n%(agency)s\n%(link)s") % {
        "number": fresh.number,
        "day": f"{until.at.month}月{until.at.day}日",
        "reason": row.reason,
        "agency": fresh.agency.name,
        "link": f'<a href="{link}">' + _("查看时限台账") + "</a>",
    }
    key = f"ticket:{fresh.pk}:extension:{row.pk}"
    tell_citizen(fresh, TextContent(words), key=key, actor=actor, now=now)
    copy_to(fresh, ticket)


@transaction.atomic
def refuse_extension(ticket: Ticket, *, decision: str, actor: Staff, now: datetime) -> None:
    """The due time stays, and the agency reads why."""
    fresh = locked_for(ticket, Verb.REFUSE_EXTENSION, actor, Permission.ASSIGN_TICKETS)
    decided(fresh, Application.Kind.EXTENSION, False, decision=decision, actor=actor, now=now)
    note_step(fresh, Verb.REFUSE_EXTENSION, actor, now, text=decision.strip(), is_public=False)
    audit.record(
        actor, "ticket.extension_refused", fresh, now=now, agency=fresh.agency, reason=decision
    )
    words = gettext_noop("工单 %(number)s 的延期申请没有同意，理由见工单")
    tell_agency(fresh, words % {"number": fresh.number}, now)
    copy_to(fresh, ticket)
