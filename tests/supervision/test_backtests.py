"""A new rule is tried on the last quarter, with hindsight, before a named person lets it hold."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies.models import AuditEntry
from minxin.core.errors import NotFound, Refused
from minxin.core.jobs import LEASE
from minxin.supervision import actions as supervision
from minxin.supervision import backtesting, packs
from minxin.supervision.actions import backtests as actions
from minxin.supervision.models import BackTest, BackTestDifference, Candidate
from minxin.supervision.packs import library, own
from minxin.supervision.rules.backtests import Change, compare, days_between, last_quarter
from minxin.supervision.rules.clock import SHANGHAI, Level, midnight
from minxin.supervision.rules.sources import Kind, Source
from tests.supervision.conftest import Office
from tests.support.city import SETUP, City

DAYS = days_between(date(2026, 7, 1), date(2026, 7, 4))
L = Level


@pytest.fixture(autouse=True)
def own_packs(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MINXIN_HOME = tmp_path
    return tmp_path / packs.FOLDER


def weekly(limit: int = 7, **changed: str) -> bytes:
    """云溪's own rule: an update within so many days."""
    text = (packs.SHIPPED / "xunwu-weekly.toml").read_text().replace("360734", "9901")
    text = text.replace('id = "xunwu-weekly"', 'id = "yunxi-weekly"')
    for old, new in changed.items():
        text = text.replace(old, new)
    return text.encode()


def published(account: Account, days: list[date], until: date, now: datetime) -> None:
    """Items at noon of these days, and a look over all of them."""
    items = [
        supervision.Item(
            account.pk, Source.PUBLISHED_LIST, Kind.PUBLISHED,
            midnight(day) + timedelta(hours=12), f"p-{day}",
        )
        for day in days
    ]  # fmt: skip
    supervision.keep_traces(items, now=now)
    for source in (Source.PUBLISHED_LIST, Source.ARTICLE_FIGURES):
        supervision.keep_look(
            account, source, since=midnight(days[0]), until=midnight(until), now=now
        )


# The comparison -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([L.FRESH] * 4, [L.FRESH] * 4, None),
        ([L.FRESH] * 4, [L.FRESH, L.OVERDUE, L.OVERDUE, L.FRESH], (Change.ADDED, 1, 2, 2, 0, 0)),
        ([L.OVERDUE] * 4, [L.RED] * 4, (Change.REMOVED, 0, 3, 0, 4, 0)),
        ([L.RED, L.OVERDUE, L.FRESH, L.FRESH], [L.OVERDUE, L.OVERDUE, L.FRESH, L.FRESH],
         (Change.SHIFTED, 0, 0, 1, 0, 0)),
        ([L.FRESH, L.NOTICE, L.FRESH, L.RED], [L.FRESH, L.ALARM, L.FRESH, L.OVERDUE],
         (Change.ADDED, 1, 3, 1, 0, 1)),
        ([L.FRESH] * 4, [L.FRESH, L.FRESH, L.FRESH, L.NOTICE], (Change.STEPS, 3, 3, 0, 0, 1)),
        ([L.OVERDUE] * 4, [L.ZOMBIE] * 4, (Change.STEPS, 0, 3, 0, 0, 4)),
    ],
)  # fmt: skip
def test_days_are_compared_by_accusation(
    before: list[Level], after: list[Level], expected: tuple[Change, int, int, int, int, int] | None
) -> None:
    found = compare(DAYS, before, after)
    if expected is None:
        assert found is None
        return
    assert found is not None
    change, first, last, more, less, other = expected
    assert (found.change, found.first_on, found.last_on) == (change, DAYS[first], DAYS[last])
    assert (found.more, found.less, found.other) == (more, less, other)
    assert (found.before, found.after) == (before[first].value, after[first].value)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 24), (date(2026, 7, 1), date(2026, 9, 30))),
        (date(2026, 1, 1), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 3, 31), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 4, 1), (date(2026, 1, 1), date(2026, 3, 31))),
    ],
)
def test_the_last_quarter_is_the_whole_one_before(today: date, expected: tuple[date, date]) -> None:
    assert last_quarter(today) == expected


