"""Webhooks as their administrators see them, and what waits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.conversations.queries import position_of
from minxin.core.errors import NotFound
from minxin.tickets.models import Ticket, TicketEvent, TicketWebhook, WebhookDelivery
from minxin.tickets.queries.neighbours import SETTLED
from minxin.tickets.rules.webhooks import LOOK_BACK, OF_VERB

CURSOR = "ticket_webhooks"
BACK = 500  # steps that are looked at again: one may be committed after one with a higher number
EDIT = Permission.EDIT_SETTINGS
Status = WebhookDelivery.Status


def webhooks_visible_to(staff: Staff) -> QuerySet[TicketWebhook]:
    """Those of the agencies whose settings a person keeps."""
    found: QuerySet[TicketWebhook] = TicketWebhook.objects.visible_to(staff, EDIT)
    return found.select_related("agency").order_by("id")


def webhook_for(staff: Staff, number: int) -> TicketWebhook:
    """One of them; `NotFound` otherwise."""
    found = webhooks_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def deliveries_of(staff: Staff, number: int) -> QuerySet[WebhookDelivery]:
    """What was and is to be told to one of them, the newest first; `NotFound` for another's."""
    return webhook_for(staff, number).deliveries.select_related("webhook__agency").order_by("-id")


def latest_step() -> int:
    """The last step of any ticket."""
    return int(TicketEvent.objects.aggregate(last=Max("pk"))["last"] or 0)


def new_steps(
    hooks: Iterable[TicketWebhook], *, now: datetime, most: int, is_all: bool = False
) -> list[TicketEvent]:
    """Steps that one of these may want to hear of, in order: new ones, and those of the last hour again.
    `is_all`: those of the last seconds, too, though one before them may be committed yet."""
    cursor, first = position_of(CURSOR), min(each.after_event for each in hooks)
    rows = TicketEvent.objects.filter(
        Q(pk__gt=cursor) | Q(at__gte=now - LOOK_BACK),
        pk__gt=max(cursor - BACK, first),
        verb__in=list(OF_VERB),
    ).exclude(ticket__exchange__is_history=True)
    if not is_all:
        rows = rows.filter(at__lte=now - SETTLED)
    return list(
        rows.select_related("ticket__agency", "ticket__exchange").order_by("pk")[: most + BACK]
    )


def due_deliveries(webhook: TicketWebhook, *, now: datetime, most: int) -> list[int]:
    """Deliveries whose time has come and that wait for no other, the oldest first."""
    before = _unfinished(OuterRef("webhook"), OuterRef("ticket"), OuterRef("pk"))
    rows = webhook.deliveries.filter(~Exists(before), status=Status.WAITING, due_at__lte=now)
    return list(rows.order_by("id").values_list("pk", flat=True)[:most])


def has_earlier(row: WebhookDelivery) -> bool:
    """Whether something of the same ticket has to arrive, or be given up, first."""
    if row.ticket_id is None:
        return False
    return _unfinished(row.webhook_id, row.ticket_id, row.pk).exists()


def _unfinished(webhook: Any, ticket: Any, before: Any) -> QuerySet[WebhookDelivery]:
    rows: QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(
        webhook=webhook, ticket=ticket, pk__lt=before
    )
    return rows.filter(status__in=[Status.WAITING, Status.SENDING])


def is_in_reach(webhook: TicketWebhook, ticket: Ticket) -> bool:
    """Whether an address may hear of a ticket now: of its branch, not confidential, not moved away."""
    return (
        ticket.agency.path.startswith(webhook.agency.path)
        and not ticket.is_confidential
        and ticket.status != Ticket.Status.MOVED
    )
