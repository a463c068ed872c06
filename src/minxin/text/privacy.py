"""Private data inside free text: found by pattern and check digit, masked for lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PLATES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

# Full-width digits and letters as keyboards for Chinese write them: same length, same meaning.
_NARROW = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF0D, 0xFF20, 0xFF0E)}  # fmt: skip

_ID = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?!\d)")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){15,18}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[ -]\d{7,8}(?!\d)")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PLATE = re.compile(rf"[{_PLATES}][A-Z][·. ]?[A-Z0-9]{{5,6}}(?![A-Z0-9])", re.IGNORECASE)

# A house, a stairway, a room.
_HOUSE = re.compile(
    r"(?<=[路街巷道弄院村里])\d+号(?!线)(?:楼|院)?|\d+(?:号楼|栋|幢|座|单元|室|户)(?:\d+(?:单元|室|户|层|楼))*"
)


def is_id_number(text: str) -> bool:
    """Whether 18 characters are a resident identity number (GB 11643-1999 check character)."""
    if not re.fullmatch(r"\d{17}[\dXx]", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == text[17].upper()


def is_bank_card(digits: str) -> bool:
    """Whether 16 to 19 digits pass the Luhn check."""
    if not digits.isdecimal() or not 16 <= len(digits) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask(text: str) -> str:
    """The text with identity numbers, bank cards, phones, mail addresses and plates blotted out.

    What stays is enough to recognise one's own: the first three and last two of a phone, the first
    and last of an identity number. Numbers that fail their check digit are left alone. Full-width
    digits and letters come back half-width.
    """
    text = _ID.sub(_identity, text.translate(_NARROW))
    text = _CARD.sub(_card, text)
    text = _MOBILE.sub(lambda m: _keep(m[0], 3, 2), text)
    text = _LANDLINE.sub(lambda m: _keep(m[0], 5, 2), text)
    text = _MAIL.sub(lambda m: f"{m[0][0]}***@***", text)
    return _PLATE.sub(lambda m: _keep(m[0], 2, 1), text)


def mask_houses(text: str) -> str:
    """The text with house numbers, stairways and rooms blotted out; roads and buildings with names stay."""
    return _HOUSE.sub("××", text)


@dataclass(frozen=True, slots=True)
class Private:
    """Somebody's number in a text: `identity`, `card`, `mobile` or `plate`, characters `start` up to
    `end`."""

    kind: str
    start: int
    end: int


def find(text: str) -> list[Private]:
    """Identity numbers and bank cards that pass their check, mobile phones and plates, in the order
    of the text. Landlines and mail addresses are what offices publish, and are not looked for."""
    narrow = text.translate(_NARROW)  # same length: the places are those of the text
    found: list[Private] = []
    for each in _candidates(narrow):
        if not any(each.start < taken.end and taken.start < each.end for taken in found):
            found.append(each)
    return sorted(found, key=lambda each: each.start)


def _candidates(text: str) -> Iterator[Private]:
    for match in _ID.finditer(text):
        if is_id_number(re.sub(r"[ -]", "", match[0])):
            yield Private("identity", *match.span())
    for match in _CARD.finditer(text):
        if is_bank_card(re.sub(r"[ -]", "", match[0])):
            yield Private("card", *match.span())
    for match in _MOBILE.finditer(text):
        yield Private("mobile", *match.span())
    for match in _PLATE.finditer(text):
        yield Private("plate", *match.span())


def _identity(match: "re.Match[str]") -> str:
    number = re.sub(r"[ -]", "", match[0])
    return _keep(number, 1, 1) if is_id_number(number) else match[0]


def _card(match: "re.Match[str]") -> str:
    digits = re.sub(r"[ -]", "", match[0])
    return _keep(digits, 4, 4) if is_bank_card(digits) else match[0]


def _keep(text: str, first: int, last: int) -> str:
    return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]
