"""Saved replies: words with places to fill in. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# What may stand in braces, in the order the page explains it.
VARIABLES = ("称呼", "单位", "电话", "编号", "期限", "经办人", "日期")

_PLACE = re.compile(r"[{｛]\s*([^{}｛｝\n]{1,20}?)\s*[}｝]")
# Surnames of two characters that are met; every other name is called by its first one.
_LONG_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "尉迟",
        "皇甫",
        "令狐",
        "慕容",
        "司徒",
        "司空",
        "夏侯",
        "公孙",
        "长孙",
        "宇文",
        "端木",
        "东方",
        "南宫",
        "独孤",
        "轩辕",
        "闻人",
    ]
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A saved reply as it would go out, and which places nothing is known for."""

    text: str
    missing: tuple[str, ...]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put values into the places of a text. A place without a value stays as it stands and is named;
    what a value brings with it is not looked into."""
    missing: list[str] = []

    def put(place: re.Match[str]) -> str:
        name = place[1]
        value = values.get(name, "").strip() if name in VARIABLES else ""
        if value:
            return value
        if name in VARIABLES and name not in missing:
            missing.append(name)
        return place[0]

    return Filled(_PLACE.sub(put, text), tuple(missing))


def unfilled(text: str) -> tuple[str, ...]:
    """The places that a text still has, each once: it is not fit to be sent."""
    return tuple(dict.fromkeys(name for name in _PLACE.findall(text) if name in VARIABLES))


def unknown_places(text: str) -> tuple[str, ...]:
    """What stands in braces and is no variable, each once: a slip of who wrote the reply."""
    return tuple(dict.fromkeys(name for name in _PLACE.findall(text) if name not in VARIABLES))


def called(name: str) -> str:
    """How a citizen is addressed: by her surname where she left a name; man or woman is not known."""
    name = name.strip()
    if not 2 <= len(name) <= 5 or not all("\u4e00" <= char <= "\u9fff" for char in name):
        return "市民朋友"
    surname = name[:2] if name[:2] in _LONG_SURNAMES and len(name) > 2 else name[0]
    return f"{surname}先生/女士"
