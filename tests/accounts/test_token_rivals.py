"""Eight processes with four threads each hammer one account of a served simulator.

They share the token through its row: one refresh, however many want it; nobody hears 40001 because
of another; a token that somebody else revoked is recovered once.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from minxin.wechat._exchange import MARGIN
from tests.accounts.test_tokens import ACCOUNT
from tests.support import serving
from tests.support.city import APP_ID
from tests.support.databases import EITHER_DATABASE, OwnDatabase, own_database

PROCESSES, THREADS, CALLS = 8, 4, 12
SECRET = "5" * 32
STABLE, WORK = "/cgi-bin/stable_token", "/cgi-bin/getcallbackip"

# Each line on stdin is a moment at which everybody begins; what fails is told by its class and text.
HAMMER = f"""
import collections, os, sys, threading, time
from django.db import connection
from minxin.accounts.tokens import RowTokenStore
from minxin.wechat import Client
def call(begin, found):
    client = Client("{APP_ID}", "{SECRET}", store=RowTokenStore(), base_url=os.environ["WECHAT"])
    time.sleep(max(0, begin - time.time()))
    for _ in range({CALLS}):
        try:
            client.get("{WORK}")
        except Exception as error:
            found[f"{{type(error).__name__}} {{error}}"] += 1
        else:
            found["answered"] += 1
    connection.close()
print("ready", flush=True)
for line in sys.stdin:
    found = collections.Counter()
    threads = [threading.Thread(target=call, args=(float(line), found)) for _ in range({THREADS})]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(dict(found), flush=True)
"""
# The row's token ends, as it does every two hours.
ENDS_SOON = """
import os
from datetime import UTC, datetime
from minxin.accounts.models import AccessToken
ends = datetime.fromtimestamp(float(os.environ["ENDS"]), UTC)
print(AccessToken.objects.update(expires_at=ends))
"""


class Rivals:
    """The served simulator with the city's account, a database, and the processes that share it."""

    def __init__(self, base: str, database: OwnDatabase) -> None:
        self.database = database
        self.http = httpx.Client(base_url=base, trust_env=False)
        account = {"app_id": APP_ID, "secret": SECRET, "verified": True}
        self.http.post("/sim/accounts", json=account).raise_for_status()
        self.processes = [database.start(HAMMER, WECHAT=base) for _ in range(PROCESSES)]
        assert self._hear() == ["ready"] * PROCESSES

    def hammer(self, begin: float) -> dict[str, int]:
        """All call at once; what the simulator saw of it, by path and refusal."""
        before = self._last()
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{begin}\n")
            process.stdin.flush()
        assert self._hear() == [str({"answered": THREADS * CALLS})] * PROCESSES
        seen: dict[str, int] = {}
        for one in self.http.get("/sim/exchanges", params={"after": before, "limit": 1000}).json():
            name = f"{one['name']} {one['detail']['reason'][:5]}".strip()
            seen[name] = seen.get(name, 0) + 1
        return seen

    def end(self) -> None:
        for process in self.processes:
            _, complaints = process.communicate(timeout=20)
            assert process.returncode == 0, complaints

    def _hear(self) -> list[str]:
        return [process.stdout.readline().strip() for process in self.processes if process.stdout]

    def revoke(self) -> None:
        """Another holder of the secret forces a new token: ours is dead at once."""
        self.http.post("/sim/clock", json={"advance_s": 60}).raise_for_status()
        forced: dict[str, Any] = {
            "grant_type": "client_credential", "appid": APP_ID, "secret": SECRET,
            "force_refresh": True,
        }  # fmt: skip
        assert "access_token" in self.http.post(STABLE, json=forced).json()

    def _last(self) -> int:
        found = self.http.get("/sim/exchanges", params={"limit": 1}).json()
        return int(found[0]["id"]) if found else 0


@pytest.fixture(params=EITHER_DATABASE)
def rivals(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rivals]:
    with own_database(request.param) as database, serving.simulator(tmp_path) as base:
        database.run(ACCOUNT)
        found = Rivals(base, database)
        yield found
        found.end()


@pytest.mark.slow
def test_rivals_refresh_once_and_recover_once(rivals: Rivals) -> None:
    all_calls = PROCESSES * THREADS * CALLS
    assert rivals.hammer(time.time() + 0.5) == {STABLE: 1, WORK: all_calls}

    rivals.revoke()
    seen = rivals.hammer(time.time() + 0.5)
    refused = seen.pop(f"{WORK} 40001")
    assert seen == {STABLE: 1, WORK: all_calls}
    assert 1 <= refused <= PROCESSES * THREADS  # each thread heard of it at most once

    # Both ends, the row's and WeChat's, come in the middle of the hammering.
    rivals.http.post("/sim/clock", json={"advance_s": 7000}).raise_for_status()
    begin = time.time() + 1
    rivals.database.run(ENDS_SOON, ENDS=str(begin + MARGIN + 0.3))
    assert rivals.hammer(begin) == {STABLE: 1, WORK: all_calls}
