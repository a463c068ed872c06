"""问一问: a question typed into the portal, with and without a script."""

import json
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.test import Client

from minxin.knowledge.index import shared
from tests.portal.conftest import HOST
from tests.support.city import APP_ID, City
from tests.support.entries import entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    shared.index.cache_clear()
    cache.clear()
    yield
    shared.index.cache_clear()
    cache.clear()


def asked(words: str, client: Client | None = None) -> str:
    return answer_to(words, client).content.decode()  # type: ignore[attr-defined, no-any-return]


def answer_to(words: str, client: Client | None = None) -> object:
    return (client or Client(headers={"host": HOST})).post(f"/m/{APP_ID}/ask/", {"q": words})


def suggested(words: str) -> list[dict[str, str]]:
    answer = Client(headers={"host": HOST}).post(f"/m/{APP_ID}/ask/suggest", {"q": words})
    found: list[dict[str, str]] = json.loads(answer.content)["found"]
    return found


def test_a_question_is_answered_with_its_source_and_next_steps(city: City, now: datetime) -> None:
    steps = "预约办理：https://city.test/book"
    entry(city.police, "怎样申请居住证", "到派出所办理。", next_steps=steps, now=now)
    page = asked("怎样申请居住证")
    for words in (
        "到派出所办理。",
        "来源：",
        "云政发〔2026〕1号",
        "https://city.test/book",
        "提交诉求",
        "人工",
    ):
        assert words in page
    assert 'value="怎样申请居住证"' in page


def test_what_is_not_known_is_said_without_a_source(city: City, now: datetime) -> None:
    entry(city.police, "怎样申请居住证", now=now)
    page = asked("火星旅行签证在哪里盖章")
    assert "还没有官方答复" in page
    assert "来源：" not in page
    assert "提交诉求" in page


def test_two_readings_are_offered(city: City, now: datetime) -> None:
    one = entry(city.police, "怎样办理居住登记", audience="个人", now=now)
    entry(city.police, "怎样办理居住登记", audience="企业", now=now)
    page = asked("怎样办理居住登记")
    assert "您是哪一种" in page
    assert f"/m/{APP_ID}/answers/{one.pk}/" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "请先写下"),
        (" ", "请先写下"),
        ("证", "至少两个字"),
        ("我想问" * 700, "前面的 300 个字"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    city: City, typed: str, words: str
) -> None:
    page = asked(typed)
    assert words in page
    assert typed.strip()[:100] in page


def test_an_edit_is_seen_at_once(city: City, now: datetime) -> None:
    asked("怎样申请居住证")
    entry(city.police, "怎样申请居住证", "到派出所办理。", now=now)
    assert "到派出所办理。" in asked("怎样申请居住证")


def test_suggestions_come_for_half_a_question(city: City, now: datetime) -> None:
    kept = entry(city.police, "怎样申请居住证", now=now)
    entry(city.police, "水费怎样缴纳", now=now)
    entry(city.police, "居住证怎样注销", now=now, status="draft")
    assert suggested("居住") == [
        {"question": "怎样申请居住证", "url": f"/m/{APP_ID}/answers/{kept.pk}/"}
    ]
    assert suggested("居") == []
    assert suggested("<script>") == []


def test_suggestions_are_quick(city: City, now: datetime) -> None:
    for number in range(60):
        entry(city.police, f"第{number}种居住登记怎样办理", now=now)
    suggested("居住")
    times = []
    for _ in range(20):
        began = time.perf_counter()
        assert suggested("居住登记")
        times.append(time.perf_counter() - began)
    assert sorted(times)[10] < 0.05


def test_who_asks_too_much_is_told_and_loses_nothing(city: City, now: datetime) -> None:
    entry(city.police, "怎样申请居住证", "到派出所办理。", now=now)
    client = Client(headers={"host": HOST})
    for _ in range(30):
        assert answer_to("怎样申请居住证", client).status_code == 200  # type: ignore[attr-defined]
    answer = answer_to("怎样申请居住证", client)
    assert answer.status_code == 429  # type: ignore[attr-defined]
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert "太快" in page
    assert 'value="怎样申请居住证"' in page


def test_words_do_not_stand_in_the_address_and_are_escaped(city: City) -> None:
    page = asked('"><script>alert(1)</script>')
    assert "<script>alert" not in page
    plain = Client(headers={"host": HOST}).get(f"/m/{APP_ID}/ask/", {"q": "怎样申请居住证"})
    assert "居住证" not in plain.content.decode()
