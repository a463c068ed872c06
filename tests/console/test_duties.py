"""责任事项 and 转载任务 at the desks of a supervisor, a unit's clerk and an outsider."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.supervision import actions
from minxin.supervision.actions import duty_events, relaying, word_lists
from minxin.supervision.actions.items import Article, keep_items
from minxin.supervision.actions.word_lists import TermDraft
from minxin.supervision.models import (
    Candidate,
    DutyEvent,
    PublishedItem,
    RelayAssignment,
    RelayTask,
)
from minxin.supervision.packs import library
from minxin.supervision.scanning import work
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TITLE = "国务院办公厅关于部分节假日安排的通知"
ALIKE = "国务院办公厅关于部分节假日的安排"


@pytest.fixture
def supervisor(city: City, now: datetime) -> Staff:
    return agencies.add_staff(
        username="huangwei", name="黄薇", agency=city.root, role=Role.SUPERVISOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip


@pytest.fixture
def desk(supervisor: Staff, at_desk: SignIn) -> Client:
    return at_desk(supervisor)


@pytest.fixture
def clerk(city: City, at_desk: SignIn) -> Client:
    """何涛, operator of the police."""
    return at_desk(city.operator)


def typed(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def given(city: City, **changed: object) -> dict[str, object]:
    return {
        "agency": city.root.pk, "title": TITLE, "source_url": "https://www.gov.example/a/1.htm",
        "level": "nation", "issued_by": "国务院办公厅", "due_at": typed(timezone.now() + DAY),
        "accounts": [city.account.pk],
    } | changed  # fmt: skip


@pytest.fixture
def task(city: City, supervisor: Staff, now: datetime) -> RelayTask:
    return relaying.add_relay_task(
        agency=city.root, title=TITLE, level="nation", issued_by="国务院办公厅", due_at=now + DAY,
        accounts=[city.account], actor=supervisor, now=now,
    )  # fmt: skip


def publish(city: City, title: str, at: datetime) -> None:
    keep_items(
        [
            Article(
                city.account.pk, PublishedItem.Source.IMPORT, title, title, "正文", at,
                "https://mp.example/s/9",
            )
        ],
        now=at,
    )  # fmt: skip


# Relay tasks -----------------------------------------------------------------------------------


def test_nothing_yet_says_what_to_do(desk: Client, clerk: Client) -> None:
    assert "没有转载任务" in desk.get("/console/duties/relay/").content.decode()
    assert "下达转载任务" in desk.get("/console/duties/relay/").content.decode()
    assert (
        'href="/console/duties/relay/new/"'
        not in clerk.get("/console/duties/relay/").content.decode()
    )
    assert "还没有登记责任事项" in desk.get("/console/duties/").content.decode()


def test_a_task_is_given_out_and_what_was_typed_stays_when_it_cannot_be(
    desk: Client, city: City
) -> None:
    answer = desk.post("/console/duties/relay/new/", given(city, due_at="2026-01-01 09:00"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "转载期限要晚于现在" in page
    assert TITLE in page
    assert not RelayTask.objects.exists()
    answer = desk.post("/console/duties/relay/new/", given(city))
    task = RelayTask.objects.get()
    assert answer.headers["Location"] == f"/console/duties/relay/{task.pk}/"
    page = desk.get(answer.headers["Location"]).content.decode()
    assert "0 / 1" in page
    assert "0.00%" not in page  # it may still be in time
    assert "云溪公安" in page


def test_to_all_accounts_of_an_area_at_once(desk: Client, city: City) -> None:
    desk.post("/console/duties/relay/new/", given(city, accounts=[], everyone="on"))
    assert [each.account for each in RelayAssignment.objects.all()] == [city.account]
    answer = desk.post(
        "/console/duties/relay/new/",
        given(city, accounts=[], everyone="on", agency=city.water.pk),
    )
    assert (answer.status_code, "请至少选一个账号" in answer.content.decode()) == (422, True)


def test_a_clerk_marks_with_a_link(clerk: Client, city: City, task: RelayTask) -> None:
    page = clerk.get("/console/duties/relay/").content.decode()
    assert TITLE in page
    row = task.assignments.get()
    address = f"/console/duties/relay/accounts/{row.pk}/"
    assert address in clerk.get(f"/console/duties/relay/{task.pk}/").content.decode()
    bad = {"act": "mark", "link": "转了", "done_at": typed(timezone.now())}
    answer = clerk.post(address, bad)
    assert answer.status_code == 422
    assert "http://" in answer.content.decode()
    good = bad | {"link": "https://mp.example/s/1"}
    assert clerk.post(address, good).headers["Location"] == f"/console/duties/relay/{task.pk}/"
    row.refresh_from_db()
    assert (row.link, row.marked_by) == ("https://mp.example/s/1", city.operator)
    page = clerk.get(f"/console/duties/relay/{task.pk}/").content.decode()
    assert "1 / 1（100.00%）" in page
    assert "何涛" in page
    assert clerk.post(address, {"act": "unmark", "reason": "登记错了"}).status_code == 404
    assert clerk.post(f"/console/duties/relay/{task.pk}/", {"act": "match"}).status_code == 404


def test_what_is_alike_is_shown_and_accepted_by_a_person(
    clerk: Client, desk: Client, city: City, task: RelayTask, now: datetime
) -> None:
    publish(city, ALIKE, now - HOUR)
    address = f"/console/duties/relay/accounts/{task.assignments.get().pk}/"
    assert "有 1 篇相似内容待核对" in desk.get(f"/console/duties/relay/{task.pk}/").content.decode()
    assert ALIKE in clerk.get(address).content.decode()
    assert clerk.post(address, {"act": "accept", "item": "999999"}).status_code == 404
    item = PublishedItem.objects.get()
    assert clerk.post(address, {"act": "accept", "item": item.pk}).status_code == 302
    row = task.assignments.get()
    assert (row.item, row.how) == (item, "by_hand")
    answer = clerk.post(address, {"act": "accept", "item": item.pk})
    assert (answer.status_code, "已经登记过转载" in answer.content.decode()) == (422, True)
    answer = desk.post(address, {"act": "unmark", "reason": "不"})
    assert (answer.status_code, "至少 4 个字" in answer.content.decode()) == (422, True)
    assert desk.post(address, {"act": "unmark", "reason": "不是这件的转载"}).status_code == 302
    assert task.assignments.get().done_at is None


def test_who_supervises_looks_again_and_calls_a_task_off(
    desk: Client, city: City, task: RelayTask, now: datetime
) -> None:
    publish(city, TITLE, now - HOUR)
    address = f"/console/duties/relay/{task.pk}/"
    assert desk.post(address, {"act": "match"}).status_code == 302
    assert task.assignments.get().how == "matched"
    answer = desk.post(address, {"act": "cancel", "reason": ""})
    assert (answer.status_code, "请写明理由" in answer.content.decode()) == (422, True)
    assert desk.post(address, {"act": "cancel", "reason": "原文已撤下"}).status_code == 302
    page = desk.get(address).content.decode()
    assert "已取消" in page
    assert "取消这件任务" not in page
    assert TITLE not in desk.get("/console/duties/relay/?standing=done").content.decode()
    assert TITLE in desk.get("/console/duties/relay/?standing=cancelled").content.decode()


def test_the_rate_is_told_with_both_counts_in_the_sheet_too(
    desk: Client, city: City, supervisor: Staff, now: datetime
) -> None:
    long_ago = now - 9 * DAY
    late = relaying.add_relay_task(
        agency=city.root, title=TITLE, level="nation", issued_by="国务院办公厅",
        due_at=long_ago + DAY, accounts=[city.account], actor=supervisor, now=long_ago,
    )  # fmt: skip
    actions.evaluate([city.account], now=now)
    sheet = b"".join(desk.get("/console/duties/relay/?export=csv")).decode()
    assert "0 / 1（0.00%）" in sheet
    page = desk.get(f"/console/duties/relay/{late.pk}/").content.decode()
    assert "已超期，没有记录" in page
    candidate = Candidate.objects.get(indicator="relay.rate")
    page = desk.get(f"/console/supervision/candidates/{candidate.pk}/").content.decode()
    assert "近期应转载 1 件，按时转载 0 件" in page
    page = desk.get(f"/console/supervision/accounts/{city.account.pk}/").content.decode()
    assert "重要信息应全部按时转载（系统建议）" in page


def test_one_task_with_its_accounts_is_a_sheet(desk: Client, city: City, task: RelayTask) -> None:
    address = f"/console/duties/relay/{task.pk}/accounts/"
    assert address in desk.get(f"/console/duties/relay/{task.pk}/").content.decode()
    sheet = b"".join(desk.get(f"{address}?export=csv")).decode()
    assert "云溪公安" in sheet
    assert "还没到期" in sheet
    assert "<span" not in sheet
    assert "云溪公安" not in desk.get(f"{address}?standing=in_time").content.decode()
    assert "云溪公安" in desk.get(f"{address}?standing=missing").content.decode()


# Duty events -----------------------------------------------------------------------------------


def test_a_clerk_registers_an_opinion_event_and_writes_down_the_first_word(
    clerk: Client, city: City
) -> None:
    known = timezone.now() - 2 * HOUR
    form = {
        "account": city.account.pk, "title": "东桥路水管爆裂", "is_grave": "grave",
        "known_at": typed(known),
    }  # fmt: skip
    answer = clerk.post("/console/duties/opinion/new/", form | {"title": "张三13800138000"})
    assert (answer.status_code, "个人信息" in answer.content.decode()) == (422, True)
    address = clerk.post("/console/duties/opinion/new/", form).headers["Location"]
    page = clerk.get(address).content.decode()
    for words in ("首次发布权威信息", "举行新闻发布会", "〔2016〕80号", "国家规定", "还没到期"):
        assert words in page
    early = {
        "act": "first_word", "first_word-at": typed(known - HOUR),
        "first_word-link": "https://mp.example/s/1",
    }  # fmt: skip
    answer = clerk.post(address, early)
    assert (answer.status_code, "早于知悉时间" in answer.content.decode()) == (422, True)
    assert clerk.post(address, early | {"first_word-at": typed(known + HOUR)}).status_code == 302
    event = DutyEvent.objects.get()
    assert event.first_word_link == "https://mp.example/s/1"
    assert "按时" in clerk.get(address).content.decode()
    assert "登记有误" not in clerk.get(address).content.decode()
    clerk.post(address, {"act": "withdraw", "withdraw-reason": "登记错了"})
    event.refresh_from_db()
    assert event.state == "open"
    assert clerk.post(address, {"act": "close"}).status_code == 302
    event.refresh_from_db()
    assert event.state == "closed"


def test_a_request_is_followed_by_its_days(clerk: Client, desk: Client, city: City) -> None:
    today = timezone.localdate()
    form = {
        "account": city.account.pk, "title": "公开申请2026-12号",
        "received_on": (today - 60 * DAY).isoformat(), "received_how": "online",
    }  # fmt: skip
    address = clerk.post("/console/duties/requests/new/", form).headers["Location"]
    page = clerk.get(address).content.decode()
    assert "互联网或传真，双方确认" in page
    assert "已超期，没有记录" in page
    assert "待核实" not in page  # no clock for what nobody has verified
    asked = {
        "act": "third_party", "third_party-asked_on": (today - 50 * DAY).isoformat(),
        "third_party-answered_on": (today - 5 * DAY).isoformat(),
    }  # fmt: skip
    assert clerk.post(address, asked).status_code == 302
    assert "没有确认不计入，照常计算" in clerk.get(address).content.decode()
    assert "确认不计入第三方所需时间" not in clerk.get(address).content.decode()
    left_out = {"act": "left_out", "left_out-basis": "条例第三十三条"}
    clerk.post(address, left_out)
    assert DutyEvent.objects.get().third_left_out_by is None
    assert desk.post(address, left_out).status_code == 302
    page = clerk.get(address).content.decode()
    assert "黄薇 已确认不计入期限，依据：条例第三十三条" in page
    assert clerk.post(address, {"act": "reply", "reply-on": today.isoformat()}).status_code == 302
    assert DutyEvent.objects.get().replied_on == today


def test_the_list_shows_the_clock_that_presses(
    desk: Client, city: City, supervisor: Staff, now: datetime
) -> None:
    long_ago = now - 3 * DAY
    event = duty_events.register_opinion(
        city.account, title="东桥路水管爆裂", is_grave=False, known_at=long_ago, actor=supervisor,
        now=long_ago,
    )  # fmt: skip
    page = desk.get("/console/duties/").content.decode()
    assert "首次回应" in page
    assert "已超期，没有记录" in page
    assert event.title not in desk.get("/console/duties/?kind=disclosure").content.decode()
    actions.evaluate([city.account], now=now)
    candidate = Candidate.objects.get(indicator="opinion.first")
    page = desk.get(f"/console/supervision/candidates/{candidate.pk}/").content.decode()
    assert "没有在 48 小时内按要求回应" in page
    duty_events.withdraw_event(event, reason="登记错了单位", actor=supervisor, now=now)
    page = desk.get(f"/console/duties/{event.pk}/").content.decode()
    assert "登记错了单位" in page
    assert "这件事项已经结束" in page


# The rule book ---------------------------------------------------------------------------------


def test_the_rule_book_has_all_of_them_with_source_and_marks(desk: Client) -> None:
    page = desk.get("/console/supervision/rules/").content.decode()
    for words in (
        "不得出现严重表述错误", "公开内容要去除个人信息的标识", "页面不得有商业广告",
        "重要信息应全部按时转载", "特别重大、重大突发事件5小时内发布权威信息",
        "依申请公开20个工作日内答复", "市民咨询5个工作日没有答复，提请办理",
        "待核实，没有启用",
    ):  # fmt: skip
        assert words in page, words
    for pack in library().packs:
        page = desk.get(f"/console/supervision/rules/one/{pack.id}/").content.decode()
        assert pack.document in page
        assert ("待核实，没有启用" in page) == (not pack.is_confirmed)
        if pack.limit is not None:
            assert "限度" in page


def test_the_account_s_page_tells_what_is_watched(
    desk: Client, city: City, supervisor: Staff, now: datetime
) -> None:
    address = f"/console/supervision/accounts/{city.account.pk}/"
    page = desk.get(address).content.decode()
    assert "内容和责任事项" in page
    assert "没有留存这个账号的内容" in page
    publish(city, "限时抢购在云溪", now)
    made, _scan = word_lists.add_word_list(
        agency=city.root, name="广告词", kind="ads", actor=supervisor, now=now
    )
    scan = word_lists.put_terms(made, [TermDraft("限时抢购")], actor=supervisor, now=now)
    assert scan is not None
    work(scan.pk, clock=lambda: now)
    page = desk.get(address).content.decode()
    assert "疑似商业广告：待人工确认 1 处" in page
    assert "页面不得有商业广告（系统建议）" in page


def test_in_english_too(
    desk: Client, city: City, task: RelayTask, supervisor: Staff, now: datetime
) -> None:
    event = duty_events.register_opinion(
        city.account, title="东桥路水管爆裂", is_grave=True, known_at=now, actor=supervisor, now=now
    )
    desk.post("/console/language/", {"language": "en", "next": "/console/"})
    for path, words in (
        (f"relay/{task.pk}/", ("In time / assigned", "Not due yet", "Cancel this task")),
        (f"relay/accounts/{task.assignments.get().pk}/", ("Similar content", "Link of the relay")),
        (f"{event.pk}/", ("Publish the first authoritative word", "Register", "Known since")),
        ("relay/new/", ("Give out", "To be relayed by")),
    ):
        page = desk.get(f"/console/duties/{path}").content.decode()
        for each in words:
            assert each in page, (path, each)
