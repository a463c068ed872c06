"""The simulator in a process of its own, for tests whose doors call WeChat by HTTP."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.layers import ROOT
from tests.support.serving import free_port, stop, wait_for


@dataclass(frozen=True, slots=True)
class WeChat:
    """Where it is, and its control API."""

    base: str

    def post(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"{self.base}/sim/{path}", json=body, timeout=60)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        self.post("faults", endpoint=endpoint, kind=kind, **more)

    def mend(self) -> None:
        httpx.delete(f"{self.base}/sim/faults")


@contextlib.contextmanager
def wechat_process(home: Path) -> Iterator[WeChat]:
    """`minxin simulator` with nothing else of ours configured."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if "MINXIN" not in name}
    environment |= {"MINXIN_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-m", "minxin.cli", "simulator", "--port", str(port)],
        env=environment,
        start_new_session=True,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/sim/accounts", process=process)
        yield WeChat(base)
    finally:
        stop(process)
