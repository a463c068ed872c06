"""The console as it is built and served, for tests that open it in Debian's Chromium."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.databases import own_database
from tests.support.layers import ROOT
from tests.support.serving import granian, stop

CHROMIUM = shutil.which("chromium")
STATIC = ROOT / "src/minxin/console/static/console"
MARKS = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@contextmanager
def console_of(
    cast: str, *, built: str = "built/console.js", with_worker: bool = False
) -> Iterator[tuple[str, str]]:
    """(address, what the lines of `cast` printed) of the real application over a city of its own, with the
    front end as it was built, and a worker where jobs are to be done; skips when `built` was not."""
    if not (STATIC / built).exists():
        pytest.skip("the front end is not built (make setup)")
    with own_database("sqlite") as database:
        printed = database.run(cast)
        minxin = Path(sys.executable).with_name("minxin")
        command = [str(minxin), "manage", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=database.env, check=True)
        with granian("minxin.site.application:app", **database.env) as (base, _):
            if not with_worker:
                yield base, printed
                return
            command = [str(minxin), "worker"]
            worker = subprocess.Popen(command, cwd=ROOT, env=database.env, start_new_session=True)
            try:
                yield base, printed
            finally:
                stop(worker)
