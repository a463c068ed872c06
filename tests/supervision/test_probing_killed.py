"""A worker killed by the system in the middle of a run, on either database: the next one goes on after
the last step that was kept, and asks nobody twice."""

import json
import time

import pytest

from tests.support.databases import EITHER_DATABASE, OwnDatabase, own_database
from tests.support.robots import Site, site_of_pages

pytestmark = pytest.mark.slow
BEGIN = """
import os
from datetime import datetime, timedelta, UTC
from minxin.accounts.actions import set_menu
from minxin.supervision.models import ProbeRun
from tests.support.city import SETUP, build_city
now = datetime.now(UTC)
city = build_city(now)
links = os.environ["LINKS"].split()
menu = [{"name": "办事", "sub_button": [{"type": "view", "name": f"链接{n}", "url": url} for n, url in enumerate(links)]}]
set_menu(city.account, menu, replies={}, actor=SETUP, now=now)
run = ProbeRun.objects.create(account=city.account, schedule="daily", due_at=now, made_at=now)
print(run.pk)
"""
WORK = """
import os, sys, time
from datetime import datetime, UTC
from minxin.supervision import probing
from minxin.supervision.actions.probing import release_due_probes
from tests.support.robots import Robots
robots = Robots(datetime.now(UTC), has_portal=False)
found = robots.outside()
def opened(url):
    if url.endswith(os.environ.get("HANG", "nowhere")):
        print("hanging", flush=True)
        time.sleep(60)
    return found.open(url)
for number in release_due_probes(now=datetime.now(UTC)) or [int(os.environ["RUN"])]:
    outside = probing.Outside(opened, found.http, found.client, time.sleep)
    probing.work(number, clock=lambda: datetime.now(UTC), outside=outside)
"""
LATER = """
from datetime import datetime, UTC
from minxin.supervision.models import ProbeRun
print(ProbeRun.objects.update(due_at=datetime.now(UTC)))
"""
TOLD = """
import json
from minxin.citizens.models import Citizen
from minxin.conversations.models import Message
from minxin.supervision.models import ProbeRun, ProbeStep
run = ProbeRun.objects.get()
steps = list(run.steps.filter(kind="menu_link").values_list("label", "outcome"))
print(json.dumps([run.status, run.interruptions, steps, Message.objects.count(), Citizen.objects.count()]))
"""


@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_killed_worker_s_run_goes_on_where_it_was(kind: str) -> None:
    with own_database(kind) as database, site_of_pages() as site:
        links = " ".join(f"{site.base}/{name}" for name in ("a", "b", "c"))
        env = {"MINXIN_PUBLIC_URL": "http://localhost", "LINKS": links}
        run = database.run(BEGIN, **env)
        _killed(database, site, RUN=run, HANG="/b", **env)
        status, _none, steps, *_rest = json.loads(database.run(TOLD))
        assert (status, steps[0]) == ("running", ["办事 › 链接0", "fine"])
        assert steps[1][1] == ""
        database.run(LATER)  # nobody has been heard of for a minute
        database.run(WORK, RUN=run, **env)
        status, interruptions, steps, messages, citizens = json.loads(database.run(TOLD))
        assert (status, interruptions) == ("done", 1)
        assert [outcome for _label, outcome in steps] == ["fine", "fine", "fine"]
        assert site.asked == ["/a", "/b", "/c"]
        assert (messages, citizens) == (0, 1)  # 小林 was there before


def _killed(database: OwnDatabase, site: Site, **env: str) -> None:
    worker = database.start(WORK, **env)
    assert worker.stdout is not None
    try:
        assert worker.stdout.readline().strip() == "hanging"
    finally:
        worker.kill()
        worker.communicate()
    time.sleep(0.1)
    assert site.asked == ["/a"]
