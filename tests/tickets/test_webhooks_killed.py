"""A worker killed with -9 between telling and noting: told again under the same number, nothing is lost and
each ticket's steps arrive in order. The receiver is a real server, slow and away for a while."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.databases import EITHER_DATABASE, own_database
from tests.support.serving import free_port

BEFORE = """
from django.utils import timezone
from tests.support.city import SETUP, build_city
from minxin.tickets import actions
from minxin.tickets.actions.webhooks import WebhookDraft, keep_webhook
from minxin.tickets.rules.webhooks import EVENTS
now = timezone.now()
city = build_city(now)
draft = WebhookDraft(name="平台", url="http://127.0.0.1:{port}/in", events=list(EVENTS))
keep_webhook(None, draft, agency=city.root, actor=city.administrator, now=now)
for n in range({count}):
    ticket = actions.file(text=f"第{{n}}处路灯坏了三天", citizen=city.xiaolin, account=city.account,
                          source="portal", key=f"k{{n}}", actor=city.xiaolin, now=now)
    actions.accept(ticket, actor=city.wang, now=now)
print("filed")
"""
WORK = """
from datetime import timedelta
from django.utils import timezone
from minxin.tickets.announcing import Announcer
while True:
    Announcer(clock=lambda: timezone.now() + timedelta(minutes=1)).turn()
"""
SEEN = """
from minxin.tickets.models import WebhookDelivery
WebhookDelivery.objects.filter(status="done").count() >= 5
"""
AFTER = """
from datetime import timedelta
from django.utils import timezone
from minxin.tickets.announcing import Announcer
from minxin.tickets.models import WebhookDelivery
for minutes in range(5, 200, 5):
    Announcer(clock=lambda: timezone.now() + timedelta(minutes=minutes)).turn()
print(WebhookDelivery.objects.filter(status="done").count())
"""
COUNT = 12


class Stub(BaseHTTPRequestHandler):
    """Takes everything, a little slowly; now and then it says 500 after it has taken it."""

    heard: list[tuple[str, str, str]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        said = (self.headers["x-minxin-id"], body["ticket"]["number"], body["event"])
        self.heard.append(said)
        time.sleep(0.05)
        self.send_response(500 if len(self.heard) % 7 == 0 else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_killed_worker_loses_nothing(kind: str) -> None:
    port = free_port()
    Stub.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", port), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with own_database(kind) as database:
            assert database.run(BEFORE.format(port=port, count=COUNT)) == "filed"
            database.kill_when(SEEN, WORK)
            assert database.run(AFTER) == str(2 * COUNT)
    finally:
        server.shutdown()
        server.server_close()
    assert len({number for number, _ticket, _event in Stub.heard}) == 2 * COUNT
    first: dict[str, list[str]] = {}
    seen = set()
    for number, ticket, event in Stub.heard:
        if number not in seen:  # as a receiver that takes each number once
            seen.add(number)
            first.setdefault(ticket, []).append(event)
    assert len(first) == COUNT
    assert all(events == ["filed", "accepted"] for events in first.values())
