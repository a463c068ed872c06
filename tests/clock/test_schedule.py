"""Time strikes each entry when it is due, once, whatever happened before."""

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django_tasks_db.models import DBTaskResult

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.accounts.tasks import examine_some
from minxin.accounts.tasks.importing import work
from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.citizens.actions import follow
from minxin.citizens.models import Citizen
from minxin.clock import strikes
from minxin.clock.schedule import SCHEDULE, DailyAt, Entry, Every
from minxin.clock.striking import strike_due
from minxin.core.actors import System
from minxin.supervision.models import Candidate, Evaluation
from minxin.supervision.tasks import count_figures
from minxin.tickets import actions as tickets
from minxin.tickets.models import Ticket
from tests.accounts.sheets import TITLES, compared, written
from tests.support.city import SETUP, build_city

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def entries(*, struck: list[str]) -> tuple[Entry, ...]:
    def strike(name: str) -> Entry:
        when = Every(timedelta(minutes=5)) if name == "often" else DailyAt(time(12, 30))
        return Entry(name, when, lambda now: struck.append(name), "for the test")

    return strike("often"), strike("daily")


def test_entries_strike_when_due() -> None:
    struck: list[str] = []
    table, last = entries(struck=struck), {}
    minutes = {
        0: ["often"],
        4: [],
        5: ["often"],
        29: ["often"],
        30: ["daily"],
        31: [],
        34: ["often"],
    }
    for minute, expected in minutes.items():
        assert strike_due(table, last, NOON + timedelta(minutes=minute)) == expected, minute


def test_a_clock_that_starts_late_strikes_the_day_at_once() -> None:
    struck: list[str] = []
    table = entries(struck=struck)
    last: dict[str, datetime] = {}
    assert "daily" in strike_due(table, last, NOON + timedelta(hours=6))
    assert "daily" not in strike_due(table, last, NOON + timedelta(hours=7))
    assert "daily" in strike_due(table, last, NOON + timedelta(hours=25))


def test_a_failing_entry_does_not_stop_the_others() -> None:
    struck: list[str] = []

    def fail(now: datetime) -> None:
        raise RuntimeError("on purpose")

    broken = Entry("broken", Every(timedelta(minutes=1)), fail, "fails")
    assert strike_due((broken, *entries(struck=struck)), {}, NOON) == ["often"]


def test_every_entry_can_be_struck_twice() -> None:
    for _ in range(2):
        assert len(strike_due(SCHEDULE, {}, NOON)) == len(SCHEDULE)


def test_agencies_are_told_once_of_what_is_due() -> None:
    city = build_city(NOON)
    ticket = tickets.file(
        text="路灯坏了三天没有人修",
        citizen=city.xiaolin,
        account=city.account,
        source="portal",
        key="k1",
        actor=city.xiaolin,
        now=NOON,
    )
    StaffNotice.objects.all().delete()
    due = ticket.due_at
    for _ in range(2):
        tickets.escalate(now=due - timedelta(hours=2))
    notices = StaffNotice.objects.filter(kind="deadline")
    assert [notice.staff for notice in notices] == [city.wang]
    assert ticket.number in notices[0].text


def test_an_answer_nobody_complains_about_closes_after_a_week() -> None:
    city = build_city(NOON)
    ticket = tickets.file(
        text="路灯坏了三天没有人修", citizen=city.xiaolin, account=city.account,
        source="portal", key="k1", actor=city.xiaolin, now=NOON,
    )  # fmt: skip
    system = System("test")
    tickets.accept(ticket, actor=system, now=NOON)
    tickets.answer(ticket, "已经修好。", link="http://x", actor=system, now=NOON)
    strikes.close_silently_accepted_tickets(NOON + timedelta(days=6))
    assert Ticket.objects.get().status == "answered"
    strikes.close_silently_accepted_tickets(NOON + timedelta(days=8))
    assert Ticket.objects.get().status == "closed"


