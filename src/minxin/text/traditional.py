"""Traditional characters folded to simplified ones, for comparison only: `traditional.txt` holds one and the
other in each word (`tools/character_tables.py` writes it)."""

import functools
from importlib import resources


@functools.cache
def _table() -> dict[int, str]:
    """Simplified character by the code of the traditional one."""
    pairs = resources.files("minxin.text").joinpath("traditional.txt")
    return {ord(old): new for old, new in map(tuple, pairs.read_text(encoding="utf-8").split())}


def simplified(text: str) -> str:
    """A text with its traditional characters folded, one for one. For comparing: what is kept and shown
    stays as it was written."""
    return text.translate(_table())