# The trial ----------------------------------------------------------------------------------------


def tried(content: bytes, office: Office, now: datetime) -> BackTest:
    test = actions.begin_backtest(content, actor=office.supervisor, now=now)
    backtesting.work(test.pk, clock=lambda: now)
    test.refresh_from_db()
    return test


def test_a_tighter_rule_accuses_on_the_days_between_the_two_limits(
    office: Office, now: datetime
) -> None:
    since, until = last_quarter(now.astimezone(SHANGHAI).date())
    silent_from, silent_to = since + timedelta(days=30), since + timedelta(days=42)
    days = [
        day for day in days_between(since - timedelta(days=3), until)
        if not silent_from < day < silent_to
    ]  # fmt: skip
    published(office.account, days, until + timedelta(days=2), now)
    test = tried(weekly(), office, now)
    assert (test.status, test.done, test.total) == ("done", 2, 2)
    assert test.bound == 2
    only = BackTestDifference.objects.get(test=test, account=office.account)
    # Silent for 12 days from noon to noon: full seven days are reached on the evening of the seventh
    # day after, and so on each evening until the next item, five in all.
    assert (only.change, only.more, only.less) == ("added", 5, 0)
    accused_from = silent_from + timedelta(days=7)
    assert accused_from <= only.last_on < silent_to
    assert not Candidate.objects.exists()  # trying accuses nobody


def test_what_was_looked_at_nowhere_is_never_accused_by_a_new_rule(
    office: Office, now: datetime
) -> None:
    test = tried(weekly(), office, now)
    assert not BackTestDifference.objects.filter(test=test, more__gt=0).exists()


def test_more_items_than_a_page_shows_leave_no_hole(office: Office, now: datetime) -> None:
    since, until = last_quarter(now.astimezone(SHANGHAI).date())
    published(office.account, list(days_between(since, until)), until + timedelta(days=2), now)
    many = [
        supervision.Item(
            office.account.pk, Source.PUBLISHED_LIST, Kind.PUBLISHED,
            now - timedelta(hours=number), f"late-{number}",
        )
        for number in range(1, 450)
    ]  # fmt: skip
    supervision.keep_traces(many, now=now)
    test = tried(weekly(), office, now)
    assert not BackTestDifference.objects.filter(test=test, more__gt=0).exists()


def test_a_rule_of_another_place_changes_nothing_here(office: Office, now: datetime) -> None:
    test = tried(weekly(**{'"9901"': '"6207"'}), office, now)
    assert (test.status, test.bound, test.differences.count()) == ("done", 0, 0)


def test_a_rule_that_is_not_yet_in_force_is_tried_as_if_it_were(
    office: Office, now: datetime
) -> None:
    later = (
        weekly()
        .decode()
        .replace('certainty = "local"', 'certainty = "local"\neffective_from = 2030-01-01')
    )
    test = tried(later.encode(), office, now)
    assert test.bound == 2


def test_a_rule_of_the_register_is_compared_as_it_stands(
    office: Office, city: City, now: datetime
) -> None:
    accounts.register(
        agency=city.water, name="云溪水务二号", platform="weibo", is_verified=False,
        region_code="990100", actor=SETUP, now=now,
    )  # fmt: skip
    text = (packs.SHIPPED / "national-certified.toml").read_text()
    text = text.replace(
        'platforms = ["wechat", "channels", "weibo",', 'platforms = ["wechat", "channels",'
    )
    test = tried(text.encode(), office, now)
    only = test.differences.get()
    assert (only.change, only.before, only.after) == ("removed", "hit", "none")


def test_a_worker_that_dies_is_replaced_where_it_was(
    office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtesting, "CHUNK", 1)
    test = actions.begin_backtest(weekly(), actor=office.supervisor, now=now)
    kept = actions.advance_backtest
    calls: list[int] = []

    def dies(*arguments: object, **named: object) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        return kept(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "advance_backtest", dies)
    with pytest.raises(SystemExit):
        backtesting.work(test.pk, clock=lambda: now)
    backtesting.work(test.pk, clock=lambda: now)  # the claim still holds: nothing happens
    test.refresh_from_db()
    assert (test.status, test.done) == ("running", 1)
    later = now + LEASE
    assert actions.release_stalled_backtests(now=later) == [test.pk]
    backtesting.work(test.pk, clock=lambda: later)
    test.refresh_from_db()
    assert (test.status, test.done) == ("done", 2)


