"""A simulator of its own process, and clients of WeChat that nobody here wrote, sent to it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.layers import ROOT
from tests.support.serving import free_port, stop, wait_for

HERE = Path(__file__).parent
SECRET, TOKEN = "s" * 32, "tokenOfTheTest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass
class Peer:
    """The simulator's address, an account on it and a follower who has just spoken."""

    base: str
    app_id: str
    openid: str

    def sim(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"{self.base}/sim/{path}", json=body, timeout=30)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def seen(self) -> list[dict[str, Any]]:
        query = {"app_id": self.app_id, "openid": self.openid}
        found: list[dict[str, Any]] = httpx.get(f"{self.base}/sim/seen", params=query).json()
        return found


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`minxin simulator`, with nothing else of ours configured."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if "MINXIN" not in name}
    environment |= {
        "MINXIN_HOME": str(tmp_path_factory.mktemp("peers")),
        "PYTHONPATH": str(ROOT / "src"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "minxin.cli", "simulator", "--port", str(port)],
        env=environment,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/sim/accounts", process=process)
        yield address
    finally:
        stop(process)


@pytest.fixture
def peer(base: str) -> Peer:
    """A verified service account of a government, new for every test."""
    account = httpx.post(
        f"{base}/sim/accounts",
        json={"secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "name": "云溪发布"},
    ).json()
    one = Peer(base, account["app_id"], "")
    one.openid = one.sim("followers", app_id=one.app_id, nickname="小林")["openid"]
    one.sim("say", app_id=one.app_id, openid=one.openid, text="你好")
    return one


Node = Callable[..., Any]


@pytest.fixture(scope="session")
def packages() -> Path:
    """The npm packages, installed once from the lock file."""
    tool = ROOT / "tools" / "node.sh"
    if not (ROOT / ".venv").exists() and shutil.which("node") is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Node")
        pytest.skip("there is no Node to run the clients of others")
    if not (HERE / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run(
            [str(tool), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=HERE,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            if os.environ.get("CI"):
                pytest.fail(f"npm ci: {done.stderr[-400:]}")
            pytest.skip("the clients of others could not be installed (no npm registry?)")
    return HERE


@pytest.fixture
def node(packages: Path, base: str, tmp_path: Path) -> Node:
    """Run one scenario of peers.js in a folder of its own (some clients keep tokens where they run);
    what it said."""

    def run(scenario: str, **arguments: Any) -> Any:
        done = subprocess.run(
            [
                str(ROOT / "tools" / "node.sh"), "node", "-r", str(packages / "redirect.js"),
                str(packages / "peers.js"), scenario, json.dumps(arguments),
            ],
            cwd=tmp_path,
            env={**os.environ, "SIMULATOR": base},
            capture_output=True,
            text=True,
            timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return run
