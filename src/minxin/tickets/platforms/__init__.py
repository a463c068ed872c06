"""Ways to the city's platform: the one place from which tickets are told outside. `WAYS` has a line for each."""

from collections.abc import Mapping

from minxin.tickets.platforms.folder import Folder
from minxin.tickets.platforms.http import Http
from minxin.tickets.platforms.way import (
    Later,
    Listed,
    Parcel,
    Refusal,
    Taken,
    Update,
    Way,
    read_update,
)

WAYS: Mapping[str, type[Way]] = {"http": Http, "folder": Folder}

__all__ = [
    "WAYS",
    "Later",
    "Listed",
    "Parcel",
    "Refusal",
    "Taken",
    "Update",
    "Way",
    "read_update",
]
