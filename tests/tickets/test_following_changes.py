"""Who follows what happened to tickets by a cursor skips nothing that was committed late."""

import pytest
from django.db import connection

from minxin.core.settled import settled_up_to
from minxin.tickets.models import TicketEvent
from tests.support.databases import own_database

_MADE = """
from datetime import timedelta
from django.utils import timezone
from minxin.tickets import actions
from tests.support.city import SETUP, build_city
now = timezone.now() - timedelta(minutes=5)
city = build_city(now)
def filed(key):
    return actions.file(text="东桥路口的路灯坏了三天", citizen=None, account=city.account, source="console",
                        key=key, actor=SETUP, now=now)
filed("a"), filed("b")
"""
_LATE = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from minxin.agencies.models import Staff
from minxin.tickets.actions.steps import note_step
from minxin.tickets.models import Ticket
from minxin.tickets.rules import Verb
ticket = Ticket.objects.get(key="a")
with transaction.atomic():
    # As every act begins: its step first, the audit (one after the other) last.
    note_step(ticket, Verb.ACCEPT, Staff.objects.get(username="wangfang"),
              timezone.now() - timedelta(minutes=4), text="")
    print("written", flush=True)
    input()
print("committed")
"""
_READ = """
from datetime import timedelta
from django.utils import timezone
from minxin.agencies.models import Staff
from minxin.tickets import actions
from minxin.tickets.models import Ticket, TicketEvent
from minxin.tickets.queries.exchange import changes
wang = Staff.objects.get(username="wangfang")
cursor, told = 0, []
def read():
    global cursor
    rows = changes(wang, after=cursor, most=50)
    told.extend((row.number, row.verb) for row in rows)
    cursor = rows[-1].id if rows else cursor
{before}
read()
print("read", flush=True)
input()
read()
wanted = sorted((each.ticket.number, each.verb) for each in
                TicketEvent.objects.filter(is_public=True))
print(sorted(told) == wanted and len(told))
"""
_ACCEPT = """actions.accept(Ticket.objects.get(key="b"), actor=wang, now=timezone.now() - timedelta(minutes=3))"""


@pytest.mark.django_db
def test_with_one_writer_the_last_number_is_the_end() -> None:
    assert settled_up_to(TicketEvent) == 0 or connection.vendor == "postgresql"


@pytest.mark.slow
@pytest.mark.postgres
def test_a_step_committed_after_one_with_a_higher_number_is_told() -> None:
    with own_database("postgres") as database:
        database.run(_MADE)
        late = database.start(_LATE)
        assert late.stdout is not None
        assert late.stdin is not None
        assert late.stdout.readline() == "written\n"
        # The second ticket's step has the higher number and is committed first.
        reader = database.start(_READ.format(before=_ACCEPT))
        assert reader.stdout is not None
        assert reader.stdin is not None
        said = reader.stdout.readline()
        assert said == "read\n", reader.communicate()
        late.communicate("on\n", timeout=60)
        out, complaints = reader.communicate("on\n", timeout=60)
        assert reader.returncode == 0, complaints
        assert out.strip() == "4"


@pytest.mark.slow
@pytest.mark.postgres
def test_who_writes_for_a_moment_is_waited_for_and_who_writes_long_is_not() -> None:
    look = """
from minxin.core.settled import settled_up_to
from minxin.tickets.models import TicketEvent
import threading, time
print(settled_up_to(TicketEvent, patience=0.2), flush=True)
threading.Timer(0.3, lambda: print("go", flush=True)).start()
print(settled_up_to(TicketEvent, patience=20.0), flush=True)
"""
    with own_database("postgres") as database:
        database.run(_MADE)
        late = database.start(_LATE)
        assert late.stdout is not None
        assert late.stdin is not None
        assert late.stdout.readline() == "written\n"
        looking = database.start(look)
        assert looking.stdout is not None
        assert looking.stdout.readline() == "None\n"
        assert looking.stdout.readline() == "go\n"
        late.communicate("on\n", timeout=60)
        assert looking.stdout.readline() == "2\n"
        looking.communicate(timeout=60)
