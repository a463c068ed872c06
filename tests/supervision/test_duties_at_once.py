"""Two people press at once, on either database: a relay is marked once, an event is answered once."""

import pytest

from tests.support.databases import EITHER_DATABASE, own_database

CAST = """
from datetime import UTC, datetime, timedelta
from minxin.agencies import actions as agencies
from minxin.agencies.rules import Role
from minxin.supervision.actions import duty_events, relaying
from minxin.supervision.actions.items import Article, keep_items
from tests.support.city import PASSWORD, SETUP, build_city
now = datetime.now(UTC)
city = build_city(now)
huang = agencies.add_staff(username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR,
                           password=PASSWORD, must_change_password=False, actor=SETUP, now=now)
link = "https://www.gov.example/a/1.htm"
for source_url in ("", link):
    relaying.add_relay_task(
        agency=city.root, title="关于部分节假日安排的通知", source_url=source_url, level="nation",
        issued_by="国务院办公厅", due_at=now + timedelta(days=1), accounts=[city.account], actor=huang,
        now=now,
    )
duty_events.register_opinion(
    city.account, title="东桥路水管爆裂", is_grave=False, known_at=now, actor=huang, now=now
)
keep_items([Article(city.account.pk, "import", "a-1", "放假啦", "原文 www.gov.example/a/1.htm", now)],
           now=now)
"""
PRESS = """
from django.utils import timezone
from minxin.agencies.models import Staff
from minxin.core.errors import Refused
from minxin.supervision.actions import duty_events, relaying
from minxin.supervision.models import DutyEvent, RelayAssignment
now, huang = timezone.now(), Staff.objects.get(username="huangwei")
row, event = RelayAssignment.objects.earliest("pk"), DutyEvent.objects.get()
done = 0
for press in (
    lambda: relaying.mark_relayed(
        row, link="https://mp.example/s/{n}", done_at=now, actor=huang, now=now
    ),
    lambda: duty_events.record_first_word(
        event, at=now, link="https://mp.example/s/{n}", actor=huang, now=now
    ),
):
    try:
        press()
    except Refused:
        continue
    done += 1
print(done)
"""
LOOK = """
from django.utils import timezone
from minxin.agencies.models import AuditEntry, Staff
from minxin.core.actors import System
from minxin.supervision.actions import evaluate, relaying
from minxin.supervision.models import RelayAssignment
from minxin.supervision.queries import duties
now, huang = timezone.now(), Staff.objects.get(username="huangwei")
matched = relaying.match_all_relays(actor=System("relays"), now=now)
evaluate([RelayAssignment.objects.earliest("pk").account], now=now)
marked = AuditEntry.objects.filter(verb="relay_task.marked").count()
told = AuditEntry.objects.filter(verb="duty_event.recorded").count()
counts = [(each.assigned, each.on_time, each.missing) for each in duties.relay_tasks_for(huang)]
print(matched, marked, told, counts)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_two_presses_are_one(kind: str) -> None:
    with own_database(kind) as database:
        database.run(CAST)
        done = database.run_all([PRESS.format(n=1), PRESS.format(n=2)])
        assert sum(map(int, done)) == 2
        assert database.run(LOOK) == "1 1 1 [(1, 1, 0), (1, 1, 0)]"
