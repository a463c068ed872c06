"""Tickets go up the ladder: each step once, told, written down, never while the clock stands still."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from minxin.agencies.actions import add_staff
from minxin.agencies.models import AuditEntry, Staff, StaffNotice
from minxin.agencies.rules import Role
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.core.working_time import Span, Unit
from minxin.tickets import actions, queries
from minxin.tickets.models import (
    ChangesLedger,
    Flagging,
    LadderRung,
    LadderStep,
    LedgerEntry,
    Ticket,
    TicketEvent,
)
from minxin.tickets.rules import ladder
from tests.support.city import PASSWORD, SETUP, City, build_city
from tests.support.databases import EITHER_DATABASE, own_database

WHY = {"reason": "需要外单位配合处理", "legal_basis": "办理办法第三条"}


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return add_staff(
        username="huangwei", name="黄伟", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


def filed(city: City, now: datetime, key: str = "k") -> Ticket:
    return actions.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account, source="portal",
        key=key, nature="help", actor=city.xiaolin, now=now,
    )  # fmt: skip


def steps(ticket: Ticket) -> list[str]:
    return list(ticket.ladder_steps.order_by("id").values_list("step", flat=True))


def every_hour(begin: datetime, days: int) -> None:
    """What a clock does."""
    for hour in range(days * 24):
        actions.escalate(now=begin + timedelta(hours=hour))


def test_a_ticket_that_nobody_answers_goes_up_step_by_step(
    city: City, supervisor: Staff, now: datetime
) -> None:
    ticket = filed(city, now)  # due on Tuesday, 1 December, at 18:00
    every_hour(now, 21)
    assert steps(ticket) == ["remind", "urge", "supervise"]
    rows = ticket.ledger.filter(kind="reminder").order_by("id")
    assert [row.is_public for row in rows] == [False, True, True]
    assert [row.at.astimezone(now.tzinfo).strftime("%m-%d %H") for row in rows] == [
        "11-30 09", "12-02 09", "12-09 09"
    ]  # fmt: skip
    assert [row.reason.split("：")[0] for row in rows] == ["提醒", "催办", "督办"]
    told = StaffNotice.objects.filter(kind__startswith="deadline").values_list(
        "kind", "staff__username"
    )
    assert sorted(told) == [
        ("deadline", "wangfang"),
        ("deadline.supervised", "huangwei"),
        ("deadline.supervised", "wangfang"),
        ("deadline.supervised", "zhaoming"),
        ("deadline.urged", "wangfang"),
        ("deadline.urged", "zhaoming"),
    ]
    ticket.refresh_from_db()
    assert ticket.supervision_level == Ticket.Supervision.GENERAL
    assert ticket.escalate_at is None
    assert Flagging.objects.get(ticket=ticket, lifted_at=None).set_by is None
    assert [each.step for each in queries.ladder_steps_of(ticket)] == [
        "supervise", "urge", "remind"
    ]  # fmt: skip
    notice = ticket.ladder_steps.get(step="urge")
    assert notice.number.startswith(ticket.number)
    assert notice.issuer == city.root
    assert not ticket.ladder_steps.exclude(step="urge").exclude(number="").exists()
    assert AuditEntry.objects.filter(verb="tickets.escalated").count() == 3
    assert AuditEntry.objects.filter(verb="ticket.flagged", actor_kind="system").count() == 1


def test_a_stopped_clock_does_not_escalate(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    actions.accept(ticket, actor=city.wang, now=now)
    actions.stop_clock(ticket, stop_reason="citizen", reason="等市民补充地址", legal_basis="",
                       actor=city.wang, now=now)  # fmt: skip
    assert ticket.escalate_at is None
    every_hour(now + timedelta(days=8), 2)
    assert steps(ticket) == []
    later = now + timedelta(days=14)
    actions.resume_clock(ticket, reason="补充了", actor=city.wang, now=later)
    ticket.refresh_from_db()
    assert ticket.escalate_at is not None
    assert ticket.escalate_at > later
    every_hour(later, 7)
    assert steps(ticket) == ["remind"]


def test_an_answer_an_extension_and_another_agency_end_what_was_planned(
    city: City, now: datetime
) -> None:
    answered, extended, moved = (filed(city, now, key) for key in ("a", "b", "c"))
    late = now.replace(month=12, day=3)  # overdue by two days
    for ticket in (answered, extended, moved):
        actions.accept(ticket, actor=city.wang, now=now)
    boss = add_staff(username="boss", name="值班员", agency=city.root, role=Role.AGENT,
                     password=PASSWORD, must_change_password=False, actor=SETUP, now=now)  # fmt: skip
    actions.ask_extension(extended, working_days=5, **WHY, actor=city.wang, now=now)
    actions.grant_extension(extended, decision="情况属实，同意", link="x", actor=boss, now=now)
    actions.answer(answered, "已经修好，谢谢提醒。", link="x", actor=city.wang, now=now)
    assert answered.escalate_at is None
    actions.assign(moved, city.water, reason="水务职责", actor=boss, now=late)
    actions.escalate(now=late)
    assert [steps(each) for each in (answered, extended, moved)] == [[], [], []]
    moved.refresh_from_db()
    assert moved.escalate_at == late.replace(day=4, hour=9)  # its first working day with it
    actions.escalate(now=late.replace(day=4))
    assert steps(moved) == ["urge"]
    every_hour(late, 6)  # the extended one is due on the 8th
    assert steps(extended) == ["remind", "urge"]


def test_who_signs_is_not_urged_to_sign_and_who_does_not_is_urged_once(
    city: City, now: datetime
) -> None:
    actions.keep_preset(code="p", name="示例", nature="help", limit=Span(9, Unit.WORKING_DAYS),
                        sign=Span(1, Unit.WORKING_DAYS), is_active=True, actor=SETUP,
                        now=now)  # fmt: skip
    signed, late = filed(city, now, "a"), filed(city, now, "b")
    for ticket in (signed, late):
        actions.accept(ticket, actor=city.wang, now=now)
    actions.sign(signed, actor=city.wang, now=now)
    every_hour(now, 4)
    assert steps(signed) == []
    step = late.ladder_steps.get()
    assert (step.key, step.number) == ("urge-sign", "")
    assert "仍未签收" in step.words


def test_a_level_that_a_person_gave_never_sinks(
    city: City, supervisor: Staff, now: datetime
) -> None:
    ticket = filed(city, now)
    actions.flag(
        ticket, "supervised", level=3, reason="媒体曝光，挂牌督办", actor=supervisor, now=now
    )
    every_hour(now, 21)
    ticket.refresh_from_db()
    assert ticket.supervision_level == 3
    assert Flagging.objects.filter(ticket=ticket).count() == 1
    assert steps(ticket)[-1] == "supervise"


def test_of_a_confidential_ticket_nobody_outside_the_agency_is_told(
    city: City, supervisor: Staff, now: datetime
) -> None:
    ticket = filed(city, now)
    actions.flag(ticket, "confidential", reason="涉及市民隐私", actor=city.wang, now=now)
    every_hour(now, 21)
    assert steps(ticket) == ["remind", "urge", "supervise"]
    assert not StaffNotice.objects.filter(staff=supervisor, kind__startswith="deadline").exists()


def test_a_step_goes_once_whoever_looks_twice(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    late = now.replace(month=12, day=2)
    actions.escalate(now=late)
    Ticket.objects.filter(pk=ticket.pk).update(escalate_at=late)  # as if it were due again
    actions.escalate(now=late)
    assert steps(ticket) == ["urge"]
    row = LadderStep.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_ledger_takes_reminders_in_bulk_and_nothing_else(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    entry = {
        "ticket_id": ticket.pk, "at": now, "actor_kind": "system", "actor_name": "",
        "agency_id": city.police.pk,
    }  # fmt: skip
    for change in ({"kind": "end"}, {"kind": "reminder", "due_at": now}, {"due_at": now}):
        with pytest.raises(ChangesLedger):
            LedgerEntry.objects.add_reminders([entry, {**entry, **change}])
    assert ticket.ledger.count() == 1
    LedgerEntry.objects.add_reminders([entry])
    assert list(ticket.ledger.values_list("kind", "due_at"))[1:] == [("reminder", None)]


def test_a_turn_needs_the_same_few_queries_for_many_tickets(city: City, now: datetime) -> None:
    spent = []
    for count in (1, 40):
        for number in range(count):
            filed(city, now, f"{count}-{number}")
        with CaptureQueriesContext(connection) as asked:
            assert actions.escalate(now=now.replace(month=12, day=2)) == count
        spent.append(len(asked))
    assert spent[1] <= spent[0] + 3, spent


def test_a_talk_is_proposed_by_a_supervisor_with_a_reason_and_told_to_nobody(
    city: City, supervisor: Staff, now: datetime
) -> None:
    ticket, late = filed(city, now), now.replace(month=12, day=3)
    StaffNotice.objects.all().delete()
    with pytest.raises(Refused, match="没有超过"):
        actions.propose_talk(ticket, reason="多次催办没有结果", actor=supervisor, now=now)
    with pytest.raises(Refused, match="理由"):
        actions.propose_talk(ticket, reason=" ", actor=supervisor, now=late)
    for person in (city.wang, city.zhao, city.outsider, city.administrator, city.auditor):
        with pytest.raises(NotFound):
            actions.propose_talk(ticket, reason="多次催办没有结果", actor=person, now=late)
    actions.propose_talk(ticket, reason="多次催办没有结果", actor=supervisor, now=late)
    with pytest.raises(AlreadyDone):
        actions.propose_talk(ticket, reason="多次催办没有结果", actor=supervisor, now=late)
    step = LadderStep.objects.get()
    assert (step.step, step.proposed_by, step.words) == ("talk", supervisor, "多次催办没有结果")
    assert not StaffNotice.objects.exists()
    assert not ticket.ledger.filter(kind="reminder").exists()
    assert AuditEntry.objects.filter(verb="ticket.talk_proposed").count() == 1
    event = TicketEvent.objects.get(ticket=ticket, verb="talk_proposed")
    assert not event.is_public


RUNG = ladder.Rung(
    "urge-early", ladder.Step.URGE, ladder.Anchor.DUE, False, Span(0, Unit.HOURS),
    frozenset({ladder.Audience.HANDLER}),
)  # fmt: skip


def test_the_ladder_is_data_and_a_change_reaches_what_is_owed(city: City, now: datetime) -> None:
    ticket = filed(city, now)
    assert not LadderRung.objects.exists()
    actions.keep_rung(RUNG, is_active=True, actor=city.administrator, now=now)
    assert LadderRung.objects.count() == len(ladder.LADDER) + 1
    for each in ladder.LADDER:
        actions.keep_rung(each, is_active=False, actor=city.administrator, now=now)
    assert queries.rungs() == (RUNG,)
    assert actions.reconsider(now=now) == 1
    assert actions.escalate(now=now) == 0
    ticket.refresh_from_db()
    assert ticket.escalate_at == ticket.due_at
    every_hour(ticket.due_at, 3)
    assert steps(ticket) == ["urge"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"tells": frozenset()}, "tells_handler"),
        ({"is_before": True}, "is_before"),
        ({"step": ladder.Step.REMIND}, "is_before"),
        ({"step": ladder.Step.SUPERVISE}, "level"),
        ({"level": 1}, "level"),
        ({"step": ladder.Step.SUPERVISE, "level": 9}, "level"),
        ({"step": ladder.Step.SUPERVISE, "level": 1, "has_notice": True}, "has_notice"),
        ({"offset": Span(91, Unit.WORKING_DAYS)}, "amount"),
    ],
)
def test_a_rung_that_makes_no_sense_is_refused_at_its_field(
    city: City, now: datetime, wrong: dict[str, object], field: str
) -> None:
    from dataclasses import replace

    with pytest.raises(Refused) as refusal:
        actions.keep_rung(
            replace(RUNG, **wrong),  # type: ignore[arg-type]
            is_active=True, actor=city.administrator, now=now,
        )  # fmt: skip
    assert refusal.value.field == field
    assert not LadderRung.objects.exists()
    for person in (city.wang, city.outsider, city.auditor):
        with pytest.raises(NotFound):
            actions.keep_rung(RUNG, is_active=True, actor=person, now=now)


SETUP_MANY = """
from datetime import datetime
from zoneinfo import ZoneInfo
from tests.support.city import build_city
from tests.tickets.escalating import make
now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
make(build_city(now), {count}, now)
"""
ESCALATE = """
from datetime import datetime
from zoneinfo import ZoneInfo
from minxin.tickets.actions import escalate
print(escalate(now=datetime(2026, 12, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))))
"""
COUNTED = """
from minxin.agencies.models import StaffNotice
from minxin.tickets.models import LadderStep, LedgerEntry, Ticket
print([model.objects.count() for model in (LadderStep, Ticket)],
      LedgerEntry.objects.filter(kind="reminder").count(),
      StaffNotice.objects.filter(kind="deadline.urged").count(),
      LadderStep.objects.values("ticket").distinct().count())
"""
EXPLAINED = """
from datetime import datetime, UTC
from django.db import connection
from minxin.tickets.queries import to_escalate
connection.cursor().execute("ANALYZE")  # else PostgreSQL takes the table for nearly empty
print(to_escalate(datetime(2026, 12, 2, tzinfo=UTC))[:100].explain().replace(chr(10), " | "))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_each_goes_once_whatever_is_killed_and_is_found_by_one_index(kind: str) -> None:
    count = 1500
    with own_database(kind) as database:
        database.run(SETUP_MANY.format(count=count))
        assert "ticket_by_escalation" in database.run(EXPLAINED)
        for least in (0, 400, 800):
            database.kill_when(
                "from minxin.tickets.models import LadderStep\n"
                f"LadderStep.objects.count() > {least}",
                ESCALATE,
            )
        begun = int(database.run("from minxin.tickets.models import LadderStep\n"
                                 "print(LadderStep.objects.count())"))  # fmt: skip
        assert 800 < begun < count, "nothing was killed while it worked"
        database.run_all([ESCALATE, ESCALATE])
        # Two people hear of each: who handles, and who reviews.
        assert database.run(COUNTED) == f"[{count}, {count}] {count} {2 * count} {count}"
