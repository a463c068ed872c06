"""A throwaway PostgreSQL server on loopback, for benches and tests: gone when the work is over."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from minxin.cli.bench.processes import free_port


class NotInstalled(Exception):
    """PostgreSQL's server binaries are not on this machine."""


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A server on a free port for as long as this lasts; yields its address.

    It runs as the user `postgres` when we are root, for it refuses to run as root, and does not wait for
    the disk when it makes its cluster. `NotInstalled` without the binaries.
    """
    binaries = _binaries()
    if binaries is None:
        raise NotInstalled
    folder = Path(tempfile.mkdtemp(prefix="minxin-postgres-"))
    be_postgres: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        be_postgres = ["runuser", "-u", "postgres", "--"]
    port = free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = [*be_postgres, str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    try:
        _quietly(
            [
                *be_postgres,
                str(binaries / "initdb"),
                *("-D", str(folder / "data"), "-U", "minxin"),
                *("-A", "trust", "-E", "UTF8", "--no-sync"),
            ]
        )
        _quietly([*control, "-o", options, "-l", str(folder / "log"), "start"])
        try:
            yield f"postgresql://minxin@127.0.0.1:{port}/postgres"
        finally:
            _quietly([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def _quietly(command: Sequence[str]) -> None:
    subprocess.run(  # noqa: S603
        command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60
    )
