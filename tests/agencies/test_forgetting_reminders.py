"""Reminders are kept for the set time; then they go, and only their number stays."""

from datetime import datetime, timedelta

import pytest

from minxin.agencies import actions
from minxin.agencies.actions import reminding
from minxin.agencies.models import AuditEntry, Reminder, ReminderChannel, StaffNotice
from minxin.agencies.reminder_rules import week_of
from tests.support.city import SETUP, City

DAY = timedelta(days=1)


@pytest.fixture
def channel(city: City, now: datetime) -> ReminderChannel:
    draft = actions.ChannelDraft(
        kind="wecom_app", name="企业微信", identity="wwcorp", number=1000002, secret="app-secret-1"
    )
    return actions.keep_channel(None, draft, agency=city.root, actor=SETUP, now=now)


def sent(city: City, channel: ReminderChannel, at: datetime, status: str = "sent") -> Reminder:
    return Reminder.objects.create(
        key=f"{at.isoformat()}-{status}", channel=channel, agency=city.police, staff=city.wang, items=1,
        title="汇总", text="【工单将到期】一件", week=week_of(at), status=status, due_at=at, created_at=at,
    )  # fmt: skip


def test_what_is_older_goes_and_its_number_is_audited(
    city: City, channel: ReminderChannel, now: datetime
) -> None:
    old = [
        sent(city, channel, now - 185 * DAY, each)
        for each in ("sent", "failed", "unsure", "cancelled")
    ]
    kept = [
        sent(city, channel, now - 184 * DAY), sent(city, channel, now),
        sent(city, channel, now - 400 * DAY, "waiting"), sent(city, channel, now - 400 * DAY, "sending"),
    ]  # fmt: skip
    notice = StaffNotice.objects.create(
        staff=city.wang,
        kind="deadline",
        text="工单将到期",
        created_at=old[0].created_at,
        reminder=old[0],
    )
    before = AuditEntry.objects.count()
    assert actions.forget_reminders(keep_days=184, now=now) == 4
    assert set(Reminder.objects.values_list("pk", flat=True)) == {each.pk for each in kept}
    notice.refresh_from_db()
    assert notice.reminder is None
    entry = AuditEntry.objects.get(verb="reminder.forgotten")
    assert entry.after == {"count": 4, "before": str((now - 184 * DAY).date())}
    assert (entry.actor_kind, entry.subject_id) == ("system", "")
    assert actions.forget_reminders(keep_days=184, now=now) == 0
    assert AuditEntry.objects.count() == before + 1
    # What was told long ago is not told again.
    assert actions.plan_reminders(now=now) == 0


def test_nothing_goes_when_nothing_is_to_go(
    city: City, channel: ReminderChannel, now: datetime
) -> None:
    sent(city, channel, now - 4000 * DAY)
    assert actions.forget_reminders(keep_days=0, now=now) == 0
    assert Reminder.objects.count() == 1


def test_a_short_time_never_takes_what_a_notice_may_still_need(
    city: City, channel: ReminderChannel, now: datetime
) -> None:
    sent(city, channel, now - 20 * DAY)
    sent(city, channel, now - 22 * DAY)
    assert actions.forget_reminders(keep_days=1, now=now) == 1


def test_many_go_in_chunks(
    city: City, channel: ReminderChannel, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "FORGOTTEN_AT_ONCE", 2)
    for each in range(5):
        sent(city, channel, now - 200 * DAY - timedelta(minutes=each))
    assert actions.forget_reminders(keep_days=184, now=now) == 5
    counts = [
        each.after["count"]
        for each in AuditEntry.objects.filter(verb="reminder.forgotten").order_by("id")
    ]
    assert counts == [2, 2, 1]
