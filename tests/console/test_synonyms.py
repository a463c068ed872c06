"""The page of synonyms: listed, tried, kept; bad input keeps what was typed."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.knowledge.models import SynonymSet
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City
from tests.support.entries import entry


@pytest.fixture
def li(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="limin", name="李敏", agency=city.police, role=Role.EDITOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def page(li: Staff) -> Client:
    client = Client()
    client.force_login(li)
    return client


def kept(page: Client, address: str, given: dict[str, Any]) -> int:
    """What it would change is shown, nothing is kept; then it is, as it was shown."""
    before = SynonymSet.objects.values_list("version", flat=True)
    shown = page.post(address, given)
    assert "还没有定稿的评测集" in shown.content.decode()
    assert list(before) == list(SynonymSet.objects.values_list("version", flat=True))
    sent = given | {"act": "keep", "seen": shown.context["what_if"].token}
    return page.post(address, sent).status_code


def test_a_set_is_tried_then_kept_and_listed(page: Client, city: City, now: datetime) -> None:
    entry(city.police, "户口簿遗失怎样补办？", now=now)
    entry(city.police, "护照遗失怎样补办？", now=now)
    given = {
        "word": "户口簿",
        "others": "小红本、红皮本",
        "both_ways": "on",
        "agency": city.police.pk,
    }
    tried = page.post(
        reverse("console:synonym_new"),
        given | {"act": "try", "questions": "小红本掉了怎么补\n今天天气"},
    )
    assert "试了 2 个问题，1 个的应答会变" in tried.content.decode()
    assert "答：户口簿遗失怎样补办？" in tried.content.decode()
    assert not SynonymSet.objects.exists()
    assert kept(page, reverse("console:synonym_new"), given) == 302
    row = SynonymSet.objects.get()
    assert row.others == "小红本 红皮本"
    listed = page.get(reverse("console:synonyms"), {"q": "红皮本"}).content.decode()
    assert "小红本、红皮本" in listed
    changed = {"word": "户口簿", "others": "小红本"}
    assert kept(page, reverse("console:synonym", args=[row.pk]), changed) == 302
    row.refresh_from_db()
    assert (row.is_active, row.both_ways, row.version) == (False, False, 2)


def test_what_is_refused_says_why_and_keeps_what_was_typed(page: Client, city: City) -> None:
    for act in ("", "try"):
        answer = page.post(
            reverse("console:synonym_new"),
            {"word": "窗口", "others": "柜、柜台子", "agency": city.police.pk, "act": act},
        )
        assert answer.status_code == 422
        assert "“柜”只有一个字" in answer.content.decode()
        assert "柜、柜台子" in answer.content.decode()
    assert not SynonymSet.objects.exists()


def test_switching_off_what_replaces_a_shipped_group_shows_that_it_comes_back(
    page: Client, city: City, now: datetime
) -> None:
    entry(city.police, "机动车驾驶证遗失怎样补办？", now=now)
    entry(city.police, "护照遗失怎样补办？", now=now)
    given = {"word": "机动车驾驶证", "others": "", "both_ways": "on", "agency": city.police.pk}
    assert kept(page, reverse("console:synonym_new"), given) == 302
    row = SynonymSet.objects.get()
    tried = page.post(
        reverse("console:synonym", args=[row.pk]),
        given | {"act": "try", "questions": "驾照掉了怎么补"},
    ).content.decode()
    assert "1 个的应答会变" in tried
    assert "答：机动车驾驶证遗失怎样补办？" in tried


def test_only_what_a_person_may_change_is_a_link(
    page: Client, city: City, at_desk: SignIn, now: datetime
) -> None:
    own, above = (
        SynonymSet.objects.create(agency=each, word=word, others="小红本", changed_at=now)
        for each, word in ((city.police, "户口簿"), (city.root, "户口本"))
    )
    shown = page.get(reverse("console:synonyms")).content.decode()
    assert "户口本" in shown
    assert reverse("console:synonym", args=[own.pk]) in shown
    assert reverse("console:synonym", args=[above.pk]) not in shown
    assert "改写" in page.get(reverse("console:synonyms_shipped")).content.decode()
    reader = at_desk(city.wang)
    shown = reader.get(reverse("console:synonyms")).content.decode()
    assert "户口簿" in shown
    assert reverse("console:synonym", args=[own.pk]) not in shown
    shipped = reader.get(reverse("console:synonyms_shipped"))
    assert shipped.status_code == 200
    assert "改写" not in shipped.content.decode()


def test_the_shipped_groups_are_searched_and_replaced(page: Client) -> None:
    found = page.get(reverse("console:synonyms_shipped"), {"q": "驾照"}).content.decode()
    assert "机动车驾驶证" in found
    assert "户外广告" not in found
    assert (
        "没有符合的词"
        in page.get(reverse("console:synonyms_shipped"), {"q": "没有这个词"}).content.decode()
    )
    start = page.get(reverse("console:synonym_new"), {"word": "机动车驾驶证"}).content.decode()
    assert "驾照、" in start
