"""One access token for all processes: fetched once, kept encrypted, nobody waits for the dead."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from django.db import connection, transaction

from minxin.accounts.models import AccessToken
from minxin.accounts.tokens import RowTokenStore
from minxin.wechat import Client, Token, WeChatUnreachable
from tests.support.city import APP_ID, City
from tests.support.databases import EITHER_DATABASE, OwnDatabase, answer_of, own_database

NOON = 1_795_500_000.0


def store(at: float = NOON, **options: float) -> RowTokenStore:
    return RowTokenStore(clock=lambda: at, **options)


def never() -> Token:
    raise AssertionError("nobody should have fetched")


def test_a_token_is_fetched_once_and_kept_encrypted(city: City) -> None:
    fetched = store().renew(APP_ID, None, lambda: Token("access-token-1", NOON + 7200))
    assert store().get(APP_ID) == fetched == Token("access-token-1", NOON + 7200)
    assert store().renew(APP_ID, None, never) == fetched
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, held_by FROM accounts_accesstoken")
        value, held_by = cursor.fetchone()
    assert value.startswith("a1.")
    assert held_by == ""


def test_nothing_is_stored_at_first(city: City) -> None:
    assert store().get(APP_ID) is None


def test_the_refused_token_is_replaced_and_who_comes_late_takes_the_new_one(city: City) -> None:
    old = store().renew(APP_ID, None, lambda: Token("old", NOON + 7200))
    new = store().renew(APP_ID, old, lambda: Token("new", NOON + 7100))
    assert new.value == "new"
    assert store().renew(APP_ID, old, never) == new


def test_wechat_may_give_the_same_token_again_and_that_counts_as_renewed(city: City) -> None:
    old = store().renew(APP_ID, None, lambda: Token("same", NOON + 7200))
    again = store().renew(APP_ID, old, lambda: Token("same", NOON + 7195.25))
    assert store().renew(APP_ID, old, never) == again


def test_an_ended_token_is_fetched_again(city: City) -> None:
    store().renew(APP_ID, None, lambda: Token("old", NOON + 7200))
    found = store(NOON + 7300).renew(APP_ID, None, lambda: Token("new", NOON + 14500))
    assert found.value == "new"


def test_a_failed_fetch_frees_the_lease_and_keeps_the_old_token(city: City) -> None:
    old = store().renew(APP_ID, None, lambda: Token("old", NOON + 7200))

    def fail() -> Token:
        raise WeChatUnreachable("refused", may_have_happened=False)

    with pytest.raises(WeChatUnreachable):
        store().renew(APP_ID, old, fail)
    assert store().get(APP_ID) == old
    assert AccessToken.objects.get().held_by == ""
    assert store().renew(APP_ID, old, lambda: Token("new", NOON + 7200)).value == "new"


def test_the_lease_of_a_dead_holder_ends(city: City) -> None:
    until = datetime.fromtimestamp(NOON + 5, UTC)
    AccessToken.objects.create(account=city.account, held_by="dead", held_until=until)
    with pytest.raises(WeChatUnreachable):
        store(patience=0.1).renew(APP_ID, None, never)
    found = store(NOON + 6).renew(APP_ID, None, lambda: Token("new", NOON + 7200))
    assert found.value == "new"


def test_who_lost_the_lease_stores_nothing(city: City) -> None:
    def slow() -> Token:
        AccessToken.objects.update(held_by="another")  # the lease ended meanwhile
        return Token("late", NOON + 7200)

    assert store().renew(APP_ID, None, slow).value == "late"
    row = AccessToken.objects.get()
    assert (row.value, row.held_by) == (None, "another")


@pytest.mark.django_db(transaction=True)
def test_nobody_talks_to_wechat_inside_a_transaction(now: datetime) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        store().renew(APP_ID, None, never)


def test_a_client_renews_once_however_often_wechat_refuses(city: City) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/cgi-bin/stable_token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx.Response(200, json={"errcode": 40001, "errmsg": "invalid credential"})

    client = Client(APP_ID, "s" * 32, store=RowTokenStore(), transport=httpx.MockTransport(answer))
    for _ in range(2):
        with pytest.raises(Exception, match="40001"):
            client.get("/cgi-bin/getcallbackip")
    assert asked.count("/cgi-bin/stable_token") == 2


# Several processes ---------------------------------------------------------------------------

ACCOUNT = f"""
from datetime import UTC, datetime
from minxin.accounts import actions as accounts
from minxin.agencies import actions as agencies
from minxin.core.actors import System
now, system = datetime(2026, 11, 24, 2, tzinfo=UTC), System("test")
city = agencies.add_agency(code="yunxi", name="云溪市", parent=None, actor=system, now=now)
account = accounts.register(agency=city, name="云溪发布", kind="service", actor=system, now=now)
accounts.set_credentials(account, app_id="{APP_ID}", secret="5" * 32, token="cityt0ken",
    aes_key="k" * 43, actor=system, now=now)
"""

# Two threads in each process, so that both kinds of rivals meet.
RENEW = f"""
import threading
from django.db import connection
from minxin.accounts.tokens import RowTokenStore
from minxin.wechat import Client
import os
found = []
def call():
    client = Client("{APP_ID}", "5" * 32, store=RowTokenStore(), base_url=os.environ["WECHAT"])
    found.append(client._renew(None).value)
    connection.close()
threads = [threading.Thread(target=call) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(*found)
"""

DIE_HOLDING = f"""
import os
from minxin.accounts.tokens import RowTokenStore
RowTokenStore(lease=2).renew("{APP_ID}", None, lambda: os._exit(0))
"""


@pytest.fixture
def token_endpoint() -> Iterator[tuple[str, list[str]]]:
    """A token endpoint that takes its time; every answer is another token."""
    asked: list[str] = []

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            asked.append(self.path)
            time.sleep(0.5)
            body = json.dumps({"access_token": f"token-{len(asked)}", "expires_in": 7200})
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=EITHER_DATABASE)
def database(request: pytest.FixtureRequest) -> Iterator[OwnDatabase]:
    with own_database(request.param) as found:
        found.run(ACCOUNT)
        yield found


@pytest.mark.slow
def test_eight_renewals_in_four_processes_fetch_once(
    database: OwnDatabase, token_endpoint: tuple[str, list[str]]
) -> None:
    address, asked = token_endpoint
    answers = database.run_all([RENEW] * 4, WECHAT=address)
    assert asked == ["/cgi-bin/stable_token"]
    assert " ".join(answers).split() == ["token-1"] * 8


@pytest.mark.slow
def test_a_process_that_dies_while_renewing_stops_nobody(
    database: OwnDatabase, token_endpoint: tuple[str, list[str]]
) -> None:
    address, asked = token_endpoint
    answer_of(database.start(DIE_HOLDING))
    answers = database.run_all([RENEW], WECHAT=address)
    assert answers == ["token-1 token-1"]
    assert len(asked) == 1


def test_who_calls_often_looks_at_the_row_now_and_then(city: City) -> None:
    at = [NOON]
    often = RowTokenStore(clock=lambda: at[0], remembered=2.0)
    old = often.renew(APP_ID, None, lambda: Token("old", NOON + 7200))
    assert often.get(APP_ID) == old
    new = store().renew(APP_ID, old, lambda: Token("new", NOON + 7100))
    assert often.get(APP_ID) == old
    assert often.renew(APP_ID, old, never) == new  # WeChat refused the old one: the row has another
    assert often.get(APP_ID) == new
    newer = store().renew(APP_ID, new, lambda: Token("newer", NOON + 7000))
    at[0] += 2.5
    assert often.get(APP_ID) == newer
