"""A worker killed with -9 between telling the platform and noting it: told again, taken once."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.databases import EITHER_DATABASE, own_database
from tests.support.layers import ROOT
from tests.support.serving import free_port, stop, wait_for

BEFORE = """
from django.utils import timezone
from tests.support.city import SETUP, build_city
from minxin.agencies.actions import keep_division
from minxin.tickets.actions.platforms import PlatformDraft, keep_mode, keep_platform
from minxin.tickets import actions
now = timezone.now()
city = build_city(now)
keep_division(None, code="990100", name="云溪市", actor=SETUP, now=now)
draft = PlatformDraft(name="平台", code="p1", way="http", base_url="http://127.0.0.1:{port}", secret="s" * 32)
platform = keep_platform(None, draft, agency=city.root, actor=SETUP, now=now)
keep_mode("990100", "hand_over", platform, actor=SETUP, now=now)
for n in range({count}):
    actions.file(text=f"第{{n}}处路灯坏了三天", citizen=city.xiaolin, account=city.account, source="portal",
                 key=f"k{{n}}", actor=city.xiaolin, now=now)
print("filed")
"""
WORK = """
from django.utils import timezone
from minxin.tickets.courier import Courier
while True:
    Courier(clock=timezone.now).turn()
"""
SEEN = """
from minxin.tickets.models import HandoverAct
HandoverAct.objects.filter(status="done").count() >= 3
"""
AFTER = """
from datetime import timedelta
from django.utils import timezone
from minxin.tickets.courier import Courier
from minxin.tickets.models import HandoverAct, Ticket
for minutes in (5, 40, 80, 120):
    Courier(clock=lambda: timezone.now() + timedelta(minutes=minutes)).turn()
print(HandoverAct.objects.filter(status="done").count(), Ticket.objects.filter(status="accepted").count())
"""
SERVE = """
import sys
import django
django.setup()
from pathlib import Path
from minxin.demo.hotline_server import serve
serve(Path(sys.argv[1]), int(sys.argv[2]), secret="s" * 32, callback_url="http://127.0.0.1:9/none")
"""
COUNT = 20


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_killed_worker_loses_nothing_and_files_nothing_twice(kind: str, tmp_path: Path) -> None:
    port = free_port()
    hotline = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path), str(port)],
        cwd=ROOT, env={
            "PYTHONPATH": f"{ROOT}/src:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "minxin.site.settings",
            "MINXIN_HOME": str(tmp_path / "home"),
        },
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/", process=hotline)
        with own_database(kind) as database:
            assert database.run(BEFORE.format(port=port, count=COUNT)) == "filed"
            database.kill_when(SEEN, WORK)
            assert database.run(AFTER) == f"{COUNT} {COUNT}"
    finally:
        stop(hotline)
    rows = sqlite3.connect(tmp_path / "hotline.sqlite3")
    assert rows.execute("SELECT count(*) FROM ticket").fetchone()[0] == COUNT
    assert rows.execute("SELECT count(*) FROM act WHERE kind='file'").fetchone()[0] == COUNT
