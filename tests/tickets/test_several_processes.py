"""Two doors act on one ticket at the same moment: one of them wins, whole."""

import pytest

from tests.support.databases import EITHER_DATABASE, own_database

NOW = """
import sys, time
from datetime import datetime
from zoneinfo import ZoneInfo
now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
from minxin.agencies.actions import add_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from minxin.core.actors import System
from minxin.citizens.models import Citizen
from minxin.conversations.models import Outgoing
from minxin.core.errors import Refused
from minxin.tickets import actions
from minxin.tickets.models import Rating, Ticket, TicketEvent
"""
MAKE = f"""{NOW}
from tests.support.city import build_city
build_city(now)
"""
FILE = f"""{NOW}
her = Citizen.objects.select_related("account__agency").get()
print(actions.file(
    text="路灯坏了三天没有人修", citizen=her, account=her.account, source="portal", key="once",
    actor=her, now=now,
).number)
"""
ANSWER = f"""{NOW}
wang, ticket = Staff.objects.get(username="wangfang"), Ticket.objects.get()
try:
    actions.answer(ticket, "已经修好，谢谢提醒。", link="http://x", actor=wang, now=now)
    print("answered")
except Refused:
    print("refused")
"""
RATE = f"""{NOW}
her, ticket = Citizen.objects.get(), Ticket.objects.get()
try:
    actions.rate(ticket, "dissatisfied", actor=her, now=now)
    print("rated")
except Refused:
    print("refused")
"""
ACCEPT = f"""{NOW}
actions.accept(Ticket.objects.get(), actor=Staff.objects.get(username="wangfang"), now=now)
"""
ASK = f"""{NOW}
wang, ticket = Staff.objects.get(username="wangfang"), Ticket.objects.get()
actions.ask_return(
    ticket, proper_agency=Agency.objects.get(code="water"), reason="不属于本单位职责",
    legal_basis="三定规定第二条", actor=wang, now=now,
)
for name in ("one", "two"):
    add_staff(
        username=name, name="值班员", agency=Agency.objects.get(code="yunxi"), role=Role.AGENT,
        password="Yunxi-bridge-lantern-7", must_change_password=False, actor=System("test"), now=now,
    )
"""
GRANT = f"""{NOW}
try:
    actions.grant_return(
        Ticket.objects.get(), agency=Agency.objects.get(code="water"), decision="理由成立，改派",
        actor=Staff.objects.get(username="one"), now=now,
    )
    print("decided")
except Refused:
    print("told")
"""
REFUSE = f"""{NOW}
try:
    actions.refuse_return(
        Ticket.objects.get(), decision="属于你单位职责", actor=Staff.objects.get(username="two"), now=now
    )
    print("decided")
except Refused:
    print("told")
"""
COUNT = f"""{NOW}
verbs = list(TicketEvent.objects.order_by("id").values_list("verb", flat=True))
print(verbs, Outgoing.objects.count(), Rating.objects.count())
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_whoever_comes_second_changes_nothing(kind: str) -> None:
    with own_database(kind) as database:
        database.run(MAKE)
        assert len(set(database.run_all([FILE] * 4))) == 1
        database.run(ACCEPT)
        assert sorted(database.run_all([ANSWER] * 3)) == ["answered", "refused", "refused"]
        assert sorted(database.run_all([RATE] * 3)) == ["rated", "refused", "refused"]
        assert database.run(COUNT) == "['filed', 'accepted', 'answered', 'rated'] 1 1"


TWO = f"""{NOW}
her = Citizen.objects.select_related("account__agency").get()
for each in ("one", "two"):
    actions.file(
        text="路灯坏了三天没有人修", citizen=her, account=her.account, source="portal", key=each,
        actor=her, now=now,
    )
"""
MERGE = f"""{NOW}
wang = Staff.objects.get(username="wangfang")
one, other = (Ticket.objects.get(key=each) for each in %r)
try:
    actions.merge(one, other, reason="同一处路灯", actor=wang, now=now)
    print("merged")
except Refused:
    print("refused")
"""
MERGED = f"""{NOW}
print(Ticket.objects.exclude(merged_into=None).count())
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_two_merges_at_once_make_no_circle(kind: str) -> None:
    with own_database(kind) as database:
        database.run(MAKE)
        database.run(TWO)
        either = [MERGE % (("one", "two"),), MERGE % (("two", "one"),)]
        said = database.run_all(either * 2)
        assert sorted(said) == ["merged", "refused", "refused", "refused"]
        assert database.run(MERGED) == "1"


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_two_officers_decide_at_once_and_the_second_is_told(kind: str) -> None:
    with own_database(kind) as database:
        database.run(MAKE)
        database.run(FILE)
        database.run(ACCEPT)
        database.run(ASK)
        assert sorted(database.run_all([GRANT, REFUSE])) == ["decided", "told"]
