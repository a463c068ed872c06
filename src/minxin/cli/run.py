"""`minxin run`: everything on one machine, from nothing to a city that answers."""

import argparse
import contextlib
import csv
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

GIVE_UP = 3
WITHIN = 60.0
CITY_ACCOUNTS = Path(__file__).parents[1] / "demo" / "city" / "accounts.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-demo", action="store_true", help="start empty, without the city")


@dataclass
class Part:
    """One process of ours and how often it had to be started again."""

    name: str
    words: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)

    def start(self, env: dict[str, str]) -> None:
        self.starts = [at for at in self.starts if time.monotonic() - at < WITHIN]
        self.starts.append(time.monotonic())
        # A session of its own: Ctrl-C reaches us alone, and we end the parts in order.
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "minxin.cli", *self.words], env=env, start_new_session=True
        )

    def stop(self, seconds: float) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def run(arguments: argparse.Namespace) -> int:
    """Migrate, start the parts, load the city, say where to look, wait; end all parts cleanly."""
    began = time.monotonic()
    os.environ.setdefault("MINXIN_EMBEDDED", "1")
    from django.conf import settings

    home = settings.MINXIN_HOME
    (home / "run").mkdir(parents=True, exist_ok=True)
    ready = home / "run" / "demo-ready"
    ready.unlink(missing_ok=True)
    env = {**os.environ, "MINXIN_HOME": str(home)}
    env["MINXIN_DEMO_PASSWORD"] = _demo_password(home)
    os.environ["MINXIN_DEMO_PASSWORD"] = env["MINXIN_DEMO_PASSWORD"]
    if not arguments.no_demo:
        env["MINXIN_READY_FILE"] = str(ready)
        env.setdefault("MINXIN_SURVEY_TEMPLATE", survey_templates())
    if taken := _taken_ports(settings):
        print(
            f"端口 {taken} 已被占用。请先停止占用它的程序，"
            "或用 MINXIN_PORT、MINXIN_SIMULATOR_PORT 换一个端口。"
        )
        return 1
    print("正在准备数据库和静态文件 …", flush=True)
    prepare(settings)
    # The worker comes last: it must not send what the city's history says was sent last week.
    first = [Part("simulator", ["simulator"]), Part("web", ["web"])]
    parts = [*first, Part("worker", ["worker"]), Part("clock", ["clock"])]
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        for part in first:
            part.start(env)
        base = f"http://127.0.0.1:{settings.MINXIN_PORT}"
        if not arguments.no_demo and not _load_city(settings, parts, env, stopping, ready):
            return 0 if stopping else 1
        if not arguments.no_demo and _has_hotline():
            parts.append(Part("hotline", ["hotline"]))
        for part in parts[len(first) :]:
            part.start(env)
        if not _wait(f"{base}/readyz", parts, stopping, 60):
            return 0 if stopping else 1
        password = "" if arguments.no_demo else env["MINXIN_DEMO_PASSWORD"]
        _tell(settings, base, time.monotonic() - began, password)
        return _keep(parts, env, stopping)
    finally:
        print("正在停止 …", flush=True)
        for part in reversed(parts):
            part.stop(10)
        ready.unlink(missing_ok=True)


def _has_hotline() -> bool:
    """Whether a division of the city hands over to the simulated 12345 platform."""
    from minxin.demo.handing import common_secret

    return common_secret() is not None


def prepare(settings: object) -> None:
    """Bring the database and the collected static files up to date; quick when nothing changed."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


def survey_templates() -> str:
    """A notice of the survey for each account of the city; the simulator keeps them under these numbers."""
    with CITY_ACCOUNTS.open(encoding="utf-8-sig", newline="") as sheet:  # Django is not set up yet
        names = [row["app_id"] for row in csv.DictReader(sheet) if row["app_id"]]
    return ",".join(f"{name}=survey-{name}" for name in names)


def _demo_password(home: Path) -> str:
    given = os.environ.get("MINXIN_DEMO_PASSWORD", "").strip()
    path = home / "secrets" / "demo-password"
    if given:
        return given
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(0o600)
        path.write_text("yunxi-" + secrets.token_hex(5))
    return path.read_text().strip()


def _taken_ports(settings: object) -> str:
    import socket

    taken = []
    for name in ("MINXIN_PORT", "MINXIN_SIMULATOR_PORT"):
        port = getattr(settings, name)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(str(port))
    return "、".join(taken)


def _load_city(
    settings: object, parts: list[Part], env: dict[str, str], stopping: list[int], ready: Path
) -> bool:
    web = f"http://127.0.0.1:{getattr(settings, 'MINXIN_PORT', 0)}/healthz"
    simulator = f"{getattr(settings, 'MINXIN_SIMULATOR_URL', '')}/sim/accounts"
    if not (_wait(simulator, parts, stopping, 60) and _wait(web, parts, stopping, 60)):
        return False
    print("正在载入示例城市“云溪市” …", flush=True)
    loader = Part("demo", ["demo"])
    loader.start(env)
    assert loader.process is not None  # noqa: S101
    while loader.process.poll() is None:
        if stopping:
            loader.stop(5)
            return False
        time.sleep(0.1)
    if loader.process.returncode:
        print("示例城市没有载入成功，原因见上面几行。已有数据没有丢失，可以重新运行 make run。")
        return False
    ready.touch()
    return True


def _wait(url: str, parts: list[Part], stopping: list[int], seconds: float) -> bool:
    """Whether the address answered 200 before the time ran out or a part gave up."""
    until = time.monotonic() + seconds
    last = ""
    while time.monotonic() < until:
        if stopping:
            return False
        for part in parts:
            if part.process is not None and part.process.poll() is not None:
                print(f"{part.name} 意外停止（退出码 {part.process.returncode}），原因见上面几行。")
                return False
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return True
        except urllib.error.HTTPError as error:
            last = error.read(500).decode(errors="replace").strip()
        except OSError:
            pass
        time.sleep(0.1)
    print(f"等待 {url} 超过 {seconds:.0f} 秒仍未就绪。{last}")
    return False


def _tell(settings: object, base: str, seconds: float, password: str) -> None:
    """Where to look. Without the fictional city nobody of it can sign in."""
    from minxin.agencies.models import Staff

    who = f"登录名 wangfang，密码 {password}" if password else ""
    if not Staff.objects.exists():
        who = "还没有人可以登录，请先运行 minxin begin --help"
    simulator = getattr(settings, "MINXIN_SIMULATOR_URL", "")
    print(
        f"""
  民信已就绪（{seconds:.1f} 秒）。按 Ctrl-C 停止。

    开始页      {base}/
    市民的手机  {simulator}/phone
    工作台      {base}/console/     {who}
    数据目录    {getattr(settings, "MINXIN_HOME", "")}
""",
        flush=True,
    )


def _keep(parts: list[Part], env: dict[str, str], stopping: list[int]) -> int:
    while not stopping:
        time.sleep(0.2)
        for part in parts:
            if part.process is None or part.process.poll() is None:
                continue
            if len(part.starts) >= GIVE_UP:
                print(f"{part.name} 在一分钟内停止了 {GIVE_UP} 次，不再重启。原因见上面几行。")
                return 1
            print(
                f"{part.name} 意外停止（退出码 {part.process.returncode}），正在重启。", flush=True
            )
            part.start(env)
    return 0
