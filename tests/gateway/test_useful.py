"""有用 and 没用 under an answer, tapped in the conversation."""

import re

import pytest

from minxin.conversations import actions as conversations
from minxin.conversations.models import Dialogue, Message
from minxin.knowledge.actions import forget_asker, forget_rater
from minxin.knowledge.models import AnswerRating, Entry, UnansweredQuestion, WeekAsked
from minxin.knowledge.queries.ratings import Usefulness, usefulness_of
from tests.support.city import City
from tests.support.dialogue import Phone
from tests.support.entries import entry

pytestmark = pytest.mark.django_db


def taps(said: str) -> list[str]:
    return re.findall(r"msgmenuid=(useful:[^\"]+)", said)


def test_a_citizen_says_once_whether_an_answer_was_of_use(phone: Phone, city: City) -> None:
    useful, useless = taps(phone.say("身份证丢了怎么补"))
    assert "记下" in phone.say("有用", useful)
    rating = AnswerRating.objects.get()
    assert (rating.is_useful, rating.citizen, rating.agency) == (
        True,
        city.xiaolin,
        city.account.agency,
    )
    assert not UnansweredQuestion.objects.exists()
    for _ in range(2):
        assert "人工" in phone.say("没用", useless)
    rating = AnswerRating.objects.get()
    assert rating.is_useful is False
    assert usefulness_of([rating.entry_id]) == {rating.entry_id: Usefulness(0, 1)}
    asked = UnansweredQuestion.objects.get()  # in her own words, once
    assert (asked.text, asked.times, asked.low_rated) == ("身份证丢了怎么补", 1, 1)
    assert WeekAsked.objects.get().citizen == city.xiaolin


def test_who_unfollows_is_nobody_in_what_was_said(phone: Phone) -> None:
    phone.say("没用", taps(phone.say("身份证丢了怎么补"))[1])
    key = AnswerRating.objects.get().citizen_id
    assert key
    assert forget_rater(key) == 1
    forget_asker(key)
    assert AnswerRating.objects.get().citizen is None
    assert AnswerRating.objects.get().is_useful is False


@pytest.mark.parametrize("mark", ["e999999", "e", "d1", "d9.9", "e1.2", "d.", "e" + "9" * 20])
def test_what_is_not_there_is_not_rated(phone: Phone, mark: str) -> None:
    phone.say("没用", f"useful:{mark}:0")
    assert not AnswerRating.objects.exists()
    assert not UnansweredQuestion.objects.exists()


def test_a_draft_is_not_rated(phone: Phone, city: City) -> None:
    draft = entry(city.police, "犬只怎样登记", now=phone.now, status="draft")
    assert "已经撤下" in phone.say("有用", f"useful:e{draft.pk}:1")
    assert not AnswerRating.objects.exists()


def test_the_longest_answer_goes_out_whole_without_a_broken_link(phone: Phone, city: City) -> None:
    long = entry(city.water, "水管怎样报修", "请拨打电话。" * 300, now=phone.now,
                 source_title="水" * 200)  # fmt: skip
    phone.index.refresh()
    said = phone.say("水管怎样报修")
    assert len(said.encode()) <= 2048
    assert said.count("<a ") == said.count("</a>")
    assert Entry.objects.get(pk=long.pk).answer.startswith(said[:60])


def test_ratings_are_no_unanswered_questions(phone: Phone) -> None:
    phone.say("有用", taps(phone.say("身份证丢了怎么补"))[0])
    assert not phone.last or not phone.last.is_unknown


def test_a_tap_in_the_middle_of_a_form_is_no_answer_to_it(phone: Phone) -> None:
    useful = taps(phone.say("身份证丢了怎么补"))[0]
    phone.say("我要反映")
    assert "记下" in phone.say("有用", useful)
    assert "哪里" in phone.say("小区停水三天了没有通知")  # the form goes on
    assert AnswerRating.objects.get().is_useful


@pytest.mark.parametrize(("words", "place"), [("有用", 0), ("没用", 1)])
def test_a_tap_counts_while_a_person_attends(
    phone: Phone, city: City, words: str, place: int
) -> None:
    tap = taps(phone.say("身份证丢了怎么补"))[place]
    phone.say("人工")
    conversations.attend(Dialogue.objects.get(), actor=city.wang, now=phone.now)
    assert phone.say("工本费多少") == ""
    assert phone.say(words, tap) == "谢谢，已经记下。"  # no other way is offered: she has a person
    assert AnswerRating.objects.get().is_useful is (place == 0)
    assert Message.objects.order_by("pk").last().text == words  # the person reads it
    assert phone.say(words) == ""  # typed it is said to the person
