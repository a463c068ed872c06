"""One answer to many: each exactly once, stopped and resumed, whoever dies in between."""

from datetime import datetime, timedelta

import pytest

from minxin.agencies.models import AuditEntry
from minxin.conversations.models import Outgoing
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, tasks
from minxin.tickets.models import BatchAnswer, BatchItem, Ticket
from minxin.tickets.queries import batches
from tests.support.city import City, build_city
from tests.support.databases import EITHER_DATABASE, own_database
from tests.tickets.histories import people

TEXT = "经核实，停水是管道抢修造成的，已于今天上午恢复供水。"


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def filed(city: City, many: int, now: datetime) -> list[Ticket]:
    who = people(city, now)
    found = []
    for each in range(many):
        her = who[each % 3]
        ticket = actions.file(
            text=f"第{each}户反映小区停水两天了", citizen=her, account=city.account, source="portal",
            key=f"b{each}", actor=her, now=now,
        )  # fmt: skip
        actions.accept(ticket, actor=city.wang, now=now)
        found.append(ticket)
    return found


def begun(city: City, tickets: list[Ticket], now: datetime) -> BatchAnswer:
    numbers = [each.pk for each in tickets]
    return actions.start_batch(numbers, TEXT, agency=city.police, actor=city.wang, now=now)


def test_each_hears_it_once(city: City, now: datetime) -> None:
    tickets = filed(city, 7, now)
    actions.withdraw(tickets[3], "", actor=tickets[3].citizen, now=now)  # type: ignore[arg-type]
    batch = begun(city, tickets, now)
    with pytest.raises(AlreadyDone):  # the same press again
        begun(city, tickets, now)
    before = Outgoing.objects.count()
    for _twice in range(2):
        tasks.answer_batch(batch.pk, clock=lambda: now)
    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.refused) == ("done", 6, 1)
    assert Outgoing.objects.count() - before == 6
    assert Ticket.objects.filter(status="answered", answer=TEXT).count() == 6
    refused = batch.items.get(status="refused")
    assert (refused.ticket, "不能这样处理" in refused.note) == (tickets[3], True)
    assert AuditEntry.objects.filter(verb="ticket.answered").count() == 6
    assert AuditEntry.objects.filter(verb="ticket_batch.ended").count() == 1


def test_it_stops_and_goes_on(city: City, now: datetime) -> None:
    batch = begun(city, filed(city, 6, now), now)
    moments = iter(range(1000))

    def clock() -> datetime:
        at = next(moments)
        if at == 4:  # while the third ticket is in hand
            actions.stop_batch(BatchAnswer.objects.get(pk=batch.pk), actor=city.wang, now=now)
        return now + timedelta(seconds=at)

    tasks.answer_batch(batch.pk, clock=clock)
    batch.refresh_from_db()
    assert batch.status == "stopped"
    assert 0 < batch.done < 6
    assert batch.stop_requested_at is None
    tasks.answer_batch(batch.pk, clock=lambda: now)  # woken by mistake: it stays stopped
    assert Ticket.objects.filter(status="answered").count() == batch.done
    actions.resume_batch(batch, actor=city.wang, now=now)
    with pytest.raises(AlreadyDone):
        actions.resume_batch(batch, actor=city.wang, now=now)
    tasks.answer_batch(batch.pk, clock=lambda: now)
    batch.refresh_from_db()
    assert (batch.status, batch.done) == ("done", 6)
    with pytest.raises(AlreadyDone):
        actions.stop_batch(batch, actor=city.wang, now=now)


def test_one_that_waits_stops_at_once(city: City, now: datetime) -> None:
    batch = begun(city, filed(city, 2, now), now)
    actions.stop_batch(batch, actor=city.wang, now=now)
    tasks.answer_batch(batch.pk, clock=lambda: now)
    assert not Ticket.objects.filter(status="answered").exists()
    assert BatchAnswer.objects.get().status == "stopped"


