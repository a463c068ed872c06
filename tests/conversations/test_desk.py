"""Colleagues at one desk: who writes, notes that go nowhere, tags that agencies share."""

from datetime import datetime, timedelta

import pytest

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.conversations import actions, queries
from minxin.conversations.actions import record_batch
from minxin.conversations.models import Dialogue, Note, Outgoing, Tag, Tagging, Writing
from minxin.conversations.rules import SHADES, WRITING, shade_of
from minxin.core.errors import NotFound, Refused
from tests.conversations.conftest import said
from tests.support.city import PASSWORD, SETUP, City
from tests.support.inbox import follow_inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(city: City, now: datetime) -> Dialogue:
    record_batch([said(city, "身份证丢了怎么补", 1, now)], now=now)
    follow_inbox(now)
    return Dialogue.objects.select_related("account__agency", "citizen").get()


@pytest.fixture
def li(city: City, now: datetime) -> Staff:
    return add_staff(
        username="liyan",
        name="李燕",
        agency=city.police,
        role=Role.AGENT,
        password=PASSWORD,
        actor=SETUP,
        now=now,
    )


def test_colleagues_see_who_writes_and_nobody_is_locked_out(
    city: City, dialogue: Dialogue, li: Staff, now: datetime
) -> None:
    before = queries.latest_desk_change(now=now)
    actions.note_writing(dialogue, has_words=True, actor=city.wang, now=now)
    assert queries.latest_desk_change(now=now) != before
    assert queries.writers(dialogue, besides=li, now=now) == [city.wang]
    assert queries.writers(dialogue, besides=city.wang, now=now) == []
    again = now + timedelta(seconds=10)
    held = queries.latest_desk_change(now=again)
    actions.note_writing(dialogue, has_words=True, actor=city.wang, now=again)
    assert queries.latest_desk_change(now=again) == held  # saying it again is no news
    actions.answer_as_staff(dialogue, "请带户口簿。", key="a", actor=li, now=again)
    late = again + WRITING
    assert queries.writers(dialogue, besides=li, now=late) == []
    assert queries.latest_desk_change(now=late) == before


def test_who_sent_or_emptied_the_box_writes_no_more(
    city: City, dialogue: Dialogue, li: Staff, now: datetime
) -> None:
    for end in ("sent", "emptied"):
        actions.note_writing(dialogue, has_words=True, actor=city.wang, now=now)
        if end == "sent":
            actions.answer_as_staff(dialogue, "请带户口簿。", key="a", actor=city.wang, now=now)
        else:
            actions.note_writing(dialogue, has_words=False, actor=city.wang, now=now)
        assert queries.writers(dialogue, besides=li, now=now) == []
    Writing.objects.create(dialogue=dialogue, staff=li, at=now - timedelta(hours=1))
    actions.note_writing(dialogue, has_words=False, actor=city.wang, now=now)
    assert not Writing.objects.exists()


