"""The register of reports of wrongdoing: for its own people, and for who reported."""

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.core.errors import NotFound
from minxin.core.ids import normal_ticket_number
from minxin.tickets.models import WrongdoingReport


def wrongdoing_visible_to(staff: Staff) -> QuerySet[WrongdoingReport]:
    """Those a person may read at all."""
    found: QuerySet[WrongdoingReport] = WrongdoingReport.objects.visible_to(
        staff, Permission.HANDLE_WRONGDOING
    )
    return found


def wrongdoing_for(staff: Staff, number: str) -> WrongdoingReport:
    """One of them; `NotFound` otherwise."""
    found = wrongdoing_visible_to(staff).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def wrongdoing_of(citizen: Citizen) -> QuerySet[WrongdoingReport]:
    """What a citizen reported herself, the newest first."""
    return WrongdoingReport.objects.filter(citizen=citizen)


def wrongdoing_by_number(number: str, citizen: Citizen) -> WrongdoingReport:
    """Her own report of this number, however she writes it; `NotFound` for anybody else's."""
    normal = normal_ticket_number(number)
    found = wrongdoing_of(citizen).filter(number=normal).first() if normal else None
    if found is None:
        raise NotFound
    return found


def to_forget() -> list[int]:
    """The rows that reports were moved out of and that a derived file may still know by their words."""
    rows = WrongdoingReport.objects.filter(is_forgotten=False, ticket__isnull=False)
    return list(rows.values_list("ticket", flat=True))
