"""Needless changes go; an index that was away long still learns of everything."""

from datetime import datetime

import pytest

from minxin.knowledge.actions import update_entry
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import IndexChange
from minxin.knowledge.tasks import forget_superseded_changes
from tests.knowledge.drafts import draft
from tests.support.city import SETUP, City
from tests.support.entries import entry

pytestmark = pytest.mark.django_db
ASKED = "普通护照怎样申请？"


def test_an_index_far_behind_hears_the_last_word(city: City, now: datetime) -> None:
    once = entry(city.police, ASKED, now=now)
    other = entry(city.police, "路灯坏了找谁修？", now=now)
    behind = LiveIndex()
    behind.build()
    for words in ("甲", "乙", "丙"):
        update_entry(once, draft(ASKED, words), actor=SETUP, now=now)
    before = IndexChange.objects.count()
    assert forget_superseded_changes(newest_kept=1) == 3  # the filing, 甲 and 乙
    assert IndexChange.objects.count() == before - 3
    assert set(IndexChange.objects.values_list("entry_id", flat=True)) == {once.pk, other.pk}
    assert forget_superseded_changes(newest_kept=1) == 0
    behind.refresh()
    found = behind.lookup(ASKED, on=now.date())
    assert found.answer is not None
    assert found.answer.text == "丙"
    update_entry(once, draft(ASKED, "丁"), actor=SETUP, now=now)
    assert behind.refresh()


def test_the_newest_changes_stay(city: City, now: datetime) -> None:
    once = entry(city.police, ASKED, now=now)
    update_entry(once, draft(ASKED, "甲"), actor=SETUP, now=now)
    before = IndexChange.objects.count()
    assert forget_superseded_changes() == 0
    assert IndexChange.objects.count() == before
