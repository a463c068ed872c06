"""What lies near a place."""

from math import cos, radians

from minxin.agencies.models import Staff
from minxin.tickets.models import Ticket
from minxin.tickets.queries.reading import tickets_visible_to
from minxin.tickets.rules import OPEN

METRES_PER_DEGREE = 111_320
MOST = 50


def tickets_near(
    staff: Staff, at: tuple[float, float], *, metres: float, besides: Ticket
) -> list[Ticket]:
    """Open tickets that a person may see within a square around a place, the newest first, at most `MOST`."""
    north = metres / METRES_PER_DEGREE
    east = north / max(0.01, cos(radians(at[0])))
    rows = tickets_visible_to(staff).filter(
        status__in=OPEN,
        latitude__range=(at[0] - north, at[0] + north),
        longitude__range=(at[1] - east, at[1] + east),
    )
    return list(rows.exclude(pk=besides.pk)[:MOST])
