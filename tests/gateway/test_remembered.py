"""What was said is said again without asking, as long as nothing it came from has changed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from minxin import wechat
from minxin.accounts.queries import AccountSettings, callback_accounts
from minxin.conversations.actions import BLANK, Answered, DialogueState
from minxin.core.actors import System
from minxin.gateway import application, remembered
from minxin.gateway.application import Gateway
from minxin.knowledge.actions import retire_entry
from minxin.knowledge.models import Entry
from tests.support.city import APP_ID, OPENID, City

ASKED = "身份证丢了怎么补"


@pytest.fixture
def gateway(city: City) -> Gateway:
    gateway = Gateway()
    gateway._index.build()
    return gateway


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words responders were asked about."""
    words: list[str] = []
    respond = application.respond

    def listening(turn: application.Turn, desk: object) -> object:
        words.append(turn.text)
        return respond(turn, desk)  # type: ignore[arg-type]

    monkeypatch.setattr(application, "respond", listening)
    return words


def say(
    gateway: Gateway,
    text: str,
    at: datetime,
    *,
    account: AccountSettings | None = None,
    dialogue: DialogueState = BLANK,
    menu_id: str | None = None,
) -> Answered | None:
    inbound = wechat.Text(
        account="gh_city", openid=OPENID, created_at=1, message_id=1, content=text, menu_id=menu_id
    )
    account = account or gateway._register.accounts.get(APP_ID) or callback_accounts()[APP_ID]
    gateway._register.accounts = {APP_ID: account}
    arrival = application._Arrival(account, inbound, "k" * 32, at.timestamp())
    return gateway._at_once(arrival, dialogue, False)


def test_the_same_words_are_answered_once(
    gateway: Gateway, asked: list[str], now: datetime
) -> None:
    first, again = say(gateway, ASKED, now), say(gateway, ASKED, now + timedelta(minutes=1))
    assert first is not None
    assert "来源：" in first.words
    assert again == first
    assert asked == [ASKED]


def test_an_edit_is_seen(gateway: Gateway, now: datetime) -> None:
    before = say(gateway, ASKED, now)
    retire_entry(
        Entry.objects.get(question__startswith="居民身份证丢失"),
        actor=System("test"),
        reason="已废止",
        now=now,
    )
    gateway._index.refresh()
    after = say(gateway, ASKED, now)
    assert before is not None
    assert after is not None
    assert "来源：" in before.words
    assert "来源：" not in after.words


def test_an_entry_that_expires_tonight_is_not_given_tomorrow(
    gateway: Gateway, now: datetime
) -> None:
    Entry.objects.filter(question__startswith="怎样申请居住证").update(valid_until=now.date())
    gateway._index._is_built = False
    gateway._index.build()
    today, tomorrow = (say(gateway, "怎样申请居住证", at) for at in (now, now + timedelta(days=1)))
    assert today is not None
    assert tomorrow is not None
    assert "来源：" in today.words
    assert "来源：" not in tomorrow.words


def test_another_setting_of_the_account_asks_again(
    gateway: Gateway, asked: list[str], now: datetime
) -> None:
    say(gateway, ASKED, now)
    say(gateway, ASKED, now, account=replace(callback_accounts()[APP_ID], name="云溪发布"))
    assert asked == [ASKED, ASKED]


def test_who_is_in_the_middle_of_something_is_asked_about(
    gateway: Gateway, asked: list[str], now: datetime
) -> None:
    say(gateway, ASKED, now)
    attended = DialogueState(None, now, is_attended=True)
    silent = say(gateway, ASKED, now, dialogue=attended)
    assert silent is not None
    assert silent.words == ""
    say(gateway, ASKED, now, menu_id="rate:1:satisfied")
    assert asked == [ASKED, ASKED, ASKED]


def test_what_is_not_known_and_what_takes_work_is_not_remembered(
    gateway: Gateway, asked: list[str], now: datetime
) -> None:
    for _ in range(2):
        unknown = say(gateway, "云顶湖冬季冰场几点开放", now)
        assert unknown is not None
        assert unknown.form is not None
        assert say(gateway, "人工", now) is None
    assert len(asked) == 4


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "LIMIT", 3)
    answers: dict[str, Answered] = {}
    for number in range(5):
        remembered.keep(answers, str(number), Answered(str(number), "{}"))
    assert list(answers) == ["2", "3", "4"]


def test_the_day_is_the_citys() -> None:
    evening = datetime.fromisoformat("2026-11-24T23:59:00+08:00")
    assert application._day(int(evening.timestamp()) // 900) == date(2026, 11, 24)
    morning = evening + timedelta(minutes=1)
    assert application._day(int(morning.timestamp()) // 900) == date(2026, 11, 25)
