"""Reminders: one message a person and day, quiet hours, a weekly budget, never twice, nothing lost."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import httpx
import pytest

from minxin.agencies import actions, reminder_queries
from minxin.agencies.actions import ChannelDraft, ReachDraft
from minxin.agencies.models import Reminder, ReminderChannel, Staff, StaffNotice, StaffReach
from minxin.agencies.postman import Postman, settle
from minxin.agencies.reminder_rules import LEASE, week_of
from minxin.core import errands
from minxin.core.errors import NotFound, Refused
from tests.support.city import SETUP, City

NIGHT, WEEKEND = timedelta(hours=10), timedelta(days=4)
DAY = timedelta(days=1)


class Other:
    """企业微信's side: what it received, and what it answers next."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.answers: list[Any] = []
        self.tokens = 0

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/gettoken"):
            self.tokens += 1
            answer = {"errcode": 0, "access_token": f"t{self.tokens}", "expires_in": 7200}
            return httpx.Response(200, json=answer)
        told = self.answers.pop(0) if self.answers else {"errcode": 0, "msgid": "m"}
        if isinstance(told, Exception):
            if isinstance(told, httpx.ReadTimeout):
                self.take(request)
            raise told
        if told.get("errcode") == 0:
            self.take(request)
        return httpx.Response(200, json=told)

    def take(self, request: httpx.Request) -> None:
        import json

        self.received.append(json.loads(request.content))


@pytest.fixture
def other() -> Other:
    return Other()


@pytest.fixture
def channel(city: City, now: datetime) -> ReminderChannel:
    draft = ChannelDraft(
        kind="wecom_app", name="企业微信", identity="wwcorp", number=1000002, secret="app-secret-1"
    )
    return actions.keep_channel(None, draft, agency=city.root, actor=SETUP, now=now)


def reach(staff: Staff, channel: ReminderChannel, now: datetime, **more: Any) -> StaffReach:
    draft = ReachDraft(channel=channel, **more)
    return actions.keep_reach(staff, draft, actor=staff, now=now)


def tell(
    staff: Staff, now: datetime, *, kind: str = "ticket", link: str = "/a", text: str = ""
) -> None:
    actions.notify_staff([staff], text or f"{kind} {link}", kind=kind, link=link, now=now)


def postman(other: Other, at: datetime) -> Postman:
    return Postman(clock=lambda: at, transport=httpx.MockTransport(other.handle))


def test_all_that_waits_becomes_one_message_and_the_day_has_one(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now)
    for link in ("/a", "/b", "/c"):
        tell(city.wang, now, link=link)
    tell(city.wang, now, kind="review", link="/r")
    assert actions.plan_reminders(now=now) == 1
    assert actions.plan_reminders(now=now) == 0  # a clock that strikes twice
    assert postman(other, now).turn() == 1
    assert postman(other, now).turn() == 0
    message = other.received[0]
    assert message["touser"] == "wangfang"
    assert message["textcard"]["title"] == "今日提醒，共 4 件"
    assert "【工单动态】ticket /a（共 3 件）" in message["textcard"]["description"]
    assert len(other.received) == 1
    tell(city.wang, now + timedelta(hours=1), link="/late")
    assert actions.plan_reminders(now=now + timedelta(hours=1)) == 0
    assert actions.plan_reminders(now=now + DAY) == 1


def test_what_was_read_in_the_console_is_not_told_again(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now)
    tell(city.wang, now)
    assert actions.plan_reminders(now=now) == 1
    actions.read_notices(city.wang, now=now)
    assert postman(other, now).turn() == 0
    assert Reminder.objects.get().status == "cancelled"
    assert other.received == []
    assert reminder_queries.spent_by(city.wang, week_of(now)) == 0


