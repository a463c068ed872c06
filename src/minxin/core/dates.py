"""Days as people write them into cells: 2026-07-16, 2026.7.16, 2026年7月16日 15:30, 46219, 7月16日.

Never a guess: what can be read in two ways (7.1, 1/7/26) is not read at all.
"""

import re
import unicodedata
from datetime import date, time, timedelta

# Spreadsheets count days from here (with their leap day of 1900).
_DAY_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_AFTER = rf"(?:[\sT]*(?:上午|下午)?\s*{_CLOCK})?"
_WHOLE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    + _AFTER
)
_NO_YEAR = re.compile(r"(?P<month>\d{1,2})\s*[月/-]\s*(?P<day>\d{1,2})\s*[日号]?" + _AFTER)
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")


class NotADay(ValueError):
    """The words do not name a day."""


class NoSuchDay(NotADay):
    """They name one that no calendar has, such as 30 February."""


def read_day(words: str, *, until: date | None = None) -> date:
    """The day that words name. A day without its year is the latest one up to `until`; without `until`
    it is not read. Raises `NotADay`."""
    return read_moment(words, until=until)[0]


def read_moment(words: str, *, until: date | None = None) -> tuple[date, time | None]:
    """The day that words name and the hour, where they tell one. As `read_day`."""
    plain = _WEEKDAY.sub("", unicodedata.normalize("NFKC", words)).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and int(float(plain)) in _SERIALS:
        return _of_serial(float(plain))
    if re.fullmatch(r"\d{8}", plain):
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    if (match := _WHOLE.fullmatch(plain)) is not None:
        return _day(int(match["year"]), match), _hour(match, plain)
    match = _NO_YEAR.fullmatch(plain)
    if match is None or until is None:
        raise NotADay(words)
    return _latest(match, until), _hour(match, plain)


def _of_serial(number: float) -> tuple[date, time | None]:
    minutes = round(number % 1 * 24 * 60)
    day = _DAY_ZERO + timedelta(days=int(number) + minutes // 1440)
    return day, time(minutes // 60, minutes % 60) if 0 < minutes < 1440 else None


def _day(year: int, match: re.Match[str]) -> date:
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise NoSuchDay(match.string) from error


def _latest(match: re.Match[str], until: date) -> date:
    for year in range(until.year, until.year - 5, -1):  # 29 February comes every four years
        try:
            found = _day(year, match)
        except NoSuchDay:
            continue
        if found <= until:
            return found
    raise NoSuchDay(match.string)


def _hour(match: re.Match[str], plain: str) -> time | None:
    if match["hour"] is None:
        return None
    hour = int(match["hour"])
    if "下午" in plain and hour < 12:
        hour += 12
    try:
        return time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise NotADay(match.string) from error
