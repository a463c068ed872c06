"""Real servers for tests: our Granian on a free port, ended by its process id."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.support.layers import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    url: str, seconds: float = 20.0, process: "subprocess.Popen[bytes] | None" = None
) -> None:
    """Until the address answers anything at all; fails when the process dies first."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process is not None and process.poll() is not None:
            raise AssertionError(f"the server stopped with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer within {seconds} s")


@contextlib.contextmanager
def granian(target: str, **env: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve an RSGI target as `minxin web` does; yields (base address, process)."""
    port = free_port()
    code = f"from minxin.cli.web import serve; serve({target!r}, host='127.0.0.1', port={port})"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}/src:{ROOT}",
            "MINXIN_CITIZEN_PACE": "0",  # tests speak faster than citizens
            **env,
        },
        start_new_session=True,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/healthz", process=process)
        yield base, process
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]", seconds: float = 12.0) -> float:
    """End a server politely, by force when it refuses; returns how long it took."""
    began = time.monotonic()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill(process)
    return time.monotonic() - began


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9 for the server and its workers (its own process group)."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def simulator(home: Path, complaints: Path | None = None) -> Iterator[str]:
    """Serve a simulator of our own; yields its base address. What it says on stderr goes to a file."""
    port = free_port()
    code = (
        "import sys; from pathlib import Path; from minxin.simulator import serve; "
        f"serve(Path(sys.argv[1]), port={port})"
    )
    with (complaints or Path(os.devnull)).open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(home)],
            env={**os.environ, "PYTHONPATH": f"{ROOT}/src"},
            stderr=said,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/sim/clock", process=process)
            yield base
        finally:
            stop(process)
