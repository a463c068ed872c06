"""Third-party platforms on the real server, with the simulator in the place of WeChat: tickets,
authorisation, messages, the acceptance of 全网发布, and what survives a kill."""

import html
import json
import re
import sqlite3
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from minxin import wechat
from minxin.accounts.checks.asking import PROBE_FIELD, PROBE_KIND
from tests.support.city import APP_ID, PASSWORD
from tests.support.databases import OwnDatabase, own_database
from tests.support.layers import ROOT
from tests.support.pushing import SECRETS as SIGNED
from tests.support.pushing import push, words
from tests.support.serving import granian, kill
from tests.support.wechat import WeChat, wechat_process

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platforms")]

APPLICATION = "minxin.site.application:app"
NOWHERE = "http://127.0.0.1:9"  # our own checks of the callback reach nobody
PLATFORM, ACCOUNT = "wx00000000000000f1", "wxffff456789abcdef"
SECRETS = {"secret": "p" * 32, "token": "tokenOfThePlatform",
           "aes_key": "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210abcdefg"}  # fmt: skip
BUILD = f"""
from datetime import datetime, UTC
from minxin.accounts import actions
from tests.support.city import SETUP, build_city
from tests.support.entries import entry
now = datetime.now(UTC)
city = build_city(now)
entry(city.police, "居民身份证丢失后怎样补办", "本人到任一派出所即可补办。", variants=("身份证丢了怎么补",), now=now)
actions.keep_platform(None, agency=city.root, name="云溪统一平台", app_id="{PLATFORM}",
    secret="{SECRETS["secret"]}", token="{SECRETS["token"]}", aes_key="{SECRETS["aes_key"]}",
    actor=SETUP, now=now)
"""
GIVEN = """
import json
from minxin.accounts.models import Authorization, ThirdPartyPlatform
given = [{"app_id": each.app_id, "refresh": each.refresh_token, "former": each.former_refresh_token,
          "code": each.code, "functions": each.functions, "revoked": each.revoked_at is not None}
         for each in Authorization.objects.order_by("id")]
print(json.dumps({"given": given, "tickets": [bool(each.ticket) for each in ThirdPartyPlatform.objects.all()]}))
"""
REGISTER = """
from datetime import datetime, UTC
from minxin.accounts.models import Authorization
from minxin.accounts.tasks import register_authorized
from minxin.agencies.models import Agency
from tests.support.city import SETUP
row = Authorization.objects.get()
account = register_authorized(row, Agency.objects.get(code="police"), actor=SETUP, now=datetime.now(UTC))
print(account.name, account.kind, account.is_verified)
"""


@dataclass(frozen=True, slots=True)
class Sim:
    """WeChat with a platform."""

    wechat: WeChat

    @property
    def base(self) -> str:
        return self.wechat.base

    def post(self, path: str, **body: Any) -> Any:
        return self.wechat.post(path, **body)

    def authorize(self, **more: Any) -> str:
        body = {"component_appid": PLATFORM, "app_id": ACCOUNT, **more}
        return str(self.post("authorizations", **body).get("authorization_code", ""))

    def component(self, address: str) -> None:
        self.post(
            "components", component_appid=PLATFORM, name="云溪统一平台", **SECRETS,
            event_url=f"{address}/wechat/{PLATFORM}/events",
            message_url=f"{address}/wechat/{PLATFORM}/$APPID$/callback",
            redirect_domain="127.0.0.1",
        )  # fmt: skip


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Sim]:
    with wechat_process(tmp_path) as found:
        found.post("accounts", app_id=ACCOUNT, name="云溪水务", kind="service")
        yield Sim(found)


@pytest.fixture
def database() -> Iterator[OwnDatabase]:
    with own_database("sqlite") as found:
        found.run(BUILD)
        yield found


