"""Servers and the load as processes on a core each, and what the kernel charged them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Server:
    """A server process with its workers."""

    process: "subprocess.Popen[bytes]"
    port: int
    env: Mapping[str, str]

    @staticmethod
    @contextlib.contextmanager
    def started(
        command: Sequence[str], port: int, core: int, env: Mapping[str, str]
    ) -> Iterator["Server"]:
        """Start, wait until it listens, end it afterwards."""
        process = subprocess.Popen(  # noqa: S603
            ["taskset", "-c", str(core), *command],  # noqa: S607
            env=dict(env),
            stdout=sys.stderr,
            start_new_session=True,
        )
        server = Server(process, port, env)
        try:
            _wait_for(port, process)
            yield server
        finally:
            server.stop()

    def cpu_seconds(self) -> float:
        """User and system time of the process and all below it, the dead included."""
        parents: dict[int, list[int]] = {}
        times: dict[int, int] = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal():
                continue
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(folder.name))
                times[int(folder.name)] = sum(map(int, fields[11:15]))
        waiting, total = [self.process.pid], 0
        while waiting:
            pid = waiting.pop()
            total += times.get(pid, 0)
            waiting += parents.get(pid, [])
        return total / TICK

    def kill(self) -> None:
        """kill -9, workers included."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it politely, by force when it refuses."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@contextlib.contextmanager
def serving(
    target: str, core: int, env: Mapping[str, str], *, is_plain: bool = False
) -> Iterator[Server]:
    """An RSGI target, served as `minxin web` serves; `is_plain`: by Granian as it comes."""
    port = free_port()
    options = f"host='127.0.0.1', port={port}, is_plain={is_plain}"
    code = f"from minxin.cli.web import serve; serve({target!r}, {options})"
    with Server.started([sys.executable, "-c", code], port, core, env) as server:
        yield server


class Loader:
    """The load's process. An order is prepared, then carried out."""

    def __init__(self, core: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "minxin.cli.bench.load", str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def prepare(self, order: Mapping[str, Any]) -> None:
        """Have the pushes of an order encrypted."""
        self._tell(json.dumps(order))
        self._hear()

    def begin(self) -> None:
        """Let it push."""
        self._tell("go")

    def result(self) -> dict[str, Any]:
        """What came of it, once all is answered."""
        return self._hear()

    def go(self) -> dict[str, Any]:
        """Push, and wait for what comes of it."""
        self.begin()
        return self.result()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101
        line = self._process.stdout.readline()
        if not line:
            sys.exit("The load's process ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _wait_for(port: int, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"A server ended with {process.returncode} before it listened.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit("A server did not listen in time.")
