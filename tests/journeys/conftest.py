"""The whole city, as `make run` starts it, on ports and in a home of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.databases import OwnDatabase
from tests.support.layers import ROOT
from tests.support.serving import free_port, kill

PASSWORD = "Yunxi-journey-2026"


@dataclass
class RunningCity:
    """Where the parts of a running city are."""

    web: str
    simulator: str
    home: Path
    seconds_to_ready: float
    process: "subprocess.Popen[bytes]"
    env: dict[str, str] = field(default_factory=dict)

    def run(self, code: str) -> str:
        """Python code beside the city, with Django set up; its last printed line."""
        return OwnDatabase("sqlite", self.env).run(code)

    @property
    def app_id(self) -> str:
        accounts = httpx.get(f"{self.simulator}/sim/accounts").json()
        return str(accounts[0]["app_id"])

    def follow(self, nickname: str) -> "Citizen":
        answer = self.post("/sim/followers", app_id=self.app_id, nickname=nickname)
        return Citizen(self, self.app_id, answer["openid"])

    def post(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"{self.simulator}{path}", json=body, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    @contextlib.contextmanager
    def staff(self, username: str) -> Iterator[httpx.Client]:
        """A signed-in browser of a member of staff."""
        with httpx.Client(base_url=self.web, follow_redirects=True, timeout=20) as client:
            client.get("/console/sign-in/")
            form = {"login": username, "password": PASSWORD}
            answer = client.post("/console/sign-in/", data={**form, **token(client)})
            assert answer.status_code == 200, answer.status_code
            assert "sign-in" not in str(answer.url)
            yield client


def token(client: httpx.Client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": client.cookies["minxin_csrf"]}


@dataclass
class Citizen:
    """A citizen at the door of WeChat."""

    city: RunningCity
    app_id: str
    openid: str

    def say(self, text: str) -> str:
        """What she hears; empty when nothing is said at once."""
        answer = self.city.post("/sim/say", app_id=self.app_id, openid=self.openid, text=text)
        assert answer["status"] in {"answered", "accepted"}, answer
        return str((answer["reply"] or {}).get("text", ""))

    def seen(self) -> list[dict[str, Any]]:
        query = {"app_id": self.app_id, "openid": self.openid}
        found: list[dict[str, Any]] = httpx.get(
            f"{self.city.simulator}/sim/seen", params=query
        ).json()
        return found

    def wait_for(self, words: str, seconds: float = 15) -> str:
        """The message that contains the words, once it arrived."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for message in self.seen():
                text = str(message.get("text") or message.get("data") or "")
                if message["from"] == "account" and words in text:
                    return text
            time.sleep(0.2)
        raise AssertionError(f"{words!r} did not arrive; seen: {self.seen()[-3:]}")

    def file(self, matter: str, place: str = "无") -> str:
        """File a ticket in the dialogue; its number."""
        assert "哪里" in self.say(f"我要反映：{matter}")
        assert "核对" in self.say(place)
        said = self.say("确认")
        assert "编号" in said
        return said.split("编号 ")[1].split("。")[0]


@pytest.fixture(scope="session")
def running() -> Iterator[RunningCity]:
    with started() as city:
        yield city


@pytest.fixture
def empty() -> Iterator[RunningCity]:
    """As an office begins: everything runs, nothing is in it."""
    with started("--no-demo") as city:
        yield city


@contextlib.contextmanager
def started(*words: str) -> Iterator[RunningCity]:
    """`minxin run` in a home of its own, ended as a person ends it; it must end well."""
    with tempfile.TemporaryDirectory(prefix="minxin-journey-") as home:
        web, simulator = free_port(), free_port()
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MINXIN_")},
            "MINXIN_HOME": home,
            "MINXIN_PORT": str(web),
            "MINXIN_SIMULATOR_PORT": str(simulator),
            "MINXIN_DEMO_PASSWORD": PASSWORD,
            "PYTHONPATH": f"{ROOT}/src:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "minxin.site.settings",
        }
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "minxin.cli", "run", *words],
            cwd=ROOT, env=env, start_new_session=True,
        )  # fmt: skip
        try:
            base = f"http://127.0.0.1:{web}"
            wait_until_ready(base, process)
            taken = time.monotonic() - began
            address = f"http://127.0.0.1:{simulator}"
            yield RunningCity(base, address, Path(home), taken, process, env)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    kill(process)
                    raise AssertionError("Ctrl-C did not stop the city") from None
        assert process.returncode == 0


def wait_until_ready(base: str, process: "subprocess.Popen[bytes]", seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, "the city stopped"
        try:
            if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("the city did not get ready")
