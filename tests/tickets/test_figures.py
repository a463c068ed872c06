"""Figures: one definition each, equal to counting by hand; every number opens exactly its rows."""

from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minxin.agencies.actions import set_calendar_day
from minxin.core.working_time import working_days_between
from minxin.tickets import actions
from minxin.tickets.actions.figures import write_facts
from minxin.tickets.models import CallBack, Ticket, TicketFacts
from minxin.tickets.queries import figures, tickets_visible_to
from minxin.tickets.queries.figures import FIGURES, Narrowing, Terms
from minxin.tickets.rules.figures import AGE_BANDS, Period, Tally, band_of, in_order, interval
from tests.support.city import City, build_city
from tests.support.databases import own_database
from tests.tickets import histories
from tests.tickets.histories import ACTS, Step, by_hand, live

STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTS), st.integers(0, 30), st.integers(0, 40), st.integers(0, 59)
    ),
    min_size=10, max_size=50,
)  # fmt: skip
WEIGHTS = st.tuples(*(st.sampled_from([0.0, 0.25, 0.5, 1.0]) for _ in range(5)))


def kept_up(now: datetime) -> None:
    while not actions.keep_facts(now=now + timedelta(minutes=1)):
        pass


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


@given(part=st.integers(0, 400), more=st.integers(0, 400))
def test_the_interval_is_where_the_share_is_no_surprise(part: int, more: int) -> None:
    whole = part + more
    if whole == 0:
        with pytest.raises(ValueError, match="rows"):
            interval(0, 0)
        return
    low, high = interval(part, whole)
    share = part / whole
    assert 0 <= low <= share <= high <= 1
    for end in (low, high):  # at its ends, the share lies just 1.96 standard errors away
        spread = 1.959963984540054 * sqrt(max(0.0, end * (1 - end)) / whole)
        assert abs(share - end) == pytest.approx(spread, abs=1e-9)


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 60), st.integers(0, 60))))
def test_what_is_small_is_never_ranked(rows: list[tuple[str, int, int]]) -> None:
    tallies = [
        (name, Tally(min(part, whole), whole, min(part, whole))) for name, part, whole in rows
    ]
    ordered = in_order(tallies, 30)
    assert sorted(ordered, key=str) == sorted(tallies, key=str)
    ranked = [each for each in ordered if each[1].whole >= 30]
    assert ordered[: len(ranked)] == ranked
    shares = [each[1].share or 0 for each in ranked]
    assert shares == sorted(shares, reverse=True)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    steps=STEPS,
    weights=WEIGHTS,
    back=st.integers(0, 12),
    length=st.integers(0, 12),
    limit=st.integers(1, 60),
)
def test_figures_are_what_counting_by_hand_gives(
    city: City, now: datetime, steps: list[Step], weights: tuple[float, ...], back: int, length: int,
    limit: int,
) -> None:  # fmt: skip
    with transaction.atomic():
        end = live(city, [("file", 0, 0, 1), *steps], now)
        half = TicketFacts.objects.count()
        kept_up(end)
        terms = Terms(end, timedelta(hours=limit), tuple(weights), 30)
        until = end.date() - timedelta(days=back // 3)
        period = Period(until - timedelta(days=length), until)
        _check(city, period, terms)
        _check(city, period.before, terms)
        kept = {each.pk: each for each in TicketFacts.objects.all()}
        assert half == 0
        TicketFacts.objects.all().delete()
        write_facts(list(Ticket.objects.order_by("pk").values_list("pk", flat=True)))
        assert {each.pk: _values(each) for each in TicketFacts.objects.all()} == {
            pk: _values(each) for pk, each in kept.items()
        }  # step by step or all anew: the same rows
        assert actions.check_facts() == 0
        transaction.set_rollback(True)


def _values(row: TicketFacts) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _check(city: City, period: Period, terms: Terms) -> None:
    everything = list(Ticket.objects.select_related("agency"))
    rows = TicketFacts.objects.all()
    whole = figures.count(rows, period, terms)[None]
    assert whole == by_hand(everything, period, terms)
    this, before = figures.count_beside(rows, period, terms)
    assert (this, before) == (whole, by_hand(everything, period.before, terms))
    own = {
        "agency": lambda one: one.agency_id,
        "category": lambda one: one.category_id,
        "nature": lambda one: one.nature,
        "source": lambda one: one.source,
        "place": histories.place,
    }
    for by, name_of in own.items():
        groups = figures.count(rows, period, terms, by=by)
        told = [each.key for each in FIGURES if by not in each.not_by]
        hand = {}
        for group in {name_of(each) for each in everything}:
            mine = by_hand([each for each in everything if name_of(each) == group], period, terms)
            if any(mine[key].whole for key in told):
                hand[group] = {key: mine[key] for key in told}
        assert groups == hand
        summed = figures.count_whole(rows, period, terms, groups, by=by)
        assert summed.keys() == whole.keys()
        for key, each in summed.items():
            assert (each.rows, each.whole) == (whole[key].rows, whole[key].whole)
            assert each.worth == pytest.approx(whole[key].worth)
    for figure in FIGURES:  # every number opens exactly its rows
        for side in ("part", "whole"):
            behind = figures.rows_behind(rows, figure.key, side, period, terms)
            tally = whole[figure.key]
            assert behind.count() == (tally.rows if side == "part" else tally.whole)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, closing=st.lists(st.integers(0, 25), max_size=6))
