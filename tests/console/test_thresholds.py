"""The page of the threshold: the curve, what a change would do, and only then it is kept; synonyms likewise."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from minxin.agencies.models import AuditEntry
from minxin.console.knowledge import trials
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import AnswerThreshold, GradedQuestion, GradedSet, SynonymSet
from tests.knowledge.test_trials import ASKED, _editor, _frozen
from tests.support.city import City
from tests.support.entries import entry

PAGE = "console:answer_thresholds"


@pytest.fixture
def graded(city: City, now: datetime) -> GradedSet:
    entry(city.police, "户口簿遗失怎样补办？", now=now)
    entry(city.police, "护照遗失怎样补办？", now=now)
    index = LiveIndex()
    index.build()
    asked = ["户口簿遗失怎样补办", ASKED, "小红本掉了怎么补", "今天天气好不好"]
    return _frozen(city, _editor("sunyue", city.police, now), asked, index, now)


@pytest.fixture
def page(city: City, now: datetime) -> Client:
    client = Client()
    client.force_login(_editor("limin", city.police, now))
    return client


@pytest.mark.django_db
def test_nothing_is_kept_before_it_was_seen(
    page: Client, city: City, graded: GradedSet, now: datetime
) -> None:
    address = reverse(PAGE)
    shown = page.get(address).content.decode()
    assert "现在把握达到 45.0% 才作答" in shown
    assert "看不出哪个把握能做到" in shown
    given = {"agency": city.police.pk, "percent": "99", "reason": "先求稳"}
    first = page.post(address, given)
    text = first.content.decode()
    assert first.status_code == 200
    assert "4 题里 1 题的应答会变" in text
    assert "变差 1" in text
    assert "样本太小" in text
    assert ASKED in text
    assert not AnswerThreshold.objects.exists()
    token = first.context["what_if"].token
    other = page.post(address, given | {"percent": "80", "act": "keep", "seen": token})
    assert "还没有保存。请再看一遍" in other.content.decode()
    for forged in ("", "x", token + "x"):
        page.post(address, given | {"act": "keep", "seen": forged})
    assert not AnswerThreshold.objects.exists()
    sent = page.post(address, given | {"act": "keep", "seen": token})
    assert sent.status_code == 302
    row = AnswerThreshold.objects.get()
    assert (row.sure, row.chosen_on) == (0.99, graded)
    assert AuditEntry.objects.get(verb="answer_threshold.kept").after["worse"] == 1
    shown = page.get(address).content.decode()
    assert "现在把握达到 99.0% 才作答" in shown
    back = page.post(address, {"agency": city.police.pk, "follows": "on", "reason": "够了"})
    assert "变好 1" in back.content.decode()
    token = back.context["what_if"].token
    data = {
        "agency": city.police.pk,
        "follows": "on",
        "reason": "够了",
        "act": "keep",
        "seen": token,
    }
    assert page.post(address, data).status_code == 302
    assert not AnswerThreshold.objects.exists()


@pytest.mark.django_db
def test_bad_input_says_so_and_loses_nothing(page: Client, city: City, now: datetime) -> None:
    address = reverse(PAGE)
    assert "还没有定稿的评测集，算不出" in page.get(address).content.decode()
    for percent, words in (
        ("30", "45% 到 99%"),
        ("", "请填写把握"),
        ("abc", "abc"),
        ("nan", "数字"),
    ):
        answer = page.post(
            address, {"agency": city.police.pk, "percent": percent, "reason": "因为要稳"}
        )
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "因为要稳" in answer.content.decode()
    answer = page.post(address, {"agency": city.water.pk, "percent": "60", "reason": "好"})
    assert answer.status_code == 422
    answer = page.post(address, {"agency": city.police.pk, "percent": "60", "reason": "好"})
    assert "还没有定稿的评测集，看不出" in answer.content.decode()


@pytest.mark.django_db
def test_words_are_run_against_the_set_before_they_are_kept(
    page: Client, city: City, graded: GradedSet
) -> None:
    address = reverse("console:synonym_new")
    given = {"word": "户口簿", "others": "小红本", "both_ways": "on", "agency": city.police.pk}
    shown = page.post(address, given)
    assert "没有评定过的新答案 1" in shown.content.decode()
    assert "小红本掉了怎么补" in shown.content.decode()
    assert not SynonymSet.objects.exists()
    token = shown.context["what_if"].token
    page.post(address, given | {"others": "小红本、小绿本", "act": "keep", "seen": token})
    assert not SynonymSet.objects.exists()
    assert page.post(address, given | {"act": "keep", "seen": token}).status_code == 302
    kept = AuditEntry.objects.get(verb="synonyms.added").after
    assert (kept["graded_sets"], kept["ungraded"]) == (1, 1)


@pytest.mark.django_db
def test_of_a_set_above_only_numbers_are_told(
    city: City, graded: GradedSet, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    GradedSet.objects.filter(pk=graded.pk).update(agency=city.root)
    client = Client()
    client.force_login(_editor("limin", city.police, now))
    given = {"agency": city.police.pk, "percent": "99", "reason": "先求稳"}
    text = client.post(reverse(PAGE), given).content.decode()
    assert "变差 1" in text
    assert "这里只显示数量" in text
    assert ASKED not in text


@pytest.mark.django_db
def test_a_frozen_set_is_answered_once_more(
    page: Client, graded: GradedSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("console:graded_now", args=[graded.pk])
    assert "与评定时完全一样" in page.get(address).content.decode()
    GradedQuestion.objects.filter(text=ASKED).update(answer="以前是这样答的。")
    text = page.get(address).content.decode()
    assert "答：以前是这样答的。" in text
    assert "没有评定过" in text
    monkeypatch.setattr(trials, "SHOWN", 0)
    GradedSet.objects.update(status="grading")
    assert page.get(address).status_code == 302
