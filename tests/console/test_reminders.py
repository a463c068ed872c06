"""Reminders at the desks: channels with a test, one's own page, the week's figures and their rows."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from minxin.agencies import actions
from minxin.agencies.actions import ChannelDraft, ReachDraft
from minxin.agencies.models import (
    Escalation,
    FieldsAsked,
    Pace,
    Reminder,
    ReminderChannel,
    Staff,
    StaffReach,
)
from minxin.agencies.reminder_rules import week_of
from minxin.agencies.rules import Role
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City
from tests.support.wechat import WeChat, wechat_process


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeChat]:
    with wechat_process(tmp_path_factory.mktemp("wecom")) as process:
        app = {"corp_id": "wwcorp", "agent_id": 7, "secret": "app-secret-1", "members": ["hetao"]}
        process.post("wecom", app=app)
        yield process


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return actions.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR,
        password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def channel(city: City, now: datetime) -> ReminderChannel:
    draft = ChannelDraft(
        kind="wecom_app", name="企业微信", identity="wwcorp", number=7, secret="app-secret-1"
    )
    return actions.keep_channel(None, draft, agency=city.police, actor=SETUP, now=now)


def said(desk: Client, place: str, **typed: object) -> str:
    return desk.post(place, typed, follow=True).content.decode()


def test_the_operator_enters_a_channel_tests_it_and_reads_what_is_wrong(
    at_desk: SignIn, city: City, there: WeChat
) -> None:
    desk = at_desk(city.operator)
    new = reverse("console:reminder_channel_new")
    typed = {
        "agency": city.police.pk, "kind": "wecom_app", "name": "公安企业微信", "identity": "wwcorp",
        "base_url": f"{there.base}/wecom", "is_active": "on", "secret": "app-secret-1",
    }  # fmt: skip
    answer = desk.post(new, typed)
    assert answer.status_code == 422
    assert "公安企业微信" in answer.content.decode()  # nothing typed is lost
    assert not ReminderChannel.objects.exists()
    page = said(desk, new, **typed, number="7")
    assert "app-secret-1" not in page
    one = reverse("console:reminder_channel", args=[ReminderChannel.objects.get().pk])
    assert "测试消息已送出" in said(desk, one, test="1", address="hetao")
    assert "81013" in said(desk, one, test="1", address="nobody")
    assert "请填写把测试消息发给谁" in said(desk, one, test="1", address=" ")
    there.fault("/wecom/cgi-bin/message/send", "error", times=1, args={"errcode": 60020})
    page = said(desk, one, test="1", address="hetao")
    assert "可信IP" in page
    there.fault("/wecom/cgi-bin/message/send", "http_500", times=1)
    assert "不能确定是否送达" in said(desk, one, test="1", address="hetao")
    desk.post(one, {**typed, "number": "7", "secret": "", "name": "改名"})
    kept = ReminderChannel.objects.get()
    assert (kept.name, kept.secret) == ("改名", "app-secret-1")


def test_everybody_says_where_she_is_reached(
    at_desk: SignIn, city: City, channel: ReminderChannel, now: datetime
) -> None:
    desk, address = at_desk(city.wang), reverse("console:my_reminders")
    assert "企业微信" in desk.get(address).content.decode()
    assert "请先选择提醒方式" in said(desk, reverse("console:my_reminders_test"))
    answer = desk.post(address, {"channel": channel.pk, "quiet_from": "21:00"})
    assert answer.status_code == 422
    assert 'value="21:00"' in answer.content.decode()
    assert not StaffReach.objects.exists()
    assert "提醒设置已保存" in said(
        desk, address, channel=channel.pk, quiet_from="21:00", quiet_until="07:00"
    )
    reach = StaffReach.objects.get()
    assert (reach.staff, reach.address) == (city.wang, "wangfang")
    elsewhere = at_desk(city.outsider)
    assert elsewhere.post(address, {"channel": channel.pk}).status_code == 422


def test_each_figure_of_a_week_is_the_number_of_its_rows(
    at_desk: SignIn, city: City, supervisor: Staff, channel: ReminderChannel, now: datetime
) -> None:
    week = week_of(now)
    for number, (agency, person, status) in enumerate(
        [(city.police, city.wang, "sent"), (city.police, city.wang, "unsure"),
         (city.police, city.zhao, "sent"), (city.water, city.outsider, "sent"),
         (city.police, city.zhao, "failed"), (city.police, city.zhao, "cancelled")]
    ):  # fmt: skip
        Reminder.objects.create(
            key=str(number), channel=channel, agency=agency, staff=person, items=1, title="汇总",
            text="", week=week, status=status, due_at=now, created_at=now,
        )  # fmt: skip
    actions.ask_fields([city.police], title="自查表", fields=12, actor=supervisor, now=now)
    actions.ask_fields([city.police], title="附件", fields=3, actor=supervisor, now=now)
    desk = at_desk(supervisor)
    page = desk.get(reverse("console:burden")).content.decode()
    links = re.findall(r'href="([^"]*/reminders/(?:sent|asked)/\?[^"]*unit=\d+)">(\d+)</a>', page)
    assert len(links) == 4
    for link, shown in links:
        rows = desk.get(link.replace("&amp;", "&")).context["table"].data.data
        counted = sum(row.fields for row in rows) if "/asked/" in link else len(rows)
        assert counted == int(shown), link
    assert [int(shown) for _link, shown in links] == [3, 15, 1, 0]
    assert "2 / 6" in page  # the most one person got
    for name in (city.wang.name, city.zhao.name, city.outsider.name):
        assert name not in page
    other = at_desk(
        actions.add_staff(
            username="sunlan",
            name="孙兰",
            agency=city.water,
            role=Role.SUPERVISOR,
            password=PASSWORD,
            must_change_password=False,
            actor=SETUP,
            now=now,
        )
    )
    page = other.get(reverse("console:burden")).content.decode()
    assert "水务局" in page
    assert "公安局" not in page
    assert len(other.get(reverse("console:reminders_sent")).context["table"].data.data) == 1


@pytest.mark.parametrize("week", ["", "x", "2026-02-31", "0001-01-01", "9999-12-31"])
def test_any_week_that_is_asked_for_has_a_page(
    at_desk: SignIn, city: City, supervisor: Staff, week: str
) -> None:
    assert at_desk(supervisor).get(reverse("console:burden"), {"week": week}).status_code == 200


def test_a_request_over_the_budget_moves_and_says_so(
    at_desk: SignIn, city: City, supervisor: Staff, now: datetime
) -> None:
    desk, address = at_desk(supervisor), reverse("console:ask_fields")
    typed = {"agencies": [city.police.pk, city.water.pk], "title": "季度表", "fields_count": "30"}
    assert "已告知 2 个单位" in said(desk, address, **typed)
    page = said(desk, address, **typed)
    assert "已告知 0 个单位" in page
    assert f"{week_of(now) + timedelta(days=7)}" in page
    assert FieldsAsked.objects.filter(told_at=None).count() == 2
    answer = desk.post(address, {"agencies": [], "title": "留着我", "fields_count": "3"})
    assert answer.status_code == 422
    assert "留着我" in answer.content.decode()
    assert FieldsAsked.objects.count() == 4


def test_telling_the_unit_above_takes_a_person(
    at_desk: SignIn, city: City, supervisor: Staff, now: datetime
) -> None:
    long_ago = now - timedelta(days=15)
    actions.notify_staff([city.operator], "账号更新", kind="updates", link="/a", now=long_ago)
    desk, address = at_desk(supervisor), reverse("console:escalations")
    page = desk.get(reverse("console:burden")).content.decode()
    assert "可以考虑告知上一级的事项" in page
    typed = {"unit": city.police.pk, "kind": "updates"}
    assert "请写明不升级的理由" in said(desk, address, **typed, decision="waived", reason="")
    assert not Escalation.objects.exists()
    assert "没有其他可以告知的工作人员" in said(desk, address, **typed, decision="told")
    assert not Escalation.objects.exists()
    assert "已记录" in said(desk, address, **typed, decision="waived", reason="已电话沟通")
    assert desk.post(address, {**typed, "decision": "told"}).status_code == 404  # it stands no more
    page = desk.get(reverse("console:burden")).content.decode()
    assert "已电话沟通" in page


def test_how_often_is_the_administrators(at_desk: SignIn, city: City) -> None:
    desk, address = at_desk(city.administrator), reverse("console:pace")
    typed = {
        "digest_at": "09:20", "quiet_from": "17:30", "quiet_until": "08:30",
        "reminders_a_week": "4", "fields_a_week": "20", "escalate_after": "5",
    }  # fmt: skip
    assert desk.post(address, {**typed, "reminders_a_week": "0"}).status_code == 422
    assert not Pace.objects.exists()
    assert "提醒频次已保存" in said(desk, address, **typed)
    assert Pace.objects.get().fields_a_week == 20
    assert at_desk(city.operator).get(address).status_code == 404


def test_her_own_page_tells_what_was_sent_and_what_is_left_of_the_week(
    at_desk: SignIn, city: City, channel: ReminderChannel, now: datetime
) -> None:
    actions.keep_reach(city.wang, ReachDraft(channel=channel), actor=city.wang, now=now)
    Reminder.objects.create(
        key="x", channel=channel, agency=city.police, staff=city.wang, items=2,
        title="今日提醒，共 2 件", text="", week=week_of(now), status="sent", due_at=now,
        created_at=now,
    )  # fmt: skip
    page = at_desk(city.wang).get(reverse("console:my_reminders")).content.decode()
    assert "已提醒 1 次，上限 6 次" in page
    assert "今日提醒，共 2 件" in page
    assert (
        "今日提醒" not in at_desk(city.zhao).get(reverse("console:my_reminders")).content.decode()
    )
