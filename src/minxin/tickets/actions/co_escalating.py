"""A co-handler's due time is reminded of and urged like a ticket's own, each once whatever is killed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.queries import Calendars, staff_in_role, staff_with
from minxin.agencies.rules import Permission, Role
from minxin.core.actors import System
from minxin.tickets import queries
from minxin.tickets.actions.steps import note_step, tell_agency
from minxin.tickets.models import CoTask
from minxin.tickets.rules import Verb
from minxin.tickets.rules.co_handling import CO_OPEN, co_step
from minxin.tickets.rules.ladder import Step

CLOCK = System("clock")
FIELDS = {Step.REMIND: "reminded_at", Step.URGE: "urged_at"}
KINDS = {Step.REMIND: "deadline", Step.URGE: "deadline.urged"}
WORDS = {
    Step.REMIND: gettext_noop("提醒：工单 %(number)s 的协办任务快到期了"),
    Step.URGE: gettext_noop("催办：工单 %(number)s 的协办任务已超期，请尽快反馈"),
}
MAIN = gettext_noop("工单 %(number)s 的协办任务超期，已催办协办单位")


def escalate_co_tasks(*, now: datetime) -> int:
    """Remind of and urge what is due by the city's ladder; how many. One transaction each."""
    rungs, calendars, done = queries.rungs(), Calendars(), 0
    for task in queries.co_tasks_to_escalate(now)[:1000]:
        said = frozenset(step for step, name in FIELDS.items() if getattr(task, name) is not None)
        step = co_step(task.due_at, said, rungs, calendars.of(task.agency), now)
        if step is not None and _taken(task, step, now):
            done += 1
    return done


@transaction.atomic
def _taken(task: CoTask, step: Step, now: datetime) -> bool:
    """Take one step, unless another process did or the task is over."""
    name = FIELDS[step]
    mine = CoTask.objects.filter(pk=task.pk, status__in=CO_OPEN, **{name: None})
    if not mine.update(**{name: now}):
        return False
    ticket = task.ticket
    number = {"number": ticket.number}
    people = list(staff_with(Permission.ANSWER_TICKETS, task.agency))
    if step is Step.URGE:
        known = {each.pk for each in people}
        people += [x for x in staff_in_role(Role.REVIEWER, task.agency) if x.pk not in known]
        tell_agency(ticket, MAIN % number, now, part="co-tasks")
    said = WORDS[step] % number
    link = f"/console/co-tasks/{task.pk}/"
    notify_staff(people, kind=KINDS[step], text=said, link=link, now=now)
    title = "催办" if step is Step.URGE else "提醒"
    text = f"{task.agency.name} {title}"
    note_step(ticket, Verb.CO_HANDLE, CLOCK, now, text=text, is_public=False, agency=task.agency)
    audit.record(
        CLOCK, "co_task.escalated", ticket, now=now, agency=task.agency,
        after={"step": step.value, "due_at": task.due_at},
    )  # fmt: skip
    return True