@contextmanager
def served(
    database: OwnDatabase, sim: Sim, **more: str
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The application, and the simulator's platform that points at it; ready once it has a ticket."""
    with granian(APPLICATION, **{**database.env, "MINXIN_WECHAT_API": sim.base, **more}) as (
        base,
        process,
    ):
        until = time.monotonic() + 30
        while True:  # the account register is read, the platform known
            answer = httpx.post(f"{base}/wechat/{PLATFORM}/events", content=b"<xml></xml>")
            if answer.status_code != 404:
                break
            assert time.monotonic() < until
            time.sleep(0.1)
        assert answer.status_code in {400, 401, 403}
        sim.component(base)
        asked = {"component_appid": PLATFORM, "component_secret": SECRETS["secret"]}
        httpx.post(f"{sim.base}/cgi-bin/component/api_start_push_ticket", json=asked)
        yield base, process


def given(database: OwnDatabase) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(database.run(GIVEN))
    return found


def wait_until_given(database: OwnDatabase) -> Any:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        rows = given(database)["given"]
        if rows and rows[0]["refresh"] and not rows[0]["code"]:
            return rows[0]
        time.sleep(0.2)
    raise AssertionError(rows)


def test_the_acceptance_cases_pass(sim: Sim, database: OwnDatabase) -> None:
    with served(database, sim) as (_base, _process):
        found = sim.post("acceptance", component_appid=PLATFORM)
    wrong = [each for each in found["cases"] if not each["passed"]]
    assert not wrong
    assert len(found["cases"]) == 16
    assert found["passed"]
    assert given(database) == {"given": [], "tickets": [True]}  # WeChat's own accounts stay out


def test_an_account_authorises_speaks_and_leaves(sim: Sim, database: OwnDatabase) -> None:
    with served(database, sim) as (_base, _process):
        sim.authorize(functions=[1, 2, 15])
        row = wait_until_given(database)
        assert row["app_id"] == ACCOUNT
        assert row["functions"] == [1, 2, 15]
        env = {"MINXIN_WECHAT_API": sim.base}
        assert database.run(REGISTER, **env) == "云溪水务 service True"
        openid = sim.post("followers", app_id=ACCOUNT, nickname="小林")["openid"]
        until = time.monotonic() + 15
        said = {}
        while time.monotonic() < until and said.get("status") != "answered":
            said = sim.post("say", app_id=ACCOUNT, openid=openid, text="身份证丢了怎么补")
        assert "来源：" in said["reply"]["text"] or "派出所" in said["reply"]["text"]
        sim.authorize(choice="revoke")
        assert given(database)["given"][0]["revoked"]
        time.sleep(2.5)  # the gateway reads changed accounts within two seconds
        address = f"{_base}/wechat/{PLATFORM}/{ACCOUNT}/callback"
        assert httpx.post(address, content=b"<xml/>").status_code == 404


TAKE_TOKEN = f"""
import threading
from django.db import connection
from minxin.accounts.models import Account
from minxin.accounts.queries import client_for
found = []
def call():
    client = client_for(Account.objects.get(app_id="{ACCOUNT}"))
    found.append(client._renew(None).value)
    connection.close()
threads = [threading.Thread(target=call) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(*found)
"""
HOLD_BACK = """
import os
from minxin.accounts import actions, tasks
def die(*args, **named): os._exit(0)
actions.keep_authorization = die
"""


def test_eight_processes_with_threads_renew_once(sim: Sim, database: OwnDatabase) -> None:
    with served(database, sim) as (_base, _process):
        sim.authorize()
        wait_until_given(database)
        env = {"MINXIN_WECHAT_API": sim.base}
        database.run(REGISTER, **env)
        tokens = " ".join(database.run_all([TAKE_TOKEN] * 8, **env)).split()
    assert len(tokens) == 16
    assert len(set(tokens)) == 1


def test_killed_between_the_redeeming_and_the_keeping_nothing_is_lost(
    sim: Sim, database: OwnDatabase
) -> None:
    """The code is spent at WeChat and no refresh token was kept: the next minute finds it again."""
    env = {"MINXIN_WECHAT_API": sim.base}
    with served(database, sim) as (_base, process):
        kill(process)
        code = sim.authorize()  # the event reaches nobody
    redeem = f"""
from datetime import datetime, UTC
from minxin.accounts.actions import keep_code
from minxin.accounts.tasks import redeem_pushed
from tests.support.city import SETUP
now = datetime.now(UTC)
keep_code("{PLATFORM}", "{ACCOUNT}", "{code}", actor=SETUP, now=now)
redeem_pushed("{PLATFORM}", "{ACCOUNT}", "{code}", actor=SETUP, now=now)
"""
    database.run(HOLD_BACK + redeem, **env)
    before = given(database)["given"][0]
    assert (before["code"], before["refresh"]) == (code, None)
    finish = """
from datetime import datetime, UTC
from minxin.accounts.tasks import finish_authorizations
print(finish_authorizations(now=datetime.now(UTC)))
"""
    assert database.run(finish, **env) == "1"
    after = given(database)["given"][0]
    assert after["code"] is None
    assert after["refresh"].startswith("refreshtoken@@@")


def test_a_new_authorisation_keeps_the_former_token_and_the_backup_has_both(
    sim: Sim, database: OwnDatabase, tmp_path: Path
) -> None:
    with served(database, sim) as (_base, _process):
        sim.authorize(functions=[1])
        first = wait_until_given(database)
        sim.authorize(functions=[1, 2])
        until = time.monotonic() + 20
        while (row := wait_until_given(database)) == first:
            assert time.monotonic() < until
    assert row["former"] == first["refresh"]
    assert row["refresh"] != first["refresh"]
    archive = tmp_path / "all.tar.gz"
    database.run(
        f"import argparse; from minxin.cli.backup import run;"
        f" run(argparse.Namespace(archive={str(archive)!r}))"
    )
    with tarfile.open(archive) as found:
        found.extract("minxin.sqlite3", tmp_path, filter="data")
    with sqlite3.connect(tmp_path / "minxin.sqlite3") as copy:
        sealed = copy.execute(
            "SELECT refresh_token, former_refresh_token FROM accounts_authorization"
        ).fetchone()
    assert all(value.startswith("a1.") for value in sealed)


def test_an_operator_authorises_at_the_desk_and_a_citizen_is_recognised(
    sim: Sim, database: OwnDatabase
) -> None:
    """The wizard, WeChat's page, back with the code, checked; then her page asks who she is."""
    if not (ROOT / "src/minxin/console/static/console/built/console.js").exists():
        pytest.skip("the front end is not built (make setup)")
    database.run(
        "from django.core.management import call_command;"
        " call_command('collectstatic', interactive=False, verbosity=0)"
    )
    with served(
        database,
        sim,
        MINXIN_WECHAT_PAGES=sim.base,
        MINXIN_WECHAT_OPEN=sim.base,
        MINXIN_PUBLIC_URL=NOWHERE,
    ) as (
        base,
        _process,
    ):
        with httpx.Client(base_url=base, follow_redirects=True, timeout=60) as desk:
            desk.get("/console/sign-in/")
            form = {"login": "hetao", "password": PASSWORD}
            desk.post("/console/sign-in/", data={**form, **_token(desk)})
            wizard = desk.get("/console/accounts/connect/").text
            address = re.findall(r'action="(/console/accounts/platforms/\d+/authorize/)"', wizard)[
                0
            ]
            agency = re.findall(r'<option value="(\d+)">云溪市公安局</option>', wizard)[0]
            page = desk.post(address, data={"agency": agency, **_token(desk)}).text
            link = html.unescape(re.findall(r'href="([^"]+componentloginpage[^"]+)"', page)[0])
            query = dict(parse_qsl(urlsplit(link).query))
            said = {
                **query,
                "app_id": ACCOUNT,
                "function": ["1", "2", "4", "15"],
                "answer": "allow",
            }
            sent = httpx.post(f"{sim.base}/cgi-bin/componentloginpage", data=said)
            parts = urlsplit(sent.headers["location"])
            back = f"{parts.path}?{parts.query}"
            done = desk.get(back)
            assert "/connection/" in str(done.url), done.text
            assert "已授权给第三方平台，不需要AppSecret。" in done.text
            assert "能取得接口凭证。" in done.text
            assert desk.get(back).status_code == 404  # once
        row = given(database)["given"][0]
        assert (row["app_id"], row["code"]) == (ACCOUNT, None)
        citizen = sim.post("followers", app_id=ACCOUNT, nickname="小林")["citizen"]
        host = {"host": f"c{citizen}.localhost:{urlsplit(base).port}"}
        with httpx.Client(headers=host, timeout=20) as phone:
            page = f"/m/{ACCOUNT}/tickets/"
            asked = urlsplit(phone.get(f"{base}{page}").headers["location"])
            assert dict(parse_qsl(asked.query))["component_appid"] == PLATFORM
            there = httpx.get(
                f"{sim.base}{asked.path}?{asked.query}", headers={"host": asked.netloc}
            )
            returned = urlsplit(there.headers["location"])
            answer = phone.get(f"{base}{returned.path}?{returned.query}")
            assert answer.headers["location"] == page
            assert phone.get(f"{base}{page}").status_code == 200  # she is recognised


def _token(client: httpx.Client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": client.cookies["minxin_csrf"]}


PROBED = """
import json
from minxin.accounts.models import Account
from minxin.citizens.models import Citizen
from minxin.conversations.models import Message
account = Account.objects.get()
print(json.dumps([Message.objects.count(), Citizen.objects.count(), account.verified_callback_at is None]))
"""


def test_a_probe_comes_back_and_leaves_nothing(sim: Sim, database: OwnDatabase) -> None:
    """Our own check of the callback is answered by who holds the keys, and recorded nowhere."""
    before = database.run(PROBED)
    with served(database, sim) as (base, _process):
        probe = wechat.Unknown(
            account="gh_probe", openid="minxin-probe", created_at=int(time.time()),
            kind=PROBE_KIND,
            fields={"MsgType": "event", "Event": "minxin_probe", PROBE_FIELD: "word-7"},
        )  # fmt: skip
        assert words(push(base, probe)) == "word-7"
        other = wechat.CallbackSecrets(APP_ID, "an0therToken", "k" * 43, wechat.Mode.SAFE)
        assert push(base, probe, secrets=other).status_code == 403
        query = wechat.sign_verification(SIGNED, echostr="42", now=time.time(), nonce="7")
        address = f"{base}/wechat/{APP_ID}/callback"
        assert httpx.get(address, params={**query, "probe": "1"}).text == "42"
        time.sleep(0.5)
    assert database.run(PROBED) == before
    assert json.loads(before)[2]
