"""Days as people write them into cells; what can be read in two ways is not read."""

from datetime import date, time

import pytest

from minxin.core.dates import NoSuchDay, NotADay, read_day, read_moment

DAY = date(2026, 7, 16)


@pytest.mark.parametrize(
    "words",
    [
        "2026-07-16", "2026/7/16", "2026.7.16", "2026年7月16日", "２０２６年７月１６号", "20260716", "46219",
        "2026-07-16 00:00:00", "2026年7月16日（星期四）", " 2026 年 7 月 16 日 ", "2026-07-16周四",
    ],
)  # fmt: skip
def test_a_whole_day(words: str) -> None:
    assert read_day(words) == DAY


@pytest.mark.parametrize(
    ("words", "hour"),
    [
        ("2026-07-16 15:30", time(15, 30)), ("2026-07-16T15:30:08.5", time(15, 30, 8)),
        ("2026年7月16日下午3:30", time(15, 30)), ("2026年7月16日 上午 9:05", time(9, 5)),
        ("46219.5", time(12)), ("46219.0", None), ("2026-07-16", None),
    ],
)  # fmt: skip
def test_the_hour_where_it_is_told(words: str, hour: time | None) -> None:
    assert read_moment(words) == (DAY, hour)


@pytest.mark.parametrize(
    ("words", "until", "found"),
    [
        ("7月16日", date(2026, 7, 16), DAY),
        ("7月16日", date(2026, 7, 15), date(2025, 7, 16)),
        ("7-16", date(2026, 8, 1), DAY),
        ("07/16 8:00", date(2026, 8, 1), DAY),
        ("12月28日", date(2026, 1, 5), date(2025, 12, 28)),
        ("2月29日", date(2027, 1, 1), date(2024, 2, 29)),
    ],
)
def test_a_day_without_its_year_is_the_latest_up_to_another(
    words: str, until: date, found: date
) -> None:
    assert read_day(words, until=until) == found
    with pytest.raises(NotADay):
        read_day(words)


@pytest.mark.parametrize(
    "words",
    ["", "昨天", "上周三", "7.1", "7.16", "26.7.16", "1/7/26", "16/7/2026", "2026年7月", "12345", "99999", "2026-07-16 25:00"],
)  # fmt: skip
def test_what_is_no_day_is_not_guessed(words: str) -> None:
    with pytest.raises(NotADay):
        read_day(words, until=DAY)


@pytest.mark.parametrize("words", ["2026-02-30", "20261301", "13月1日", "2月30日"])
def test_a_day_that_no_calendar_has(words: str) -> None:
    with pytest.raises(NoSuchDay):
        read_day(words, until=DAY)
