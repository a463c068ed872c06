"""An authorizer's refresh token: kept before it is used, the former one stays, a lost one is found."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import LazySettings

from minxin.accounts import actions
from minxin.accounts.authorizers import NoTicket
from minxin.accounts.models import Account, Authorization
from minxin.accounts.queries import client_for
from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.wechat import WeChatError
from tests.support.city import SETUP, City

PLATFORM, AUTHORIZER = "wx00000000000000f1", "wxffff456789abcdef"


class Rotating:
    """WeChat that gives another refresh token with every renewal; `latest` is the one it takes."""

    def __init__(self) -> None:
        self.latest: str | None = "refresh-1"
        self.asked: list[str] = []
        self.base = ""

    def answer(self, path: str, asked: dict[str, str]) -> dict[str, object]:
        name = path.split("?")[0].rpartition("/")[2]
        self.asked.append(name)
        match name:
            case "api_component_token":
                return {"component_access_token": "platform-token", "expires_in": 7200}
            case "api_authorizer_token":
                if asked["authorizer_refresh_token"] != self.latest:
                    return {"errcode": 61023, "errmsg": "invalid refresh_token"}
                self.latest = f"refresh-{len(self.asked)}"
                return {
                    "authorizer_access_token": "token", "expires_in": 7200,
                    "authorizer_refresh_token": self.latest,
                }  # fmt: skip
            case "api_get_authorizer_list":
                listed = {"authorizer_appid": AUTHORIZER, "refresh_token": self.latest,
                          "auth_time": 1}  # fmt: skip
                found = [listed] if self.latest else []
                return {"total_count": len(found), "list": found}
        return {"errcode": -1, "errmsg": "system error"}  # whatever the token is used for


@pytest.fixture
def rotating(settings: LazySettings) -> Iterator[Rotating]:
    there = Rotating()

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(there.answer(self.path, asked)).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.MINXIN_WECHAT_API = there.base = f"http://127.0.0.1:{server.server_port}"
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def account(city: City, now: datetime) -> Account:
    """An account that authorised, with the platform's ticket at hand."""
    actions.keep_platform(
        None, agency=city.root, name="云溪统一平台", app_id=PLATFORM, secret="p" * 32,
        token="platf0rm", aes_key="k" * 43, actor=SETUP, now=now,
    )  # fmt: skip
    row = actions.keep_authorization(
        PLATFORM, AUTHORIZER, refresh_token="refresh-1", functions=[1], actor=SETUP, now=now
    )
    actions.keep_ticket(PLATFORM, "ticket-1", now=now)
    return actions.link_authorization(
        row, agency=city.water, name="云溪水务", kind="service", is_verified=True,
        original_id="gh_water00001", actor=SETUP, now=now,
    )  # fmt: skip


def tokens_of(account: Account) -> tuple[str | None, str | None]:
    row = Authorization.objects.get(account=account)
    return row.refresh_token, row.former_refresh_token


def test_a_renewed_refresh_token_is_kept_before_the_first_use(
    rotating: Rotating, account: Account
) -> None:
    with pytest.raises(WeChatError):
        client_for(account).send_text("oAnybody", "您好")  # the first use goes wrong
    assert rotating.asked[:2] == ["api_component_token", "api_authorizer_token"]
    assert tokens_of(account) == (rotating.latest, "refresh-1")
    assert rotating.latest != "refresh-1"


def test_a_refused_refresh_token_is_found_again_in_the_list(
    rotating: Rotating, account: Account
) -> None:
    rotating.latest = "refresh-lost"  # WeChat went on, we were killed before the commit
    client_for(account).renew_token()
    assert rotating.asked == [
        "api_component_token", "api_authorizer_token", "api_get_authorizer_list",
        "api_authorizer_token",
    ]  # fmt: skip
    assert tokens_of(account) == (rotating.latest, "refresh-lost")
    assert AuditEntry.objects.filter(verb="authorization.recovered").count() == 1


def test_an_account_that_is_not_listed_any_more_is_told(
    rotating: Rotating, account: Account
) -> None:
    rotating.latest = None
    before = tokens_of(account)
    with pytest.raises(NotFound):
        client_for(account).renew_token()
    assert tokens_of(account) == before


def test_without_a_ticket_nothing_is_asked(
    rotating: Rotating, account: Account, now: datetime
) -> None:
    row = Authorization.objects.select_related("platform").get(account=account)
    row.platform.ticket = None
    row.platform.save()
    with pytest.raises(NoTicket):
        client_for(account).renew_token()
    assert rotating.asked == []


def test_the_app_id_of_an_account_that_authorised_stays(account: Account, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        actions.set_credentials(
            account, app_id="wx00000000000000ee", secret="5" * 32, token="watert0ken",
            aes_key="k" * 43, actor=SETUP, now=now,
        )  # fmt: skip
    assert refusal.value.field == "app_id"
    assert Account.objects.get(pk=account.pk).app_id == AUTHORIZER


def test_closing_an_account_ends_what_it_gave(account: Account, now: datetime) -> None:
    actions.close(account, reason="机构合并", actor=SETUP, now=now)
    assert tokens_of(account) == (None, None)
    assert Authorization.objects.get(account=account).revoked_at == now
