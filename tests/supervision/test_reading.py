"""What the night reads from WeChat's interfaces, with the simulator in WeChat's place."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from minxin.accounts.models import Account, AccountBudget
from minxin.accounts.queries import client_for
from minxin.supervision import actions, tasks
from minxin.supervision.models import Coverage, Evaluation, PublishedItem, Trace
from minxin.supervision.rules.sources import Source
from minxin.wechat import File, calls
from minxin.wechat.calls.drafts import Article
from tests.conftest import SHANGHAI
from tests.support.city import APP_ID, City
from tests.support.wechat import WeChat, wechat_process

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeChat]:
    with wechat_process(tmp_path_factory.mktemp("wechat")) as found:
        yield found


@pytest.fixture
def there(process: WeChat, settings: LazySettings, city: City) -> Iterator[WeChat]:
    settings.MINXIN_WECHAT_API = process.base
    process.post("accounts", app_id=APP_ID, secret="5" * 32, kind="service", name="云溪公安")
    _at(process, NOW)
    yield process
    process.mend()


def _at(there: WeChat, moment: datetime) -> None:
    there.post("clock", set=moment.isoformat(), frozen=True)


def publish(there: WeChat, account: Account, at: datetime, title: str) -> None:
    """The unit publishes by hand at that time; nobody of ours hears of it."""
    _at(there, at)
    client = client_for(account)
    cover = client.call(calls.materials.add("image", File("封面.png", PNG)))
    article = Article(title=title, content=f"<p>{title}</p>", thumb_media_id=cover.media_id)
    draft = client.call(calls.drafts.add([article]))
    client.call(calls.publishing.submit(draft.media_id))
    there.post("clock", advance_s=5)
    _at(there, NOW)


def looks(account: Account) -> dict[str, tuple[datetime, datetime]]:
    return {each.source: (each.since, each.until) for each in account.coverage.all()}


def test_the_list_and_the_figures_are_read_and_the_account_is_judged(
    there: WeChat, city: City
) -> None:
    account = city.account
    publish(there, account, NOW - 9 * DAY, "停水通知")
    assert tasks.read_account(account, now=NOW) == [Source.PUBLISHED_LIST, Source.ARTICLE_FIGURES]
    listed, figured = Trace.objects.order_by("-source")
    assert (listed.source, listed.kind, listed.title) == ("published_list", "published", "停水通知")
    assert abs(listed.published_at - (NOW - 9 * DAY)) < timedelta(minutes=1)
    assert (figured.source, figured.kind, figured.is_day_only) == (
        "article_figures", "published", True,
    )  # fmt: skip
    assert figured.published_at.astimezone(SHANGHAI).isoformat() == "2026-11-15T23:59:59+08:00"
    midnight = NOW.replace(hour=0)
    assert looks(account) == {
        "published_list": (NOW - tasks.FIRST_LOOK, NOW),
        "article_figures": (midnight - 35 * DAY, midnight),
    }
    actions.evaluate([account], now=NOW)
    standing = Evaluation.objects.get()
    assert (standing.level, standing.days, standing.grade) == ("reminder", 9, "A")


def test_the_text_of_what_is_listed_is_kept_and_a_later_look_repeats_nothing(
    there: WeChat, city: City
) -> None:
    publish(there, city.account, NOW - 3 * DAY, "供水恢复通知")
    tasks.read_account(city.account, now=NOW)
    item = PublishedItem.objects.get(title="供水恢复通知")
    listed = Trace.objects.get(source="published_list", title="供水恢复通知")
    assert (item.text, item.source, item.trace) == ("供水恢复通知", "interface", listed)
    assert abs(item.published_at - (NOW - 3 * DAY)) < timedelta(minutes=1)
    tasks.read_account(city.account, now=NOW + DAY)
    item.refresh_from_db()
    assert (item.version, item.kept_at) == (1, NOW)


def test_what_is_asked_is_spent_from_the_ledger_and_a_closed_budget_says_so(
    there: WeChat, city: City
) -> None:
    tasks.read_account(city.account, now=NOW)
    spent = dict(AccountBudget.objects.values_list("budget", "spent"))
    assert (spent["publish_list"], spent["article_figures"]) == (1, 35)
    there.fault(
        "/datacube/getarticletotaldetail", "error",
        args={"errcode": 45009, "errmsg": "reach max api daily quota limit"},
    )  # fmt: skip
    _at(there, NOW + DAY)
    tasks.read_account(city.account, now=NOW + DAY)
    there.mend()
    assert tasks.read_account(city.account, now=NOW + DAY) == [Source.PUBLISHED_LIST]
    look = Coverage.objects.get(source="article_figures")
    assert "读取文章数据" in look.failure
    assert look.until == NOW.replace(hour=0)


def test_the_next_night_reads_on_from_there_and_keeps_nothing_twice(
    there: WeChat, city: City
) -> None:
    publish(there, city.account, NOW - 3 * DAY, "招聘公告")
    tasks.read_account(city.account, now=NOW)
    count = Trace.objects.count()
    assert count >= 2
    _at(there, NOW + DAY)
    tasks.read_account(city.account, now=NOW + DAY)
    assert Trace.objects.count() == count
    midnight = NOW.replace(hour=0)
    assert looks(city.account)["article_figures"] == (midnight - 35 * DAY, midnight + DAY)
    assert city.account.coverage.count() == 2


def test_a_refusal_leaves_its_reason_and_no_look(there: WeChat, city: City) -> None:
    there.fault(
        "/cgi-bin/freepublish/batchget", "error",
        args={"errcode": 48001, "errmsg": "api unauthorized"},
    )  # fmt: skip
    there.fault("/datacube/getarticletotaldetail", "error", args={"errcode": -1, "errmsg": "busy"})
    assert tasks.read_account(city.account, now=NOW) == []
    failures = {each.source: each for each in city.account.coverage.all()}
    assert set(failures) == {"published_list", "article_figures"}
    assert "48001" in failures["published_list"].failure
    assert all(each.since == each.until for each in failures.values())
    actions.evaluate([city.account], now=NOW)
    assert Evaluation.objects.get().level == "unknown"


def test_a_later_failure_moves_nothing_and_a_success_clears_it(there: WeChat, city: City) -> None:
    tasks.read_account(city.account, now=NOW)
    before = looks(city.account)
    there.fault("/cgi-bin/freepublish/batchget", "error", args={"errcode": 48001, "errmsg": "no"})
    tasks.read_account(city.account, now=NOW + timedelta(hours=1))
    look = Coverage.objects.get(source="published_list")
    assert (look.since, look.until) == before["published_list"]
    assert look.failed_at == NOW + timedelta(hours=1)
    there.mend()
    tasks.read_account(city.account, now=NOW + timedelta(hours=2))
    look.refresh_from_db()
    assert (look.failed_at, look.failure) == (None, "")


def test_wechat_out_of_reach_says_so(settings: LazySettings, city: City) -> None:
    settings.MINXIN_WECHAT_API = "http://127.0.0.1:9"
    assert tasks.read_account(city.account, now=NOW) == []
    assert {each.failure for each in Coverage.objects.all()} == {"暂时连不上微信。"}


def test_nothing_is_asked_before_the_figures_began(there: WeChat, city: City) -> None:
    early = datetime(2025, 11, 3, 9, 0, tzinfo=SHANGHAI)
    _at(there, early)
    tasks.read_account(city.account, now=early)
    since, until = looks(city.account)["article_figures"]
    assert since == datetime(2025, 11, 1, tzinfo=SHANGHAI)
    assert until == datetime(2025, 11, 3, tzinfo=SHANGHAI)
