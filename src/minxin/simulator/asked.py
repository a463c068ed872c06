"""Reading what a call posted: each wrong field has WeChat's own errcode."""

import re
from collections.abc import Mapping
from typing import Any

from minxin.simulator.refusals import Refused

_NUMBER = re.compile(r"-?[0-9]{1,19}")


def words(
    inside: Mapping[str, Any], name: str, code: int = 47001, *, default: str | None = None,
    most: int = 0, most_code: int = 0, longest: int = 0,
) -> str:  # fmt: skip
    """A string. `most` characters and `longest` bytes at most, else `most_code`.

    A missing or empty one is `default`, or refused with `code`.
    """
    value = inside.get(name)
    if value is None or value == "":
        if default is None:
            raise Refused(code)
        return default
    if not isinstance(value, str):
        raise Refused(code)
    if (most and len(value) > most) or (longest and len(value.encode()) > longest):
        raise Refused(most_code or code)
    return value


def number(
    inside: Mapping[str, Any], name: str, code: int = 47001, *, default: int | None = None,
    least: int = 0, most: int = 2**63 - 1,
) -> int:  # fmt: skip
    """A whole number from `least` to `most`; WeChat takes one that was written as a string too."""
    value = inside.get(name)
    if value is None:
        if default is None:
            raise Refused(code)
        return default
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(code)
    return value


def listing(
    inside: Mapping[str, Any], name: str, code: int = 47001, *, least: int = 1, most: int = 10_000
) -> list[Any]:
    """A list of `least` to `most` members."""
    value = inside.get(name)
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise Refused(code)
    return value


def mapping(inside: Mapping[str, Any], name: str, code: int = 47001) -> dict[str, Any]:
    """An object."""
    value = inside.get(name)
    if not isinstance(value, dict):
        raise Refused(code)
    return value


def openids(inside: Mapping[str, Any], name: str = "openid_list", *, most: int = 50) -> list[str]:
    """Openids, each once, in their order; 40032 for too many, too few, or none that are words."""
    found = listing(inside, name, 40032, most=most)
    if not all(isinstance(one, str) and one for one in found):
        raise Refused(40003)
    return list(dict.fromkeys(found))


def page(inside: Mapping[str, Any], *, most: int = 20) -> tuple[int, int]:
    """`offset` from 0 and `count` from 1 to `most`."""
    offset = number(inside, "offset", default=0)
    return offset, number(inside, "count", least=1, most=most)
