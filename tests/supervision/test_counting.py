"""The nights that fill the daily figures: late word, missed nights, stops in the middle, another database."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django_tasks_db.models import DBTaskResult

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.core.folders import alone
from minxin.supervision import actions, counting, queries, tasks
from minxin.supervision.figures import journal
from minxin.supervision.figures.engine import engine
from minxin.supervision.figures.store import Store
from minxin.supervision.models import Trace
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.sources import Kind, Source
from tests.supervision.conftest import Office
from tests.support.city import SETUP, City

NIGHT = timedelta(days=1)
Days = Counter[tuple[int, date]]


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MINXIN_HOME = tmp_path
    return tmp_path / "figures"


def tell(
    account: Account,
    at: datetime,
    *,
    now: datetime,
    key: str = "",
    source: Source = Source.MASS_EVENT,
) -> None:
    item = actions.Item(account.pk, source, Kind.PUSHED, at, key or f"{source}-{at.isoformat()}")
    actions.keep_traces([item], now=now)


def kept(home: Path) -> dict[tuple[int, date], int]:
    """Items by account and day, without the zeros, as the files have them."""
    with engine() as found:
        Store(home).open_in(found)
        rows = found.rows("SELECT account_id, day, pushed + published FROM figures")
    assert len({row[:2] for row in rows}) == len(rows)
    return {(number, day): many for number, day, many in rows if many}


def known() -> dict[tuple[int, date], int]:
    """The same, counted from the traces by another way: each is told by one source alone here."""
    rows = Trace.objects.values_list("account_id", "published_at")
    return dict(Counter((number, day_of(at)) for number, at in rows))


def all_nights(now: datetime) -> None:
    for _turn in range(50):
        if counting.count(now=now):
            return
    raise AssertionError("it never ends")


def test_without_traces_there_are_no_months(home: Path, db: None, now: datetime) -> None:
    assert counting.is_due()
    all_nights(now)
    assert not counting.is_due()
    assert Store(home).months() == []
    assert journal.read(home).counted_at == now


def test_the_first_time_all_of_the_past_is_counted(
    home: Path, office: Office, now: datetime
) -> None:
    for back in (0, 0.1, 3, 40, 200, 700):
        tell(office.account, now - timedelta(days=back), now=now - timedelta(days=2))
    tell(office.weibo, now - timedelta(days=3), now=now - timedelta(days=2))
    all_nights(now)
    assert kept(home) == known()
    assert kept(home)[office.account.pk, day_of(now)] == 2
    assert len(Store(home).months()) == 4
    assert not (home / ".parts").exists()


def test_a_late_word_about_an_old_day_is_in_the_next_night(
    home: Path, office: Office, now: datetime
) -> None:
    tell(office.account, now - timedelta(days=30), now=now - NIGHT)
    all_nights(now)
    # Two nights are missed; meanwhile totals of older days come, one of them for a day that is kept.
    tell(office.account, now - timedelta(days=30, hours=1), now=now + NIGHT, key="late")
    tell(office.weibo, now - timedelta(days=90), now=now + NIGHT)
    later = now + 3 * NIGHT
    assert counting.count(now=later)
    assert kept(home) == known()
    assert kept(home)[office.account.pk, day_of(now - timedelta(days=30))] == 2
    before = {path: path.stat().st_mtime_ns for path in home.glob("????-??.parquet")}
    assert counting.count(now=later + NIGHT)
    assert {path: path.stat().st_mtime_ns for path in home.glob("????-??.parquet")} == before
    assert journal.read(home).counted_at == later + NIGHT


def test_what_was_committed_late_is_not_passed_over(
    home: Path, office: Office, now: datetime
) -> None:
    tell(office.account, now - timedelta(days=5), now=now - timedelta(minutes=1))
    number = Trace.objects.get().pk
    all_nights(now)
    # A transaction that was open meanwhile ends: its trace has a lower number.
    Trace.objects.filter(pk=number).update(id=number + 7)
    tell(office.weibo, now - timedelta(days=6), now=now - timedelta(minutes=2))
    Trace.objects.filter(account=office.weibo).update(id=number + 3)
    assert counting.count(now=now + NIGHT)
    assert kept(home) == known()


def test_the_first_time_goes_on_where_it_was_stopped(
    home: Path, office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "ACCOUNTS_A_PART", 1)
    for account in (office.account, office.weibo):
        tell(account, now - timedelta(days=9), now=now - NIGHT)
    assert not counting.count(now=now, most=0)
    building = journal.read(home).building
    assert building is not None
    assert (building.done, building.parts) == (1, 1)
    assert Store(home).months() == []
    assert counting.is_due()
    tell(office.account, now - timedelta(days=9, hours=1), now=now, key="meanwhile")
    all_nights(now + NIGHT)
    assert kept(home) == known()
    assert not counting.is_due()


class _KilledError(BaseException):
    pass


def test_killed_at_any_step_the_months_are_whole_and_the_next_night_mends_it(
    home: Path, office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = random.Random(4)
    monkeypatch.setattr(counting, "ACCOUNTS_A_PART", 1)
    replace, left = Path.replace, [0]

    def falter(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            raise _KilledError
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", falter)
    stops = 0
    for step in range(1, 30):
        at = now + step * NIGHT
        for account in (office.account, office.weibo):
            tell(
                account,
                at - timedelta(days=lot.randrange(120)),
                now=at - timedelta(hours=2),
                key=f"s{step}",
            )
        before, after = kept(home), known()
        if step % 8 == 0:
            (home / "journal.json").unlink(missing_ok=True)  # all from the beginning
        left[0] = step % 8 + 1
        try:
            all_nights(at)
        except _KilledError:
            stops += 1
            left[0] = 0
            # Each month is as it was or as it will be, never in between.
            found = kept(home)
            for month in {day.replace(day=1) for _n, day in [*before, *after, *found]}:
                mine = [
                    {k: v for k, v in each.items() if k[1].replace(day=1) == month}
                    for each in (before, after, found)
                ]
                assert mine[2] in mine[:2]
            if step % 3:  # sometimes the next one is late
                all_nights(at + timedelta(hours=1))
                assert kept(home) == known()
        else:
            assert kept(home) == known()
    assert stops > 12
    left[0] = 0
    all_nights(now + 80 * NIGHT)
    assert kept(home) == known()


def test_a_unit_s_months_are_those_of_its_accounts(
    home: Path, city: City, office: Office, now: datetime
) -> None:
    second = accounts.register(
        agency=city.police, name="云溪公安", platform="weibo", is_verified=True,
        region_code="990100", actor=SETUP, now=now,
    )  # fmt: skip
    for each, days in ((office.account, (1, 2, 70, 500)), (second, (2,)), (office.weibo, (3,))):
        for back in days:
            tell(each, now - timedelta(days=back), now=now - NIGHT)
    all_nights(now)

    def told(staff: Staff) -> dict[date, tuple[int, int]]:
        year = queries.area_year_of(staff, now=now)
        assert len(year.months) == 12
        return {each.first: (each.items, each.accounts) for each in year.months if each.items}

    assert told(office.supervisor) == {date(2026, 9, 1): (1, 1), date(2026, 11, 1): (4, 3)}
    assert told(office.of_water) == {date(2026, 11, 1): (1, 1)}
    assert told(city.wang) == {}  # she supervises nothing
    # An account that moved is its new host's from the next night on, news or none.
    Account.objects.filter(pk=second.pk).update(agency=city.water)
    assert told(office.of_water) == {date(2026, 11, 1): (1, 1)}
    all_nights(now + timedelta(hours=1))
    assert told(office.of_water) == {date(2026, 11, 1): (2, 2)}
    Store(home).units.write_bytes(b"nothing")
    assert queries.area_year_of(office.supervisor, now=now).is_broken


def test_another_database_is_counted_from_the_beginning(
    home: Path, office: Office, now: datetime
) -> None:
    tell(office.account, now - timedelta(days=9), now=now - NIGHT)
    all_nights(now)
    number = Trace.objects.get().pk
    Trace.objects.all().delete()
    tell(office.weibo, now - timedelta(days=80), now=now - 2 * NIGHT)
    Trace.objects.update(id=number)
    all_nights(now + NIGHT)
    assert kept(home) == known() == {(office.weibo.pk, day_of(now - timedelta(days=80))): 1}


def test_too_much_news_is_counted_from_the_beginning(
    home: Path, office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_nights(now)
    monkeypatch.setattr(counting, "MOST_NEW", 1)
    for back in (1, 2, 3):
        tell(office.account, now - timedelta(days=back), now=now - timedelta(hours=3))
    assert not counting.count(now=now)
    assert kept(home) == known()


def test_two_do_not_count_at_once(home: Path, office: Office, now: datetime) -> None:
    tell(office.account, now - timedelta(days=9), now=now - NIGHT)
    with alone(home, "counting") as is_mine:
        assert is_mine
        assert counting.count(now=now)
        assert not counting.is_due()
    assert Store(home).months() == []


@pytest.mark.parametrize(
    "words",
    [
        "",
        "{",
        "[]",
        '{"format": 0}',
        '{"format": 1, "mark": {"a": 1}, "counted_at": null, "building": null}',
    ],
)
def test_a_journal_nobody_can_read_is_none(
    home: Path, office: Office, now: datetime, words: str
) -> None:
    tell(office.account, now - timedelta(days=9), now=now - NIGHT)
    all_nights(now)
    (home / "journal.json").write_text(words)
    assert journal.read(home) == journal.Journal()
    all_nights(now + NIGHT)
    assert kept(home) == known()


def test_the_worker_takes_what_is_long_in_turns(
    home: Path, office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(office.account, now - timedelta(days=9), now=now - NIGHT)
    assert tasks.wake_figures()
    assert DBTaskResult.objects.count() == 1
    tasks.count_figures.func()
    assert DBTaskResult.objects.count() == 2  # one more turn
    tasks.count_figures.func()
    assert DBTaskResult.objects.count() == 2
    assert kept(home) == known()
    assert not tasks.wake_figures()
