"""Where a ticket is, on a plain picture of our own: no tiles, no network, nobody told where we look."""

from dataclasses import dataclass
from math import cos, radians
from typing import Any

from minxin.agencies.models import Staff
from minxin.supervision.overview import area_map
from minxin.tickets import queries
from minxin.tickets.models import Ticket

SIDE = 320  # of the picture, in its own units
METRES = 2000  # that its side stands for
METRES_PER_DEGREE = 111_320


@dataclass(frozen=True, slots=True)
class Dot:
    """Another open ticket nearby: where on the picture, and which."""

    x: float
    y: float
    number: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Borders of the area as SVG paths, dots of tickets nearby; this ticket is in the middle."""

    side: int
    metres: int
    borders: tuple[str, ...]
    dots: tuple[Dot, ...]


def place_of(ticket: Ticket, staff: Staff) -> dict[str, Any]:
    """What the page shows: the division's name, the coordinates, the picture; each where known."""
    shown: dict[str, Any] = {"division": queries.division_name(ticket.division)}
    if ticket.latitude is None or ticket.longitude is None:
        return shown
    at = (ticket.latitude, ticket.longitude)
    near = queries.tickets_near(staff, at, metres=METRES / 2, besides=ticket)
    dots = tuple(
        Dot(*_on_picture(each.latitude, each.longitude, at), each.number)
        for each in near
        if each.latitude is not None and each.longitude is not None
    )
    return shown | {"place_picture": Picture(SIDE, METRES, _borders(at), dots)}


def _on_picture(latitude: float, longitude: float, at: tuple[float, float]) -> tuple[float, float]:
    unit = SIDE / METRES
    east = (longitude - at[1]) * METRES_PER_DEGREE * cos(radians(at[0]))
    north = (latitude - at[0]) * METRES_PER_DEGREE
    return round(SIDE / 2 + east * unit, 1), round(SIDE / 2 - north * unit, 1)


def _borders(at: tuple[float, float]) -> tuple[str, ...]:
    """The shapes of the area that reach into the picture."""
    shape = area_map()
    if shape is None:
        return ()
    found = []
    for feature in shape.shape["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        for ring in (ring for polygon in polygons for ring in polygon):
            points = [_on_picture(point[1], point[0], at) for point in ring]
            xs, ys = [x for x, _ in points], [y for _, y in points]
            if min(xs) <= SIDE and max(xs) >= 0 and min(ys) <= SIDE and max(ys) >= 0:
                found.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return tuple(found)
