"""The cast at their desks: clients of Django's, signed in, and some work on the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from minxin import wechat
from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.conversations.actions import record_batch, send
from minxin.conversations.contents import TextContent
from minxin.conversations.models import Dialogue, Outgoing
from minxin.gateway.deliveries import delivery_of
from minxin.knowledge.actions import record_unanswered
from minxin.knowledge.index.shared import index
from minxin.knowledge.models import Entry, UnansweredQuestion
from minxin.tickets.actions import file
from minxin.tickets.models import Ticket
from tests.support.city import APP_ID, OPENID, PASSWORD, SETUP, City, build_city
from tests.support.entries import entry
from tests.support.inbox import follow_inbox

SignIn = Callable[[Staff], Client]


@pytest.fixture
def now() -> datetime:
    """The doors read the clock, so these tests live in the present."""
    return timezone.now()


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture
def editor(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="zhoumin",
        name="周敏",
        agency=city.police,
        role=Role.EDITOR,
        password=PASSWORD,
        must_change_password=False,
        actor=SETUP,
        now=now,
    )


@pytest.fixture
def at_desk(city: City) -> SignIn:
    """A client signed in as a member of the cast."""

    def sign_in(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@dataclass(frozen=True, slots=True)
class Work:
    """One thing of every kind, all of the police."""

    ticket: Ticket
    dialogue: Dialogue
    entry: Entry
    unanswered: UnansweredQuestion
    outgoing: Outgoing


@pytest.fixture
def work(city: City, now: datetime) -> Work:
    said = wechat.Text(
        account="gh_city",
        openid=OPENID,
        created_at=int(now.timestamp()),
        message_id=7,
        content="东桥路口的路灯坏了三天",
        menu_id=None,
    )
    record_batch([delivery_of(said, APP_ID, city.account.pk)], [], now=now)
    follow_inbox(now)
    ticket = file(
        text="东桥路口的路灯坏了三天，晚上很黑。",
        citizen=city.xiaolin,
        account=city.account,
        source="portal",
        key="desk-ticket",
        actor=SETUP,
        now=now,
    )
    record_unanswered([(city.police.pk, "养蜂需要到哪里备案登记")], now=now)
    outgoing = send(
        city.xiaolin, TextContent("您好，已为您查询。"), key="desk-message", actor=SETUP, now=now
    )
    assert outgoing is not None
    return Work(
        ticket=ticket,
        dialogue=Dialogue.objects.get(citizen=city.xiaolin),
        entry=entry(city.police, "居住证怎样申领", now=now),
        unanswered=UnansweredQuestion.objects.get(),
        outgoing=outgoing,
    )


@pytest.fixture(autouse=True)
def _own_answers() -> None:
    """The index of the process belongs to the rows of one test."""
    index.cache_clear()
