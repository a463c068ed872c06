"""Databases of their own for tests with several processes: a SQLite file, a throwaway PostgreSQL."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from minxin.cli.bench.postgres import NotInstalled
from minxin.cli.bench.postgres import postgres as throwaway
from tests.support.layers import ROOT

MIGRATE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""
# From the models, not by the migrations: faster, and they have tests of their own.
_MAKE_TABLES = """
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
call_command("createcachetable", verbosity=0)
"""

_LOOK = """
import time
{imports}
print("looking", flush=True)
until = time.monotonic() + 60
while time.monotonic() < until:
    if {seen}:
        print("seen", flush=True)
        break
    time.sleep(0.005)
"""

EITHER_DATABASE = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@dataclass(frozen=True, slots=True)
class OwnDatabase:
    """A database with all tables, and what a process needs in its environment to use it."""

    kind: str
    env: dict[str, str]

    def start(self, code: str, **env: str) -> "subprocess.Popen[str]":
        """Run Python code with Django set up; its last printed line is its answer."""
        return subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            cwd=ROOT,
            env={**self.env, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, **env: str) -> str:
        """As `start`, to the end; fails with what the process complained of."""
        return answer_of(self.start(code, **env))

    def run_all(self, codes: Sequence[str], **env: str) -> list[str]:
        """Several at once; their answers in order."""
        started = [self.start(code, **env) for code in codes]
        return [answer_of(process) for process in started]

    def kill_when(self, seen: str, work: str) -> None:
        """Run `work`, and kill it with -9 as soon as the expression `seen` (its imports before it, on
        lines of their own) is true. It is looked for from a process that is up before, for some work
        lasts no longer than a process takes to start."""
        *imports, expression = seen.strip().splitlines()
        looking = self.start(_LOOK.format(imports="\n".join(imports), seen=expression))
        assert looking.stdout is not None
        assert looking.stdout.readline() == "looking\n"
        worker = self.start(work)
        assert looking.stdout.readline() == "seen\n"
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        looking.communicate()


def answer_of(process: "subprocess.Popen[str]", seconds: float = 300) -> str:
    try:
        out, complaints = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, complaints = process.communicate()
    assert process.returncode == 0, complaints
    return out.strip().splitlines()[-1] if out.strip() else ""


@contextlib.contextmanager
def own_database(kind: str, made_by: str = _MAKE_TABLES) -> Iterator[OwnDatabase]:
    """A database of one kind, gone afterwards; skips without PostgreSQL's binaries. `MIGRATE` makes it by
    the migrations."""
    with tempfile.TemporaryDirectory(prefix="minxin-own-") as home:
        env = {
            **{name: value for name, value in os.environ.items() if "MINXIN" not in name},
            "DJANGO_SETTINGS_MODULE": "minxin.site.settings",
            "MINXIN_HOME": home,
            "PYTHONPATH": f"{ROOT}/src:{ROOT}",
        }
        with _address(kind, Path(home)) as address:
            env["MINXIN_DATABASE_URL"] = address
            database = OwnDatabase(kind, env)
            database.run(made_by)
            yield database


@contextlib.contextmanager
def _address(kind: str, home: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite://{home}/own.sqlite3"
        return
    with postgres() as address:
        yield address


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server on a free port for as long as this lasts; skips where it is not installed."""
    with contextlib.ExitStack() as stack:
        try:
            address = stack.enter_context(throwaway())
        except NotInstalled:
            pytest.skip("PostgreSQL's server binaries are not installed")
        yield address
