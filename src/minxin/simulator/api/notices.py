"""Values of template messages and subscription notices: their keys say what they may hold."""

import re
from collections.abc import Mapping
from typing import Any

from minxin.simulator.refusals import Refused

# Key type: longest value in characters, and the shape it has. (开放社区官方说明；类目模板关键词)
_ANY = re.compile(r"[\s\S]+")
TYPES: Mapping[str, tuple[int, re.Pattern[str]]] = {
    "thing": (20, _ANY),
    "short_thing": (5, _ANY),
    "character_string": (32, re.compile(r"[!-~ ]+")),
    "number": (32, re.compile(r"[+-]?\d+(\.\d+)?")),
    "letter": (32, re.compile(r"[A-Za-z]+")),
    "symbol": (5, re.compile(r"[^\w\s]+")),
    "phrase": (5, re.compile(r"[\u4e00-\u9fff]+")),
    "name": (20, _ANY),
    "phone_number": (17, re.compile(r"[0-9+\- ()]+")),
    "car_number": (8, re.compile(r"[\u4e00-\u9fffA-Z0-9]+")),
    "amount": (20, re.compile(r"[^\d]{0,3}\d{1,10}(\.\d+)?[^\d]{0,3}")),
    "date": (40, re.compile(r"\d{4}[-/年]\d{1,2}([-/月]\d{1,2}日?)?.*|\d{4}年.*")),
    "time": (40, re.compile(r".*\d{1,2}[:：时点]\d{0,2}.*|\d{4}[-/年].*")),
    "time_range": (80, _ANY),
    "const": (20, _ANY),
    "enum": (20, _ANY),
}
_KEY = re.compile(r"([a-z_]+?)(\d*)")
_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\.DATA\s*\}\}")


def keys_of(content: str) -> list[str]:
    """The keys in a template's content, in order: `{{thing1.DATA}}` holds thing1."""
    return list(dict.fromkeys(_PLACE.findall(content)))


def check(content: str, data: Any) -> dict[str, str]:
    """The values by key; `Refused` 47003 names the first key whose value is wrong or missing.

    Keys the template does not have are dropped, `first` and `remark` too, as since May 2023.
    """
    if not isinstance(data, dict):
        raise Refused(47003, "argument invalid! data invalid")
    found = {}
    for key in keys_of(content):
        given = data.get(key)
        value = given.get("value") if isinstance(given, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value or not _fits(key, value):
            raise Refused(47003, f"argument invalid! data.{key}.value invalid")
        found[key] = value
    return found


def _fits(key: str, value: str) -> bool:
    match = _KEY.fullmatch(key)
    kind = match.group(1) if match else ""
    if kind not in TYPES:
        return True  # a template of old kind, whose keys say nothing
    longest, shape = TYPES[kind]
    return len(value) <= longest and shape.fullmatch(value) is not None


def lines(content: str, values: Mapping[str, str]) -> list[dict[str, str]]:
    """What the card shows: a label and a value per line of the template."""
    found = []
    for line in content.splitlines():
        key = next(iter(keys_of(line)), None)
        if key is not None and key in values:
            label = _PLACE.sub("", line).strip().rstrip("：:")
            found.append({"label": label, "value": values[key]})
    return found