def test_who_left_unnoticed_is_erased_with_her_words_and_links() -> None:
    city = build_city(NOON)
    left, back = (
        city.xiaolin,
        Citizen.objects.create(key="b" * 32, account=city.account, first_seen_at=NOON),
    )
    follow(left, "o-left", actor=System("test"), now=NOON)
    follow(back, "o-back", actor=System("test"), now=NOON + timedelta(hours=2))
    gone = NOON + timedelta(hours=1)  # the process that heard both leave died before it erased them
    Citizen.objects.update(unfollowed_at=gone, nickname="春天")
    ticket = tickets.file(
        text="路灯坏了三天没有人修", citizen=left, account=city.account,
        source="portal", key="k1", actor=left, now=NOON,
    )  # fmt: skip
    for _ in range(2):
        strikes.erase_who_left(NOON + timedelta(hours=3))
    left.refresh_from_db()
    back.refresh_from_db()
    ticket.refresh_from_db()
    assert (left.openid, left.nickname, ticket.citizen_id) == (None, None, None)
    assert left.erased_at is not None
    assert (back.openid, back.nickname) == ("o-back", "春天")  # she has followed again since
    assert AuditEntry.objects.filter(verb="citizen.erased").count() == 1


def test_the_night_examines_every_connected_account(settings: LazySettings) -> None:
    """Nobody listens where WeChat and the callback ought to be: both are found, once."""
    city = build_city(NOON)
    settings.MINXIN_WECHAT_API = settings.MINXIN_PUBLIC_URL = "http://127.0.0.1:9"
    (entry,) = (each for each in SCHEDULE if each.name == "examine_accounts")
    for day in (0, 1):
        assert strike_due((entry,), {}, NOON + timedelta(days=day)) == ["examine_accounts"]
        *_before, asked = DBTaskResult.objects.filter(task_path__endswith="examine_some").order_by(
            "enqueued_at"
        )
        examine_some.func(*asked.args_kwargs["args"])
    found = city.account.findings.order_by("check_name")
    assert [each.check_name for each in found] == ["callback", "token"]
    assert all(each.last_seen_at > each.first_seen_at for each in found)
    told = StaffNotice.objects.filter(kind="connection")
    assert [each.staff for each in told] == [city.operator]


def test_accounts_just_imported_are_evaluated_and_can_still_be_taken_back() -> None:
    city = build_city(NOON)
    rows = [TITLES, *[[f"云溪{n}号", "微博", "", "", "", "", ""] for n in range(3)]]
    job = compared(rows, agency=city.police, actor=city.operator, now=NOON)
    written(job, now=NOON)
    (entry,) = (each for each in SCHEDULE if each.name == "evaluate_new_accounts")
    strike_due((entry,), {}, NOON + timedelta(seconds=10))
    found = Evaluation.objects.filter(account__platform="weibo")
    assert [(each.level, each.is_latest) for each in found] == [("unknown", True)] * 3
    before = list(Evaluation.objects.values_list("pk", "at"))
    assert strike_due((entry,), {}, NOON + timedelta(seconds=20)) == ["evaluate_new_accounts"]
    assert list(Evaluation.objects.values_list("pk", "at")) == before  # each once
    # They are not verified, which the morning will find; until then nothing hangs on them.
    assert not Candidate.objects.exists()
    accounts.undo_sheet(job, actor=city.operator, now=NOON)
    work(job.pk, clock=lambda: NOON)
    assert not Account.objects.filter(platform="weibo").exists()


def test_the_morning_accuses_what_was_only_evaluated_before() -> None:
    city = build_city(NOON)
    accounts.register(
        agency=city.water, name="云溪水务", platform="wechat", kind="service", is_verified=False,
        actor=SETUP, now=NOON,
    )  # fmt: skip
    strikes.evaluate_new_accounts(NOON)
    assert not Candidate.objects.exists()
    strikes.evaluate_updates(NOON + timedelta(hours=18))
    assert "account.uncertified" in set(Candidate.objects.values_list("indicator", flat=True))


def test_the_night_counts_and_forgets(settings: LazySettings, tmp_path: Path) -> None:
    settings.MINXIN_HOME, settings.MINXIN_REMINDER_DAYS = tmp_path, 30
    names = ("forget_reminders", "keep_figures", "wake_figures")
    entries = tuple(each for each in SCHEDULE if each.name in names)
    assert len(entries) == 3
    assert sorted(strike_due(entries, {}, NOON)) == sorted(names)
    # One asked for by the night, one because nothing was counted yet; the second finds nothing to do.
    paths = set(DBTaskResult.objects.values_list("task_path", flat=True))
    assert paths == {"minxin.supervision.tasks.count_figures"}
    for _turn in range(2):
        count_figures.func()
    assert (tmp_path / "figures" / "journal.json").exists()
    before = DBTaskResult.objects.count()
    strikes.wake_figures(NOON)
    assert DBTaskResult.objects.count() == before
