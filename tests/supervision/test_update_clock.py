"""The update clock on chosen cases, and on histories planted by chance, told by an oracle too."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from minxin.supervision.rules.clock import (
    Level,
    Limit,
    Looked,
    Rule,
    Seen,
    Verdict,
    Why,
    judge,
)
from minxin.supervision.rules.sources import Kind, Source
from tests.conftest import SHANGHAI
from tests.supervision.planted import compare

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
RULE = Rule(
    ((Level.NOTICE, 5), (Level.REMINDER, 7), (Level.ALARM, 10), (Level.RED, 13)),
    (Limit(14, "national"), Limit(90, "zombie", Level.ZOMBIE)),
)
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def item(
    days: float, source: Source = Source.MASS_EVENT, kind: Kind = Kind.PUSHED, key: str = ""
) -> Seen:
    return Seen(ago(days), source, kind, key)


def look(since: float, until: float = 0.0, source: Source = Source.ARTICLE_FIGURES) -> Looked:
    return Looked(source, ago(since), ago(until), ago(until))


def told(seen: Iterable[Seen], looked: Iterable[Looked], at: datetime = NOW) -> Verdict:
    return judge(seen, looked, RULE, at=at)


@pytest.mark.parametrize("seed", range(4))
def test_planted_histories_are_told_as_the_oracle_tells_them(seed: int) -> None:
    """10,000 here; `python -m tests.supervision.planted 100000` plants as many as one likes."""
    levels, wrong = compare(2_500, seed=seed)
    assert wrong == []
    assert set(levels) == set(Level) - {Level.EXEMPT}


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (1, Level.FRESH), (5, Level.NOTICE), (7, Level.REMINDER), (10, Level.ALARM), (13, Level.RED),
        (13.99, Level.RED), (14, Level.OVERDUE), (89.9, Level.OVERDUE), (90, Level.ZOMBIE),
    ],
)  # fmt: skip
def test_the_ladder(days: float, level: Level) -> None:
    assert told([item(days)], [look(100)]).level is level


def test_warnings_count_calendar_days_and_violations_the_exact_moment() -> None:
    evening = datetime(2026, 11, 10, 22, 0, tzinfo=SHANGHAI)
    seen = [Seen(evening, Source.MASS_EVENT, Kind.PUSHED)]
    morning = told(seen, [look(30)])
    assert (morning.days, morning.level) == (14, Level.RED)
    assert morning.due_at == evening + 14 * DAY
    late = datetime(2026, 11, 24, 22, 0, tzinfo=SHANGHAI)
    after = judge(seen, [Looked(Source.ARTICLE_FIGURES, ago(30), late, late)], RULE, at=late)
    assert after.level is Level.OVERDUE


def test_days_are_those_of_shanghai_whatever_zone_a_time_is_told_in() -> None:
    in_london = Seen(datetime(2026, 11, 18, 17, 0, tzinfo=UTC), Source.MASS_EVENT, Kind.PUSHED)
    found = told([in_london], [look(30)])  # it is the 19th in Shanghai
    assert (found.days, found.level) == (5, Level.NOTICE)


def test_what_was_not_looked_at_is_not_claimed() -> None:
    assert told([], []).level is Level.UNKNOWN
    assert told([item(20)], []).why == (Why.NEVER_LOOKED,)
    assert told([item(20)], [look(25, 4)]).why == (Why.LOOK_TOO_OLD,)
    gap = told([item(20)], [look(25, 12), look(10)])
    assert (gap.level, gap.why) == (Level.UNKNOWN, (Why.LOOK_HAS_GAP,))


def test_a_look_that_ended_a_day_ago_waits_before_it_accuses() -> None:
    waits = told([item(14.5)], [look(30, 1)])
    assert (waits.level, waits.why) == (Level.RED, (Why.WAITS_FOR_LOOK,))
    assert told([item(15)], [look(30, 1)]).level is Level.OVERDUE


def test_a_recent_item_needs_no_look() -> None:
    assert told([item(2, Source.SELF_REPORT)], []).level is Level.FRESH


def test_nothing_ever_found_is_overdue_only_after_fourteen_days_of_looking() -> None:
    short = told([], [look(10)])
    assert (short.level, short.last) == (Level.UNKNOWN, None)
    long = told([], [look(14)])
    assert (long.level, long.silent_since) == (Level.OVERDUE, ago(14))


def test_an_old_item_before_a_gap_does_not_make_the_silence_longer_than_the_look() -> None:
    found = told([item(60)], [look(20)])
    assert (found.level, found.silent_since, found.days) == (Level.OVERDUE, ago(20), 20)
    assert Why.LOOK_HAS_GAP in found.why


def test_the_list_of_published_articles_alone_says_nothing_of_pushed_ones() -> None:
    published = look(30, source=Source.PUBLISHED_LIST)
    assert told([item(20)], [published]).level is Level.UNKNOWN
    assert told([item(20)], [published, look(30)]).level is Level.OVERDUE


def test_a_report_that_the_figures_do_not_know_goes_to_a_person() -> None:
    report = item(6, Source.SELF_REPORT)
    found = told([item(20), report], [look(30)])
    assert (found.level, found.disputed) == (Level.CONTRADICTORY, (report,))
    assert told([item(8), report], [look(30)]).level is Level.NOTICE  # it decides nothing grave


def test_an_interface_is_believed_before_a_person_who_missed_it() -> None:
    inspector = look(30, source=Source.INSPECTOR)
    assert told([item(20), item(6)], [inspector]).level is Level.NOTICE


def test_a_report_that_an_interface_confirms_a_day_off_is_settled() -> None:
    report = item(6, Source.SELF_REPORT)
    event = item(7, Source.PUBLISH_EVENT, Kind.PUBLISHED)
    assert told([item(20), report, event], [look(30)]).disputed == ()


def test_what_was_deleted_since_was_an_update_all_the_same() -> None:
    event = item(6, Source.PUBLISH_EVENT, Kind.PUBLISHED)
    lists = [look(30), look(30, source=Source.PUBLISHED_LIST)]
    assert told([item(20), event], lists).level is Level.NOTICE


def test_a_time_in_the_future_is_no_update_and_no_accusation() -> None:
    found = told([item(20), item(-3)], [look(30)])
    assert (found.level, len(found.future)) == (Level.CONTRADICTORY, 1)
    assert told([item(6), item(-3)], [look(30)]).level is Level.NOTICE
    assert told([item(20), item(-0.003)], [look(30)]).level is Level.FRESH  # clocks differ a little


def test_a_clock_that_was_set_back_says_nothing() -> None:
    found = told([item(20)], [look(30)], at=NOW - 2 * DAY)
    assert (found.level, found.why) == (Level.UNKNOWN, (Why.CLOCK_SET_BACK,))
    before = judge([item(20)], [look(30)], RULE, at=NOW - 2 * DAY, now=NOW)
    assert before.level is Level.OVERDUE  # a moment of the past, judged today


def test_a_past_moment_does_not_see_what_came_later() -> None:
    found = judge([item(20), item(3)], [look(30)], RULE, at=ago(5), now=NOW)
    assert (found.level, found.future) == (Level.OVERDUE, ())


def test_repetition_and_order_change_nothing() -> None:
    seen = [item(20), item(6, key="a"), item(6, key="b"), item(6, Source.ARTICLE_FIGURES)]
    looks = [look(30, 15), look(15), look(16, 2)]
    assert told(seen, looks) == told([*reversed(seen), *seen], [*reversed(looks), *looks])


def test_no_rule_no_verdict() -> None:
    assert judge([item(50)], [look(90)], None, at=NOW).level is Level.EXEMPT
