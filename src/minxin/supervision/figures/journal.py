"""How far the daily figures have come: one small file beside the months, replaced as a whole.

It lies with the months and not in the database, for it says what the files hold: whoever removes the folder,
or restores a database into another home, has both begin anew.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Every trace up to this number is in the figures. `recorded_at` tells the same trace from another one
    of that number in another database; empty where no trace was old enough."""

    number: int
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Building:
    """All figures are being made from the beginning: `done` of `of` accounts are read, up to the number
    `account`, in so many `parts`. `mark` is where the nights go on afterwards."""

    mark: Mark
    begun_at: str
    account: int
    done: int
    of: int
    parts: int


@dataclass(frozen=True, slots=True)
class Journal:
    """`mark`: none before the first time. `counted_at`: when the figures were last complete."""

    mark: Mark | None = None
    counted_at: datetime | None = None
    building: Building | None = None


def read(folder: Path) -> Journal:
    """What stands in the folder; nothing yet where there is no journal or one that nobody can read."""
    try:
        found = json.loads((folder / "journal.json").read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            return Journal()
        mark, at, building = found["mark"], found["counted_at"], found["building"]
        return Journal(
            Mark(**mark) if mark else None,
            datetime.fromisoformat(at) if at else None,
            Building(**{**building, "mark": Mark(**building["mark"])}) if building else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Journal()


def write(folder: Path, journal: Journal) -> None:
    """Keep it; on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    known = asdict(journal)
    known["counted_at"] = journal.counted_at.isoformat() if journal.counted_at else None
    part = folder / ".journal.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **known}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / "journal.json")
