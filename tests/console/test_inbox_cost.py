"""What an open inbox costs the process that answers citizens, and that it tells nobody more for it."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.cli.bench import inbox_load
from minxin.console.live import changes, glance
from minxin.conversations.actions import keep_inbox, record_batch
from minxin.conversations.models import Dialogue, Message, Note, Outgoing
from tests.console.conftest import SignIn, Work
from tests.conversations.conftest import said
from tests.support.city import APP_ID, City

LIVE = {"HX-Request": "true", "X-Live": "1"}
PEOPLE = "/console/inbox/people/"


def many(city: City, count: int, first: int = 0) -> None:
    now = timezone.now()
    for number in range(first, first + count):
        key = key_of(APP_ID, f"oMany{number:04d}")
        Citizen.objects.create(key=key, account=city.account, first_seen_at=now)
        Dialogue.objects.create(
            citizen_id=key, account=city.account, last_message_at=now - timedelta(minutes=number),
            last_text=f"第{number}位市民的话", wants_person_at=now,
        )  # fmt: skip


def test_the_list_asks_as_often_for_a_hundred_as_for_one(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    many(city, 2)
    desk.get(PEOPLE, headers=LIVE)
    with CaptureQueriesContext(connection) as few:
        desk.get(PEOPLE, headers=LIVE)
    many(city, 98, 2)
    with CaptureQueriesContext(connection) as more:
        page = desk.get(PEOPLE, headers=LIVE).content.decode()
    assert page.count('class="person ') + page.count('class="person"') == 101
    assert len(more) <= len(few) <= 14
    thread = f"/console/inbox/{work.dialogue.pk}/thread/"
    mark = desk.get(thread, headers=LIVE)["ETag"]
    with CaptureQueriesContext(connection) as same:
        assert desk.get(thread, headers={**LIVE, "If-None-Match": mark}).status_code == 304
    assert len(same) <= 9


def test_a_glance_is_two_queries_and_sees_what_was_said(
    city: City, work: Work, now: datetime
) -> None:
    with CaptureQueriesContext(connection) as asked:
        before = glance()
    assert len(asked) == 2
    told = changes()
    record_batch([said(city, "路灯又坏了。", 77, timezone.now())], now=timezone.now())
    assert glance() != before
    assert {name for name, number in changes().items() if number != told[name]} == {"said"}


def test_a_part_that_is_as_it_was_is_not_sent_again_and_a_new_one_is(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    desk = at_desk(city.wang)
    key = work.dialogue.pk
    marks = {}
    for path in (PEOPLE, f"/console/inbox/{key}/thread/"):
        desk.get(path, headers=LIVE)  # what was unread is read by that
        first = desk.get(path, headers=LIVE)
        assert first["Cache-Control"] == "no-store"
        marks[path] = first["ETag"]
        again = desk.get(path, headers={**LIVE, "If-None-Match": marks[path]})
        assert again.status_code == 304
        assert not again.content
    record_batch([said(city, "刚刚说的话。", 78, timezone.now())], now=timezone.now())
    row = Message.objects.values().get(text="刚刚说的话。")
    keep_inbox([row], follower="keep_inbox")
    for path, mark in marks.items():
        found = desk.get(path, headers={**LIVE, "If-None-Match": mark})
        assert found.status_code == 200
        assert "刚刚说的话。" in found.content.decode()


def test_whatever_changes_a_thread_changes_its_mark(
    city: City, work: Work, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    path = f"/console/inbox/{work.dialogue.pk}/thread/"
    desk.get(path, headers=LIVE)
    marks = [desk.get(path, headers=LIVE)["ETag"]]
    now = timezone.now()
    Note.objects.create(dialogue=work.dialogue, staff=city.wang, key="n", text="电话过", at=now)
    marks.append(desk.get(path, headers=LIVE)["ETag"])
    Outgoing.objects.filter(pk=work.outgoing.pk).update(status="failed")
    marks.append(desk.get(path, headers=LIVE)["ETag"])
    Dialogue.objects.filter(pk=work.dialogue.pk).update(attended_by=city.wang, attended_at=now)
    marks.append(desk.get(path, headers=LIVE)["ETag"])
    assert len(set(marks)) == len(marks)


def test_a_mark_tells_nothing_to_who_may_not_see(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    """Neither the list nor its mark changes for an outsider, and a thread's mark opens nothing."""
    outside, thread = at_desk(city.outsider), f"/console/inbox/{work.dialogue.pk}/thread/"
    mark = outside.get(PEOPLE, headers=LIVE)["ETag"]
    hers = at_desk(city.wang).get(thread, headers=LIVE)["ETag"]
    Dialogue.objects.filter(pk=work.dialogue.pk).update(
        last_text="秘密", wants_person_at=now, last_message_at=timezone.now()
    )
    same = outside.get(PEOPLE, headers={**LIVE, "If-None-Match": mark})
    assert same.status_code == 304
    missing = outside.get("/console/inbox/none/thread/", headers={**LIVE, "If-None-Match": hers})
    forbidden = outside.get(thread, headers={**LIVE, "If-None-Match": hers})
    assert missing.status_code == forbidden.status_code == 404
    assert "ETag" not in forbidden


def test_the_bench_waits_as_the_page_does() -> None:
    page = (Path(__file__).parents[2] / "frontend/console/live.js").read_text(encoding="utf-8")
    names = ("FIRST", "BETWEEN", "TIMES_LONGER")
    numbers = [int(re.findall(rf"const {name} = (\d+);", page)[0]) for name in names]
    assert numbers == [inbox_load.FIRST_MS, inbox_load.BETWEEN_MS, inbox_load.TIMES_LONGER]
