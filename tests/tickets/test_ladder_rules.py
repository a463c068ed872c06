"""When a ticket goes up the ladder 提醒, 催办, 督办: the table and its order."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.core.working_time import OFFICE_ZONE, Span, Unit, WorkingCalendar
from minxin.tickets.rules.ladder import (
    LADDER,
    Anchor,
    Audience,
    Rung,
    Step,
    Term,
    next_rung,
    rung_at,
    term_row,
    words_for,
)
from minxin.tickets.rules.ledger import Kind, Row

CALENDAR = WorkingCalendar(known_years=frozenset({2026}))
DUE = datetime(2026, 11, 26, 18, 0, tzinfo=OFFICE_ZONE)  # a Thursday
SIGN = datetime(2026, 11, 24, 16, 0, tzinfo=OFFICE_ZONE)
BOTH = {Anchor.DUE: DUE, Anchor.SIGN: SIGN}


def day(number: int, hour: int = 9, month: int = 11) -> datetime:
    return datetime(2026, month, number, hour, 0, tzinfo=OFFICE_ZONE)


def walk(anchors: dict[Anchor, datetime | None], since: datetime) -> list[tuple[str, datetime]]:
    """All that goes when somebody looks exactly when something is due."""
    done: dict[str, datetime] = {}
    went, now = [], since
    while planned := next_rung(LADDER, Term(anchors, done), CALENDAR, now):
        now = max(now, planned.at)
        again = next_rung(LADDER, Term(anchors, done), CALENDAR, now)
        if again is None or again.at > now:
            continue
        done[again.rung.key] = now
        went.append((again.rung.key, now))
    return went


def test_the_shipped_ladder_day_by_day() -> None:
    assert walk(BOTH, day(23)) == [
        ("urge-sign", SIGN),
        ("remind-due", day(25)),
        ("urge-due", day(27)),  # the day after: 《催办通知书》
        ("supervise-due", day(4, month=12)),  # more than five working days late
    ]


def test_who_has_signed_is_not_urged_to_sign() -> None:
    keys = [key for key, _at in walk({Anchor.DUE: DUE, Anchor.SIGN: None}, day(23))]
    assert keys == ["remind-due", "urge-due", "supervise-due"]


def test_a_clock_that_stood_still_reminds_of_nothing_overdue_and_sends_one_a_day() -> None:
    went = walk({Anchor.DUE: DUE}, day(10, month=12))
    assert went == [("urge-due", day(10, month=12)), ("supervise-due", day(11, month=12))]


def test_an_agency_that_just_got_it_is_left_alone_until_its_next_working_day() -> None:
    term = Term({Anchor.DUE: DUE}, {}, not_before=day(30))
    planned = next_rung(LADDER, term, CALENDAR, day(28, 12))
    assert planned is not None
    assert (planned.rung.key, planned.at) == ("urge-due", day(30))


def test_nothing_is_left_when_all_was_done() -> None:
    done = {each.key: day(30) for each in LADDER}
    assert next_rung(LADDER, Term(BOTH, done), CALENDAR, day(30)) is None
    assert next_rung((), Term(BOTH, {}), CALENDAR, day(30)) is None


@pytest.mark.parametrize(
    ("kinds", "place"),
    [
        ((Kind.START,), 0),
        ((Kind.START, Kind.SIGN, Kind.STOP, Kind.RESUME, Kind.REMINDER), 0),
        ((Kind.START, Kind.EXTENSION), 1),
        ((Kind.START, Kind.TRANSFER, Kind.SIGN), 1),
        ((Kind.START, Kind.END), None),
        ((Kind.START, Kind.END, Kind.START), 2),
        ((), None),
    ],
)
def test_a_term_begins_with_another_agency_or_another_due_time(
    kinds: tuple[Kind, ...], place: int | None
) -> None:
    assert term_row([Row(day(1), kind) for kind in kinds]) == place


@pytest.mark.parametrize(
    ("key", "now", "words"),
    [
        ("remind-due", day(25), "答复期限为11月26日 18:00，请按时办理"),
        ("urge-due", day(27), "答复期限（11月26日 18:00）已过，已超期 1 个工作日，仍未答复"),
        ("supervise-due", day(4, month=12),
         "答复期限（11月26日 18:00）已过，已超期 6 个工作日，仍未答复"),
    ],
)  # fmt: skip
def test_the_words_say_which_limit_and_how_late(key: str, now: datetime, words: str) -> None:
    rung = next(each for each in LADDER if each.key == key)
    assert words_for(rung, DUE, CALENDAR, now) == words


def test_only_the_notice_names_a_rule_and_the_rest_is_ours() -> None:
    for rung in LADDER:
        assert ("本产品的建议" in rung.basis) != rung.has_notice
        assert (rung.level > 0) == (rung.step is Step.SUPERVISE)
        assert Audience.HANDLER in rung.tells


ANY_RUNG = st.builds(
    Rung,
    key=st.text("abcdef", min_size=1, max_size=4),
    step=st.sampled_from(Step),
    anchor=st.sampled_from(Anchor),
    is_before=st.booleans(),
    offset=st.builds(Span, st.integers(0, 9), st.sampled_from(Unit)),
    tells=st.just(frozenset({Audience.HANDLER})),
)


@given(
    st.lists(ANY_RUNG, max_size=6, unique_by=lambda each: each.key),
    st.integers(0, 400),
    st.sets(st.text("abcdef", min_size=1, max_size=4)),
)
def test_any_ladder_ends_goes_each_once_and_never_early(
    rungs: list[Rung], hours: int, gone: set[str]
) -> None:
    now = day(20) + timedelta(hours=hours)
    done = dict.fromkeys(gone & {each.key for each in rungs}, day(19))
    seen = set(done)
    while planned := next_rung(rungs, Term(BOTH, done), CALENDAR, now):
        assert planned.rung.key not in seen
        limit = BOTH[planned.rung.anchor]
        assert planned.at >= rung_at(planned.rung, limit, CALENDAR)
        assert not (planned.rung.is_before and now >= limit)
        if planned.at <= now:
            done[planned.rung.key] = now
            seen.add(planned.rung.key)
        else:
            now = planned.at
    assert len(done) <= len(rungs)
