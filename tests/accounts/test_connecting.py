"""The checks of a connection, with the simulator in the place of WeChat and its faults."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from minxin import wechat
from minxin.accounts import actions, tasks
from minxin.accounts.authorizers import keep_renewed
from minxin.accounts.checks import CHECKS
from minxin.accounts.checks.asking import PROBE_FIELD
from minxin.accounts.models import Account, Authorization, ConnectionFinding
from minxin.accounts.queries import callback_accounts
from minxin.accounts.rules import CheckResult, Level, answers_of_others, refused_address
from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.core.errors import Refused
from tests.support.city import APP_ID, SETUP, City
from tests.support.pushing import SECRETS
from tests.support.wechat import WeChat, wechat_process

TOKEN_PATH = "/cgi-bin/stable_token"


class OurGateway(httpx.BaseTransport):
    """The callback as our gateway serves it, without a server; `status` for what is in its place."""

    def __init__(self, secrets: wechat.CallbackSecrets = SECRETS, status: int = 200) -> None:
        self.secrets, self.status, self.asked = secrets, status, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.status != 200:
            return httpx.Response(self.status)
        query, now = dict(request.url.params), timezone.now().timestamp()
        if request.method == "GET":
            return httpx.Response(200, text=wechat.verify_url(query, self.secrets, now=now))
        opened = wechat.open_callback(query, request.read(), self.secrets, now=now)
        assert isinstance(opened.inbound, wechat.Unknown)
        reply = wechat.TextReply(opened.inbound.fields[PROBE_FIELD])
        return httpx.Response(200, content=wechat.seal_reply(reply, opened, self.secrets, now=now))


class Nowhere(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeChat]:
    with wechat_process(tmp_path_factory.mktemp("wechat")) as found:
        yield found


@pytest.fixture
def there(process: WeChat, settings: LazySettings, city: City) -> Iterator[WeChat]:
    settings.MINXIN_WECHAT_API = process.base
    process.post("accounts", app_id=APP_ID, secret="5" * 32, kind="service", name="云溪公安")
    yield process
    process.mend()


@pytest.fixture
def account(city: City, now: datetime) -> Account:
    actions.note_callback_verified(city.account.pk, actor=SETUP, now=now)
    city.account.refresh_from_db()
    return city.account


def examine(account: Account, transport: httpx.BaseTransport | None = None) -> dict[str, Any]:
    results = tasks.examine(account, now=timezone.now(), transport=transport or OurGateway())
    assert [each.check for each in results] == [each.name for each in CHECKS]
    return {each.check: each for each in results}


def levels(found: dict[str, CheckResult]) -> dict[str, str]:
    return {name: each.level.value for name, each in found.items() if each.level != Level.OK}


def open_now(account: Account) -> set[str]:
    return set(account.findings.filter(resolved_at=None).values_list("check_name", flat=True))


def test_an_account_that_is_right_in_everything(there: WeChat, account: Account) -> None:
    assert levels(examine(account)) == {}
    assert not ConnectionFinding.objects.exists()
    account.refresh_from_db()
    assert account.checked_at is not None


def test_the_allow_list_names_the_address_to_add(there: WeChat, account: Account) -> None:
    errmsg = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"
    there.fault(TOKEN_PATH, "error", args={"errcode": 40164, "errmsg": errmsg})
    found = examine(account)
    assert found["ip_allow_list"].facts["address"] == "203.0.113.7"
    assert "%(address)s" in found["ip_allow_list"].remedy
    assert levels(found) == {
        "ip_allow_list": "problem", "token": "problem", "menu": "skipped",
        "permissions": "skipped", "quotas": "skipped", "double_replies": "skipped",
    }  # fmt: skip
    assert open_now(account) == {"ip_allow_list", "token"}


def test_a_finding_is_seen_again_and_closed_when_it_is_gone(
    there: WeChat, account: Account, city: City
) -> None:
    there.fault(TOKEN_PATH, "error", args={"errcode": 40125, "errmsg": "invalid appsecret"})
    examine(account)
    first = ConnectionFinding.objects.get()
    assert (first.check_name, first.facts["code"]) == ("token", 40125)
    examine(account)
    again = ConnectionFinding.objects.get()
    assert again.first_seen_at == first.first_seen_at
    assert again.last_seen_at > first.last_seen_at
    assert StaffNotice.objects.filter(kind="connection", staff=city.operator).count() == 1
    there.mend()
    examine(account)
    closed = ConnectionFinding.objects.get()
    assert closed.resolved_at is not None
    there.fault(TOKEN_PATH, "error", args={"errcode": 40125, "errmsg": "invalid appsecret"})
    examine(account)
    assert ConnectionFinding.objects.count() == 2  # it came back: another finding


def test_what_could_not_be_asked_closes_nothing(there: WeChat, account: Account) -> None:
    there.fault("/cgi-bin/menu/get", "error", args={"errcode": 46003, "errmsg": "no menu"})
    actions.set_menu(
        account, [{"type": "view", "name": "门户", "url": "https://city.test/"}],
        replies={}, actor=SETUP, now=timezone.now(),
    )  # fmt: skip
    examine(account)
    assert open_now(account) == {"menu"}
    there.mend()
    there.fault(TOKEN_PATH, "http_500")
    examine(account)
    assert open_now(account) == {"menu", "token"}


def test_a_token_taken_elsewhere_is_had_anew(there: WeChat, account: Account) -> None:
    there.fault("/cgi-bin/menu/get", "expired_token", times=1)
    assert levels(examine(account)) == {}


def test_wechat_that_does_not_answer_is_no_fault_of_the_account(
    there: WeChat, account: Account
) -> None:
    there.fault("/customservice/msgrecord/getmsglist", "drop")
    assert levels(examine(account)) == {"double_replies": "skipped"}
    assert not ConnectionFinding.objects.exists()


@pytest.mark.slow
def test_wechat_that_is_too_slow_counts_as_not_reached(there: WeChat, account: Account) -> None:
    there.fault(TOKEN_PATH, "delay", args={"seconds": 7})
    found = examine(account)
    assert found["token"].sentence == "连不上微信的接口服务器。"
    assert open_now(account) == {"token"}


@pytest.mark.parametrize(
    ("transport", "words"),
    [(Nowhere(), "打不开"), (OurGateway(status=502), "不是本系统的回答")],
)
def test_a_callback_that_does_not_come_back(
    there: WeChat, account: Account, transport: httpx.BaseTransport, words: str
) -> None:
    found = examine(account, transport)
    assert levels(found) == {"callback": "problem"}
    assert words in found["callback"].sentence


def test_a_callback_with_another_key_is_not_taken_for_ours(there: WeChat, account: Account) -> None:
    other = wechat.CallbackSecrets(APP_ID, "cityt0ken", "j" * 43, wechat.Mode.SAFE)

    class Deaf(OurGateway):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "GET":
                return super().handle_request(request)
            try:
                return super().handle_request(request)
            except wechat.CallbackRefused as refusal:
                return httpx.Response(400, text=refusal.reason)

    found = examine(account, Deaf(other))
    assert levels(found) == {"callback": "problem"}
    assert found["callback"].facts["status"] == 400


def test_a_callback_that_was_never_submitted(there: WeChat, city: City) -> None:
    found = examine(city.account)
    assert levels(found) == {"callback": "problem"}
    assert str(found["callback"].facts["address"]).endswith(f"/wechat/{APP_ID}/callback")


def test_plain_mode_is_warned_of(there: WeChat, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(mode="plain", aes_key=None)
    account.refresh_from_db()
    plain = wechat.CallbackSecrets(APP_ID, "cityt0ken", None, wechat.Mode.PLAIN)
    assert levels(examine(account, OurGateway(plain))) == {"encryption": "warning"}


def test_missing_permissions_are_named(there: WeChat, account: Account) -> None:
    for path in ("/cgi-bin/tags/get", "/cgi-bin/template/get_all_private_template"):
        there.fault(path, "error", args={"errcode": 48001, "errmsg": "api unauthorized"})
    found = examine(account)
    assert levels(found) == {"permissions": "problem"}
    assert found["permissions"].facts["missing"] == "模板消息、关注者标签"


def test_a_check_that_breaks_hides_no_other(
    there: WeChat, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    there.fault("/cgi-bin/menu/get", "error", args={"errcode": 46003, "errmsg": "no menu"})
    Account.objects.filter(pk=account.pk).update(menu=[{"sub_button": 7}])
    account.refresh_from_db()
    found = levels(examine(account))
    assert found == {"menu": "skipped"}
    assert "the check menu of account" in caplog.text


def test_nothing_is_asked_without_credentials(there: WeChat, city: City, now: datetime) -> None:
    bare = actions.register(
        agency=city.water, name="云溪水务", kind="service", is_verified=True, actor=SETUP, now=now
    )
    gateway = OurGateway()
    found = examine(bare, gateway)
    assert found["credentials"].facts["missing"] == "AppID、AppSecret、Token、EncodingAESKey"
    assert {name for name, level in levels(found).items() if level == "problem"} == {"credentials"}
    assert gateway.asked == 0


def test_the_night_goes_on_when_one_account_breaks(
    there: WeChat, account: Account, city: City, settings: LazySettings, now: datetime
) -> None:
    settings.MINXIN_PUBLIC_URL = "http://127.0.0.1:9"
    damaged = actions.register(
        agency=city.water, name="云溪水务", kind="service", is_verified=True, actor=SETUP, now=now
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_account SET app_id = %s, secret = 'a1.nonsense' WHERE id = %s",
            ["wx" + "9" * 16, damaged.pk],
        )
    assert tasks.examine_all() == 2
    (told,) = DBTaskResult.objects.filter(task_path__endswith="examine_some")
    assert sorted(told.args_kwargs["args"][0]) == sorted([account.pk, damaged.pk])
    tasks.examine_some.func([damaged.pk, account.pk])
    assert open_now(account) == {"callback"}


def test_an_outsider_may_not_have_it_examined(there: WeChat, account: Account, city: City) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(Refused):
        tasks.examine_now(account, actor=city.outsider, now=timezone.now())
    assert AuditEntry.objects.count() == before
    account.refresh_from_db()
    assert account.checked_at is None


# Double replies ------------------------------------------------------------------------------


def test_answers_of_others_are_counted_by_who_and_how_fast() -> None:
    records = [
        ("o1", 2003, 100, ""), ("o1", 2002, 102, "kf1@vendor"),
        ("o2", 2003, 100, ""), ("o2", 2002, 160, "kf2@vendor"),
        ("o3", 2003, 100, ""), ("o3", 2002, 101, ""),  # ours: no worker
        ("o1", 1004, 170, "kf1@vendor"),
    ]  # fmt: skip
    assert answers_of_others(records) == (2, 1, ("kf1@vendor", "kf2@vendor"))
    assert answers_of_others([]) == (0, 0, ())


def test_an_address_is_found_in_what_wechat_says() -> None:
    assert refused_address("invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist") == "1.2.3.4"
    assert refused_address("invalid ip") == ""


# openids -------------------------------------------------------------------------------------


def test_the_same_openid_at_two_accounts_is_two_citizens(city: City, now: datetime) -> None:
    """openids differ per account; nothing takes an equal one, or a unionid, for the same person."""
    from minxin.citizens.actions import Meeting, meet_many
    from minxin.citizens.identity import key_of
    from minxin.citizens.models import Citizen

    other = actions.register(
        agency=city.water, name="云溪水务", kind="service", is_verified=True, actor=SETUP, now=now
    )
    actions.set_credentials(
        other, app_id="wxfedcba9876543210", secret="6" * 32, token="watert0ken",
        aes_key="w" * 43, actor=SETUP, now=now,
    )  # fmt: skip
    openid = "oSame0000000000000000001"
    keys = {key_of(APP_ID, openid), key_of("wxfedcba9876543210", openid)}
    meet_many(
        [
            Meeting(key_of(each.app_id or "", openid), each.pk, openid, now, "followed")
            for each in (city.account, other)
        ],
        now=now,
    )
    assert len(keys) == 2
    assert set(Citizen.objects.filter(pk__in=keys).values_list("account_id", flat=True)) == {
        city.account.pk,
        other.pk,
    }
    assert "unionid" not in {field.name for field in Citizen._meta.get_fields()}


# Third-party platforms: what is kept ---------------------------------------------------------

PLATFORM = "wx00000000000000f1"


@pytest.fixture
def given(city: City, now: datetime) -> Authorization:
    actions.keep_platform(
        None, agency=city.root, name="云溪统一平台", app_id=PLATFORM, secret="p" * 32,
        token="platf0rm", aes_key="k" * 43, actor=SETUP, now=now,
    )  # fmt: skip
    actions.keep_code(PLATFORM, "wxffff456789abcdef", "code-1", actor=SETUP, now=now)
    return actions.keep_authorization(
        PLATFORM, "wxffff456789abcdef", refresh_token="refresh-1", functions=[1], actor=SETUP,
        now=now,
    )  # fmt: skip


def test_a_slow_renewal_writes_nothing_over_a_newer_authorisation(
    given: Authorization, now: datetime
) -> None:
    actions.keep_authorization(
        PLATFORM, given.app_id, refresh_token="refresh-2", functions=[1], actor=SETUP, now=now
    )
    assert not keep_renewed(given, "refresh-late", now=now)
    given.refresh_from_db()
    assert (given.refresh_token, given.former_refresh_token) == ("refresh-2", "refresh-1")
    assert keep_renewed(given, "refresh-3", now=now)
    given.refresh_from_db()
    assert (given.refresh_token, given.former_refresh_token) == ("refresh-3", "refresh-2")


def test_a_code_told_twice_is_not_redeemed_twice(given: Authorization, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    row = actions.keep_code(PLATFORM, given.app_id, "code-1", actor=SETUP, now=later)
    assert row.code is None
    row = actions.keep_code(PLATFORM, given.app_id, "code-2", actor=SETUP, now=later)
    assert row.code == "code-2"


def test_a_withdrawn_account_is_no_longer_listened_to(
    given: Authorization, city: City, now: datetime
) -> None:
    account = actions.link_authorization(
        given, agency=city.water, name="云溪水务", kind="service", is_verified=True,
        original_id="gh_water00001", actor=SETUP, now=now,
    )  # fmt: skip
    key = f"{PLATFORM}/{given.app_id}"
    assert callback_accounts()[key].id == account.pk
    assert given.app_id not in callback_accounts()  # it has no Token of its own
    actions.withdraw_authorization(PLATFORM, given.app_id, actor=SETUP, now=now)
    assert key not in callback_accounts()


def test_secrets_of_a_platform_are_sealed_and_stay_out_of_the_audit(given: Authorization) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, token, aes_key FROM accounts_thirdpartyplatform")
        assert all(value.startswith("a1.") for value in cursor.fetchone())
        cursor.execute("SELECT refresh_token, last_code FROM accounts_authorization")
        assert all(value.startswith("a1.") for value in cursor.fetchone())
    told = "".join(str(each.before) + str(each.after) for each in AuditEntry.objects.all())
    assert not [word for word in ("p" * 32, "platf0rm", "refresh-1", "code-1") if word in told]


def test_an_outsider_may_not_change_a_platform(
    given: Authorization, city: City, now: datetime
) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(Refused):
        actions.keep_platform(
            given.platform, agency=city.water, name="改名", app_id=PLATFORM,
            actor=city.outsider, now=now,
        )  # fmt: skip
    given.platform.refresh_from_db()
    assert given.platform.name == "云溪统一平台"
    assert AuditEntry.objects.count() == before


def test_a_former_vendor_that_still_answers_is_shown_with_what_was_seen(
    there: WeChat, account: Account
) -> None:
    """The vendor answers by an agent of its own, at once; we answer too, without one."""
    openid = there.post("followers", app_id=APP_ID, nickname="小林")["openid"]
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": "5" * 32}
    token = httpx.get(f"{there.base}/cgi-bin/token", params=query).json()["access_token"]

    def call(path: str, **asked: object) -> None:
        answer = httpx.post(f"{there.base}{path}", params={"access_token": token}, json=asked)
        assert answer.json().get("errcode", 0) == 0, answer.text

    vendor = "robot@vendor"
    call("/customservice/kfaccount/add", kf_account=vendor, nickname="小智")
    there.post("agents", app_id=APP_ID, kf_account=vendor, online=True)
    there.post("say", app_id=APP_ID, openid=openid, text="身份证丢了怎么补")
    call("/customservice/kfsession/create", kf_account=vendor, openid=openid)
    there.post("say", app_id=APP_ID, openid=openid, text="在吗")
    said = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}
    call("/cgi-bin/message/custom/send", **said)
    assert levels(examine(account)) == {}  # our own answer is no sign of anybody else
    call("/cgi-bin/message/custom/send", **said, customservice={"kf_account": vendor})
    found = examine(account)
    assert levels(found) == {"double_replies": "warning"}
    told = found["double_replies"]
    assert dict(told.facts) == {"answers": 1, "at_once": 1, "names": vendor}
    assert "不能确定" in told.sentence
    assert "您好" not in str(told)
    assert open_now(account) == {"double_replies"}
