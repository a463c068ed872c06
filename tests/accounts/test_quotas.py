"""The quota ledger: what is taken is never more than there is, and WeChat's word counts."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from minxin.accounts import actions
from minxin.accounts.metering import MeteredTransport
from minxin.accounts.models import AccountBudget
from minxin.accounts.quotas import Budget, BudgetSpent, BudgetState, budgets_of
from minxin.accounts.tasks import ask_quotas
from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.wechat import Client, MemoryTokenStore, WeChatError
from tests.support.city import APP_ID, SETUP, City
from tests.support.databases import EITHER_DATABASE, OwnDatabase, own_database

CUSTOM, TEMPLATE, MASS = Budget.CUSTOM_MESSAGE, Budget.TEMPLATE_MESSAGE, Budget.MASS_SEND


def take(
    city: City, now: datetime, wanted: int, budget: Budget = TEMPLATE, urgent: bool = False
) -> int:
    return actions.take(city.account.pk, budget, wanted=wanted, is_urgent=urgent, now=now)


def state(city: City, now: datetime, budget: Budget = TEMPLATE) -> BudgetState:
    return next(each for each in budgets_of(city.account.pk, now) if each.budget == budget)


def test_everyday_messages_leave_the_share_of_urgent_ones(city: City, now: datetime) -> None:
    assert take(city, now, 94_000) == 94_000
    assert take(city, now, 94_000) == 1_000
    assert take(city, now, 1) == 0
    assert take(city, now, 6_000, urgent=True) == 5_000
    assert take(city, now, 1, urgent=True) == 0
    found = state(city, now)
    assert (found.most, found.spent, found.left, found.reserved) == (100_000, 100_000, 0, 5_000)


def test_the_share_is_a_setting(city: City, now: datetime, settings: Any) -> None:
    settings.MINXIN_URGENT_SHARE = 20
    assert take(city, now, 100_000) == 80_000


def test_a_day_begins_at_midnight_in_shanghai(city: City, now: datetime) -> None:
    late = now.replace(hour=23, minute=59)
    assert take(city, late, 100_000, urgent=True) == 100_000
    assert take(city, late, 1, urgent=True) == 0
    assert take(city, late + timedelta(minutes=1), 7, urgent=True) == 7
    assert state(city, late + timedelta(minutes=1)).spent == 7
    # A process whose clock is behind counts into the day that has begun.
    assert take(city, late, 100_000, urgent=True) == 99_993


def test_a_month_begins_on_its_first_day(city: City, now: datetime) -> None:
    budget = Budget.MASS_SEND_TO_ALL
    assert take(city, now, 9, budget) == 4
    assert take(city, now + timedelta(days=5), 1, budget) == 0
    assert take(city, now.replace(month=12, day=1, hour=0), 9, budget) == 4
    assert state(city, now, budget).renews_at == now.replace(month=12, day=1, hour=0)


def test_what_is_given_back_can_be_taken_again_on_the_same_day_only(
    city: City, now: datetime
) -> None:
    take(city, now, 100)
    actions.give_back(city.account.pk, TEMPLATE, 40, now)
    assert state(city, now).spent == 60
    actions.give_back(city.account.pk, TEMPLATE, 99, now)
    assert state(city, now).spent == 0
    tomorrow = now + timedelta(days=1)
    take(city, tomorrow, 30)
    actions.give_back(city.account.pk, TEMPLATE, 10, now)
    assert state(city, tomorrow).spent == 30


def test_a_refusal_says_what_is_spent_when_it_returns_and_what_to_do(
    city: City, now: datetime
) -> None:
    take(city, now, 95_000)
    with pytest.raises(BudgetSpent) as told:
        actions.spend(city.account.pk, TEMPLATE, is_urgent=False, now=now)
    for words in ("模板消息", "100,000", "95,000", "紧急通知", "11月25日 00:00", "订阅通知"):
        assert words in told.value.message
    assert told.value.renews_at == now.replace(day=25, hour=0)
    assert state(city, now).spent == 95_000
    actions.spend(city.account.pk, TEMPLATE, is_urgent=True, now=now)
    assert state(city, now).spent == 95_001


def test_who_may_not_do_it_is_granted_nothing(city: City, now: datetime) -> None:
    plain = actions.register(
        agency=city.police, name="未认证", kind="subscription", actor=SETUP, now=now
    )
    assert actions.take(plain.pk, CUSTOM, wanted=5, is_urgent=True, now=now) == 0
    assert actions.take(987_654, CUSTOM, wanted=5, is_urgent=True, now=now) == 0
    with pytest.raises(BudgetSpent, match="没有“客服消息”的额度"):
        actions.spend(plain.pk, CUSTOM, is_urgent=True, now=now)
    assert CUSTOM not in {each.budget for each in budgets_of(plain.pk, now)}
    actions.update(
        plain, name="已认证", kind="subscription", is_verified=True, principal="government",
        actor=SETUP, now=now,
    )  # fmt: skip
    assert actions.take(plain.pk, CUSTOM, wanted=5, is_urgent=True, now=now) == 5


def test_no_known_limit_counts_and_never_refuses(city: City, now: datetime) -> None:
    budget = Budget.SUBSCRIBE_NOTICE
    assert take(city, now, 5_000_000, budget) == 5_000_000
    found = state(city, now, budget)
    assert (found.spent, found.most, found.left) == (5_000_000, None, None)


def test_wechat_s_own_limit_closes_the_rest_of_the_period(city: City, now: datetime) -> None:
    take(city, now, 10)
    actions.note_limit(city.account.pk, TEMPLATE, now)
    assert take(city, now, 1, urgent=True) == 0
    assert state(city, now).left == 0
    actions.note_limit(city.account.pk, TEMPLATE, now, code=45011)
    assert take(city, now + timedelta(hours=1), 1) == 0
    assert take(city, now + timedelta(days=1), 1) == 1


def test_a_minute_s_limit_closes_a_minute(city: City, now: datetime) -> None:
    actions.note_limit(city.account.pk, TEMPLATE, now, code=45011)
    assert take(city, now + timedelta(seconds=59), 1) == 0
    assert take(city, now + timedelta(seconds=60), 1) == 1


# The client ------------------------------------------------------------------------------------

Answer = Callable[[httpx.Request], httpx.Response]


def metered(city: City, now: datetime, answer: Answer, *, has_taken: bool = False) -> Client:
    def with_token(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/stable_token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        return answer(request)

    inner = httpx.MockTransport(with_token)
    transport = MeteredTransport(city.account.pk, inner, has_taken=has_taken, clock=now.timestamp)
    return Client(
        APP_ID, "s" * 32, store=MemoryTokenStore(), transport=transport, sleep=lambda _: None
    )


def says(**answer: object) -> Answer:
    return lambda request: httpx.Response(200, json=answer)


def test_a_call_is_spent_before_it_is_sent_and_refused_before_wechat_would(
    city: City, now: datetime
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"errcode": 0})

    client = metered(city, now, answer)
    client.create_menu([])
    assert state(city, now, Budget.MENU_CREATE).spent == 1
    take(city, now, 1000, Budget.MENU_CREATE)
    with pytest.raises(BudgetSpent, match="创建菜单"):
        client.create_menu([])
    assert asked == ["/cgi-bin/menu/create"]
    client.get("/cgi-bin/getcallbackip")  # has no budget
    assert len(asked) == 2


def test_wechat_s_refusal_for_its_limit_is_learnt(city: City, now: datetime) -> None:
    client = metered(city, now, says(errcode=45009, errmsg="reach max api daily quota limit"))
    with pytest.raises(WeChatError, match="45009"):
        client.send_text("o1", "您好")
    assert state(city, now, CUSTOM).left == 0
    with pytest.raises(BudgetSpent, match="微信提示"):
        client.send_text("o1", "您好")


def test_what_never_left_is_given_back(city: City, now: datetime) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(Exception, match="ConnectError"):
        metered(city, now, refuse).send_text("o1", "您好")
    assert state(city, now, CUSTOM).spent == 0


def test_who_has_taken_is_not_counted_twice_and_still_teaches(city: City, now: datetime) -> None:
    take(city, now, 10, CUSTOM)
    metered(city, now, says(errcode=0), has_taken=True).send_text("o1", "您好")
    assert state(city, now, CUSTOM).spent == 10
    client = metered(city, now, says(errcode=45009), has_taken=True)
    with pytest.raises(WeChatError):
        client.send_text("o1", "您好")
    assert take(city, now, 1, CUSTOM) == 0


def test_a_mass_send_to_all_counts_for_day_and_month_and_a_refused_one_for_neither(
    city: City, now: datetime
) -> None:
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "停水通知"}}
    path = "/cgi-bin/message/mass/sendall"
    metered(city, now, says(errcode=0, msg_id=1)).post(path, body)
    with pytest.raises(WeChatError):
        metered(city, now, says(errcode=40007)).post(path, body)
    assert state(city, now, MASS).spent == 1
    assert state(city, now, Budget.MASS_SEND_TO_ALL).spent == 1


# WeChat's own figures --------------------------------------------------------------------------


def figures(most: int, used: int) -> Answer:
    quota = {"daily_limit": most, "used": used, "remain": max(0, most - used)}
    return says(errcode=0, quota=quota)


def test_wechat_s_figures_replace_the_table_s(city: City, now: datetime) -> None:
    take(city, now, 100)
    client = metered(city, now, figures(1_000_000, 250))
    found = ask_quotas(city.account, actor=city.operator, now=now, client=client)
    assert found > 10
    told = state(city, now)
    assert (told.most, told.spent, told.is_told, told.asked_at) == (1_000_000, 250, True, now)
    assert take(city, now, 1_000_000) == 949_750
    assert state(city, now, MASS).most == 100  # its call is counted otherwise
    assert AuditEntry.objects.latest("id").verb == "account.quotas_asked"


def test_what_is_taken_while_wechat_is_asked_stays_counted(city: City, now: datetime) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if b"template" in request.content:
            take(city, now, 40)
        return figures(100_000, 5)(request)

    take(city, now, 3)
    ask_quotas(city.account, actor=SETUP, now=now, client=metered(city, now, answer))
    assert state(city, now).spent == 45


def test_what_is_taken_before_an_account_s_next_question_is_not_counted_twice(
    city: City, now: datetime
) -> None:
    """Many budgets are asked for one after the other: each is compared with what stands just then."""

    def answer(request: httpx.Request) -> httpx.Response:
        if b"custom" in request.content:  # the first that is asked for
            take(city, now, 40)
        return figures(100_000, 43)(request)

    take(city, now, 3)
    ask_quotas(city.account, actor=SETUP, now=now, client=metered(city, now, answer))
    assert state(city, now).spent == 43


def test_no_answer_of_wechat_changes_nothing(city: City, now: datetime) -> None:
    take(city, now, 3)
    before = list(AccountBudget.objects.exclude(budget="token").values())
    entries = AuditEntry.objects.count()
    for answer, words in ((says(errcode=40013), "40013"), (says(errcode=-1), "-1")):
        with pytest.raises(Refused, match=words):
            ask_quotas(
                city.account, actor=city.operator, now=now, client=metered(city, now, answer)
            )
    for person in (city.outsider, city.wang, city.auditor):
        with pytest.raises(NotFound):
            ask_quotas(
                city.account, actor=person, now=now, client=metered(city, now, figures(9, 9))
            )
    assert list(AccountBudget.objects.exclude(budget="token").values()) == before
    assert AuditEntry.objects.count() == entries


def test_another_appid_begins_anew(city: City, now: datetime) -> None:
    take(city, now, 30)
    actions.set_credentials(city.account, app_id="wxfedcba9876543210", actor=SETUP, now=now)
    assert state(city, now).spent == 0


# Several processes -------------------------------------------------------------------------------

ACCOUNT = """
from datetime import UTC, datetime
from minxin.accounts import actions as accounts
from minxin.agencies import actions as agencies
from minxin.core.actors import System
now, system = datetime(2026, 11, 24, 2, tzinfo=UTC), System("test")
city = agencies.add_agency(code="yunxi", name="云溪市", parent=None, actor=system, now=now)
accounts.register(agency=city, name="云溪发布", kind="service", is_verified=True, actor=system, now=now)
"""

# Two threads in each process race from the very first row to the last message of the day.
RACE = """
import threading
from datetime import UTC, datetime
from django.db import connection
from minxin.accounts.quotas import Budget, take
from minxin.accounts.models import Account
number, now = Account.objects.get().pk, datetime(2026, 11, 24, 2, tzinfo=UTC)
granted = []
def race():
    while got := take(number, Budget.TEMPLATE_MESSAGE, wanted=777, is_urgent=False, now=now):
        granted.append(got)
    connection.close()
threads = [threading.Thread(target=race) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(granted))
"""


@pytest.fixture(params=EITHER_DATABASE)
def database(request: pytest.FixtureRequest) -> Iterator[OwnDatabase]:
    with own_database(request.param) as found:
        found.run(ACCOUNT)
        yield found


@pytest.mark.slow
def test_eight_processes_together_are_granted_exactly_what_there_is(
    database: OwnDatabase,
) -> None:
    granted = [int(answer) for answer in database.run_all([RACE] * 8)]
    assert sum(granted) == 95_000
