"""Searching in all that was said: what is found stands there, is read by who may, and is gone when erased."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minxin.conversations import actions, archive, queries
from minxin.conversations.actions import ReplyRecord, record_batch
from minxin.conversations.models import Dialogue, Message
from minxin.conversations.queries import Wanted, search
from minxin.text import Archive, Said, snippet, too_short
from tests.conversations.conftest import said
from tests.support.city import City
from tests.support.inbox import follow_inbox

LETTERS = "东桥路灯坏了三天"
SENTENCES = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(SENTENCES, st.text(LETTERS, min_size=2, max_size=4))
def test_found_is_what_stands_there_and_all_of_it(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], word: str
) -> None:
    kept = Archive(tmp_path_factory.mktemp("archive"))
    kept.keep([Said(n, "k", 1, n, text) for n, text in enumerate(texts)], mark=len(texts))
    count, ids = kept.search(word, sources=[1], limit=100)
    assert ids == [n for n in reversed(range(len(texts))) if word in texts[n]]
    assert count == len(ids)


def test_narrowed_paged_replaced_and_forgotten(tmp_path: Path) -> None:
    kept = Archive(tmp_path)
    assert (kept.mark, kept.search("路灯", sources=[1], limit=9)) == (0, (0, []))
    rows = [Said(n, f"k{n % 2}", n % 3, 100 + n, f"路灯 A3 {n}") for n in range(30)]
    kept.keep(rows, mark=29)
    kept.keep(rows[:5], mark=29)  # killed before the mark: put in again
    other = Archive(tmp_path)
    assert other.mark == 29
    assert other.search("路灯 a3", sources=[0, 1, 2], limit=4, offset=2) == (30, [27, 26, 25, 24])
    assert other.search("路灯", sources=[1], limit=99)[0] == 10
    assert other.search("路灯", sources=[], limit=99) == (0, [])
    assert other.search("路灯", sources=[0, 1, 2], owners=[], limit=99) == (0, [])
    assert other.search("路灯", sources=[0, 1, 2], since=110, until=112, limit=9)[1] == [11, 10]
    kept.keep([], forget=["k0"], mark=30)
    assert other.search("路灯", sources=[0, 1, 2], limit=99)[0] == 15
    assert other.search("路灯", sources=[0, 1, 2], owners=["k0"], limit=99) == (0, [])


@given(st.text(max_size=80), st.text(max_size=6))
def test_a_snippet_says_nothing_else(text: str, words: str) -> None:
    pieces = snippet(text, words, most=200)
    assert "".join(piece.text for piece in pieces).strip("…") in text or not text.strip("…")


def test_a_snippet_marks_what_was_looked_for() -> None:
    pieces = snippet("东桥路口的路灯坏了三天，路灯很暗", "路灯 三天")
    assert [piece.text for piece in pieces if piece.is_found] == ["路灯", "三天", "路灯"]
    assert too_short("路 路灯 a ，") == ["路", "a", "，"]


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Path:
    settings.MINXIN_HOME = str(tmp_path)  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def dialogue(city: City, home: Path, now: datetime) -> Dialogue:
    (first,) = record_batch([said(city, "身份证丢了怎么补", 1, now)], now=now)
    record_batch(
        [], [ReplyRecord(first.message_id, city.xiaolin.pk, json.dumps({"text": "到派出所"}))],
        now=now,
    )  # fmt: skip
    follow_inbox(now)
    found = Dialogue.objects.select_related("account__agency", "citizen").get()
    actions.answer_as_staff(found, "请带户口簿。", key="a", actor=city.wang, now=now)
    return found


def texts(city: City, words: str, who: object = None, **kwargs: object) -> list[str | None]:
    found = search(who or city.wang, Wanted(words, **kwargs), limit=20)  # type: ignore[arg-type]
    return [message.text for message in found.messages]


@pytest.mark.django_db
def test_words_of_everybody_are_found_by_who_may_read_them(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    assert texts(city, "户口") == []
    assert archive.keep_archive(now=now)
    assert texts(city, "户口") == ["请带户口簿。"]
    assert texts(city, "派出所") == texts(city, "身份证 怎么") == ["身份证丢了怎么补"]
    assert texts(city, "户口", city.outsider) == []
    assert texts(city, "户口", agency=city.police) == ["请带户口簿。"]
    assert texts(city, "户口", agency=city.water) == []
    assert texts(city, "户口", until=now) == []
    assert texts(city, "户口", since=now - timedelta(days=1)) == ["请带户口簿。"]
    assert texts(city, "户口", tag="证件") == []
    actions.put_tag(dialogue, "证件", actor=city.wang, now=now)
    assert texts(city, "户口", tag="证件") == ["请带户口簿。"]


@pytest.mark.django_db
def test_what_waits_for_its_reply_is_put_in_later(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    record_batch([said(city, "几天能拿到新证", 2, now)], now=now)
    archive.keep_archive(now=now)
    assert texts(city, "新证") == []
    archive.keep_archive(now=now + archive.SETTLED)
    assert texts(city, "新证") == ["几天能拿到新证"]


@pytest.mark.django_db
def test_erased_words_are_found_no_more(city: City, dialogue: Dialogue, now: datetime) -> None:
    archive.keep_archive(now=now)
    actions.erase_text(dialogue.pk)
    assert [message for message in texts(city, "户口") if message] == []
    Message.objects.create(
        account=city.account, citizen=city.xiaolin, sender="citizen", kind="Unfollowed",
        said_at=now, recorded_at=now - timedelta(minutes=1),
    )  # fmt: skip
    archive.keep_archive(now=now)
    assert queries.search(city.wang, Wanted("户口"), limit=9).count == 0


@pytest.mark.django_db
def test_a_folder_that_was_removed_is_made_anew(
    city: City, dialogue: Dialogue, home: Path, now: datetime
) -> None:
    archive.keep_archive(now=now)
    for file in (home / "archive").iterdir():
        file.unlink()
    queries.search.__globals__["_opened"].cache_clear()
    archive.keep_archive(now=now)
    assert texts(city, "户口") == ["请带户口簿。"]


@pytest.mark.django_db
def test_an_old_place_is_shown_with_what_came_after(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    for number in range(40):
        moment = now + timedelta(minutes=number)
        record_batch([said(city, f"第{number}句", 100 + number, moment)], now=moment)
    ids = {row.text: row.pk for row in Message.objects.all()}
    lines = queries.thread(dialogue, around=ids["第3句"], limit=10)
    assert lines[-1].text == "第23句"
    assert len(lines) == 10
