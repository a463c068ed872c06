"""What a worker does for tickets: a task only wakes it, and waking twice does no harm."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from minxin.tickets import indexing
from minxin.tickets.actions.routing import route_waiting
from minxin.tickets.actions.spreading import Pages, has_more, spread
from minxin.tickets.models import Ticket
from minxin.tickets.queries.routing import has_waiting

PAGES = Pages(
    own=lambda ticket: f"{_account(ticket)}/tickets/{ticket.number}/",
    followed=lambda ticket: f"{_account(ticket)}/tickets/followed/{ticket.number}/",
)


def _account(ticket: Ticket) -> str:
    return f"{settings.MINXIN_PUBLIC_URL}/m/{ticket.account.app_id}"


def wake(*, now: datetime) -> None:
    """Let a worker do what waits: new tickets into the index, what happened to those who wait."""
    if indexing.is_behind(now=now):
        index_tickets.enqueue()
    if has_more(now=now):
        spread_events.enqueue()
    if has_waiting():
        route_tickets.enqueue()


@task()
def route_tickets() -> None:
    """As `index_tickets`: the router looks at the tickets that wait."""
    if route_waiting(now=timezone.now()) and has_waiting():
        route_tickets.enqueue()


@task()
def index_tickets() -> None:
    """The task queue's way in; what is long is done in turns with the other tasks."""
    if not indexing.keep_index(now=timezone.now()):
        index_tickets.enqueue()


@task()
def spread_events() -> None:
    """As `index_tickets`."""
    now = timezone.now()
    if spread(PAGES, now=now) and has_more(now=now):
        spread_events.enqueue()