def test_it_can_be_stopped(office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtesting, "CHUNK", 1)
    test = actions.begin_backtest(weekly(), actor=office.supervisor, now=now)
    kept = actions.advance_backtest

    def stops(*arguments: object, **named: object) -> bool:
        actions.stop_backtest(test, actor=office.supervisor, now=now)
        return kept(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "advance_backtest", stops)
    backtesting.work(test.pk, clock=lambda: now)
    test.refresh_from_db()
    assert (test.status, test.done) == ("stopped", 1)
    with pytest.raises(Refused):
        actions.adopt_pack(test, reason="想提前启用", actor=office.supervisor, now=now)


# The decision -------------------------------------------------------------------------------------


def test_what_was_tried_holds_after_a_named_person_says_so(
    office: Office, own_packs: Path, now: datetime
) -> None:
    test = tried(weekly(), office, now)
    assert library().named("yunxi-weekly") is None
    actions.adopt_pack(test, reason="市里新出的办法", actor=office.supervisor, now=now)
    assert library().named("yunxi-weekly") is not None
    assert (own_packs / "yunxi-weekly.toml").read_bytes() == weekly()
    said = AuditEntry.objects.get(verb="pack.adopted")
    assert said.actor_name == "黄薇"
    assert said.reason == "市里新出的办法"
    with pytest.raises(Refused, match="已经启用"):
        actions.adopt_pack(test, reason="再来一次吧", actor=office.supervisor, now=now)


def test_an_own_rule_is_taken_away_and_kept_aside(
    office: Office, own_packs: Path, now: datetime
) -> None:
    text = (
        (packs.SHIPPED / "national-update.toml").read_text().replace('2019-04-01"', '2019-04-01b"')
    )
    test = tried(text.encode(), office, now)
    actions.adopt_pack(test, reason="试行一个月", actor=office.supervisor, now=now)
    found = library().named("national-update")
    assert found is not None
    assert found.version == "2019-04-01b"
    actions.withdraw_pack("national-update", reason="试行结束了", actor=office.supervisor, now=now)
    found = library().named("national-update")
    assert found is not None
    assert found.version == "2019-04-01"
    assert len(list((own_packs / own.WITHDRAWN).iterdir())) == 1
    with pytest.raises(NotFound):
        actions.withdraw_pack(
            "national-update", reason="试行结束了", actor=office.supervisor, now=now
        )


def test_a_full_disk_leaves_neither_rule_nor_audit(
    office: Office, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = tried(weekly(), office, now)

    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(own, "put", full)
    with pytest.raises(Refused, match="写不进去"):
        actions.adopt_pack(test, reason="市里新出的办法", actor=office.supervisor, now=now)
    test.refresh_from_db()
    assert test.adopted_at is None
    assert not AuditEntry.objects.filter(verb="pack.adopted").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"title =", "TOML"),
        (b"x" * (actions.LARGEST_PACK + 1), "64 KB"),
        (weekly().replace(b'severity = "', b'severity = "very '), "severity"),
    ],
)
def test_what_is_no_rule_is_refused_in_words(
    content: bytes, words: str, office: Office, now: datetime
) -> None:
    with pytest.raises(Refused, match=words):
        actions.begin_backtest(content, actor=office.supervisor, now=now)
    assert not BackTest.objects.exists()


def test_only_who_keeps_the_root_tries_and_decides(office: Office, now: datetime) -> None:
    with pytest.raises(NotFound):
        actions.begin_backtest(weekly(), actor=office.of_water, now=now)
    test = tried(weekly(), office, now)
    with pytest.raises(NotFound):
        actions.adopt_pack(test, reason="市里新出的办法", actor=office.of_water, now=now)
