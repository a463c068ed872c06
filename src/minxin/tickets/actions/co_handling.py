"""Main and co-handlers (主办、协办): the main unit asks, co-handlers answer it, one answer goes to the citizen."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, staff_with, working_calendar
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.words import within
from minxin.core.working_time import add_working_days
from minxin.tickets import queries
from minxin.tickets.actions.steps import (
    audit_reading,
    held,
    held_for,
    locked_for,
    note_step,
    tell_agency,
)
from minxin.tickets.models import CoTask, Ticket
from minxin.tickets.rules import LONGEST_TEXT, LONGEST_WORDS, SHORTEST_TEXT, Verb
from minxin.tickets.rules.co_handling import CO_TRANSITIONS, LONGEST_TASK, CoVerb, co_may_follow


@transaction.atomic
def name_co_handler(
    ticket: Ticket, agency: Agency, *, asked: str, working_days: int, actor: Staff, now: datetime
) -> CoTask:
    """Ask another unit to do a part, by its own due time, which is not after the ticket's: a day at most
    where the ticket is due before, and as long as it takes where it is overdue already.

    By the main unit or who dispatches. The co-handler reads text and place while the task is hers, nothing
    else; so a confidential ticket has none, its readers are named.
    """
    fresh = locked_for(ticket, Verb.CO_HANDLE, actor, Permission.ANSWER_TICKETS)
    if fresh.is_confidential:
        raise Refused(_("保密工单不能指定协办单位，请指定知情人。"))
    if fresh.merged_into_id is not None:
        raise Refused(_("这件工单已并入其他工单，请在主办工单里指定协办单位。"))
    if agency.pk == fresh.agency_id or not agency.is_active:
        raise Refused(_("请选择另一个在用的单位。"), field="agency")
    if queries.open_co_tasks(fresh).filter(agency=agency).exists():
        raise Refused(_("这个单位已经在协办，还没有反馈。"), field="agency")
    if len(asked.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明请协办单位做什么。"), field="asked")
    if not 1 <= working_days <= LONGEST_TASK:
        raise Refused(
            _("协办期限应在 1 到 %(most)s 个工作日之间。") % {"most": LONGEST_TASK},
            field="working_days",
        )
    due_at = _due(fresh, agency, working_days, now)
    made = CoTask.objects.create(
        ticket=fresh, agency=agency, asked=within(asked, LONGEST_WORDS, field="asked"), named_by=actor, named_at=now,
        due_at=due_at,
    )  # fmt: skip
    note_step(
        fresh, Verb.CO_HANDLE, actor, now, text=f"{agency.name}：{made.asked}", is_public=False
    )
    audit.record(
        actor, "ticket.co_handler_named", fresh, now=now, agency=fresh.agency,
        after={"agency": agency.code, "due_at": due_at},
    )  # fmt: skip
    words = gettext_noop("请协办工单 %(number)s") % {"number": fresh.number}
    people = staff_with(Permission.ANSWER_TICKETS, agency)
    notify_staff(people, kind="ticket", text=words, link=f"/console/co-tasks/{made.pk}/", now=now)
    return made


@transaction.atomic
def note_co_reading(task: CoTask, *, actor: Staff, now: datetime) -> None:
    """Audit that a co-handler read the ticket's words and pictures, as for the main unit; nothing once the
    task is over, when they are not shown."""
    ensure_may(actor, Permission.ANSWER_TICKETS, task.agency)
    if queries.is_hers(task):
        audit_reading(task.ticket, task.agency, actor=actor, now=now)


@transaction.atomic
def sign_co_task(task: CoTask, *, actor: Staff, now: datetime) -> None:
    """The co-handler takes it."""
    fresh = _hers(task, CoVerb.SIGN, actor)
    fresh.signed_at = now
    _moved(fresh, CoVerb.SIGN, actor, now, words="")


@transaction.atomic
def answer_co_task(task: CoTask, words: str, *, actor: Staff, now: datetime) -> None:
    """Answer the main unit; the citizen reads nothing of it."""
    words = words.strip()
    if len(words) < SHORTEST_TEXT:
        raise Refused(_("请写明办理的情况。"), field="words")
    _moved(_hers(task, CoVerb.ANSWER, actor), CoVerb.ANSWER, actor, now, words=words)


@transaction.atomic
def return_co_task(task: CoTask, words: str, *, actor: Staff, now: datetime) -> None:
    """Say why it is not hers; the main unit names another or does without."""
    words = words.strip()
    if len(words) < SHORTEST_TEXT:
        raise Refused(_("请写明退回的理由。"), field="words")
    _moved(_hers(task, CoVerb.RETURN, actor), CoVerb.RETURN, actor, now, words=words)


@transaction.atomic
def recall_co_task(task: CoTask, words: str, *, actor: Staff, now: datetime) -> None:
    """The main unit needs it no more, and says why."""
    words = words.strip()
    if len(words) < SHORTEST_TEXT:
        raise Refused(_("请写明收回的理由。"), field="words")
    held_for(task.ticket, actor, Permission.ANSWER_TICKETS)
    fresh = _locked(task, CoVerb.RECALL)
    _moved(fresh, CoVerb.RECALL, actor, now, words=words)


def recall_all(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """The ticket ends without the co-handlers: what is open with them is taken back and they are told.

    The caller holds the ticket locked.
    """
    for task in queries.open_co_tasks(ticket):
        _moved(task, CoVerb.RECALL, actor, now, words=str(_("工单已经结束。")))


def ensure_all_back(ticket: Ticket) -> None:
    """Refuses while co-handlers have not answered: the main unit answers once, with what they found."""
    waiting = [task.agency.name for task in queries.open_co_tasks(ticket)]
    if waiting:
        raise Refused(
            _("协办单位还没有反馈：%(names)s。请等反馈，或收回协办任务。")
            % {"names": "、".join(waiting)}
        )


def _due(ticket: Ticket, agency: Agency, working_days: int, now: datetime) -> datetime:
    due = add_working_days(timezone.localtime(now), working_days, working_calendar(agency)).at
    if not now < ticket.due_at < due:
        return due
    if working_days > 1:
        raise Refused(_("协办期限不能晚于这件工单的答复期限。"), field="working_days")
    return ticket.due_at


def _locked(task: CoTask, verb: CoVerb) -> CoTask:
    fresh = (
        CoTask.objects.select_for_update(of=("self",))
        .select_related("agency", "ticket__agency")
        .get(pk=task.pk)
    )
    if not co_may_follow(fresh.status, verb):
        raise Refused(
            _("协办任务现在的状态是“%(state)s”，不能这样处理。请刷新后再看。")
            % {"state": fresh.get_status_display()}
        )
    return fresh


def _hers(task: CoTask, verb: CoVerb, actor: Staff) -> CoTask:
    ensure_may(actor, Permission.ANSWER_TICKETS, task.agency)
    held(task.ticket)  # first the ticket, then the task: as everybody locks them
    return _locked(task, verb)


def _moved(task: CoTask, verb: CoVerb, actor: Actor, now: datetime, *, words: str) -> None:
    before, task.status = task.status, CO_TRANSITIONS[verb][1]
    if verb is not CoVerb.SIGN:
        task.words, task.done_at = words[:LONGEST_TEXT], now
        task.done_by = actor if isinstance(actor, Staff) else None
    task.save(update_fields=["status", "words", "done_at", "done_by", "signed_at"])
    ticket = task.ticket
    said = f"{task.agency.name} {task.get_status_display()}" + (f"：{words}" if words else "")
    note_step(
        ticket, Verb.CO_HANDLE, actor, now, text=said[:LONGEST_TEXT], is_public=False,
        agency=task.agency,
    )  # fmt: skip
    audit.record(
        actor, f"co_task.{verb.value.removeprefix('co_')}", ticket, now=now, agency=task.agency,
        before={"status": before}, after={"status": task.status, "agency": task.agency.code},
    )  # fmt: skip
    if verb is CoVerb.RECALL:
        told = gettext_noop("工单 %(number)s 的协办任务已收回") % {"number": ticket.number}
        people = staff_with(Permission.ANSWER_TICKETS, task.agency)
        link = f"/console/co-tasks/{task.pk}/#done"
        notify_staff(people, kind="ticket", text=told, link=link, now=now)
    elif verb is not CoVerb.SIGN:
        told = gettext_noop("工单 %(number)s 的协办单位有反馈") % {"number": ticket.number}
        tell_agency(ticket, told, now, part="co-tasks")
