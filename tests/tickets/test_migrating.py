"""Tickets from before the ledger: a city that is upgraded keeps its promises."""

import pytest

from tests.support.databases import EITHER_DATABASE, MIGRATE, own_database

FILLED = """
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from django.core.management import call_command
from minxin.tickets import actions
from minxin.tickets.models import Ticket
from tests.support.city import build_city
now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
city = build_city(now)
her = city.xiaolin
for key in ("open", "answered", "reopened"):
    actions.file(text="路灯坏了三天没有人修", citizen=her, account=her.account, source="portal", key=key,
                 actor=her, now=now)
for key in ("answered", "reopened"):
    ticket = Ticket.objects.get(key=key)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=city.wang, now=now)
actions.reopen(Ticket.objects.get(key="reopened"), "还是不亮", actor=her, now=now + timedelta(days=1))
call_command("migrate", "tickets", "0001", verbosity=0)
call_command("migrate", verbosity=0)
"""
LOOKED_AT = """
from minxin.tickets.models import Ticket
for key in ("open", "answered", "reopened"):
    ticket = Ticket.objects.get(key=key)
    assert ticket.promised_at == ticket.due_at, key
    assert ticket.promised_words.endswith("日前答复"), ticket.promised_words
kinds = {key: [row.kind for row in Ticket.objects.get(key=key).ledger.all()] for key in
         ("open", "answered", "reopened")}
print(kinds)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_a_city_from_before_the_ledger_gets_what_it_would_have_had(kind: str) -> None:
    with own_database(kind, MIGRATE) as database:
        database.run(FILLED)
        assert database.run(LOOKED_AT) == str(
            {"open": ["start"], "answered": ["start", "end"], "reopened": ["start"]}
        )


LIMITS_BEFORE = """
from django.core.management import call_command
from django.db import connection
call_command("migrate", "tickets", "0018", verbosity=0)
with connection.cursor() as cursor:
    for code, nature, days, active in (("mine", "help", 4, True), ("seen", "help", 2, False)):
        cursor.execute("INSERT INTO tickets_deadlinepreset (code, name, source, region_code, nature,"
                       " working_days, is_active) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                       [code, "示例", "某办法", "990100", nature, days, active])
call_command("migrate", verbosity=0)
"""
LIMITS_AFTER = """
from minxin.core.working_time import Span, Unit
from minxin.tickets.models import DeadlinePreset
from minxin.tickets.queries import limits_of
for code, days in (("mine", 4), ("seen", 2)):
    row = DeadlinePreset.objects.get(code=code)
    found = limits_of(row)
    assert found.answer == Span(days, Unit.WORKING_DAYS), found
    assert found.sign is None and found.yellow is None
    assert row.is_active == row.is_verified == (code == "mine")
print("kept")
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_limits_in_working_days_stay_what_they_were(kind: str) -> None:
    with own_database(kind, MIGRATE) as database:
        database.run(LIMITS_BEFORE)
        assert database.run(LIMITS_AFTER) == "kept"
