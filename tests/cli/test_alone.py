"""`pip install minxin`, then `minxin simulator`: the wheel alone, and the tutorial's bot on it.

No network: the wheel is built and installed without its dependencies, which are lent by the
environment that runs the tests.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.layers import ROOT
from tests.support.serving import free_port, stop, wait_for

TUTORIAL = ROOT / "docs" / "tutorials" / "a-bot-on-the-simulator.md"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("alone")]


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    name = _run(sys.executable, "-c", code, folder, cwd=ROOT).splitlines()[-1]
    return folder / name


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel and nothing else of ours."""
    folder = tmp_path_factory.mktemp("alone")
    _run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    _run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    # A plain path: the editable install of the project that stands beside them is not followed.
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    lent = Path(_run(python, "-c", code, cwd=folder)) / "lent.pth"
    lent.write_text(sysconfig.get_path("purelib"))
    where = _run(python, "-c", "import minxin; print(minxin.__file__)", cwd=folder)
    assert where.startswith(str(folder))
    return python.parent


@pytest.fixture(scope="module")
def simulator(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`minxin simulator` in an empty folder."""
    folder, port = tmp_path_factory.mktemp("empty"), free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MINXIN", "DJANGO", "PYTHONPATH"))
    }
    process = subprocess.Popen(
        [installed / "minxin", "simulator", "--port", str(port)], cwd=folder, env=environment
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/sim/accounts", process=process)
        assert (folder / "var" / "simulator.sqlite3").exists()
        yield base
    finally:
        stop(process)


def test_the_wheel_holds_what_is_built_and_nothing_of_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"minxin"}
    assert any(name.startswith("minxin/simulator/") and "phone" in name for name in names)
    assert any(name.endswith("/django.mo") for name in names)


def test_the_simulator_runs_with_nothing_else_of_ours(simulator: str) -> None:
    with httpx.Client(base_url=simulator, trust_env=False) as client:
        assert client.get("/sim/accounts").json() == []
        page = client.get("/phone")
        assert page.status_code == 200
        files = re.findall(r'(?:src|href)="(/phone/built/[^"]+)"', page.text)
        assert files
        assert [client.get(file).status_code for file in files] == [200] * len(files)
        account = client.post("/sim/accounts", json={"name": "云溪发布"}).json()
        query = {"appid": account["app_id"], "secret": account["secret"]}
        query["grant_type"] = "client_credential"
        assert client.get("/cgi-bin/token", params=query).json()["expires_in"] == 7200


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)


def _bodies() -> list[dict[str, Any]]:
    """What the tutorial's curl commands post, in order."""
    posted = re.findall(r"-d '(\{.*\})'", "\n".join(_blocks("sh")))
    return [json.loads(text) for text in posted]


def test_the_tutorials_bot_has_ten_lines() -> None:
    (bot,) = _blocks("python")
    assert len([line for line in bot.splitlines() if line.strip()]) == 10


def test_the_tutorial_is_followed_to_its_end(simulator: str, tmp_path: Path) -> None:
    pytest.importorskip("flask")
    pytest.importorskip("wechatpy")
    (bot,), port = _blocks("python"), free_port()
    (tmp_path / "bot.py").write_text(bot)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "bot", "run", "--port", str(port)],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/", process=process)
        account, follower, words, fault = _bodies()
        account["callback_url"] = account["callback_url"].replace(":5000", f":{port}")
        with httpx.Client(base_url=simulator, trust_env=False, timeout=30) as client:

            def post(path: str, body: dict[str, Any]) -> Any:
                response = client.post(path, json=body)
                assert response.is_success, response.text
                return response.json()

            made = post("/sim/accounts", account)
            assert {"app_id", "secret", "aes_key"} <= set(made)
            who = {"app_id": made["app_id"]}
            openid = post("/sim/followers", {**follower, **who})["openid"]
            outcome = post("/sim/say", {**words, **who, "openid": openid})
            shown = json.loads(_blocks("json")[0])
            assert set(outcome) == set(shown)
            assert (outcome["status"], outcome["reply"]) == (shown["status"], shown["reply"])
            assert post("/sim/faults", fault)["id"]
    finally:
        stop(process)