def test_a_note_stands_in_the_thread_and_never_leaves(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    moment = now + timedelta(seconds=5)
    for _ in range(2):
        actions.add_note(dialogue, " 她昨天来过窗口 ", key="n", actor=city.wang, now=moment)
    actions.answer_as_staff(
        dialogue, "请带户口簿。", key="a", actor=city.wang, now=now + timedelta(seconds=9)
    )
    lines = [(line.sender, line.text) for line in queries.thread(dialogue)]
    assert lines == [
        ("citizen", "身份证丢了怎么补"),
        ("note", "她昨天来过窗口"),
        ("staff", "请带户口簿。"),
    ]
    assert [row.content["text"] for row in Outgoing.objects.all()] == ["请带户口簿。"]
    entry = AuditEntry.objects.get(verb="dialogue.noted")
    assert "窗口" not in repr((entry.before, entry.after, entry.reason))


def test_notes_and_tags_go_when_she_unfollows(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    actions.add_note(dialogue, "她的电话白天没人接", key="n", actor=city.wang, now=now)
    actions.put_tag(dialogue, "身份证", actor=city.wang, now=now)
    actions.erase_text(dialogue.pk)
    assert Note.objects.get().text is None
    assert not Tagging.objects.exists()
    assert all(line.text is None for line in queries.thread(dialogue))


@pytest.mark.parametrize("text", ["", "   ", "长" * 1001])
def test_a_note_that_says_nothing_or_too_much(
    city: City, dialogue: Dialogue, now: datetime, text: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_note(dialogue, text, key="n", actor=city.wang, now=now)
    assert refused.value.field == "note"
    assert not Note.objects.exists()


def test_an_outsider_writes_notes_and_tags_nowhere(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    tag = actions.put_tag(dialogue, "身份证", actor=city.wang, now=now)
    audited = AuditEntry.objects.count()
    for act in (
        lambda who: actions.note_writing(dialogue, has_words=True, actor=who, now=now),
        lambda who: actions.add_note(dialogue, "看一眼", key="x", actor=who, now=now),
        lambda who: actions.put_tag(dialogue, "别的", actor=who, now=now),
        lambda who: actions.take_tag(dialogue, tag.pk, actor=who, now=now),
        lambda who: actions.add_tag("别的", agency=city.police, actor=who, now=now),
        lambda who: actions.change_tag(tag, name="改", is_active=True, actor=who, now=now),
    ):
        for who in (city.outsider, city.zhao):
            with pytest.raises(NotFound):
                act(who)
    assert AuditEntry.objects.count() == audited
    assert [each.name for each in queries.tags_of(dialogue)] == ["身份证"]


def test_tags_are_the_agencys_and_hold_below_it(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    above = Tag.objects.create(agency=city.root, name="加急")
    Tag.objects.create(agency=city.water, name="水费")
    Tag.objects.create(agency=city.station, name="东桥")
    assert [tag.name for tag in queries.tags_for(city.police)] == ["加急"]
    assert actions.put_tag(dialogue, "加急", actor=city.wang, now=now) == above
    new = actions.put_tag(dialogue, " 身份证 ", actor=city.wang, now=now)
    assert (new.agency, new.name) == (city.police, "身份证")
    assert [tag.name for tag in queries.tags_for(city.station)] == ["东桥", "加急", "身份证"]
    found = queries.inbox(city.wang, now=now)
    assert list(queries.with_tag(found, "身份证")) == [dialogue]
    assert list(queries.with_tag(found, "水费")) == []
    assert queries.tag_names(city.wang) == ["东桥", "加急", "身份证"]
    actions.change_tag(new, name="证件", is_active=False, actor=city.wang, now=now)
    assert [tag.name for tag in queries.tags_of(dialogue)] == ["加急", "证件"]
    with pytest.raises(Refused):
        actions.add_tag("加急", agency=city.police, actor=city.wang, now=now)
    actions.take_tag(dialogue, new.pk, actor=city.wang, now=now)
    assert actions.put_tag(dialogue, "证件", actor=city.wang, now=now) == new
    new.refresh_from_db()
    assert new.is_active


def test_a_conversation_has_room_for_ten_tags(
    city: City, dialogue: Dialogue, now: datetime
) -> None:
    for number in range(actions.desk.MOST_TAGS):
        actions.put_tag(dialogue, f"标签{number}", actor=city.wang, now=now)
    actions.put_tag(dialogue, "标签3", actor=city.wang, now=now)
    with pytest.raises(Refused):
        actions.put_tag(dialogue, "太多", actor=city.wang, now=now)
    assert Tagging.objects.count() == actions.desk.MOST_TAGS
    assert not Tag.objects.filter(name="太多").exists()


def test_a_word_has_the_same_shade_everywhere() -> None:
    shades = {shade_of(f"标签{number}") for number in range(200)}
    assert shades == set(range(SHADES))
    assert shade_of("路灯") == shade_of("路灯")
