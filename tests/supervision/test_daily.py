"""What was told of an account becomes days and months: nothing twice, nothing more believed than it is."""

from datetime import UTC, date, datetime, timedelta

from minxin.supervision.rules.clock import Looked, midnight
from minxin.supervision.rules.daily import Figure, Told, figures_of, first_of, months_of
from minxin.supervision.rules.sources import Source

DAY = date(2026, 11, 3)
EIGHT = midnight(DAY) + timedelta(hours=8)
EVENT, TOTALS, LISTED, OWN, INSPECTOR = (
    "mass_event", "article_figures", "published_list", "self_report", "inspector",
)  # fmt: skip


def told(source: str, kind: str = "pushed", many: int = 1) -> list[Told]:
    return [(EIGHT, source, kind, f"第{each}条", f"{source}-{each}") for each in range(many)]


def test_several_sources_of_one_item_are_one_item() -> None:
    everything = told(EVENT) + told(TOTALS, many=3) + told(LISTED, "published") + told(OWN, many=9)
    assert figures_of(everything) == [Figure(DAY, 3, 1, "A")]


def test_a_day_is_believed_as_far_as_the_least_of_its_numbers() -> None:
    assert figures_of(told(OWN, many=2)) == [Figure(DAY, 2, 0, "C")]
    assert figures_of(told(INSPECTOR) + told(OWN, many=2)) == [Figure(DAY, 1, 0, "B")]
    assert figures_of(told(EVENT) + told(OWN, "published")) == [Figure(DAY, 1, 1, "C")]


def test_days_are_those_of_shanghai_and_a_number_fits_into_its_column() -> None:
    late = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
    assert figures_of([(late, EVENT, "pushed", "", "1")]) == [Figure(DAY, 1, 0, "A")]
    assert figures_of(told(EVENT, many=40_000)) == [Figure(DAY, 32_767, 0, "A")]


def test_who_writes_down_the_newest_item_twice_saw_one_item() -> None:
    again = [(EIGHT, INSPECTOR, "pushed", "停水通知", name) for name in ("1", "2")]
    assert figures_of(again) == [Figure(DAY, 1, 0, "B")]
    untitled = [(EIGHT, INSPECTOR, "pushed", "", name) for name in ("1", "2")]
    assert figures_of(untitled) == [Figure(DAY, 1, 0, "B")]
    # To an interface two items of one title are two.
    by_interface = [(EIGHT, TOTALS, "pushed", "停水通知", name) for name in ("1", "2")]
    assert figures_of(by_interface) == [Figure(DAY, 2, 0, "A")]


def test_only_the_days_asked_for_and_those_without_items_as_zeros() -> None:
    other = DAY + timedelta(days=1)
    assert figures_of(told(EVENT), [other]) == [Figure(other, 0, 0, "")]
    assert figures_of(told(EVENT), [DAY, other]) == [
        Figure(DAY, 1, 0, "A"),
        Figure(other, 0, 0, ""),
    ]
    assert figures_of([], []) == []


def test_months_are_counted_across_the_year() -> None:
    assert first_of(DAY) == date(2026, 11, 1)
    assert first_of(DAY, 2) == date(2027, 1, 1)
    assert first_of(DAY, -11) == date(2025, 12, 1)


def test_a_year_of_months_with_what_was_looked_at() -> None:
    now = midnight(date(2026, 11, 5)) + timedelta(hours=10)
    looks = [
        Looked(Source.ARTICLE_FIGURES, midnight(date(2026, 10, 20)) + timedelta(hours=1), midnight(DAY), now)
    ]  # fmt: skip
    figures = [
        Figure(date(2025, 11, 30), 9, 9, "A"), Figure(date(2025, 12, 1), 1, 0, "D"),
        Figure(date(2026, 10, 31), 2, 1, "A"), Figure(DAY, 0, 4, "B"), Figure(date(2026, 11, 4), 0, 0, ""),
    ]  # fmt: skip
    months = months_of(figures, looks, now=now)
    assert [each.first for each in months] == [first_of(DAY, back) for back in range(-11, 1)]
    december, october, november = months[0], months[-2], months[-1]
    assert (december.items, december.days, december.grade) == (1, 1, "D")
    assert (december.seen_days, december.ended_days) == (0, 31)
    # From the 21st on: of the 20th an hour is missing.
    assert (october.pushed, october.published, october.seen_days) == (2, 1, 11)
    # Two whole days were looked at, four are over; a day of zeros has no items.
    assert (november.days, november.seen_days, november.ended_days, november.grade) == (
        1,
        2,
        4,
        "B",
    )
    assert months[3].grade == ""
