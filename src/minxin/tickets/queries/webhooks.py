"""Webhooks as their administrators see them, and what waits."""

from datetime import datetime

from django.db.models import Max, QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.conversations.queries import position_of
from minxin.core.errors import NotFound
from minxin.tickets.models import Ticket, TicketEvent, TicketWebhook, WebhookDelivery
from minxin.tickets.queries.neighbours import SETTLED
from minxin.tickets.rules.webhooks import OF_VERB

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


def new_steps(*, now: datetime, most: int) -> list[TicketEvent]:
    """Steps that somebody may want to hear of, in order: new ones, and the last ones again."""
    rows = TicketEvent.objects.filter(
        pk__gt=position_of(CURSOR) - BACK, at__lte=now - SETTLED, verb__in=list(OF_VERB)
    ).exclude(ticket__exchange__is_history=True)
    return list(
        rows.select_related("ticket__agency", "ticket__exchange").order_by("pk")[: most + BACK]
    )


def due_deliveries(webhook: TicketWebhook, *, now: datetime, most: int) -> list[int]:
    """Deliveries whose time has come, the oldest first."""
    rows = webhook.deliveries.filter(status=Status.WAITING, due_at__lte=now)
    return list(rows.order_by("id").values_list("pk", flat=True)[:most])


def has_earlier(row: WebhookDelivery) -> bool:
    """Whether something of the same ticket has to arrive, or be given up, first."""
    if row.ticket_id is None:
        return False
    before = WebhookDelivery.objects.filter(
        webhook=row.webhook_id, ticket=row.ticket_id, pk__lt=row.pk
    )
    return before.filter(status__in=[Status.WAITING, Status.SENDING]).exists()


def is_in_reach(webhook: TicketWebhook, ticket: Ticket) -> bool:
    """Whether an address may hear of a ticket now: of its branch, not confidential, not moved away."""
    return (
        ticket.agency.path.startswith(webhook.agency.path)
        and not ticket.is_confidential
        and ticket.status != Ticket.Status.MOVED
    )
