"""The register: entering, changing, crediting and closing accounts."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from minxin import wechat
from minxin.accounts import actions, queries
from minxin.accounts.models import AccessToken, Account, MenuReply
from minxin.accounts.queries import MenuAnswer
from minxin.accounts.rules import Capability
from minxin.agencies import actions as agencies
from minxin.agencies import audit
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Permission, Role
from minxin.core.errors import NotFound, Refused
from tests.support.city import APP_ID, SETUP, City

TODAY = date(2026, 11, 24)
OTHER_APP_ID = "wxfedcba9876543210"
MENU = [
    {
        "name": "办事",
        "sub_button": [
            {"type": "click", "name": "我要提诉求", "key": "FILE"},
            {"type": "view", "name": "办事大厅", "url": "https://yunxi.example/hall"},
        ],
    },
    {"type": "click", "name": "人工", "key": "PERSON"},
]
REPLIES = {"FILE": MenuAnswer("file"), "PERSON": MenuAnswer("person")}


def row(account: Account) -> dict[str, Any]:
    found: dict[str, Any] = Account.objects.filter(pk=account.pk).values().get()
    return found


def test_an_account_belongs_to_its_agency_and_region(city: City, now: datetime) -> None:
    account = actions.register(
        agency=city.police, name=" 云溪交警 ", kind="subscription", actor=city.operator, now=now
    )
    assert (account.name, account.region_code, account.agency) == (
        "云溪交警",
        "990100",
        city.police,
    )
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.agency_path) == ("account.registered", city.police.path)


def test_a_second_account_on_one_platform_is_remarked_on_not_refused(
    city: City, now: datetime
) -> None:
    assert not any("同一平台" in text for text in queries.concerns_of(city.account, today=TODAY))
    second = actions.register(
        agency=city.police, name="云溪交警", kind="service", is_verified=True, principal="media",
        positioning="交通安全", actor=city.operator, now=now,
    )  # fmt: skip
    told = queries.concerns_of(second, today=TODAY)
    assert [text for text in told if "同一平台" in text and "国办发〔2018〕123号" in text]
    assert [text for text in told if "主体不是政府" in text]
    actions.close(city.account, reason="合并", actor=city.operator, now=now)
    assert not any("同一平台" in text for text in queries.concerns_of(second, today=TODAY))


def test_names_on_other_platforms_should_agree(city: City, now: datetime) -> None:
    weibo = actions.register(
        agency=city.police, name="云溪警方", platform="weibo", kind="service", is_verified=True,
        positioning="警务公开", actor=city.operator, now=now,
    )  # fmt: skip
    assert weibo.kind == ""  # kinds are WeChat's
    assert queries.capabilities_of(weibo) == frozenset()
    assert any("名称不一致" in text for text in queries.concerns_of(weibo, today=TODAY))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": ""}, "kind"),
        ({"kind": "newspaper"}, "kind"),
        ({"platform": "television"}, "platform"),
        ({"principal": "person", "is_verified": True}, "principal"),
        ({"original_id": "wx123"}, "original_id"),
        ({"region_code": "9" * 13}, "region_code"),
    ],
)
def test_a_bad_account_is_refused_in_words(
    city: City, now: datetime, values: dict[str, Any], field: str
) -> None:
    before = Account.objects.count()
    good: dict[str, Any] = {"name": "云溪水务", "kind": "service"}
    with pytest.raises(Refused) as refusal:
        actions.register(agency=city.water, **(good | values), actor=SETUP, now=now)
    assert refusal.value.field == field
    assert Account.objects.count() == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"app_id": "gh_0123456789ab"}, "app_id"),
        ({"app_id": "wx123"}, "app_id"),
        ({"app_id": APP_ID}, "app_id"),  # the police's
        ({"secret": "有汉字的密钥"}, "secret"),
        ({"token": "ab"}, "token"),
        ({"token": "has space"}, "token"),
        ({"aes_key": "k" * 42}, "aes_key"),
        ({"aes_key": "k" * 44}, "aes_key"),
        ({"aes_key": None}, "aes_key"),
        ({"mode": "open"}, "mode"),
    ],
)
def test_bad_credentials_are_refused_in_words_and_nothing_is_kept(
    city: City, now: datetime, values: dict[str, Any], field: str
) -> None:
    account = actions.register(
        agency=city.water, name="云溪水务", kind="service", actor=SETUP, now=now
    )
    before, entries = row(account), AuditEntry.objects.count()
    good: dict[str, Any] = {
        "app_id": OTHER_APP_ID,
        "secret": "s" * 32,
        "token": "watert0ken",
        "aes_key": "w" * 43,
        "mode": "safe",
    }
    with pytest.raises(Refused) as refusal:
        actions.set_credentials(account, **(good | values), actor=SETUP, now=now)
    assert refusal.value.field == field
    assert row(account) == before
    assert AuditEntry.objects.count() == entries
    assert OTHER_APP_ID not in queries.callback_accounts()


def test_plain_mode_needs_no_key(city: City, now: datetime) -> None:
    account = actions.register(
        agency=city.water, name="云溪水务", kind="service", actor=SETUP, now=now
    )
    actions.set_credentials(
        account, app_id=OTHER_APP_ID, secret="s" * 32, token="watert0ken", mode="plain",
        actor=SETUP, now=now,
    )  # fmt: skip
    assert queries.callback_accounts()[OTHER_APP_ID].secrets.mode is wechat.Mode.PLAIN


def test_credentials_left_out_stay_and_never_reach_the_audit(city: City, now: datetime) -> None:
    AccessToken.objects.create(account=city.account, value="kept", expires_at=now)
    actions.set_credentials(
        city.account, app_id=APP_ID, token="newt0ken", actor=city.operator, now=now
    )
    kept = Account.objects.get(pk=city.account.pk)
    assert (kept.secret, kept.token, kept.aes_key) == ("5" * 32, "newt0ken", "k" * 43)
    assert AccessToken.objects.filter(account=city.account).exists()
    entry = AuditEntry.objects.latest("id")
    assert entry.after == {"app_id": APP_ID, "mode": "safe", "replaced": ["token"]}
    actions.set_credentials(
        city.account, app_id=APP_ID, secret="n" * 32, actor=city.operator, now=now
    )
    assert not AccessToken.objects.filter(account=city.account).exists()
    for entry in AuditEntry.objects.all():
        assert "newt0ken" not in f"{entry.before}{entry.after}"
        assert "n" * 32 not in f"{entry.before}{entry.after}"


def test_an_update_names_what_changed(city: City, now: datetime) -> None:
    def update() -> None:
        actions.update(
            city.account, name="云溪公安", kind="service", is_verified=True,
            principal="government", region_code="990100", positioning="警务服务",
            actor=city.operator, now=now,
        )  # fmt: skip

    update()
    entry = AuditEntry.objects.latest("id")
    assert entry.before == {"positioning": ""}
    assert entry.after == {"positioning": "警务服务"}
    update()
    assert AuditEntry.objects.latest("id") == entry


def test_a_menu_is_kept_with_what_its_keys_do(city: City, now: datetime) -> None:
    actions.set_menu(city.account, MENU, replies=REPLIES, actor=city.operator, now=now)
    settings = queries.callback_accounts()[APP_ID]
    assert settings.menu_replies == REPLIES
    assert Account.objects.get(pk=city.account.pk).menu == MENU
    actions.set_menu(city.account, [], replies={}, actor=city.operator, now=now)
    assert not MenuReply.objects.exists()


def _click(name: str = "查", key: str = "K", kind: str = "click") -> dict[str, Any]:
    return {"type": kind, "name": name, "key": key}


SAY = MenuAnswer("say", "您好")


@pytest.mark.parametrize(
    ("menu", "replies", "words"),
    [
        ([_click()] * 4, {"K": SAY}, "最多3个"),
        ([{"name": "多", "sub_button": [_click()] * 6}], {"K": SAY}, "超过5个"),
        ([_click(name="")], {"K": SAY}, "没有名称"),
        ([_click(name="六个汉字太长")], {"K": SAY}, "太长"),
        ([_click(key="")], {}, "缺少"),
        ([_click(key="k" * 129)], {"k" * 129: SAY}, "超过128"),
        ([{"type": "view", "name": "网", "url": "javascript:alert(1)"}], {}, "链接"),
        ([{"type": "view", "name": "网", "url": "https://x/" + "a" * 1024}], {}, "链接"),
        ([_click(kind="jump")], {"K": SAY}, "不支持"),
        ([{"type": "media_id", "name": "图"}], {}, "缺少"),
        ([_click()], {}, "还没有设置作用"),
        ([_click()], {"K": SAY, "L": SAY}, "没有用到"),
        ([_click()], {"K": MenuAnswer("dance", "x")}, "不存在"),
        ([_click()], {"K": MenuAnswer("say", " ")}, "还没有内容"),
    ],
)
def test_a_menu_that_wechat_would_refuse_is_refused_here(
    city: City,
    now: datetime,
    menu: list[dict[str, Any]],
    replies: dict[str, MenuAnswer],
    words: str,
) -> None:
    before = row(city.account)
    with pytest.raises(Refused, match=words):
        actions.set_menu(city.account, menu, replies=replies, actor=city.operator, now=now)
    assert row(city.account) == before
    assert not MenuReply.objects.exists()


def test_a_long_greeting_is_refused(city: City, now: datetime) -> None:
    with pytest.raises(Refused, match="太长"):
        actions.set_greetings(
            city.account, greeting="你" * 683, welcome_back="", actor=city.operator, now=now
        )
    actions.set_greetings(
        city.account, greeting="你" * 682, welcome_back="欢迎回来", actor=city.operator, now=now
    )
    assert queries.callback_accounts()[APP_ID].welcome_back == "欢迎回来"


def test_a_closed_account_hears_nothing_and_keeps_no_credentials(city: City, now: datetime) -> None:
    AccessToken.objects.create(account=city.account, value="kept", expires_at=now)
    with pytest.raises(Refused, match="原因"):
        actions.close(city.account, reason=" ", actor=city.operator, now=now)
    assert APP_ID in queries.callback_accounts()
    actions.close(city.account, reason="机构合并", actor=city.operator, now=now)
    assert queries.callback_accounts() == {}
    kept = Account.objects.get(pk=city.account.pk)
    assert (kept.status, kept.secret, kept.token, kept.aes_key) == ("closed", None, None, None)
    assert not AccessToken.objects.exists()
    with pytest.raises(NotFound):
        queries.client_for(kept)
    with pytest.raises(Refused, match="已注销"):
        actions.change_status(kept, "active", reason="", actor=city.operator, now=now)


def test_a_suspended_account_still_listens(city: City, now: datetime) -> None:
    actions.change_status(city.account, "suspended", reason="停更", actor=city.operator, now=now)
    assert APP_ID in queries.callback_accounts()


def test_a_transfer_needs_both_hosts(city: City, now: datetime) -> None:
    with pytest.raises(NotFound):
        actions.transfer(city.account, city.water, reason="划转", actor=city.operator, now=now)
    assert Account.objects.get(pk=city.account.pk).agency == city.police
    keeper = agencies.add_staff(
        username="keeper", name="郑云", agency=city.root, role=Role.OPERATOR, actor=SETUP, now=now
    )
    actions.transfer(city.account, city.water, reason="划转", actor=keeper, now=now)
    assert Account.objects.get(pk=city.account.pk).agency == city.water
    assert not queries.accounts_for(city.operator).exists()


@pytest.mark.parametrize("name", ["wang", "zhao", "outsider", "auditor", "administrator"])
def test_who_keeps_no_accounts_changes_nothing(city: City, now: datetime, name: str) -> None:
    person: Staff = getattr(city, name)
    before, entries = row(city.account), AuditEntry.objects.count()
    account = city.account
    tries: list[Any] = [
        lambda: actions.register(
            agency=city.police, name="冒名", kind="service", actor=person, now=now
        ),
        lambda: actions.update(
            account, name="冒名", kind="service", is_verified=True, principal="government",
            actor=person, now=now,
        ),
        lambda: actions.set_credentials(account, app_id=OTHER_APP_ID, actor=person, now=now),
        lambda: actions.set_greetings(
            account, greeting="x", welcome_back="x", actor=person, now=now
        ),
        lambda: actions.set_menu(account, MENU, replies=REPLIES, actor=person, now=now),
        lambda: actions.change_status(account, "suspended", reason="", actor=person, now=now),
        lambda: actions.close(account, reason="x", actor=person, now=now),
        lambda: actions.transfer(account, city.water, reason="x", actor=person, now=now),
    ]  # fmt: skip
    for attempt in tries:
        with pytest.raises(NotFound):
            attempt()
    assert row(city.account) == before
    assert Account.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_missing_and_forbidden_accounts_look_the_same(city: City) -> None:
    with pytest.raises(NotFound) as forbidden:
        queries.account_for(city.outsider, Permission.READ_ACCOUNTS, city.account.pk)
    with pytest.raises(NotFound) as missing:
        queries.account_for(city.outsider, Permission.READ_ACCOUNTS, 10**6)
    assert forbidden.value.message == missing.value.message
    assert queries.account_for(city.operator, Permission.READ_ACCOUNTS, city.account.pk)


# What the gateway keeps in memory --------------------------------------------------------------


def test_the_gateway_s_settings_are_whole_and_hide_their_secrets(city: City) -> None:
    settings = queries.callback_accounts()[APP_ID]
    assert settings.secrets == wechat.CallbackSecrets(
        APP_ID, "cityt0ken", "k" * 43, wechat.Mode.SAFE
    )
    assert (settings.agency_id, settings.agency_name) == (city.police.pk, "云溪市公安局")
    assert Capability.OAUTH in settings.capabilities
    assert "cityt0ken" not in repr(settings)
    assert "k" * 43 not in repr(settings)


def test_every_write_changes_the_version_even_within_one_moment(city: City, now: datetime) -> None:
    seen = {queries.accounts_version()}

    def changed() -> bool:
        version = queries.accounts_version()
        is_new = version not in seen
        seen.add(version)
        return is_new

    account, who = city.account, city.operator
    assert not changed()
    actions.set_greetings(account, greeting="一", welcome_back="", actor=who, now=now)
    assert changed()
    actions.set_greetings(account, greeting="二", welcome_back="", actor=who, now=now)
    assert changed()
    actions.set_menu(account, MENU, replies=REPLIES, actor=who, now=now)
    assert changed()
    actions.set_credentials(account, app_id=APP_ID, token="othert0ken", actor=who, now=now)
    assert changed()
    actions.register(agency=city.police, name="新号", kind="service", actor=who, now=now)
    assert changed()
    actions.change_status(account, "suspended", reason="停更", actor=who, now=now)
    assert changed()
    actions.close(account, reason="合并", actor=who, now=now)
    assert changed()


def test_one_damaged_account_does_not_silence_the_others(
    city: City, now: datetime, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    keys = settings.MINXIN_FIELD_KEYS
    damaged = actions.register(
        agency=city.water, name="云溪水务", kind="service", actor=SETUP, now=now
    )
    settings.MINXIN_FIELD_KEYS = ["33" * 32]
    actions.set_credentials(
        damaged, app_id=OTHER_APP_ID, secret="s" * 32, token="watert0ken", aes_key="w" * 43,
        actor=SETUP, now=now,
    )  # fmt: skip
    settings.MINXIN_FIELD_KEYS = keys
    assert list(queries.callback_accounts()) == [APP_ID]
    assert f"account {damaged.pk} cannot listen" in caplog.text
    assert "watert0ken" not in caplog.text


def test_wechat_s_verification_is_noted(city: City, now: datetime) -> None:
    actions.note_callback_verified(city.account.pk, actor=SETUP, now=now)
    assert Account.objects.get(pk=city.account.pk).verified_callback_at == now
    later = now + timedelta(hours=1)
    actions.set_credentials(city.account, app_id=APP_ID, token="fresht0ken", actor=SETUP, now=later)
    assert Account.objects.get(pk=city.account.pk).verified_callback_at is None
    assert audit.verify_chain().is_whole
