"""《更新预警清单》 and what hangs on it, at the desks of a supervisor, a unit and an outsider."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minxin.accounts import actions as accounts
from minxin.accounts.actions import FilingDraft, FilingTold
from minxin.accounts.models import Account
from minxin.accounts.rules.lifecycle import Kind as Filed
from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.models import Candidate, Evaluation, Evidence, Trace
from minxin.supervision.rules.sources import Kind, Source
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def desk(supervisor: Staff, at_desk: SignIn) -> Client:
    return at_desk(supervisor)


def post(account: Account, days_ago: float, now: datetime, title: str = "停水通知") -> None:
    at = now - timedelta(days=days_ago)
    actions.keep_traces(
        [actions.Item(account.pk, Source.MASS_EVENT, Kind.PUSHED, at, f"m{days_ago}", title)],
        now=now,
    )
    actions.keep_look(account, Source.ARTICLE_FIGURES, since=now - 60 * DAY, until=now, now=now)


@pytest.fixture
def three(city: City, now: datetime) -> tuple[Account, Account, Account]:
    """Overdue at the police; fresh and unknown at the water bureau."""
    fresh, unknown = (
        accounts.register(
            agency=city.water,
            name=name,
            platform=platform,
            kind=kind,
            is_verified=True,
            actor=SETUP,
            now=now,
        )
        for name, platform, kind in (("云溪水务", "wechat", "service"), ("水务微博", "weibo", ""))
    )
    post(city.account, 15, now)
    post(fresh, 1, now)
    actions.evaluate([city.account, fresh, unknown], now=now)
    return city.account, fresh, unknown


def test_the_pressing_ones_stand_first(desk: Client, three: tuple[Account, ...]) -> None:
    page = desk.get("/console/supervision/").content.decode()
    places = [page.index(each.name) for each in (three[0], three[2], three[1])]
    assert places == sorted(places)
    for words in (
        "超期，待人工确认",
        "情况不明",
        "正常",
        "A · 微信群发结果通知",
        "由人附证据确认后才算问题",
    ):
        assert words in page
    assert "政务微信" not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"standing": "accused"}, ["云溪公安"]),
        ({"standing": "unknown"}, ["水务微博"]),
        ({"standing": "fresh"}, ["云溪水务"]),
        ({"platform": "weibo"}, ["水务微博"]),
        ({"grade": "A"}, ["云溪公安", "云溪水务"]),
        ({"q": "公安"}, ["云溪公安"]),
        ({"changed": "1"}, []),
        ({"sort": "account"}, ["云溪公安", "云溪水务", "水务微博"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    desk: Client, three: tuple[Account, ...], query: dict[str, str], names: list[str]
) -> None:
    text = b"".join(desk.get("/console/supervision/", {**query, "export": "csv"})).decode()  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert sorted(row["账号"].partition("（")[0] for row in rows) == sorted(names)
    if rows:
        assert {"级别", "最近更新", "已过天数", "更新期限", "查看到", "规则"} <= set(rows[0])


def test_what_grew_worse_since_the_day_before_is_told(
    desk: Client, city: City, now: datetime
) -> None:
    post(city.account, 9, now - DAY)
    actions.evaluate([city.account], now=now - DAY)
    post(city.account, 10, now)
    actions.evaluate([city.account], now=now)
    page = desk.get("/console/supervision/", {"changed": "1"}).content.decode()
    assert "云溪公安" in page
    assert "前次：提醒" in page


def test_a_unit_sees_its_own_and_nothing_else(
    city: City, at_desk: SignIn, three: tuple[Account, ...]
) -> None:
    page = at_desk(city.operator).get("/console/supervision/").content.decode()
    assert "云溪公安" in page
    assert "云溪水务" not in page
    home = at_desk(city.operator).get("/console/").content.decode()
    assert "超期待确认的账号" in home
    assert "待确认的监管问题" not in home
    address = f"/console/supervision/accounts/{three[1].pk}/"
    assert at_desk(city.operator).get(address).status_code == 404
    assert at_desk(city.wang).get("/console/supervision/").status_code == 404


def test_an_account_s_page_says_why(desk: Client, three: tuple[Account, ...]) -> None:
    page = desk.get(f"/console/supervision/accounts/{three[0].pk}/").content.decode()
    for words in (
        "须由人确认并附证据", "停水通知", "微信群发结果通知", "14天内须有更新（国家规定）",
        "国办秘函〔2019〕19号", "没有自己的规则，适用国家规则", "微信文章数据",
    ):  # fmt: skip
        assert words in page, words
    page = desk.get(f"/console/supervision/accounts/{three[2].pk}/").content.decode()
    assert "还没有可靠的来源查看过这个账号" in page
    assert "还没有更新记录" in page


def test_an_account_s_page_tells_its_people_terms_and_filings(
    desk: Client, three: tuple[Account, ...], now: datetime
) -> None:
    url = reverse("console:supervised_account", args=[three[0].pk])
    page = desk.get(url).content.decode()
    assert "台账还没有填写" in page
    draft = FilingDraft(responsible="林青", contract_until=date(2027, 3, 1))
    accounts.keep_filing(three[0], draft, actor=SETUP, now=now)
    told = FilingTold(reason="并入主账号")
    begun = accounts.begin_filing(three[0], Filed.CLOSE, told, actor=SETUP, now=now)
    page = desk.get(url).content.decode()
    assert "林青" in page
    assert reverse("console:lifecycle_filing", args=[begun.pk]) in page


def test_the_home_page_counts(desk: Client, three: tuple[Account, ...]) -> None:
    page = desk.get("/console/").content.decode()
    for words in ("超期待确认的账号", "更新情况不明的账号", "待确认的监管问题"):
        assert words in page


def record(**changed: object) -> dict[str, object]:
    today = timezone.localtime()
    given: dict[str, object] = {
        "link": "https://weibo.com/1/a",
        "newest_on": f"{today - 20 * DAY:%Y-%m-%d}",
        "title": "旧消息",
        "seen_at": f"{today:%Y-%m-%dT%H:%M}",
    }
    return given | changed


def test_an_inspector_records_what_she_saw(
    desk: Client, supervisor: Staff, three: tuple[Account, ...]
) -> None:
    address = f"/console/supervision/accounts/{three[2].pk}/record/"
    assert "页面上没有任何内容" in desk.get(address).content.decode()
    file = SimpleUploadedFile("页面.png", PNG, "image/png")
    assert desk.post(address, record(file=file)).status_code == 302
    trace = Trace.objects.get(account=three[2])
    assert (trace.source, trace.evidence.kept_by, len(trace.evidence.sha256)) == (
        "inspector", supervisor, 64,
    )  # fmt: skip
    assert Evaluation.objects.get(account=three[2], is_latest=True).level == "overdue"
    page = desk.get(f"/console/supervision/accounts/{three[2].pk}/").content.decode()
    for words in ("旧消息", "B 人工核对", "页面.png", trace.evidence.sha256[:12]):
        assert words in page, words
    kept = desk.get(f"/console/supervision/evidence/{trace.evidence.pk}/")
    assert b"".join(kept) == PNG  # type: ignore[arg-type]
    assert kept["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"newest_on": ""}, "请填写最近一条更新的日期"),
        ({"link": ""}, "至少一样"),
        ({"link": "ftp://x"}, "http://"),
        ({"is_empty": "on"}, "不能再说页面上没有内容"),
        ({"seen_at": "2199-01-01T00:00"}, "不能晚于现在"),
    ],
)
def test_a_record_that_cannot_be_stays_on_the_form(
    desk: Client, three: tuple[Account, ...], changed: dict[str, object], says: str
) -> None:
    answer = desk.post(f"/console/supervision/accounts/{three[2].pk}/record/", record(**changed))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "旧消息" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_unit_s_report_says_what_it_is(
    city: City, at_desk: SignIn, three: tuple[Account, ...]
) -> None:
    desk = at_desk(city.operator)
    address = f"/console/supervision/accounts/{three[0].pk}/record/"
    form = desk.get(address).content.decode()
    assert "单位自报（C）" in form
    assert "页面上没有任何内容" not in form
    newest = f"{timezone.localtime() - 5 * DAY:%Y-%m-%d}"
    assert desk.post(address, record(newest_on=newest)).status_code == 302
    page = desk.get(f"/console/supervision/accounts/{three[0].pk}/").content.decode()
    assert "来源矛盾，待人工核对" in page
    assert "与其他来源不符" in page


def test_a_named_person_confirms(
    desk: Client, supervisor: Staff, three: tuple[Account, ...]
) -> None:
    found = Candidate.objects.get(account=three[0], indicator="update.stale")
    address = f"/console/supervision/candidates/{found.pk}/"
    page = desk.get(address).content.decode()
    for words in ("没有查到更新", "确认属实", "单项否决", "14天内须有更新（国家规定）"):
        assert words in page, words
    refused = desk.post(address, {"act": "confirm"})
    assert refused.status_code == 422
    assert "至少一样" in refused.content.decode()
    early = f"{timezone.localtime() - 9 * DAY:%Y-%m-%dT%H:%M}"
    given = {"act": "confirm", "confirm-link": "https://mp.weixin.qq.com/s/x"}
    refused = desk.post(address, {**given, "confirm-seen_at": early})
    assert "限期之前" in refused.content.decode()
    assert not Evidence.objects.exists()
    assert desk.post(address, given).status_code == 302
    found.refresh_from_db()
    assert (found.status, found.decided_by) == ("confirmed", supervisor)
    assert AuditEntry.objects.filter(verb="candidate.confirmed").exists()
    page = desk.get(address).content.decode()
    assert "黄薇" in page
    assert "/console/rectification/notify/?finding=" in page  # what comes next is one press away
    assert "由监管员确认" not in page
    again = desk.post(address, given)
    assert again.status_code == 422
    assert "已经有人处理过" in again.content.decode()


def test_the_unit_cannot_decide_for_itself(
    city: City, at_desk: SignIn, three: tuple[Account, ...]
) -> None:
    found = Candidate.objects.get(account=three[0], indicator="update.stale")
    desk = at_desk(city.operator)
    address = f"/console/supervision/candidates/{found.pk}/"
    page = desk.get(address).content.decode()
    assert "由监管员确认" in page
    assert "认定不成立</button>" not in page
    given = {"act": "dismiss", "dismiss-reason": "我们更新过了"}
    assert desk.post(address, given).status_code == 404
    found.refresh_from_db()
    assert found.status == "open"


def test_dismissing_needs_words(desk: Client, three: tuple[Account, ...]) -> None:
    found = Candidate.objects.get(account=three[0], indicator="update.stale")
    address = f"/console/supervision/candidates/{found.pk}/"
    assert desk.post(address, {"act": "dismiss", "dismiss-reason": "不"}).status_code == 422
    assert desk.post(address, {"act": "whatever"}).status_code == 404
    given = {"act": "dismiss", "dismiss-reason": "当日平台维护"}
    assert desk.post(address, given).status_code == 302
    found.refresh_from_db()
    assert (found.status, found.reason) == ("dismissed", "当日平台维护")


def test_the_lists_of_an_empty_city_say_what_to_do(desk: Client) -> None:
    assert "还没有评定过账号" in desk.get("/console/supervision/").content.decode()
    assert "没有发现问题" in desk.get("/console/supervision/candidates/").content.decode()


def test_a_clock_set_back_is_told(desk: Client, three: tuple[Account, ...], now: datetime) -> None:
    Evaluation.objects.update(at=now + 2 * DAY)
    assert "时钟可能被调慢" in desk.get("/console/supervision/").content.decode()


def test_it_speaks_english_too(desk: Client, supervisor: Staff, three: tuple[Account, ...]) -> None:
    agencies.choose_language(supervisor, "en", actor=supervisor, now=timezone.now())
    for path in ("", f"accounts/{three[0].pk}/", "candidates/"):
        answer = desk.get(f"/console/supervision/{path}", headers={"accept-language": "en"})
        assert answer.status_code == 200
