"""Tables of limits that ship with the product: local practice as published, never adopted by themselves.

Each file says whose it is, which version, where it was read and whether somebody has read the source
itself. What is not known is left out.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minxin.tickets.rules.limits import span_from

FOLDER = Path(__file__).parent
SPANS = ("limit", "sign", "complex", "yellow", "red")


def shipped() -> Iterator[dict[str, Any]]:
    """The lines of all tables, as `actions.keep_preset` takes them, without actor and moment."""
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        lines = table.pop("line")
        common = {name: table.pop(name) for name in SPANS if name in table}
        for line in lines:
            row = common | line
            yield table | {
                name: span_from(value) if name in SPANS else value for name, value in row.items()
            }
