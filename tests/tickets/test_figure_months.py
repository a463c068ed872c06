"""Months that are over, counted before: always what counting by hand gives, and gone with any change."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minxin.agencies.models import Agency
from minxin.tickets import actions
from minxin.tickets.actions import figures as keeping
from minxin.tickets.actions.figures import forget_months, keep_months, write_facts
from minxin.tickets.models import FactsMonth, Ticket, TicketFacts
from minxin.tickets.queries import figures
from minxin.tickets.queries.figures import FIGURES, Narrowing
from minxin.tickets.queries.figures.months import mark_of
from minxin.tickets.rules.figures import Period, Tally
from tests.support.city import City, build_city
from tests.tickets import histories
from tests.tickets.histories import Step, by_hand, live
from tests.tickets.test_figures import STEPS, kept_up


@pytest.fixture
def city(db: None, now: datetime) -> City:
    return build_city(now)


def whole_city(city: City) -> list[int]:
    return list(Agency.objects.values_list("pk", flat=True))


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(
    steps=STEPS,
    more=STEPS,
    secret=st.sets(st.integers(0, 12), max_size=3),
    since=st.integers(0, 70),
    late=st.integers(5, 100),
    gone=st.integers(0, 3),
)
def test_a_period_with_kept_months_is_what_counting_by_hand_gives(
    city: City, now: datetime, steps: list[Step], more: list[Step], secret: set[int], since: int,
    late: int, gone: int,
) -> None:  # fmt: skip
    with transaction.atomic():
        end = live(city, [("file", 0, 0, 1), *steps], now)
        numbers = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
        hidden = [number for at, number in enumerate(numbers) if at in secret]
        Ticket.objects.filter(pk__in=hidden).update(is_confidential=True)
        kept_up(end)
        write_facts(hidden)
        later = end + timedelta(days=late)
        keep_months(now=later)
        months = sorted(set(FactsMonth.objects.values_list("month", flat=True)))
        FactsMonth.objects.filter(month__in=months[-1 - gone : len(months) - gone]).delete()
        period = Period(now.date() - timedelta(days=since), timezone.localtime(later).date())
        _same(city, period, later)
        # What happens afterwards to tickets of months that are counted already.
        after = live(city, more, later)
        while not actions.keep_facts(now=after + timedelta(minutes=1)):
            pass
        assert actions.check_months(now=after) == 0
        _same(city, Period(period.since, timezone.localtime(after).date()), after)
        assert actions.check_facts() == 0
        transaction.set_rollback(True)


def _same(city: City, period: Period, now: datetime) -> None:
    terms, rows = figures.terms(now), TicketFacts.objects.all()
    agencies = whole_city(city)
    everything = list(Ticket.objects.select_related("agency"))
    for span in (period, period.before):
        known = figures.kept_of(rows, agencies, span, terms, with_shapes=True)
        none = {each.key: Tally() for each in FIGURES}
        whole = figures.count(rows, span, terms, known=known).get(None, none)
        assert whole == by_hand(everything, span, terms)
        for by in figures.DIMENSIONS:
            groups = figures.count(rows, span, terms, by=by, known=known)
            assert groups == figures.count(rows, span, terms, by=by)
            summed = figures.count_whole(rows, span, terms, groups, by=by, known=known)
            assert {key: each.whole for key, each in summed.items()} == {
                key: each.whole for key, each in whole.items()
            }
        for day in ("filed_on", "answered_on"):
            assert figures.day_counts(rows, span, day, known=known) == figures.day_counts(
                rows, span, day
            )
        for by in ("place", "category"):
            for most in (1, 8):
                assert figures.most_common(
                    rows, span, by, most, known=known
                ) == figures.most_common(rows, span, by, most)


def _filled(city: City, now: datetime, count: int = 5) -> datetime:
    live(city, [("file", 0, 0, each) for each in range(count)], now)
    kept_up(now)
    return now + timedelta(days=70)


def test_a_month_is_used_only_when_it_is_over_and_counted_in_the_same_way(
    city: City, now: datetime
) -> None:
    later, rows = _filled(city, now), TicketFacts.objects.all()
    first = timezone.localtime(now).date().replace(day=1)
    period, agencies = Period(first, first + timedelta(days=69)), whole_city(city)
    assert keep_months(now=now) == 0  # those before are there already
    assert FactsMonth.objects.exists()
    assert not FactsMonth.objects.filter(month=first).exists()
    assert figures.kept_of(rows, agencies, period, figures.terms(now)) is None
    assert keep_months(now=later) > 0
    assert keep_months(now=later) == 0
    terms = figures.terms(later)
    known = figures.kept_of(rows, agencies, period, terms)
    assert known is not None
    assert known.first == first
    assert figures.kept_of(rows, agencies, period, figures.terms(now)) is None
    other = figures.Terms(later, terms.response, (1.0, 0.5, 0.0, 0.0, 0.0), terms.least)
    assert mark_of(other) != mark_of(terms)
    assert figures.kept_of(rows, agencies, period, other) is None
    longer = figures.Terms(later, timedelta(hours=1), terms.weights, terms.least)
    assert figures.kept_of(rows, agencies, period, longer) is None
    assert figures.kept_of(rows, None, period, terms) is None
    assert figures.kept_of(rows, [], period, terms) is None
    part = Period(first + timedelta(days=1), first + timedelta(days=20))
    assert figures.kept_of(rows, agencies, part, terms) is None
    FactsMonth.objects.filter(month=first, agency=city.water).delete()
    found = figures.kept_of(rows, agencies, period, terms)  # one agency is not counted: nobody is
    assert found is None or found.first > first


def test_who_sees_less_counts_less_of_a_month(city: City, now: datetime) -> None:
    later = _filled(city, now)
    secret = Ticket.objects.earliest("pk").pk
    Ticket.objects.filter(pk=secret).update(is_confidential=True)
    write_facts([secret])
    keep_months(now=later)
    terms, nothing = figures.terms(later), Narrowing()
    first = timezone.localtime(now).date().replace(day=1)
    period = Period(first, timezone.localtime(later).date())
    above = histories.other_agent(city)
    for person, many in ((city.wang, 5), (above, 4)):
        rows = figures.facts_visible_to(person)
        known = figures.kept_of(rows, figures.whole_agencies(person, nothing), period, terms)
        assert known is not None
        told = figures.count(rows, period, terms, known=known)[None]
        assert told["received"].whole == many
    assert figures.whole_agencies(city.outsider, nothing) != figures.whole_agencies(above, nothing)
    assert figures.whole_agencies(city.auditor, nothing) == []
    assert figures.whole_agencies(city.wang, Narrowing(nature="help")) is None
    inside = figures.whole_agencies(city.wang, Narrowing(agency_path=city.water.path))
    assert inside == []


def test_a_change_meanwhile_is_not_overwritten(
    city: City, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = _filled(city, now)
    first = timezone.localtime(now).date().replace(day=1)
    number, plain = Ticket.objects.latest("pk").pk, keeping.month_values

    def and_meanwhile(agencies: list[int], month: date, terms: figures.Terms) -> object:
        found = plain(agencies, month, terms)
        if month == first:
            Ticket.objects.filter(pk=number).update(status="withdrawn")
            write_facts([number])
        return found

    monkeypatch.setattr(keeping, "month_values", and_meanwhile)
    keep_months(now=later)
    assert not FactsMonth.objects.filter(month=first).exists()
    monkeypatch.undo()
    keep_months(now=later)
    row = FactsMonth.objects.get(month=first, agency=Ticket.objects.get(pk=number).agency)
    assert json.loads(row.sums)["received_whole"] - json.loads(row.sums)["valid_whole"] == 1


def test_a_month_that_went_wrong_is_found(city: City, now: datetime) -> None:
    later = _filled(city, now)
    keep_months(now=later)
    assert actions.check_months(now=later) == 0
    row = FactsMonth.objects.filter(sums__contains='"received_whole": 5').get()
    row.sums = row.sums.replace('"received_whole": 5', '"received_whole": 6')
    row.save()
    assert actions.check_months(now=later) == 1
    assert keep_months(now=later) == 1
    forget_months([Ticket.objects.earliest("pk").pk])
    assert keep_months(now=later) >= 1
