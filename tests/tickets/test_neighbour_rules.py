"""What makes two tickets neighbours, and what a stranger is told of one."""

from datetime import UTC, datetime, timedelta

import pytest

from minxin.tickets.rules.neighbours import (
    POSSIBLE_WITHIN,
    WITHIN,
    nearness,
    possibly,
    road_of,
    said_by_both,
    same_place,
)

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
LAMP = "东桥路和建设街交叉口的路灯坏了三天没有人修，晚上过马路很危险"
LAMP_TOO = "东桥路和建设街路口路灯坏了三天没人修，晚上过马路危险"
LOOSELY = "路灯坏了三天没有人修，来回过马路的老人孩子多，晚上很黑，容易出事"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("东桥路", "东桥路12号门口", True),
        ("东桥路 与建设街路口", "东桥路与建设街交叉路口", True),
        ("东桥路", "人民公园", False),
        ("", "人民公园", None),
        ("东桥路", " ", None),
    ],
)
def test_places(one: str, other: str, same: bool | None) -> None:
    assert same_place(one, other) is same
    assert same_place(other, one) is same


def test_the_same_place_needs_fewer_words_and_another_place_more() -> None:
    def near(text: str, place: str, other_place: str) -> bool:
        return nearness((LAMP, place, NOON), (text, other_place, NOON)) is not None

    assert near(LAMP_TOO, "", "")
    assert near(LAMP_TOO, "东桥路", "")
    assert not near(LAMP_TOO, "东桥路", "人民公园")
    assert near(LAMP, "东桥路", "人民公园")
    assert not near(LOOSELY, "", "")
    assert near(LOOSELY, "东桥路", "东桥路口")


PARAPHRASE = "路灯坏了三天，晚上过马路看不见，麻烦修一下"


def test_a_short_paraphrase_at_the_very_same_place_is_possible_and_no_more() -> None:
    def how(text: str, place: str, other_place: str, days: float = 1) -> bool:
        other = (text, other_place, NOON + timedelta(days=days))
        found = possibly((LAMP, place, NOON), other)
        assert found is None or found.is_possible
        assert found is None or nearness((LAMP, place, NOON), other) is None  # never both grades
        return found is not None

    assert how(PARAPHRASE, "东桥路12号", "东桥路 14号门口")
    assert not how(PARAPHRASE, "东桥路", "东桥路与建设街路口")  # near by, not the very same
    assert not how(PARAPHRASE, "", "")
    assert not how("小区停水两天了没有通知", "东桥路", "东桥路")
    assert not how(LAMP_TOO, "东桥路", "东桥路")  # that is a neighbour
    week = POSSIBLE_WITHIN.days
    assert how(PARAPHRASE, "东桥路", "东桥路", week)
    assert not how(PARAPHRASE, "东桥路", "东桥路", week + 0.01)


def test_what_is_long_ago_is_no_neighbour() -> None:
    long_ago = NOON - WITHIN
    here = nearness((LAMP, "", NOON), (LAMP, "", long_ago))
    assert here is not None
    assert here.days == WITHIN.days
    assert here.score < 1
    second = timedelta(seconds=1)
    assert nearness((LAMP, "", NOON), (LAMP, "", long_ago - second)) is None


@pytest.mark.parametrize(
    ("place", "road"),
    [
        ("东桥路与建设街路口", "东桥路与建设街路口"),
        ("东桥路12号3栋2单元501室", "东桥路"),
        ("幸福小区十二栋", "幸福小区"),
        ("3号楼2单元", ""),
    ],
)
def test_no_house_is_told(place: str, road: str) -> None:
    assert road_of(place) == road


def test_only_her_own_words_are_told_to_her() -> None:
    theirs = "东桥路路灯坏了，我爱人李某上周在这里摔伤"
    said = said_by_both(LAMP_TOO, theirs)
    assert "路灯" in said
    assert all(word in LAMP_TOO for word in said)
