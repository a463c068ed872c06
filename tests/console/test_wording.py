"""Days and deadlines are said in the reader's language."""

import re
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from minxin.console.wording import notice_said
from minxin.tickets.rules import deadline_words
from minxin.tickets.wording import day_said, deadline_said

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


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("有新的诉求工单 CF-2C59-YCF3", "CF-2C59-YCF3"),
        ("工单 CF-2C59-YCF3 应于昨天答复", "yesterday"),
        ("工单 CF-2C59-YCF3 应于11月30日答复", "30 Nov"),
        ("工单 CF-2C59-YCF3 收到“不满意”评价", "Dissatisfied"),
        ("有 12 条知识需要复核或即将失效", "12 entries"),
        ("“a.csv”导入结束：新增 7 条，更新 0 条，2 行有误", "7 created"),
    ],
)
def test_a_notice_is_kept_in_chinese_and_said_in_the_readers_language(
    text: str, english: str
) -> None:
    with override("zh-hans"):
        assert notice_said(text) == text
    with override("en"):
        said = notice_said(text)
    assert english in said
    assert not re.search(r"[\u4e00-\u9fff]", said)
    with override("en"):
        assert notice_said("随便写的一句") == "随便写的一句"


def test_one_day_is_one_day() -> None:
    with override("en"):
        assert deadline_said(deadline_words(1, False)) == "1 working day left"
        assert deadline_said(deadline_words(-1, True)) == "1 working day overdue"
        assert deadline_said(deadline_words(11, False)) == "11 working days left"