def test_who_may_not(city: City, now: datetime) -> None:
    tickets = filed(city, 3, now)
    for stranger in (city.zhao, city.outsider, city.administrator):
        with pytest.raises(NotFound):
            actions.start_batch([tickets[0].pk], TEXT, agency=city.police, actor=stranger, now=now)
    batch = begun(city, tickets, now)
    with pytest.raises(NotFound):
        actions.stop_batch(batch, actor=city.outsider, now=now)
    with pytest.raises(NotFound):
        batches.batch_for(city.outsider, batch.pk)
    assert not batches.answerable(city.outsider, Ticket.objects.all()).exists()
    actions.assign(tickets[1], city.water, reason="", actor=city.wang, now=now)
    city.wang.is_active = True
    tasks.answer_batch(batch.pk, clock=lambda: now)  # one of them is another unit's by now
    assert batch.items.get(ticket=tickets[1]).note == "不归您的单位办理。"
    assert Ticket.objects.filter(status="answered").count() == 2


def test_bad_words_and_long_lists_are_refused(city: City, now: datetime) -> None:
    (ticket,) = filed(city, 1, now)
    for text, numbers in (("好", [ticket.pk]), ("长" * 2001, [ticket.pk]), (TEXT, [])):
        with pytest.raises(Refused):
            actions.start_batch(numbers, text, agency=city.police, actor=city.wang, now=now)
    with pytest.raises(Refused, match="一次最多"):
        actions.start_batch(
            list(range(1, 5002)), TEXT, agency=city.police, actor=city.wang, now=now
        )
    assert not BatchAnswer.objects.exists()
    assert not BatchItem.objects.exists()


def test_what_must_not_go_is_held_and_the_others_go(city: City, now: datetime) -> None:
    tickets = filed(city, 3, now)
    words = f"{tickets[0].number}的情况一样，电话13800138000，已经处理。"
    batch = actions.start_batch(
        [each.pk for each in tickets], words, agency=city.police, actor=city.wang, now=now
    )
    shown = batches.previews(Ticket.objects.order_by("pk"), words, now=now)
    held = [each.ticket.pk for each in shown if each.reading.blocks]
    tasks.answer_batch(batch.pk, clock=lambda: now)
    refused = set(batch.items.filter(status="refused").values_list("ticket", flat=True))
    assert refused == set(held)
    assert held


_MAKE = """
from datetime import UTC, datetime
now = datetime(2026, 11, 24, 2, tzinfo=UTC)
from tests.support.city import build_city
from tests.tickets.test_batches import TEXT, begun, filed
city = build_city(now)
begun(city, filed(city, 60, now), now)
"""
_WORK = """
from minxin.tickets import tasks
from minxin.tickets.models import BatchAnswer
tasks.answer_batch(BatchAnswer.objects.get().pk)
"""
_AGAIN = """
from datetime import timedelta
from django.utils import timezone
from collections import Counter
from minxin.conversations.models import Outgoing
from minxin.tickets import actions, tasks
from minxin.tickets.models import BatchAnswer, Ticket, TicketEvent
batch = BatchAnswer.objects.get()
assert batch.status == "running", batch.status
half = batch.done
assert half == Ticket.objects.filter(status="answered").count()  # both or neither
assert actions.release_stalled_batches(now=timezone.now()) == []  # its holder counts as alive
later = timezone.now() + timedelta(minutes=5)
assert actions.release_stalled_batches(now=later) == [batch.pk]
tasks.answer_batch(batch.pk)
batch.refresh_from_db()
keys = Counter(TicketEvent.objects.filter(verb="answered").values_list("ticket", flat=True))
sent = Outgoing.objects.filter(key__contains=":answer:").count()
print(batch.status, batch.done, sent, max(keys.values()), 0 < half < 60)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_worker_that_is_killed_leaves_each_answered_once(kind: str) -> None:
    seen = "from minxin.tickets.models import BatchAnswer\nBatchAnswer.objects.filter(done__gte=5).exists()"
    with own_database(kind) as database:
        database.run(_MAKE)
        database.kill_when(seen, _WORK)
        assert database.run(_AGAIN) == "done 60 60 1 True"
