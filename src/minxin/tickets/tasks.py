"""What a worker does for tickets: a task only wakes it, and waking twice does no harm."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django_tasks import task

from minxin.core.jobs import ClaimLost
from minxin.tickets import actions, indexing, queries
from minxin.tickets.actions.platforms import forget_nonces
from minxin.tickets.actions.routing import route_waiting
from minxin.tickets.actions.spreading import Pages, has_more, spread
from minxin.tickets.actions.wrongdoing import note_forgotten
from minxin.tickets.announcing import Announcer
from minxin.tickets.courier import Courier
from minxin.tickets.models import BatchAnswer, CityPlatform, Ticket
from minxin.tickets.queries.batches import next_items
from minxin.tickets.queries.routing import has_waiting
from minxin.tickets.queries.wrongdoing import to_forget

AT_ONCE = 50
log = logging.getLogger("minxin.tickets")
PAGES = Pages(
    own=lambda ticket: f"{_account(ticket)}/tickets/{ticket.number}/",
    followed=lambda ticket: f"{_account(ticket)}/tickets/followed/{ticket.number}/",
)


def _account(ticket: Ticket) -> str:
    return f"{settings.MINXIN_PUBLIC_URL}/m/{ticket.account.app_id}"


def survey_page(ticket: Ticket) -> str:
    """Where a citizen answers the independent survey."""
    return f"{_account(ticket)}/tickets/{ticket.number}/survey"


def wake(*, now: datetime) -> None:
    """Let a worker do what waits: new tickets into the index, what happened to those who wait, and to the
    figures."""
    if indexing.is_behind(now=now) or to_forget():
        index_tickets.enqueue()
    if has_more(now=now):
        spread_events.enqueue()
    if actions.facts_are_behind(now=now):
        keep_facts.enqueue()
    if has_waiting():
        route_tickets.enqueue()


@task()
def route_tickets() -> None:
    """As `index_tickets`: the router looks at the tickets that wait."""
    if route_waiting(now=timezone.now()) and has_waiting():
        route_tickets.enqueue()


def wake_escalations(*, now: datetime) -> None:
    """Let a worker take what is due up the ladder."""
    if queries.to_escalate(now).exists() or queries.co_tasks_to_escalate(now).exists():
        escalate_tickets.enqueue()


@task()
def escalate_tickets() -> None:
    """As `index_tickets`: tickets whose limit is near or past go up the ladder, each step once."""
    now = timezone.now()
    actions.escalate(now=now, most=1000)
    actions.escalate_co_tasks(now=now)
    if queries.to_escalate(now).exists():
        escalate_tickets.enqueue()


@task()
def reconsider_ladder() -> None:
    """The ladder was changed: every ticket that is owed is looked at anew."""
    actions.reconsider(now=timezone.now())


@task()
def index_tickets() -> None:
    """The task queue's way in; what is long is done in turns with the other tasks."""
    gone = to_forget()
    if gone and indexing.forget(gone):
        note_forgotten(gone)
    now = timezone.now()
    kept = [indexing.keep_index(now=now), indexing.keep_words(now=now)]
    if not all(kept):
        index_tickets.enqueue()


@task()
def spread_events() -> None:
    """As `index_tickets`."""
    now = timezone.now()
    if spread(PAGES, now=now) and has_more(now=now):
        spread_events.enqueue()


@task()
def keep_facts() -> None:
    """As `index_tickets`: what figures count, brought up to date."""
    if not actions.keep_facts(now=timezone.now()):
        keep_facts.enqueue()


@task()
def check_facts() -> None:
    """Every row that figures count, made sure of; a difference is a fault of ours and is said so."""
    if wrong := actions.check_facts():
        log.warning("%s rows of figures were not as they should be and were made anew", wrong)
    if wrong := actions.check_months(now=timezone.now()):
        log.warning("%s months of figures were not as they should be and are counted anew", wrong)
    actions.keep_months(now=timezone.now())


def wake_check(*, now: datetime) -> None:
    """Let a worker make sure of the figures' rows."""
    check_facts.enqueue()


# One answer to many ----------------------------------------------------------------------------


@task()
def work_batch(number: int) -> None:
    """The task queue's way in."""
    answer_batch(number)


def wake_batch(batch: BatchAnswer) -> None:
    """Tell a worker that a batch waits; when that is lost, `wake_stalled_batches` tells again."""
    work_batch.enqueue(batch.pk)


def wake_stalled_batches(*, now: datetime) -> int:
    """Wake every batch that should be moving and is not; how many."""
    found = actions.release_stalled_batches(now=now)
    for number in found:
        work_batch.enqueue(number)
    return len(found)


def answer_batch(number: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Answer the tickets of one batch, one after the other; nothing when somebody else has it."""
    token = get_random_string(16)
    batch = actions.claim_batch(number, token=token, now=clock())
    if batch is None:
        return
    status = BatchAnswer.Status.DONE
    try:
        with translation.override("zh-hans"):  # what citizens read is Chinese, whoever asked
            while items := next_items(batch, AT_ONCE):
                for item in items:
                    link = PAGES.own(item.ticket)
                    if not actions.answer_item(item, batch, link=link, token=token, now=clock()):
                        status = BatchAnswer.Status.STOPPED
                        break
                if status == BatchAnswer.Status.STOPPED:
                    break
        if not next_items(batch, 1):
            status = BatchAnswer.Status.DONE  # stopped when there was nothing left
        actions.end_batch(batch, status, token=token, now=clock())
    except ClaimLost:
        log.info("batch %s was taken over or ended by somebody else", number)


def run_handover(stop: threading.Event) -> None:
    """Hand tickets over to the city's platforms, and hear of them, until `stop` is set."""
    Courier(clock=timezone.now).run(stop)


def run_webhooks(stop: threading.Event) -> None:
    """Tell webhooks what happens to tickets, until `stop` is set."""
    Announcer(clock=timezone.now).run(stop)


@task()
def compare_handovers() -> None:
    """Both sides' lists, held against each other; nonces that are over are forgotten."""
    now = timezone.now()
    forget_nonces(now=now)
    courier = Courier(clock=timezone.now)
    for platform in CityPlatform.objects.filter(is_active=True):
        courier.compare(platform)