def test_ages_are_working_days_of_the_agency(
    city: City, now: datetime, steps: list[Step], closing: list[int]
) -> None:
    with transaction.atomic():
        end = live(city, [("file", 0, 0, 1), *steps], now)
        for each in set(closing):  # the station alone is closed on these days
            set_calendar_day(
                on=now.date() + timedelta(days=each), is_working=False, note="", agency=city.station,
                actor=city.administrator, now=now,
            )  # fmt: skip
        kept_up(end)
        rows = TicketFacts.objects.all()
        groups = figures.ages(rows, now=end)
        hand: dict[int, set[int]] = {band: set() for band in range(len(AGE_BANDS) + 1)}
        calendars = figures.standing.calendars_of(
            [each.pk for each in (city.police, city.station, city.water)]
        )
        for one in Ticket.objects.filter(merged_into=None):
            if one.status not in {"answered", "closed", "withdrawn"}:
                age = working_days_between(one.filed_at, end, calendars[one.agency_id])
                hand[band_of(age)].add(one.pk)
        assert figures.banded(groups) == [len(each) for each in hand.values()]
        for band, numbers in hand.items():
            assert set(figures.in_band(rows, groups, band).values_list("pk", flat=True)) == numbers
        transaction.set_rollback(True)


def test_one_statement_counts_all_figures_of_a_day(city: City, now: datetime) -> None:
    live(city, [("file", 0, 0, each) for each in range(6)], now)
    kept_up(now)
    terms, today = figures.terms(now), timezone.localtime(now).date()
    days = {each.on for each in FIGURES}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        figures.count(TicketFacts.objects.all(), Period(today, today), terms, by="agency")
    assert len(asked) == len(days)
    with CaptureQueriesContext(connection) as asked:
        figures.count(
            TicketFacts.objects.all(),
            Period(today, today),
            terms,
            figures=[figures.BY_KEY["solved"]],
        )
    assert len(asked) == 1


def test_who_may_not_read_tickets_counts_none(city: City, now: datetime) -> None:
    live(city, [("file", 0, 0, each) for each in range(6)], now)
    kept_up(now)
    assert figures.facts_visible_to(city.wang).count() == 6
    for stranger in (city.outsider, city.auditor, city.administrator, city.operator):
        assert figures.facts_visible_to(stranger).count() == 0
    assert figures.facts_visible_to(city.wang, Narrowing(agency_path=city.water.path)).count() == 0
    own = figures.facts_visible_to(city.wang, Narrowing(nature="help"))
    assert {each.nature for each in figures.tickets_behind(city.wang, own)} == {"help"}
    assert not figures.tickets_behind(city.outsider, TicketFacts.objects.all()).exists()
    city.wang.is_active = False
    assert figures.facts_visible_to(city.wang).count() == 0


def test_what_was_not_taken_in_was_received_and_nothing_else(city: City, now: datetime) -> None:
    live(city, [("file", 0, 0, each) for each in range(4)], now)
    Ticket.objects.filter(pk=Ticket.objects.earliest("pk").pk).update(status="declined")
    Ticket.objects.filter(pk=Ticket.objects.latest("pk").pk).update(status="withdrawn")
    assert actions.check_facts() == 4
    today = timezone.localtime(now).date()
    told = figures.count(TicketFacts.objects.all(), Period(today, today), figures.terms(now))[None]
    assert (told["received"].whole, told["valid"].whole, told["answer"].whole) == (4, 2, 2)
    assert sum(figures.banded(figures.ages(TicketFacts.objects.all(), now=now))) == 2


@pytest.mark.parametrize(
    ("resolved", "level", "voiced", "solved"),
    [
        ("yes", "satisfied", 1, 1), ("partly", "", 1, 0), ("no", "dissatisfied", 1, 0),
        ("unsure", "", 0, 0),
    ],
)  # fmt: skip
def test_a_call_back_is_her_voice_too(
    city: City, now: datetime, resolved: str, level: str, voiced: int, solved: int
) -> None:
    live(city, [("file", 0, 0, 0)], now)
    ticket = Ticket.objects.get()
    CallBack.objects.create(
        ticket=ticket,
        round=1,
        status="done",
        due_at=now,
        called_at=now,
        resolved=resolved,
        level=level,
    )
    write_facts([ticket.pk])
    today = timezone.localtime(now).date()
    told = figures.count(TicketFacts.objects.all(), Period(today, today), figures.terms(now))[None]
    assert (told["solved"].whole, told["solved"].rows) == (voiced, solved)
    assert told["satisfied"].whole == bool(level)
    assert told["satisfied"].rows == (level == "satisfied")


