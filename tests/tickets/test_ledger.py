"""The deadline ledger: nothing is lost, nothing changes, the citizen reads what staff read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import ChangesLedger, LedgerEntry, Ticket
from minxin.tickets.rules import ledger
from minxin.tickets.rules.ledger import Kind, Row
from tests.support.city import City, build_city

BEGIN = datetime(2026, 11, 24, 2, tzinfo=UTC)
MOMENTS = st.lists(
    st.tuples(st.sampled_from(Kind), st.integers(min_value=0, max_value=500)), max_size=40
)


def history(asked: list[tuple[Kind, int]]) -> list[Row]:
    """What is left of a random history when only what may be entered is: in minutes since BEGIN."""
    rows: list[Row] = [Row(BEGIN, Kind.START)]
    at = BEGIN
    for kind, pause in asked:
        at += timedelta(minutes=pause)
        if ledger.may_enter(rows, kind):
            rows.append(Row(at, kind))
    return rows


def counted_by_hand(rows: list[Row], since: datetime, now: datetime) -> tuple[int, int]:
    """Minute by minute, without intervals: how many of the last wait ran, how many stood."""
    first = max(number for number, row in enumerate(rows) if row.kind is Kind.START)
    wait, ran, stood = rows[first:], 0, 0
    at = since
    while at < now:
        said = [row.kind for row in wait if row.at <= at]
        if Kind.END in said:
            break
        turns = [kind for kind in said if kind in (Kind.STOP, Kind.RESUME)]
        if turns and turns[-1] is Kind.STOP:
            stood += 1
        else:
            ran += 1
        at += timedelta(minutes=1)
    return ran, stood


@given(MOMENTS, st.integers(min_value=0, max_value=500))
def test_what_ran_and_what_stood_are_all_the_time_there_was(
    asked: list[tuple[Kind, int]], later: int
) -> None:
    rows = history(asked)
    now = rows[-1].at + timedelta(minutes=later)
    wait = rows[max(number for number, row in enumerate(rows) if row.kind is Kind.START) :]
    until = wait[-1].at if wait[-1].kind is Kind.END else now
    timer = ledger.dispatch_timer(rows, now)
    assert timer is not None
    assert timer.elapsed == until - wait[0].at
    parts = ledger.intervals(rows, now, since=wait[0].at)
    assert [each.end for each in parts[:-1]] == [each.begin for each in parts[1:]]
    ran, stood = counted_by_hand(rows, wait[0].at, now)
    assert (timer.ran, timer.stood) == (timedelta(minutes=ran), timedelta(minutes=stood))
    signed = ledger.signing_timer(rows, now)
    if signed is not None:
        ran, stood = counted_by_hand(rows, signed.since, now)
        assert (signed.ran, signed.stood) == (timedelta(minutes=ran), timedelta(minutes=stood))


@given(MOMENTS)
def test_the_due_time_moves_by_exactly_what_stood(asked: list[tuple[Kind, int]]) -> None:
    rows = [row for row in history(asked) if row.kind is not Kind.START or row.at == BEGIN]
    rows = rows[: next((n for n, row in enumerate(rows) if row.kind is Kind.END), len(rows))]
    due = first = BEGIN + timedelta(days=3)
    stopped = None
    for row in rows:
        if row.kind is Kind.STOP:
            stopped = row.at
        elif row.kind is Kind.RESUME and stopped is not None:
            due, stopped = ledger.due_after_standing(due, stopped, row.at), None
    last = stopped or rows[-1].at
    timer = ledger.dispatch_timer([row for row in rows if row.at <= last], last)
    assert timer is not None
    assert due - first == timer.stood


@pytest.mark.parametrize(
    ("kinds", "kind", "may"),
    [
        ([], Kind.START, True),
        ([], Kind.STOP, False),
        ([Kind.START], Kind.START, False),
        ([Kind.START], Kind.RESUME, False),
        ([Kind.START, Kind.STOP], Kind.STOP, False),
        ([Kind.START, Kind.STOP], Kind.END, False),
        ([Kind.START, Kind.STOP], Kind.RESUME, True),
        ([Kind.START, Kind.SIGN], Kind.SIGN, False),
        ([Kind.START, Kind.SIGN, Kind.TRANSFER], Kind.SIGN, True),
        ([Kind.START, Kind.END], Kind.REMINDER, False),
        ([Kind.START, Kind.END], Kind.START, True),
    ],
)
def test_what_may_follow(kinds: list[Kind], kind: Kind, may: bool) -> None:
    assert ledger.may_enter([Row(BEGIN, each) for each in kinds], kind) is may


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@pytest.fixture
def ticket(city: City, now: datetime) -> Ticket:
    made = actions.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account, source="portal",
        key="k1", actor=city.xiaolin, now=now,
    )  # fmt: skip
    actions.accept(made, actor=city.wang, now=now)
    return made


def stop(city: City, ticket: Ticket, now: datetime, **given: str) -> None:
    said = {"stop_reason": "citizen", "reason": "请市民补充灯杆编号", "legal_basis": ""}
    actions.stop_clock(ticket, **{**said, **given}, actor=city.wang, now=now)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.ledger.values_list("kind", flat=True))


def test_a_stopped_clock_moves_what_is_owed_and_not_what_was_promised(
    city: City, ticket: Ticket, now: datetime
) -> None:
    promised, words = ticket.promised_at, ticket.promised_words
    assert ticket.due_at == promised
    assert words == "12月1日前答复"
    stop(city, ticket, now + timedelta(hours=1))
    late = promised + timedelta(hours=1)
    assert queries.deadline_of(ticket, now=late).words == "暂停计时"
    assert not queries.overdue(Ticket.objects.all(), late).exists()
    actions.resume_clock(
        ticket, reason="", actor=city.wang, now=now + timedelta(hours=4, seconds=7)
    )
    ticket.refresh_from_db()
    assert ticket.due_at == promised + timedelta(hours=3, seconds=7)
    assert (ticket.promised_at, ticket.promised_words) == (promised, words)
    actions.answer(
        ticket,
        "已经修好，谢谢提醒。",
        link="http://x",
        actor=city.wang,
        now=now + timedelta(days=1),
    )
    actions.reopen(ticket, "还是不亮，请再看看。", actor=city.xiaolin, now=now + timedelta(days=2))
    assert (ticket.promised_at, ticket.promised_words) == (promised, words)
    assert kinds(ticket) == ["start", "stop", "resume", "end", "start"]


def test_an_answer_or_a_transfer_lets_a_stopped_clock_run_first(
    city: City, ticket: Ticket, now: datetime
) -> None:
    stop(city, ticket, now)
    actions.assign(ticket, city.station, reason="", actor=city.wang, now=now + timedelta(hours=2))
    assert ticket.stopped_at is None
    assert ticket.due_at == ticket.promised_at + timedelta(hours=2)
    stop(city, ticket, now + timedelta(hours=3))
    actions.answer(
        ticket,
        "已经修好，谢谢提醒。",
        link="http://x",
        actor=city.wang,
        now=now + timedelta(hours=4),
    )
    assert kinds(ticket) == ["start", "stop", "resume", "transfer", "stop", "resume", "end"]
    read = queries.ledger_of(ticket, now=now + timedelta(days=9), is_public_only=True)
    assert read.from_dispatch is not None
    assert read.from_dispatch.ran == timedelta(hours=1)
    assert read.from_dispatch.stood == timedelta(hours=3)


def test_it_stops_only_for_a_listed_reason_in_words_and_once(
    city: City, ticket: Ticket, now: datetime
) -> None:
    for wrong in ({"stop_reason": "holiday"}, {"reason": " "}):
        with pytest.raises(Refused):
            stop(city, ticket, now, **wrong)
    with pytest.raises(Refused):
        actions.resume_clock(ticket, reason="", actor=city.wang, now=now)
    stop(city, ticket, now)
    with pytest.raises(Refused):
        stop(city, ticket, now)
    assert AuditEntry.objects.filter(verb="ticket.clock_stopped").count() == 1
    assert kinds(ticket) == ["start", "stop"]


def test_an_outsider_and_a_citizen_stop_no_clock(city: City, ticket: Ticket, now: datetime) -> None:
    for actor in (city.outsider, city.xiaolin):
        with pytest.raises(NotFound):
            actions.stop_clock(
                ticket,
                stop_reason="citizen",
                reason="请市民补充",
                legal_basis="",
                actor=actor,
                now=now,
            )
    assert kinds(ticket) == ["start"]


def test_an_entry_never_changes(city: City, ticket: Ticket, now: datetime) -> None:
    entry = LedgerEntry.objects.get()
    for change in (
        entry.save,
        entry.delete,
        LedgerEntry.objects.all().delete,
        lambda: LedgerEntry.objects.update(reason=""),
        lambda: LedgerEntry.objects.bulk_create([]),
        lambda: LedgerEntry.objects.bulk_update([entry], ["reason"]),
    ):
        with pytest.raises(ChangesLedger):
            change()


def test_a_clock_that_goes_back_enters_nothing_before_its_predecessor(
    city: City, ticket: Ticket, now: datetime
) -> None:
    stop(city, ticket, now + timedelta(hours=1))
    actions.resume_clock(ticket, reason="", actor=city.wang, now=now)
    assert ticket.due_at == ticket.promised_at
    times = list(ticket.ledger.values_list("at", flat=True))
    assert times == sorted(times)