def test_nobody_is_reached_at_night_on_days_off_or_before_she_says_where(
    city: City, channel: ReminderChannel, now: datetime
) -> None:
    tell(city.wang, now)
    assert actions.plan_reminders(now=now) == 0  # she has not said where
    reach(city.wang, channel, now)
    tell(city.wang, now, kind="deadline", link="/d")  # urgent, but not at night
    for at in (now + NIGHT, now + WEEKEND, now.replace(hour=8, minute=29)):
        assert actions.plan_reminders(now=at) == 0
    city.wang.refresh_from_db()
    assert actions.plan_reminders(now=now.replace(hour=8, minute=30)) == 1  # the urgent one alone
    assert Reminder.objects.get().title == "有 1 件急事"


def test_urgent_ones_reach_who_asked_for_it_even_at_night(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now, urgent_any_time=True)
    tell(city.wang, now)
    tell(city.wang, now, kind="deadline", link="/d")
    night = now + NIGHT
    assert actions.plan_reminders(now=night) == 1
    assert postman(other, night).turn() == 1
    assert len(other.received) == 1
    assert Reminder.objects.get().items == 1


def test_her_own_quiet_hours_count(city: City, channel: ReminderChannel, now: datetime) -> None:
    reach(city.wang, channel, now, quiet_from=time(9), quiet_until=time(11))
    tell(city.wang, now)
    assert actions.plan_reminders(now=now) == 0
    assert actions.plan_reminders(now=now.replace(hour=11)) == 1


def test_a_row_that_becomes_due_at_night_waits_for_the_morning(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now)
    tell(city.wang, now)
    actions.plan_reminders(now=now)
    friday = now + 3 * DAY + NIGHT
    Reminder.objects.update(due_at=friday)
    assert postman(other, friday).turn() == 0
    row = Reminder.objects.get()
    assert row.due_at == (now + 6 * DAY).replace(hour=8, minute=30)  # Monday
    assert row.attempts == 0


