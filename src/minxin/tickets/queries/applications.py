"""What was asked for about a ticket."""

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.core.once import once
from minxin.tickets.models import Application, OwnershipDecision, Ticket


def applications_of(ticket: Ticket) -> list[Application]:
    """All of them, the newest first."""

    def read() -> list[Application]:
        rows = ticket.applications.select_related(
            "agency", "proper_agency", "asked_by", "decided_by"
        )
        return list(rows.order_by("-id"))

    return once(("applications", ticket.pk), read)


def waiting_application(ticket: Ticket) -> Application | None:
    """The one that waits for a decision."""
    rows = applications_of(ticket)
    return next((each for each in rows if each.status == Application.Status.WAITING), None)


def was_return_refused(ticket: Ticket) -> bool:
    """Whether the agency that has the ticket was refused its last return, and may dispute that."""
    last = ticket.applications.filter(kind__in=["return", "dispute"]).order_by("-id").first()
    return (
        last is not None
        and last.kind == Application.Kind.RETURN
        and last.status == Application.Status.REFUSED
        and last.agency_id == ticket.agency_id
    )


def took_part(ticket: Ticket, staff: Staff) -> bool:
    """Whether a person asked for the return that is in dispute, raised the dispute, or refused it."""
    rows = ticket.applications.filter(kind__in=["return", "dispute"]).order_by("-id")[:2]
    return any(staff.pk in (row.asked_by_id, row.decided_by_id) for row in rows)


def ownership_decisions() -> QuerySet[OwnershipDecision]:
    """What arbitrations decided, the newest first: the responsibility list learns from them."""
    return OwnershipDecision.objects.select_related("agency", "disputed_by", "category", "ticket")
