"""Numbers that people read to each other and nobody can guess."""

import re
import secrets
import unicodedata
from datetime import datetime

_LETTERS = "ACEFHJKMNPRTWXY"
# 23 symbols, a prime: no 0 O 1 I L, no D Q G U V B S Z that are misheard or misread for another.
SYMBOLS = "23456789" + _LETTERS
_VALUE = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_LENGTH = 10
_SEPARATOR = r"[\s\-_.·‐-―−]{0,3}"
_DIGIT = re.compile(r"\d")
_IN_TEXT = re.compile(
    rf"(?<![A-Z0-9])[{_LETTERS}](?:{_SEPARATOR}[{_LETTERS}])"
    + rf"(?:{_SEPARATOR}[{SYMBOLS}]){{{_LENGTH - 2}}}(?![A-Z0-9])"
)


def ticket_number(now: datetime | None = None) -> str:
    """A new number like `KX-7K4M-9RTC`.

    Two letters and seven symbols drawn by the system's source of secrets (about 39 bits), then a
    check symbol; at least one of the seven is a digit. It carries nothing about the ticket, not
    even `now`, which callers may pass for the sake of one signature. Uniqueness is the database's
    task: on a conflict, draw again.
    """
    while True:
        drawn = "".join(secrets.choice(_LETTERS) for _ in range(2)) + "".join(
            secrets.choice(SYMBOLS) for _ in range(_LENGTH - 3)
        )
        if any(symbol.isdigit() for symbol in drawn):
            return _grouped(drawn + _check_symbol(drawn))


def normal_ticket_number(text: str) -> str | None:
    """The first ticket number that stands in free text, in its normal form, or None.

    Lower case, full-width characters, spaces and dashes of any kind are accepted; a number whose
    check symbol is wrong is not. One wrong symbol, or two that changed places, is always noticed.
    """
    if _DIGIT.search(text) is None:  # most of what people write; each number has a digit
        return None
    plain = unicodedata.normalize("NFKC", text).upper()
    at = 0
    while match := _IN_TEXT.search(plain, at):
        symbols = re.sub(rf"[^{SYMBOLS}]", "", match.group())
        if _check_symbol(symbols[:-1]) == symbols[-1] and any(s.isdigit() for s in symbols[:-1]):
            return _grouped(symbols)
        at = match.start() + 1
    return None


def _check_symbol(symbols: str) -> str:
    """Weighted sum modulo 23: a weight of its own for every place, none that of the check."""
    total = sum(weight * _VALUE[symbol] for weight, symbol in enumerate(symbols, start=2))
    return SYMBOLS[total % len(SYMBOLS)]


def _grouped(symbols: str) -> str:
    return f"{symbols[:2]}-{symbols[2:6]}-{symbols[6:]}"
