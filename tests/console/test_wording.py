"""Days and deadlines are said in the reader's language."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from minxin.console.wording import day_said, deadline_said
from minxin.tickets.rules import deadline_words

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [
        (0, "今天", "today"),
        (1, "明天", "tomorrow"),
        (-1, "昨天", "yesterday"),
        (6, "11月30日", "30 Nov"),
        (41, "2027年1月4日", "4 Jan 2027"),
    ],
)
def test_days(days: int, chinese: str, english: str) -> None:
    day = TODAY + timedelta(days=days)
    with override("zh-hans"):
        assert day_said(day, TODAY) == chinese
    with override("en"):
        assert day_said(day, TODAY) == english


@pytest.mark.parametrize(
    ("left", "is_past", "chinese", "english"),
    [
        (3, False, "还剩 3 个工作日", "3 working days left"),
        (0, False, "今天到期", "Due today"),
        (-2, True, "已超期 2 个工作日", "2 working days overdue"),
    ],
)
def test_deadlines(left: int, is_past: bool, chinese: str, english: str) -> None:
    words = deadline_words(left, is_past)
    with override("zh-hans"):
        assert deadline_said(words) == chinese
    with override("en"):
        assert deadline_said(words) == english