def test_a_full_week_merges_into_the_next_digest_and_says_so(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    actions.keep_pace(
        {"digest_at": time(9, 10), "quiet_from": time(18), "quiet_until": time(8, 30),
         "reminders_a_week": 2, "fields_a_week": 40, "escalate_after": 3},
        actor=city.administrator, now=now,
    )  # fmt: skip
    reach(city.wang, channel, now)
    made = []
    for number in range(4):
        at = now + timedelta(minutes=number)
        tell(city.wang, at, kind="deadline", link=f"/{number}")
        made.append(actions.plan_reminders(now=at))
    assert made == [1, 1, 0, 0]
    assert actions.plan_reminders(now=now + DAY) == 0  # not even the digest of the next day
    monday = now + 6 * DAY
    assert actions.plan_reminders(now=monday) == 1
    row = Reminder.objects.get(key__startswith="digest:")
    assert row.items == 2
    assert "其中 2 件因一周提醒已满 2 次，并入这一次。" in row.text
    postman(other, monday).turn()
    assert Reminder.objects.filter(status="sent").count() >= 1


def fails(kind: str) -> Any:
    return {
        "down": httpx.ConnectError("down"),
        "busy": {"errcode": 45009, "errmsg": "freq"},
    }[kind]


@pytest.mark.parametrize("kind", ["down", "busy"])
def test_while_the_other_side_is_down_nothing_is_lost_and_nothing_goes_twice(
    city: City, channel: ReminderChannel, other: Other, now: datetime, kind: str
) -> None:
    reach(city.wang, channel, now)
    tell(city.wang, now)
    actions.plan_reminders(now=now)
    other.answers = [fails(kind)] * 3
    at = now
    for attempt in (1, 2, 3):
        assert postman(other, at).turn() == 1
        row = Reminder.objects.get()
        assert (row.status, row.attempts) == ("waiting", attempt)
        assert row.error
        assert row.due_at > at
        assert postman(other, at).turn() == 0  # not before its pause is over
        at = row.due_at
    assert postman(other, at).turn() == 1
    assert Reminder.objects.get().status == "sent"
    assert len(other.received) == 1


def test_after_three_days_the_notices_join_a_later_digest(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now)
    tell(city.wang, now)
    actions.plan_reminders(now=now)
    other.answers = [httpx.ConnectError("down")]
    late = now + 3 * DAY
    postman(other, late).turn()
    assert Reminder.objects.get().status == "failed"
    assert StaffNotice.objects.get().reminder is None
    assert actions.plan_reminders(now=late) == 1
    postman(other, late).turn()
    assert len(other.received) == 1


def test_an_answer_that_is_lost_is_asked_again_with_the_very_same_words(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now)
    tell(city.wang, now)
    actions.plan_reminders(now=now)
    other.answers = [httpx.ReadTimeout("lost")]
    postman(other, now).turn()
    row = Reminder.objects.get()
    assert (row.status, row.uncertain_at) == ("waiting", now)
    postman(other, row.due_at).turn()
    assert other.received[0] == other.received[1]  # 企业微信 knows this repeat
    assert other.received[0]["enable_duplicate_check"] == 1
    assert Reminder.objects.get().status == "sent"


def test_a_group_is_not_asked_twice_and_hears_no_names(
    city: City, other: Other, now: datetime
) -> None:
    draft = ChannelDraft(kind="wecom_robot", name="值班群", secret="robot-key-0001")
    actions.keep_channel(None, draft, agency=city.police, actor=SETUP, now=now)
    tell(city.wang, now, text="王芳的工单")
    tell(city.zhao, now, text="王芳的工单")
    assert actions.plan_reminders(now=now) == 1
    assert actions.plan_reminders(now=now) == 0
    other.answers = [httpx.ReadTimeout("lost")]
    postman(other, now).turn()
    postman(other, now + timedelta(hours=1)).turn()
    assert len(other.received) == 1
    assert "王芳" not in str(other.received[0])
    assert "【工单动态】1 件" in other.received[0]["text"]["content"]
    row = Reminder.objects.get()
    assert (row.status, row.staff) == ("unsure", None)


def test_a_wrong_address_stops_for_her_alone_and_comes_once_it_is_right(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now, address="wrong")
    reach(city.outsider, channel, now)
    tell(city.wang, now)
    tell(city.outsider, now)
    actions.plan_reminders(now=now)
    other.answers = [{"errcode": 81013, "errmsg": "invalid"}]
    postman(other, now).turn()
    assert [each["touser"] for each in other.received] == ["chenjing"]
    assert "81013" in StaffReach.objects.get(staff=city.wang).trouble
    assert actions.plan_reminders(now=now + DAY) == 0
    reach(city.wang, channel, now)
    assert actions.plan_reminders(now=now + DAY) == 1


def test_a_wrong_secret_is_the_operators_and_is_told_once(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    city.operator.memberships.update(agency=city.root)
    reach(city.wang, channel, now)
    tell(city.wang, now)
    actions.plan_reminders(now=now)
    other.answers = [{"errcode": 60020, "errmsg": "ip"}] * 2
    postman(other, now).turn()
    postman(other, now + timedelta(hours=1)).turn()
    channel.refresh_from_db()
    assert "可信IP" in channel.trouble
    assert city.operator.notices.filter(kind="channel").count() == 1
    postman(other, now + timedelta(hours=2)).turn()
    channel.refresh_from_db()
    assert channel.trouble == ""
    assert len(other.received) == 1


def test_two_postmen_send_it_once(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now)
    tell(city.wang, now)
    actions.plan_reminders(now=now)
    row = Reminder.objects.get()
    assert errands.claim(row, "one", now)
    assert not errands.claim(row, "two", now)
    assert postman(other, now).turn() == 0


def test_what_a_killed_process_left_is_sent_again_only_where_a_repeat_is_known(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    reach(city.wang, channel, now)
    tell(city.wang, now)
    actions.plan_reminders(now=now)
    errands.claim(Reminder.objects.get(), "dead", now)
    assert settle(now=now + LEASE) == 0
    later = now + LEASE + timedelta(seconds=1)
    assert settle(now=later) == 1
    assert Reminder.objects.get().status == "waiting"
    errands.claim(Reminder.objects.get(), "dead", later)
    assert settle(now=now + timedelta(hours=5)) == 1
    assert Reminder.objects.get().status == "unsure"
    assert postman(other, now + timedelta(hours=5)).turn() == 0


def test_settings_are_refused_in_words_and_write_nothing(
    city: City, channel: ReminderChannel, now: datetime
) -> None:
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: _keep(city, now, kind="webhook", name="回调", base_url="ftp://x"), "secret"),
        (lambda: _keep(city, now, kind="webhook", name="回调", secret="short", base_url="http://x.example"), "secret"),
        (lambda: _keep(city, now, kind="webhook", name="回调", secret="k" * 20, base_url="ftp://x"), "base_url"),
        (lambda: _keep(city, now, kind="wecom_app", name="应用", identity="ww"), "number"),
        (lambda: _keep(city, now, kind="email", name="邮件", base_url="http://x", sender="a@b.example", secret="x"), "base_url"),
        (lambda: _keep(city, now, kind="pigeon", name="信鸽"), "kind"),
        (lambda: _keep(city, now, kind="wecom_robot", name="企业微信", secret="robot-key-1"), "name"),
        (lambda: reach(city.wang, channel, now, address="有 空格"), "address"),
        (lambda: reach(city.wang, channel, now, quiet_from=time(22)), "quiet_until"),
    ]  # fmt: skip
    for act, field in wrong:
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.field == field
    assert ReminderChannel.objects.count() == 1
    assert not StaffReach.objects.exists()


def _keep(city: City, now: datetime, **draft: Any) -> ReminderChannel:
    return actions.keep_channel(None, ChannelDraft(**draft), agency=city.root, actor=SETUP, now=now)


def test_only_who_may_keeps_a_channel_and_each_keeps_only_her_own_settings(
    city: City, channel: ReminderChannel, now: datetime
) -> None:
    with pytest.raises(NotFound):
        actions.keep_channel(
            channel, ChannelDraft(kind="wecom_app", name="x", identity="a", number=1),
            agency=city.root, actor=city.operator, now=now,
        )  # fmt: skip
    with pytest.raises(Refused):
        actions.keep_reach(city.wang, ReachDraft(channel=channel), actor=city.zhao, now=now)
    water = actions.keep_channel(
        None, ChannelDraft(kind="wecom_app", name="水务", identity="a", number=1, secret="abcdefgh"),
        agency=city.water, actor=SETUP, now=now,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        reach(city.wang, water, now)
    assert refused.value.field == "channel"


def test_secrets_stay_out_of_the_audit_and_an_empty_one_keeps_what_is_there(
    city: City, channel: ReminderChannel, now: datetime
) -> None:
    from minxin.agencies.models import AuditEntry

    draft = ChannelDraft(kind="wecom_app", name="企业微信", identity="wwnew", number=1)
    actions.keep_channel(channel, draft, agency=city.root, actor=SETUP, now=now)
    channel.refresh_from_db()
    assert channel.secret == "app-secret-1"
    told = list(AuditEntry.objects.filter(verb="reminder_channel.kept").values_list("after"))
    assert len(told) == 2
    assert "app-secret-1" not in str(told)
    robot = _keep(
        city, now, kind="wecom_robot", name="群",
        secret="https://qyapi.example/cgi-bin/webhook/send?key=robot-key-9",
    )  # fmt: skip
    assert robot.secret == "robot-key-9"


def test_one_renewal_of_the_token_is_shared_by_all_messages(
    city: City, channel: ReminderChannel, other: Other, now: datetime
) -> None:
    for person in (city.wang, city.zhao, city.outsider):
        reach(person, channel, now)
        tell(person, now)
    assert actions.plan_reminders(now=now) == 3
    assert Postman(clock=lambda: now, transport=httpx.MockTransport(other.handle)).turn() == 3
    assert other.tokens == 1
