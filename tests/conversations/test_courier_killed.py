"""kill -9 in the middle of a batch: nothing lost, nothing sent twice, what is not known is marked."""

import http.server
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from minxin.conversations.courier import HANDS
from tests.support.databases import EITHER_DATABASE, OwnDatabase, own_database

pytestmark = [pytest.mark.slow]
COUNT = 400
SEED = f"""
from datetime import UTC, datetime
from minxin.accounts.models import Account
from minxin.conversations.contents import TextContent, content_as_json
from minxin.conversations.models import Outgoing
from minxin.citizens.models import Citizen
from tests.support.city import build_city
now = datetime.now(UTC)
city = build_city(now)
Citizen.objects.bulk_create(
    Citizen(key=f"{{n:032x}}", account=city.account, openid=f"o{{n}}", first_seen_at=now) for n in range({COUNT})
)
Outgoing.objects.bulk_create(
    Outgoing(key=f"k{{n}}", account=city.account, citizen_id=f"{{n:032x}}", channel="custom",
             content=content_as_json(TextContent(f"w{{n}}")), due_at=now, created_at=now) for n in range({COUNT})
)
"""
WORK = """
import threading
from minxin.conversations.courier import Courier
from minxin.conversations.models import Outgoing
stop = threading.Event()
thread = threading.Thread(target=Courier().run, args=(stop,))
thread.start()
while Outgoing.objects.filter(status__in=["waiting", "sending"]).exists():
    stop.wait(0.1)
stop.set()
thread.join()
"""
SETTLE = """
from datetime import UTC, datetime, timedelta
from minxin.conversations.queue import settle_abandoned
print(settle_abandoned(now=datetime.now(UTC) + timedelta(minutes=2)))
"""
ROWS = """
import json
from minxin.conversations.models import Outgoing
print(json.dumps({row.content["text"]: row.status for row in Outgoing.objects.all()}))
"""


class Counting(http.server.ThreadingHTTPServer):
    """WeChat: a token for all, and each text of a customer-service message counted; takes its time."""

    daemon_threads = True
    request_queue_size = (
        256  # all hands knock at once; one that is turned away would count as uncertain
    )

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {"errcode": 0, "errmsg": "ok"}
        if "stable_token" in self.path:
            answer = {"access_token": "t", "expires_in": 7200}
        else:
            assert isinstance(self.server, Counting)
            self.server.seen[told["text"]["content"]] += 1
            time.sleep(0.02)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def counting() -> Iterator[Counting]:
    server = Counting()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=EITHER_DATABASE)
def database(request: pytest.FixtureRequest) -> Iterator[OwnDatabase]:
    with own_database(request.param) as found:
        yield found


def test_nothing_is_lost_and_nothing_sent_twice(database: OwnDatabase, counting: Counting) -> None:
    there = {"MINXIN_WECHAT_API": f"http://127.0.0.1:{counting.server_port}"}
    database.run(SEED)
    worker = database.start(WORK, **there)
    until = time.monotonic() + 60
    while counting.seen.total() < COUNT // 4 and time.monotonic() < until:
        time.sleep(0.01)
    worker.kill()
    worker.communicate()
    assert COUNT // 4 <= counting.seen.total() < COUNT
    under_way = int(database.run(SETTLE))
    assert 0 < under_way <= HANDS
    database.run(WORK, **there)
    rows = json.loads(database.run(ROWS))
    assert Counter(rows.values())["unsure"] == under_way
    assert set(rows.values()) == {"sent", "unsure"}
    assert [text for text, times in counting.seen.items() if times > 1] == []
    assert [
        text for text, status in rows.items() if status == "sent" and not counting.seen[text]
    ] == []
