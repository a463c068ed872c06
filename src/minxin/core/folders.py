"""A folder of derived files that one process at a time may write."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(folder: Path, name: str) -> Iterator[bool]:
    """Whether nobody else is at what `name` stands for in this folder; while it is so, nobody else begins.

    A killed process leaves no lock: the kernel holds it, not the file `.name`. The folder is made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
