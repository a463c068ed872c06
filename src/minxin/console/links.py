"""Addresses of portal pages that staff send to citizens."""

from django.conf import settings

from minxin.tickets.models import Ticket


def portal_ticket(ticket: Ticket) -> str:
    """Where the citizen reads her ticket."""
    return f"{settings.MINXIN_PUBLIC_URL}/m/{ticket.account.app_id}/tickets/{ticket.number}/"
