"""Words in tickets are found through the index as they are by reading, and scope stays what it is."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from minxin.agencies.rules import Permission
from minxin.tickets import indexing
from minxin.tickets.actions import file
from minxin.tickets.models import Ticket
from minxin.tickets.queries.words import with_words
from tests.support.city import City

TEXTS = (
    "望山街的路灯坏了三天，晚上看不清路",
    "小区门口积水，车过不去，请疏通下水道",
    "想问问落户要带什么材料，Wi-Fi 也没有",
    "夜间施工噪声大，望山街九号院睡不着",
)
LOOKED_FOR = (
    "望山街",
    "路灯",
    "积水 下水道",
    "落户",
    "wi-fi",
    "没有这样的话",
    "灯",
    "九号",
    "积水 路灯",
    "%",
    "_",
)


@pytest.fixture
def filed(city: City, now: datetime, settings: Any, tmp_path: Path) -> list[Ticket]:
    settings.MINXIN_HOME = tmp_path
    return [
        file(
            text=text, citizen=city.xiaolin, account=city.account, source="portal", place="渡口街",
            key=f"words:{number}", actor=city.xiaolin, now=now,
        )
        for number, text in enumerate(TEXTS)
    ]  # fmt: skip


def _found(words: str) -> set[int]:
    return set(with_words(Ticket.objects.all(), words).values_list("pk", flat=True))


@pytest.mark.parametrize("words", [*LOOKED_FOR, "渡口街"])
def test_the_index_finds_what_reading_finds(filed: list[Ticket], now: datetime, words: str) -> None:
    read = _found(words)
    later = now + timedelta(minutes=1)
    assert indexing.keep_words(now=later)

    assert _found(words) == read
    # It is the index that found them: what only a row says now, it does not know.
    Ticket.objects.update(text="另一件事情", place="")
    if len(words) > 1:
        assert _found(words) == read


def test_what_is_not_in_the_index_yet_is_found_too(
    filed: list[Ticket], city: City, now: datetime
) -> None:
    indexing.keep_words(now=now + timedelta(minutes=1))
    fresh = file(
        text="望山街的井盖也松了，请来看看", citizen=city.xiaolin, account=city.account,
        source="portal", key="words:new", actor=city.xiaolin, now=now,
    )  # fmt: skip
    assert _found("望山街") == {filed[0].pk, filed[3].pk, fresh.pk}


def test_a_number_is_found_by_its_beginning(filed: list[Ticket], now: datetime) -> None:
    indexing.keep_words(now=now + timedelta(minutes=1))
    assert filed[0].pk in _found(filed[0].number[:5].lower())


def test_what_is_forgotten_is_found_no_more(filed: list[Ticket], now: datetime) -> None:
    indexing.keep_index(now=now + timedelta(minutes=1))
    indexing.keep_words(now=now + timedelta(minutes=1))
    assert indexing.forget([filed[0].pk])
    assert _found("路灯") == set()
    assert _found("望山街") == {filed[3].pk}


def test_words_open_no_other_branch(filed: list[Ticket], city: City, now: datetime) -> None:
    indexing.keep_words(now=now + timedelta(minutes=1))
    seen = Ticket.objects.visible_to(city.outsider, Permission.READ_TICKETS)
    assert not with_words(seen, "望山街").exists()