def test_who_may_not_see_a_confidential_one_does_not_count_it(city: City, now: datetime) -> None:
    live(city, [("file", 0, 0, each) for each in range(4)], now)
    above = histories.other_agent(city)
    Ticket.objects.filter(pk=Ticket.objects.earliest("pk").pk).update(is_confidential=True)
    Ticket.objects.filter(pk=Ticket.objects.latest("pk").pk).update(status="moved")
    assert actions.check_facts() == 4
    for person, many in ((city.wang, 3), (above, 2), (city.outsider, 0)):
        assert figures.facts_visible_to(person).count() == many
        assert tickets_visible_to(person).count() == many
    assert figures.facts_under(city.root).count() == 2


def test_a_row_that_went_wrong_is_found_and_made_anew(city: City, now: datetime) -> None:
    live(city, [("file", 0, 0, each) for each in range(4)], now)
    kept_up(now)
    assert actions.check_facts() == 0
    TicketFacts.objects.filter(pk=Ticket.objects.earliest("pk").pk).update(is_valid=False)
    TicketFacts.objects.filter(pk=Ticket.objects.latest("pk").pk).delete()
    assert actions.check_facts() == 2
    assert actions.check_facts() == 0
    assert TicketFacts.objects.filter(is_valid=True).count() == 4


def test_what_changed_is_noticed_whatever_it_was(city: City, now: datetime) -> None:
    live(city, [("file", 0, 0, 1)], now)
    assert actions.facts_are_behind(now=now)
    kept_up(now)
    assert not actions.facts_are_behind(now=now)
    ticket = Ticket.objects.select_related("agency").get()
    actions.classify(ticket, category=None, nature="suggestion", actor=city.wang, now=now)
    assert actions.facts_are_behind(now=now)
    kept_up(now)
    assert TicketFacts.objects.get().nature == "suggestion"
    actions.note_reading(ticket, actor=city.wang, now=now)  # nobody's figure
    assert not actions.facts_are_behind(now=now)


def test_the_page_says_each_definition() -> None:
    text = Path("docs/reference/ticket-figures.md").read_text(encoding="utf-8")
    for each in FIGURES:
        assert f"| `{each.key}` | {each.name} |" in text
        assert each.formula in text
        assert each.note in text


AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
_BOTH = """
import random
from datetime import UTC, datetime, timedelta
from tests.support.city import build_city
from tests.tickets.histories import ACTS, by_hand, live
from minxin.tickets import actions
from minxin.tickets.models import CallBack, Ticket, TicketFacts
from minxin.tickets.queries import figures, tickets_visible_to
from minxin.tickets.rules.figures import Period
now = datetime(2026, 11, 24, 2, tzinfo=UTC)
draw = random.Random(7)
steps = [
    (draw.choice(ACTS), draw.randrange(30), draw.randrange(30), draw.randrange(60)) for _ in range(300)
]
city = build_city(now)
end = live(city, [("file", 0, 0, 1)] + steps, now)
while not actions.keep_facts(now=end + timedelta(minutes=1)):
    pass
terms = figures.Terms(end, timedelta(hours=24), (1.0, 0.75, 0.5, 0.0, 0.0), 30)
last = end.date()
for length in (3, 30, 400):
    period = Period(last - timedelta(days=length), last)
    hand = by_hand(list(Ticket.objects.all()), period, terms)
    assert figures.count(TicketFacts.objects.all(), period, terms)[None] == hand, (length, hand)
    groups = figures.count(TicketFacts.objects.all(), period, terms, by="agency")
    assert sum(each["received"].whole for each in groups.values()) == hand["received"].whole
    for figure in figures.FIGURES:
        behind = figures.rows_behind(TicketFacts.objects.all(), figure.key, "part", period, terms)
        assert behind.count() == hand[figure.key].rows
groups = figures.ages(TicketFacts.objects.all(), now=end)
for band, many in enumerate(figures.banded(groups)):
    assert figures.in_band(TicketFacts.objects.all(), groups, band).count() == many
print(hand["received"].whole, sum(figures.banded(groups)), actions.check_facts())
"""


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_counts_as_sqlite_does() -> None:
    said = []
    for kind in ("sqlite", "postgres"):
        with own_database(kind) as database:
            said.append(database.run(_BOTH))
    assert said[0] == said[1]
    assert said[0].endswith(" 0")
