"""What a comparison is made of: the sheet's plan, the register beside it, and what came of each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Host:
    """An agency that may host accounts of this import."""

    pk: int
    code: str
    name: str
    short_name: str
    region_code: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Known:
    """An account of the register: its plain values by field, `agency` the id of its host."""

    pk: int
    values: Plain


@dataclass(frozen=True, slots=True)
class Register:
    """What a sheet is compared with: the accounts and hosts that the person may manage.

    `today`: no update is later. `regions` gives the code of a division by its code or name. `app_ids_elsewhere` are taken by
    accounts out of her sight: only that they are taken is told.
    """

    accounts: tuple[Known, ...]
    hosts: tuple[Host, ...]
    regions: Mapping[str, str]
    app_ids_elsewhere: frozenset[str] = frozenset()
    today: date = date.max


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sheet is read: the field of each column, and what holds where it says nothing."""

    columns: tuple[str, ...]
    host: int
    platform: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong or doubtful in a row; `column` is a field or empty."""

    column: str
    value: str
    message: str
    is_conflict: bool = False


@dataclass(slots=True)
class Compared:
    """One row of the sheet. `outcome`: new, changed, same, conflict or wrong. `before` and `after` hold
    what differs; of a new account `after` holds everything."""

    row: int
    name: str = ""
    platform: str = ""
    host: int | None = None
    account: int | None = None
    before: Plain = field(default_factory=dict)
    after: Plain = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    is_acceptable: bool = False

    @property
    def outcome(self) -> str:
        if any(not fault.is_conflict for fault in self.faults):
            return "wrong"
        if self.faults:
            return "conflict"
        if self.account is None:
            return "new"
        return "changed" if self.after else "same"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows of the sheet, and the accounts that it does not hold."""

    rows: tuple[Compared, ...]
    missing: tuple[Known, ...]
