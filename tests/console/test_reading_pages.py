"""「读取网页」 beside the link of a record: proposals, doubts, and what is kept with the save."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry
from minxin.agencies.rules import Role
from minxin.console.supervision import reading
from minxin.supervision.links import Busy, Opened
from minxin.supervision.models import Evidence, Trace
from minxin.supervision.rules.proofs import LinkFailure
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

LINK = "https://pages.example/1"
PAGE = (
    "<meta property='og:title' content='停水&lt;b&gt;通知'><a id='js_name'>%s</a>"
    "<em id='publish_time'>2026-01-05</em>"
)
Answers = Callable[[Opened | Exception], None]


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture
def desk(city: City, at_desk: SignIn, now: datetime) -> Client:
    supervisor = agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    return at_desk(supervisor)


@pytest.fixture
def weibo(city: City, now: datetime) -> Account:
    return accounts.register(
        agency=city.water, name="水务微博", platform="weibo", kind="", is_verified=True, actor=SETUP,
        now=now,
    )  # fmt: skip


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Answers:
    def answers(answer: Opened | Exception) -> None:
        def fetch(url: str) -> Opened:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(reading, "fetch_page", fetch)

    return answers


def page_of(account: str) -> Opened:
    return Opened(LINK, 200, content_type="text/html", body=(PAGE % account).encode())


def form(**changed: str) -> dict[str, str]:
    seen_at = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    return {"link": LINK, "newest_on": "", "title": "", "seen_at": seen_at} | changed


def address(account: Account) -> str:
    return f"/console/supervision/accounts/{account.pk}/record/"


def value_of(page: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag is not None
    found = re.search(r'value="([^"]*)"', tag[0])
    return found[1] if found else ""


def test_a_page_fills_the_form_and_is_kept_when_the_record_is_saved(
    desk: Client, weibo: Account, outside: Answers
) -> None:
    assert "读取网页" in desk.get(address(weibo)).content.decode()
    answer = page_of(weibo.name)
    outside(answer)
    read = desk.post(address(weibo), form(read_page="1"))
    page = read.content.decode()
    assert read.status_code == 200
    assert value_of(page, "title") == "停水&lt;b&gt;通知"
    assert value_of(page, "newest_on") == "2026-01-05"
    assert "对照页面核对" in page
    assert "请核对后再保存" not in page
    assert not Evidence.objects.exists()
    assert not Trace.objects.filter(account=weibo, source="inspector").exists()

    held = value_of(page, "page")
    given = form(title="停水通知", newest_on="2026-01-05", page=held)
    assert "已一并留存" in desk.post(address(weibo), given, follow=True).content.decode()
    own, kept = Evidence.objects.order_by("pk").filter(account=weibo)
    assert Trace.objects.get(account=weibo, source="inspector").evidence == own
    assert kept.file.read() == answer.body
    assert (kept.sha256, kept.bytes) == (hashlib.sha256(answer.body).hexdigest(), len(answer.body))
    assert kept.link == LINK
    entry = AuditEntry.objects.filter(verb="evidence.kept").latest("pk")
    assert (entry.after or {})["by_the_system"] is True
    download = desk.get(f"/console/supervision/evidence/{kept.pk}/")
    assert download["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("changed", [{"link": LINK + "2"}, {"page": "forged:1:x"}])
def test_what_was_read_elsewhere_is_not_kept_and_the_record_is(
    desk: Client, weibo: Account, outside: Answers, changed: dict[str, str]
) -> None:
    outside(page_of("浔武"))
    page = desk.post(address(weibo), form(read_page="1")).content.decode()
    given = form(newest_on="2026-01-05", page=value_of(page, "page")) | changed
    said = desk.post(address(weibo), given, follow=True).content.decode()
    assert "没有留存" in said
    assert Evidence.objects.get(account=weibo).sha256 == ""


def test_doubts_are_said_and_what_was_typed_stays(
    desk: Client, weibo: Account, outside: Answers
) -> None:
    outside(page_of("别的账号"))
    typed = form(read_page="1", title="我写的", newest_on="2026-01-01")
    page = desk.post(address(weibo), typed).content.decode()
    assert "网页上的账号是“别的账号”" in page
    assert page.count("没有改动") == 2
    assert (value_of(page, "title"), value_of(page, "newest_on")) == ("我写的", "2026-01-01")
    page = desk.post(address(weibo), form(read_page="1", is_empty="on")).content.decode()
    assert value_of(page, "newest_on") == ""
    assert "checked" in page


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Opened(LINK, failure=LinkFailure.NO_SUCH_NAME), "不能访问互联网"),
        (Opened(LINK, failure=LinkFailure.UNREACHABLE), "不能访问互联网"),
        (Opened(LINK, failure=LinkFailure.TOO_SLOW), "3 秒内没有读完"),
        (Opened(LINK, failure=LinkFailure.NOT_PUBLIC), "不是公开的网址"),
        (Opened(LINK, 403), "HTTP 403"),
        (Opened(LINK, 200, content_type="application/pdf", body=b"%PDF-"), "不是网页"),
        (Opened(LINK, 200, content_type="text/html", body=b"<p>x"), "没有可以识别的"),
        (Busy(), "正在读取另一个网页"),
    ],
)
def test_a_page_that_is_not_read_loses_nothing(
    desk: Client,
    weibo: Account,
    outside: Answers,
    answer: Opened | Exception,
    says: str,
) -> None:
    outside(answer)
    given = form(read_page="1", title="我写的", newest_on="2026-01-01")
    page = desk.post(address(weibo), given).content.decode()
    assert says in page
    assert "已填写的内容没有变" in page
    for name in ("link", "title", "newest_on", "seen_at"):
        assert value_of(page, name) == given[name], name
    assert value_of(page, "page") == ""


def test_who_may_not(
    city: City, at_desk: SignIn, desk: Client, weibo: Account, outside: Answers
) -> None:
    outside(AssertionError("nothing is fetched"))
    assert (
        "请先填写链接" in desk.post(address(weibo), form(read_page="1", link="")).content.decode()
    )
    unit = at_desk(city.operator)
    assert "读取网页" not in unit.get(address(city.account)).content.decode()
    assert unit.post(address(city.account), form(read_page="1")).status_code == 422
