"""Our own probe hears what a citizen would hear, and nobody was there."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from minxin import wechat
from minxin.accounts import actions as accounts
from minxin.accounts.checks.asking import SAYS, TAPS, Heard, ask_callback, probe_push, said_of
from minxin.accounts.queries import MenuAnswer, callback_accounts
from minxin.citizens.models import Citizen
from minxin.conversations.models import Dialogue, Message
from minxin.gateway.probes import probed
from minxin.knowledge.models import UnansweredQuestion
from minxin.tickets.models import Ticket
from tests.gateway.test_guarantees import APPLICATION, BUILD
from tests.support.city import APP_ID, SETUP, City
from tests.support.databases import OwnDatabase, own_database
from tests.support.dialogue import Phone
from tests.support.pushing import SECRETS, wait_until_answered
from tests.support.serving import granian


def hear(phone: Phone, asks: str, words: str) -> list[str]:
    fields = {"ProbeAsks": asks, "ProbeWords": words}
    push, word = probe_push("gh_city", fields, now=phone.now)
    said = probed(callback_accounts()[APP_ID], push, phone, now=phone.now)
    found, how, rest = said.split("\n", 2)
    assert found == word
    return [how, rest]


@pytest.mark.django_db
def test_a_probe_hears_what_a_citizen_would(phone: Phone, city: City) -> None:
    menu = [
        {"type": "click", "name": "时间", "key": "hours"},
        {"type": "click", "name": "投诉", "key": "file"},
        {"type": "click", "name": "人工", "key": "person"},
    ]
    replies = {
        "hours": MenuAnswer("ask", "身份证丢了怎么补"), "file": MenuAnswer("file", ""),
        "person": MenuAnswer("person", ""),
    }  # fmt: skip
    accounts.set_menu(city.account, menu, replies=replies, actor=SETUP, now=phone.now)
    how, said = hear(phone, SAYS, "身份证丢了咋补办")
    assert how == "says"
    assert "来源：" in said
    assert hear(phone, TAPS, "hours")[0] == "says"
    how, said = hear(phone, SAYS, "居住证丢了要去哪里开证明盖章")
    assert (how, "还没有官方答复" in said) == ("unknown", True)
    assert hear(phone, TAPS, "file")[0] == "says"
    for asks, words in ((TAPS, "person"), (SAYS, "人工"), (SAYS, "进度"), (SAYS, "满意")):
        assert hear(phone, asks, words) == ["works", ""]
    assert hear(phone, TAPS, "nobody knows it") == ["silent", ""]
    assert not Message.objects.exists()
    assert not Ticket.objects.exists()
    assert not UnansweredQuestion.objects.exists()
    assert not Dialogue.objects.exists()
    assert list(Citizen.objects.all()) == [city.xiaolin]


COUNTED = """
import json
from minxin.citizens.models import Citizen
from minxin.conversations.models import Dialogue, Message
from minxin.knowledge.models import UnansweredQuestion
from minxin.tickets.models import Ticket
print(json.dumps([kind.objects.count() for kind in (Citizen, Dialogue, Message, UnansweredQuestion, Ticket)]))
"""


@pytest.fixture
def sqlite() -> Iterator[OwnDatabase]:
    with own_database("sqlite") as database:
        database.run(BUILD)
        yield database


def ask(base: str, asks: str, words: str, secrets: wechat.CallbackSecrets = SECRETS) -> Heard:
    with httpx.Client(trust_env=False) as http:
        return ask_callback(
            f"{base}/wechat/{APP_ID}/callback", secrets, original_id="gh_city", asks=asks, words=words,
            http=http, now=datetime.now(UTC),
        )  # fmt: skip


@pytest.mark.slow
@pytest.mark.xdist_group("guarantees")
def test_the_served_gateway_answers_a_probe_and_records_nothing(sqlite: OwnDatabase) -> None:
    with granian(APPLICATION, **sqlite.env) as (base, _process):
        wait_until_answered(base)
        time.sleep(0.5)
        before = json.loads(sqlite.run(COUNTED))
        heard = ask(base, SAYS, "身份证丢了怎么补")
        assert (heard.how, heard.status, "来源：" in heard.words) == ("says", 200, True)
        assert heard.seconds < 5
        assert ask(base, SAYS, "我家水管一直漏水没人来管").how == "unknown"
        assert ask(base, SAYS, "人工").how == "works"
        time.sleep(0.5)
        assert json.loads(sqlite.run(COUNTED)) == before
        stranger = wechat.CallbackSecrets(APP_ID, "an0therToken", "k" * 43, wechat.Mode.SAFE)
        assert ask(base, SAYS, "人工", stranger).status == 403


def test_what_is_sealed_for_somebody_else_says_nothing() -> None:
    assert said_of(b"success", SECRETS) == ""
