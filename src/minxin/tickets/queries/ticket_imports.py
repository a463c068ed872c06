"""Sheets of tickets on their way in, as people see them."""

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.tickets.models import ImportedTicket, TicketImport


def ticket_imports(staff: Staff) -> QuerySet[TicketImport]:
    """The sheets of the agencies for which a person may file tickets, the newest first."""
    found: QuerySet[TicketImport] = TicketImport.objects.visible_to(staff, Permission.FILE_TICKETS)
    return found.select_related("agency", "started_by")


def ticket_import_for(staff: Staff, number: int) -> TicketImport:
    """One of them; `NotFound` otherwise."""
    found = ticket_imports(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def imported_rows_of(job: TicketImport) -> QuerySet[ImportedTicket]:
    """The rows of a sheet that a person was shown."""
    return job.all_rows().select_related("ticket").order_by("id")
