"""何涛 connects an account: what is typed is kept, no secret comes back, findings stand where he looks."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from minxin.accounts import actions
from minxin.accounts.checks import CHECKS
from minxin.accounts.models import Account, Authorization, ThirdPartyPlatform
from minxin.accounts.rules import CheckResult, Level
from tests.console.conftest import SignIn
from tests.support.city import SETUP, City
from tests.support.wechat import WeChat, wechat_process

WATER = "wxfedcba9876543210"
PLATFORM = "wx00000000000000f1"
SECRETS = {"secret": "6" * 32, "token": "watert0ken", "aes_key": "w" * 43}
GIVEN = {"app_id": WATER, "kind": "service", "is_verified": "on", "principal": "government",
         "mode": "safe", "name": "云溪水警"}  # fmt: skip
CONNECT = "/console/accounts/connect/"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeChat]:
    with wechat_process(tmp_path_factory.mktemp("wechat")) as found:
        yield found


@pytest.fixture
def there(process: WeChat, settings: LazySettings) -> Iterator[WeChat]:
    settings.MINXIN_WECHAT_API = settings.MINXIN_WECHAT_PAGES = process.base
    settings.MINXIN_WECHAT_OPEN = process.base
    settings.MINXIN_PUBLIC_URL = "http://127.0.0.1:9"  # nobody listens there
    process.post(
        "accounts", app_id=WATER, secret=SECRETS["secret"], kind="service", name="云溪水警"
    )
    yield process
    process.mend()


@pytest.fixture
def desk(city: City, at_desk: SignIn) -> Client:
    return at_desk(city.operator)


def test_credentials_are_pasted_and_checked_at_once(
    there: WeChat, desk: Client, city: City
) -> None:
    answer = desk.post(CONNECT, {**GIVEN, **SECRETS, "agency": city.police.pk}, follow=True)
    account = Account.objects.get(app_id=WATER)
    assert (account.name, account.secret, account.agency) == ("云溪水警", "6" * 32, city.police)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/console/accounts/{account.pk}/connection/"
    assert [title for title in (str(each.title) for each in CHECKS) if title not in page] == []
    assert "打不开" in page  # the callback: nobody listens there
    assert "能取得接口凭证" in page
    assert not [secret for secret in SECRETS.values() if secret in page]


def test_the_page_says_which_address_to_add(there: WeChat, desk: Client, city: City) -> None:
    errmsg = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"
    there.fault("/cgi-bin/stable_token", "error", args={"errcode": 40164, "errmsg": errmsg})
    form = {**GIVEN, **SECRETS, "agency": city.police.pk}
    page = desk.post(CONNECT, form, follow=True).content.decode()
    assert "请把 203.0.113.7 加到微信开发者平台" in page


def test_a_refusal_loses_nothing_and_echoes_no_secret(
    there: WeChat, desk: Client, city: City
) -> None:
    form = {**GIVEN, **SECRETS, "app_id": "wxshort", "agency": city.police.pk}
    answer = desk.post(CONNECT, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Account.objects.filter(name="云溪水警").exists()
    assert 'value="云溪水警"' in page
    assert 'value="wxshort"' in page
    assert "刚才填写的内容（43个字符）已加密暂存" in page
    assert not [secret for secret in SECRETS.values() if secret in page]
    kept = "".join(str(each.get_decoded()) for each in Session.objects.all())
    assert not [secret for secret in SECRETS.values() if secret in kept]
    again = {**GIVEN, "agency": city.police.pk}  # the secrets left empty
    assert desk.post(CONNECT, again).status_code == 302
    account = Account.objects.get(app_id=WATER)
    assert (account.secret, account.token, account.aes_key) == tuple(SECRETS.values())
    kept = "".join(str(each.get_decoded()) for each in Session.objects.all())
    assert "connect_draft" not in kept


def test_a_known_account_keeps_what_the_register_says(
    there: WeChat, desk: Client, city: City
) -> None:
    form = {**GIVEN, **SECRETS, "account": city.account.pk, "name": "", "app_id": WATER}
    assert desk.post(CONNECT, form).status_code == 302
    city.account.refresh_from_db()
    assert (city.account.name, city.account.app_id) == ("云溪公安", WATER)


def found(account: Account, level: Level, now: datetime) -> None:
    results = [CheckResult("callback", level, "使用安全模式。", "请重试。")]
    actions.keep_results(account, results, now=now)


def test_findings_stand_where_the_operator_looks_until_they_are_gone(
    desk: Client, city: City, now: datetime
) -> None:
    looks = ("/console/", "/console/accounts/", f"/console/accounts/{city.account.pk}/")
    quiet = [desk.get(each).content.decode() for each in looks]
    assert not [page for page in quiet if "接入有问题" in page or "项待处理" in page]
    found(city.account, Level.PROBLEM, now)
    home, listed, one = (desk.get(each).content.decode() for each in looks)
    assert "接入有问题的账号" in home
    assert "1项待处理" in listed
    assert "有问题" in one
    narrowed = desk.get("/console/accounts/?connected=found").content.decode()
    assert "云溪公安" in narrowed
    found(city.account, Level.OK, timezone.now())
    home, listed, one = (desk.get(each).content.decode() for each in looks)
    assert not [page for page in (home, listed, one) if "接入有问题" in page or "项待处理" in page]
    assert "云溪公安" not in desk.get("/console/accounts/?connected=found").content.decode()
    closed = desk.get(f"/console/accounts/{city.account.pk}/connection/").content.decode()
    assert "已消除的发现" in closed


def test_a_supervisor_reads_the_checks_and_cannot_start_them(
    city: City, at_desk: SignIn, now: datetime
) -> None:
    reader = at_desk(city.administrator)
    address = f"/console/accounts/{city.account.pk}/connection/"
    page = reader.get(address)
    assert page.status_code == 200
    assert "重新检查" not in page.content.decode()
    assert reader.post(address).status_code == 404
    city.account.refresh_from_db()
    assert city.account.checked_at is None


# Through a third-party platform --------------------------------------------------------------


@pytest.fixture
def platform(there: WeChat, city: City, now: datetime) -> ThirdPartyPlatform:
    """The platform as both sides know it; no ticket has come yet."""
    keys = {"secret": "p" * 32, "token": "platf0rm", "aes_key": "k" * 43}
    there.post("components", component_appid=PLATFORM, name="云溪统一平台", event_url="",
               message_url="", redirect_domain="127.0.0.1", **keys)  # fmt: skip
    return actions.keep_platform(
        None, agency=city.root, name="云溪统一平台", app_id=PLATFORM, actor=SETUP, now=now, **keys
    )


def test_without_a_ticket_the_page_says_to_wait(
    platform: ThirdPartyPlatform, desk: Client, city: City
) -> None:
    address = f"/console/accounts/platforms/{platform.pk}/authorize/"
    page = desk.post(address, {"agency": city.police.pk}, follow=True).content.decode()
    assert "还没有收到微信推送的票据" in page
    assert not Authorization.objects.exists()


def test_a_code_that_this_browser_did_not_ask_for_is_not_taken(
    platform: ThirdPartyPlatform, desk: Client
) -> None:
    address = f"{CONNECT}authorized/?state=made-up&auth_code=code"
    assert desk.get(address).status_code == 404
    session = desk.session
    session["connect_authorizing"] = {"state": "hers", "platform": platform.pk, "agency": 1}
    session.save()
    assert desk.get(address).status_code == 404
    assert not Authorization.objects.exists()
