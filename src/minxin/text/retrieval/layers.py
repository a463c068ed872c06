"""Values by number, most of them in a file that is mapped and not read before it is asked.

Whoever builds an index elsewhere writes such files; whoever opens them reads a table of places, no value: a
hundred thousand texts are there at once, cost this process no memory of its own, and nothing when they go.
"""

import mmap
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

Value = TypeVar("Value")


class Written(Generic[Value]):
    """Writes values one after another, numbered from 1. Used as a context manager."""

    def __init__(self, path: Path, encode: Callable[[Value], bytes]) -> None:
        self._path, self._encode = path, encode
        self._places = array("Q", [0])
        self._file: BinaryIO

    def __enter__(self) -> "Written[Value]":
        self._file = self._path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        with _table(self._path).open("wb") as table:
            self._places.tofile(table)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and 0 < number < len(self._places)

    def __setitem__(self, number: int, value: Value) -> None:
        if number != len(self._places):
            raise KeyError(f"{number} is not the next number, {len(self._places)} is")
        self._file.write(self._encode(value))
        self._places.append(self._file.tell())

    def get(self, number: int) -> Value | None:
        """Nothing: what is written is read elsewhere."""
        return None

    def pop(self, number: int) -> Value | None:
        """Raises `KeyError` for what is written: it stays."""
        if number in self:
            raise KeyError(number)
        return None


class Layered(Generic[Value]):
    """Values of such a file, and over them what was put and taken out since; without a file those alone."""

    def __init__(
        self, path: Path | None = None, decode: Callable[[bytes], Value] | None = None
    ) -> None:
        self._over: dict[int, Value | None] = {}
        self._decode = decode
        self._places = array("Q", [0])
        self._bytes: mmap.mmap | bytes = b""
        if path is not None:
            table = _table(path)
            self._places = array("Q")
            with table.open("rb") as places, path.open("rb") as file:
                self._places.fromfile(places, table.stat().st_size // self._places.itemsize)
                if self._places[-1]:  # an empty file cannot be mapped
                    self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._number = len(self._places) - 1

    def __len__(self) -> int:
        return self._number

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        if number in self._over:
            return self._over[number] is not None
        return 0 < number < len(self._places)

    def get(self, number: int) -> Value | None:
        """The value of a number, None where there is none."""
        if number in self._over:
            return self._over[number]
        if self._decode is None or not 0 < number < len(self._places):
            return None
        return self._decode(self._bytes[self._places[number - 1] : self._places[number]])

    def __setitem__(self, number: int, value: Value) -> None:
        self._number += number not in self
        self._over[number] = value

    def pop(self, number: int) -> Value | None:
        """Take a value out and give it back; None where there is none."""
        value = self.get(number)
        if value is not None:
            self._number -= 1
            if number < len(self._places):
                self._over[number] = None
            else:
                del self._over[number]
        return value

    def numbers(self) -> Iterator[int]:
        """All numbers that have a value."""
        yield from (each for each in range(1, len(self._places)) if each in self)
        yield from (each for each in self._over if each >= len(self._places) and each in self)


def _table(path: Path) -> Path:
    return path.with_suffix(".places")
