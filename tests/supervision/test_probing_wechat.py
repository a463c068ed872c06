"""The menu that the robot walks is the one WeChat shows: with the simulator in WeChat's place."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
from minxin.accounts.tasks import publish_menu
from minxin.supervision import probing
from minxin.supervision.models import Candidate, ProbeRun
from tests.supervision.conftest import Office
from tests.support.city import APP_ID, SETUP
from tests.support.robots import Robots, Site, site_of_pages
from tests.support.wechat import WeChat, wechat_process


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeChat]:
    with wechat_process(tmp_path_factory.mktemp("wechat")) as found:
        yield found


@pytest.fixture
def there(process: WeChat, settings: LazySettings, office: Office) -> Iterator[WeChat]:
    settings.MINXIN_WECHAT_API = process.base
    settings.MINXIN_PUBLIC_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["testserver"]
    process.post("accounts", app_id=APP_ID, secret="5" * 32, kind="service", name="云溪公安")
    yield process
    process.mend()


@pytest.fixture
def site() -> Iterator[Site]:
    with site_of_pages() as found:
        yield found


def show(account: Account, url: str, now: datetime) -> None:
    menu = [{"type": "view", "name": "大厅", "url": url}]
    accounts.set_menu(account, menu, replies={}, actor=SETUP, now=now)


def walk(account: Account, robots: Robots) -> ProbeRun:
    """A run with the account's real client."""
    robots.now += timedelta(days=1)
    run = ProbeRun.objects.create(
        account=account, schedule="daily", due_at=robots.now, made_at=robots.now
    )
    found = robots.outside()
    outside = probing.Outside(found.open, found.http, client_for, found.sleep)
    probing.work(run.pk, clock=robots.clock, outside=outside)
    run.refresh_from_db()
    return run


def links(run: ProbeRun) -> list[tuple[str, str]]:
    return [(each.target, each.outcome) for each in run.steps.filter(kind="menu_link")]


def test_what_citizens_see_is_walked_not_what_was_only_kept_here(
    there: WeChat, office: Office, site: Site, now: datetime
) -> None:
    account, robots = office.account, Robots(now)
    run = walk(account, robots)
    assert (run.is_menu_live, links(run), run.verdict) == (True, [], "fine")  # WeChat has none
    show(account, f"{site.base}/404", now)
    publish_menu(account, actor=SETUP, now=now)
    run = walk(account, robots)
    assert (run.is_menu_live, links(run)) == (True, [(f"{site.base}/404", "dead")])
    assert Candidate.objects.get(indicator="interact.menu_dead").status == "open"
    show(account, f"{site.base}/hall", now)  # put right here, and not yet published
    assert links(walk(account, robots)) == [(f"{site.base}/404", "dead")]
    there.fault("/cgi-bin/menu/get", "error", args={"errcode": -1, "errmsg": "system error"})
    run = walk(account, robots)
    assert (run.is_menu_live, links(run)) == (False, [(f"{site.base}/hall", "fine")])
    there.mend()
    publish_menu(account, actor=SETUP, now=now)
    run = walk(account, robots)
    assert (run.is_menu_live, links(run)) == (True, [(f"{site.base}/hall", "fine")])
    assert Candidate.objects.get(indicator="interact.menu_dead").status == "gone"
