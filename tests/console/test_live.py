"""An open page hears that something changed, only of what its reader may see, and counts anew."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import IDLE, SEEN
from minxin.console.live import TOPICS, changes, listener, topics_of
from minxin.conversations.actions import send
from minxin.conversations.contents import TextContent
from minxin.conversations.models import Outgoing
from minxin.knowledge.actions import record_unanswered
from minxin.tickets.actions import file
from tests.console.conftest import SignIn, Work
from tests.support.city import SETUP, City
from tests.support.databases import OwnDatabase, own_database
from tests.support.serving import granian


def session_of(desk: Client) -> str:
    return desk.cookies["minxin_session"].value


def test_everybody_hears_only_of_what_a_role_lets_her_read(city: City, editor: Staff) -> None:
    assert topics_of(city.wang) == {
        "said",
        "messages",
        "tickets",
        "unanswered",
        "outgoing",
        "notices",
    }
    assert topics_of(city.operator) == {"outgoing", "notices"}
    assert topics_of(editor) == {"unanswered", "notices"}
    assert topics_of(city.auditor) == topics_of(city.administrator) == {"notices"}
    assert {each for topic in TOPICS for each in topic.permissions} <= set(Permission)


def test_a_topic_changes_with_what_it_is_about(city: City, work: Work, now: datetime) -> None:
    def changed(before: dict[str, int]) -> set[str]:
        return {name for name, number in changes().items() if number != before[name]}

    start = changes()
    assert changes() == start
    record_unanswered([(city.police.pk, "怎样领取失业保险金")], now=now)
    assert changed(start) == {"unanswered"}
    start = changes()
    Outgoing.objects.filter(pk=work.outgoing.pk).update(status="failed")
    assert "outgoing" in changed(start)
    assert not {"tickets", "unanswered", "notices"} & changed(start)
    start = changes()
    agencies.notify_staff([city.wang], kind="test", text="请注意。", link="", now=now)
    assert changed(start) == {"notices"}


def test_a_listener_is_somebody_who_may_use_the_console_now(
    city: City, at_desk: SignIn, now: datetime
) -> None:
    desk = at_desk(city.wang)
    desk.get("/console/")
    key = session_of(desk)
    assert listener(key, now=now) == topics_of(city.wang)
    assert listener("nobody", now=now) is None
    assert listener(key, now=now + IDLE + timedelta(minutes=1)) is None
    Staff.objects.filter(pk=city.wang.pk).update(must_change_password=True)
    assert listener(key, now=now) is None
    Staff.objects.filter(pk=city.wang.pk).update(must_change_password=False, is_active=False)
    assert listener(key, now=now) is None
    Staff.objects.filter(pk=city.wang.pk).update(is_active=True)
    desk.post("/console/sign-out/")
    assert listener(key, now=now) is None


def test_the_numbers_are_those_of_one_s_own_branches(
    city: City, work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    Outgoing.objects.filter(pk=work.outgoing.pk).update(status="failed")
    found = {
        person.name: at_desk(person).get("/console/counts/").json()
        for person in (city.wang, city.outsider, city.operator, city.auditor, editor)
    }
    found["王芳"].pop("notices")  # of the ticket that was filed
    assert found["王芳"] == {
        "waiting": 0,
        "tickets": 1,
        "call_backs": 0,
        "co_tasks": 0,
        "to_dispatch": 0,
        "undelivered": 1,
    }
    assert found["陈静"] == {
        "notices": 0,
        "waiting": 0,
        "tickets": 0,
        "call_backs": 0,
        "co_tasks": 0,
        "to_dispatch": 0,
        "undelivered": 0,
    }
    assert found["何涛"] == {"notices": 0, "undelivered": 1, "to_rectify": 0}
    assert found["孙莉"] == {"notices": 0}
    assert found["周敏"] == {
        "notices": 0,
        "unanswered": 1,
        "intents": 0,
        "basis_reviews": 0,
        "conflicts": 0,
    }


def test_what_the_page_asks_by_itself_does_not_keep_the_session_open(
    city: City, at_desk: SignIn
) -> None:
    desk = at_desk(city.wang)
    desk.get("/console/")
    session = SessionStore(session_of(desk))
    begun = timezone.now().timestamp() - 20 * 60
    session[SEEN] = begun
    session.save()
    assert desk.get("/console/counts/", headers={"X-Live": "1"}).status_code == 200
    assert SessionStore(session_of(desk))[SEEN] == begun
    session[SEEN] = timezone.now().timestamp() - IDLE.total_seconds() - 60
    session.save()
    assert desk.get("/console/counts/", headers={"X-Live": "1"}).status_code == 302


def test_the_navigation_has_a_place_for_every_number(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    file(
        text="西河小区的井盖丢了一个，很危险。",
        citizen=city.xiaolin,
        account=city.account,
        source="portal",
        key="live-ticket",
        actor=SETUP,
        now=now,
    )
    send(city.xiaolin, TextContent("您好。"), key="live", actor=SETUP, now=now)
    desk = at_desk(city.wang)
    page = desk.get("/console/").content.decode()
    assert 'data-counts="/console/counts/"' in page
    for name in desk.get("/console/counts/").json():
        assert f'data-count="{name}"' in page


CAST = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from tests.support.city import build_city
city = build_city(timezone.now())
keys = []
for staff in (city.wang, city.auditor):
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.save()
    keys.append(session.session_key)
print(*keys)
"""
FILE = """
from django.utils import timezone
from minxin.agencies.models import Staff
from minxin.citizens.models import Citizen
from minxin.accounts.models import Account
from minxin.tickets.actions import file
from tests.support.city import SETUP
file(text="东桥路口的路灯坏了三天，晚上很黑。", citizen=Citizen.objects.get(),
     account=Account.objects.get(), source="portal", key="x", actor=SETUP, now=timezone.now())
"""
NOTICE = """
from django.utils import timezone
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
notify_staff(Staff.objects.all(), kind="test", text="请注意。", link="", now=timezone.now())
"""


