"""The city's files."""

import csv
import json
from pathlib import Path
from typing import Any

CITY = Path(__file__).resolve().parent / "city"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the city's CSV files."""
    with (CITY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells(name: str) -> list[list[str]]:
    """The cells of one of them, titles first."""
    with (CITY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def script(name: str) -> list[dict[str, Any]]:
    """One of the city's scripts."""
    found: list[dict[str, Any]] = json.loads((CITY / f"{name}.json").read_text(encoding="utf-8"))
    return found


def file(name: str) -> bytes:
    """A file of the city as it is."""
    return (CITY / name).read_bytes()
