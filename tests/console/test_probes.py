"""互动拨测 as a supervisor works with it, and as a unit sees it."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from minxin.accounts import actions as accounts
from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.supervision import probing
from minxin.supervision.actions import probing as acting
from minxin.supervision.models import BadDomain, Candidate, ProbeRun, ProbeStep
from minxin.supervision.packs import library
from minxin.supervision.queries.machine import views_of
from minxin.supervision.rules.inspection import Mark
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City
from tests.support.robots import Robots, Site, site_of_pages


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with site_of_pages() as found:
        yield found


@pytest.fixture(autouse=True)
def here(settings: LazySettings) -> None:
    settings.MINXIN_PUBLIC_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def huang(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def desk(at_desk: SignIn, huang: Staff) -> Client:
    return at_desk(huang)


def probe(city: City, now: datetime, *links: str) -> ProbeRun:
    """A daily run over these links that came to its end at a moment."""
    menu = [{"type": "view", "name": f"链接{n}", "url": url} for n, url in enumerate(links, 1)]
    accounts.set_menu(city.account, menu, replies={}, actor=SETUP, now=now)
    robots = Robots(now)
    run = ProbeRun.objects.create(
        account=city.account, schedule="daily", due_at=now, made_at=now - timedelta(hours=1)
    )
    probing.work(run.pk, clock=robots.clock, outside=robots.outside())
    run.refresh_from_db()
    return run


def text(client: Client, name: str, *numbers: int, **given: str) -> str:
    answer = client.get(reverse(f"console:{name}", args=numbers), given)
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_the_first_run_the_pages_say_what_will_be(
    desk: Client, city: City, now: datetime
) -> None:
    page = text(desk, "probes")
    assert "还没有拨测" in page
    acting.plan_probes(now=now)
    assert "计划 " in text(desk, "probes")
    assert "计划时间" in text(desk, "probe_account", city.account.pk)
    ProbeRun.objects.all().delete()
    account = text(desk, "probe_account", city.account.pk)
    assert "这个账号还没有拨测过" in account
    assert "立即拨测" in account
    weibo = accounts.register(
        agency=city.water, name="云溪水务", platform="weibo", actor=SETUP, now=now
    )
    refused = text(desk, "probe_account", weibo.pk)
    assert "不是微信公众号" in refused
    assert "立即拨测" not in refused
    assert "不是微信公众号" in text(desk, "probes")
    assert "名单是空的" in text(desk, "bad_domains")


def test_what_failed_stands_first_with_all_that_came(
    desk: Client, city: City, site: Site, now: datetime
) -> None:
    accounts.register(agency=city.water, name="云溪水务", platform="weibo", actor=SETUP, now=now)
    run = probe(city, now, f"{site.base}/hall", f"{site.base}/404")
    page = text(desk, "probes")
    assert page.index("云溪公安") < page.index("云溪水务")
    assert "有未通过" in page
    assert "链接2" in page
    shown = text(desk, "probe_account", city.account.pk)
    assert shown.index("链接2") < shown.index("链接1")
    for words in (
        "网页不存在（HTTP 404）",
        f"{site.base}/404",
        "SHA-256",
        "云溪政务服务",
        "应当：",
    ):
        assert words in shown
    assert "近 30 天没有人工接待，也没有答复诉求" in shown
    assert "链接2" in text(desk, "probe_run", run.pk)
    assert "云溪公安" in text(desk, "probes", result="0", step="menu_link")
    for given in ({"result": "3"}, {"step": "form"}, {"platform": "weibo", "result": "0"}):
        assert "云溪公安" not in text(desk, "probes", **given).partition("table-frame")[2]
    sheet = desk.get(reverse("console:probes"), {"export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(sheet).decode("utf-8-sig"))))
    assert rows[1][0].startswith("云溪公安")
    assert rows[1][2:4] == ["有未通过 1 步", "链接2"]


def test_a_run_is_asked_for_and_watched(desk: Client, city: City, huang: Staff) -> None:
    there = reverse("console:probe_ask", args=[city.account.pk])
    before = DBTaskResult.objects.count()
    answer = desk.post(there)
    run = ProbeRun.objects.get()
    assert answer["Location"] == reverse("console:probe_run", args=[run.pk])
    assert (run.schedule, run.asked_by, run.status) == ("asked", huang, "waiting")
    assert DBTaskResult.objects.count() == before + 1
    assert AuditEntry.objects.filter(verb="probe.asked").count() == 1
    waiting = text(desk, "probe_progress", run.pk)
    assert "等待" in waiting
    assert "hx-get" in waiting
    assert "立即拨测" not in text(desk, "probe_run", run.pk)
    robots = Robots(run.made_at)
    probing.work(run.pk, clock=robots.clock, outside=robots.outside())
    ended = desk.get(reverse("console:probe_progress", args=[run.pk]))
    assert ended["HX-Refresh"] == "true"
    done = ended.content.decode()
    assert "全部通过" in done
    assert "hx-get" not in done
    again = desk.post(there, follow=True)
    assert "10 分钟内已经发起过拨测" in again.content.decode()
    assert ProbeRun.objects.count() == 1


def test_a_page_is_accepted_by_name(desk: Client, city: City, site: Site, now: datetime) -> None:
    run = probe(city, now, f"{site.base}/go?to={site.other}/new")
    step = run.steps.get(kind="menu_link")
    there = reverse("console:probe_accept", args=[step.pk])
    assert there in text(desk, "probe_run", run.pk)
    assert f"{site.other}/new" in text(desk, "probe_accept", step.pk)
    refused = desk.post(there, {"reason": "好"})
    assert refused.status_code == 422
    assert "至少 4 个字" in refused.content.decode()
    assert ProbeStep.objects.get(pk=step.pk).accepted_at is None
    desk.post(there, {"reason": "单位官网改版"})
    shown = text(desk, "probe_run", run.pk)
    assert "黄薇" in shown
    assert there not in shown
    assert desk.get(there).status_code == 404
    assert "全部通过" in text(desk, "probes")


def test_the_list_of_domains_is_kept_by_name(desk: Client, city: City, huang: Staff) -> None:
    there = reverse("console:bad_domain_new")
    given = {"agency": city.root.pk, "kind": "gambling", "reason": "省里九月通报"}
    wrong = desk.post(there, {**given, "domain": "没有点"})
    assert wrong.status_code == 422
    assert "没有点" in wrong.content.decode()
    desk.post(there, {**given, "domain": "https://www.Lucky.example/a"})
    row = BadDomain.objects.get()
    assert (row.domain, row.added_by, row.is_active) == ("www.lucky.example", huang, True)
    assert "www.lucky.example" in text(desk, "bad_domains")
    desk.post(reverse("console:bad_domains"), {"act": "unlist", "picked": row.pk, "confirmed": "1"})
    row.refresh_from_db()
    assert not row.is_active
    assert AuditEntry.objects.filter(verb__startswith="bad_domain.").count() == 2


def test_the_other_pages_tell_what_the_robot_saw(
    desk: Client, city: City, site: Site, now: datetime
) -> None:
    assert "还没有拨测过" in text(desk, "supervised_account", city.account.pk)
    probe(city, now, f"{site.base}/404", f"{site.base}/go?to={site.other}/x")
    assert "链接1；链接2" in text(desk, "supervised_account", city.account.pk)
    candidate = Candidate.objects.get(indicator="content.badlink")
    page = text(desk, "candidate", candidate.pk)
    assert "逐步查看互动拨测" in page
    assert "确属反动、暴力、色情等内容才确认" in page
    assert "单项否决" in page
    views = views_of(city.account, library(), now=now + timedelta(minutes=1))
    assert "个互动入口有回应" in views["interact.none"].said
    assert "HTTP 404" in views["interact.none"].said
    assert views["interact.none"].guess is Mark.PASSES
    assert f"{site.other}/x" in views["content.badlink"].said
    assert views["content.badlink"].guess is Mark.UNCLEAR
    later = views_of(city.account, library(), now=now + timedelta(days=5))
    assert "互动拨测" not in later["interact.none"].said
    assert later["interact.none"].guess is None
    assert later["content.badlink"].guess is None


def test_a_unit_sees_its_own_and_may_not_send_the_robot(
    at_desk: SignIn, city: City, site: Site, now: datetime
) -> None:
    run = probe(city, now, f"{site.base}/404")
    own = at_desk(city.operator)
    assert "云溪公安" in text(own, "probes")
    page = text(own, "probe_run", run.pk)
    assert "立即拨测" not in page
    assert own.post(reverse("console:probe_ask", args=[city.account.pk])).status_code == 404
    assert own.get(reverse("console:bad_domain_new")).status_code == 404
    assert ProbeRun.objects.count() == 1


def test_a_run_whose_worker_died_and_one_that_failed_say_so(
    desk: Client, city: City, huang: Staff, now: datetime
) -> None:
    run = acting.ask_probe(city.account, actor=huang, now=now)
    ProbeRun.objects.filter(pk=run.pk).update(
        status="running", begun_at=now, due_at=now - timedelta(minutes=2), interruptions=1
    )
    page = text(desk, "probe_run", run.pk)
    assert "处理程序没有回应" in page
    assert "中断过 1 次" in page
    ProbeRun.objects.filter(pk=run.pk).update(
        status="failed", finished_at=now, note="拨测时程序出错，没有做完，已记入日志。"
    )
    assert "没有做完" in text(desk, "probe_run", run.pk)