@pytest.fixture
def served() -> Iterator[tuple[str, OwnDatabase, list[str]]]:
    with own_database("sqlite") as database:
        keys = database.run(CAST).split()
        with granian("minxin.site.application:app", **database.env) as (base, _):
            yield base, database, keys


@pytest.mark.slow
def test_the_stream_tells_topics_and_nothing_else(
    served: tuple[str, OwnDatabase, list[str]],
) -> None:
    base, database, (wang, auditor) = served
    url = f"{base}/console/events"
    assert httpx.get(url).status_code == 403
    assert httpx.get(url, cookies={"minxin_session": "x"}).status_code == 403
    heard: dict[str, list[list[str]]] = {wang: [], auditor: []}
    is_over = threading.Event()

    def listen(key: str) -> None:
        with httpx.stream("GET", url, cookies={"minxin_session": key}, timeout=30) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    heard[key].append(json.loads(line[5:]))
                if is_over.is_set():
                    return

    def until(condition: Callable[[], object]) -> None:
        end = time.monotonic() + 15
        while not condition():
            assert time.monotonic() < end, heard
            time.sleep(0.05)

    listeners = [threading.Thread(target=listen, args=(key,), daemon=True) for key in heard]
    for each in listeners:
        each.start()
    until(lambda: heard[wang] and heard[auditor])  # the state at the beginning
    begun = {key: len(lines) for key, lines in heard.items()}

    def since(key: str) -> set[str]:
        return {topic for line in heard[key][begun[key] :] for topic in line}

    database.run(FILE)
    until(lambda: "tickets" in since(wang))
    database.run(NOTICE)
    until(lambda: "notices" in since(auditor))
    assert since(auditor) == {"notices"}
    assert heard[auditor][0] == ["notices"]
    assert {"tickets", "notices"} <= since(wang)
    is_over.set()
