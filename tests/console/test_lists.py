"""The lists: whole for those who may see them, absent for others; sheets show what the page shows."""

import csv
import html
import io
import re
import zipfile
from datetime import datetime

import django_tables2 as tables
import pytest
from django.test import RequestFactory

from minxin.accounts.actions import register
from minxin.agencies.actions import notify_staff, set_calendar_day
from minxin.agencies.models import Agency, AuditEntry, Staff
from minxin.console import lists
from minxin.core.working_time import Span, Unit
from minxin.knowledge.actions import start_import
from minxin.supervision.actions import evaluate
from minxin.tickets.actions import accept, file, keep_preset
from tests.console.conftest import SignIn, Work
from tests.support.city import SETUP, City
from tests.support.entries import entry

LISTS = [
    ("/console/conversations/", "wang", "operator"),
    ("/console/notices/", "auditor", None),
    ("/console/tickets/", "wang", "operator"),
    ("/console/knowledge/", "wang", "operator"),
    ("/console/knowledge/imports/", "editor", "wang"),
    ("/console/unanswered/", "zhao", "administrator"),
    ("/console/accounts/", "operator", "wang"),
    ("/console/outgoing/", "operator", "zhao"),
    ("/console/agencies/", "auditor", None),
    ("/console/staff/", "administrator", "wang"),
    ("/console/calendar/", "administrator", "auditor"),
    ("/console/calendar/hours/", "administrator", "wang"),
    ("/console/presets/", "administrator", "wang"),
    ("/console/supervision/", "operator", "wang"),
    ("/console/supervision/candidates/", "operator", "zhao"),
    ("/console/audit/", "auditor", "administrator"),
    ("/console/inbox/", "wang", "zhao"),
]


@pytest.mark.parametrize(("path", "permitted", "other"), LISTS)
def test_a_list_is_there_for_those_who_may_see_it(
    city: City,
    work: Work,
    editor: Staff,
    at_desk: SignIn,
    path: str,
    permitted: str,
    other: str | None,
) -> None:
    desk = at_desk(editor if permitted == "editor" else getattr(city, permitted))
    assert desk.get(path).status_code == 200
    assert desk.get(path, {"q": "没有这样的内容"}).status_code == 200
    if other is not None:
        assert at_desk(getattr(city, other)).get(path).status_code == 404


@pytest.mark.parametrize("shape", ["csv", "xlsx"])
@pytest.mark.parametrize(("path", "permitted", "other"), LISTS[:-1])
def test_every_list_can_be_taken_as_a_sheet(
    city: City,
    work: Work,
    editor: Staff,
    at_desk: SignIn,
    path: str,
    permitted: str,
    other: str,
    shape: str,
) -> None:
    desk = at_desk(editor if permitted == "editor" else getattr(city, permitted))
    answer = desk.get(path, {"export": shape})
    assert answer.status_code == 200
    assert f".{shape}" in answer["Content-Disposition"]
    assert answer.getvalue()


# A row there is all there is; a notice opens what it is about.
NOTHING_BEHIND = {"/console/notices/"}
CELL = re.compile(r'<td data-column="\w+"\s+data-label="[^"]*"(?: data-empty)?>(.*?)</td>', re.S)


def _shown(page: str) -> list[list[str]]:
    """The cells of the page's table as text."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    cells = [CELL.findall(row) for row in body.split("<tr")]
    said = [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]
    return [["" if cell == "—" else cell for cell in row] for row in said if row]


@pytest.mark.parametrize(("path", "permitted", "other"), LISTS[:-1])
def test_a_sheet_shows_what_the_page_shows(
    city: City,
    work: Work,
    editor: Staff,
    at_desk: SignIn,
    now: datetime,
    path: str,
    permitted: str,
    other: str,
) -> None:
    accept(work.ticket, actor=city.wang, now=now)
    set_calendar_day(now.date(), is_working=True, note="调休", actor=city.administrator, now=now)
    keep_preset(code="help", name="求助", region_code="990100", nature="help", limit=Span(3, Unit.WORKING_DAYS),
                source="某办法", is_active=True, actor=SETUP, now=now)  # fmt: skip
    start_import("a.csv", "标准问题,答案".encode(), agency=city.police, actor=editor, now=now)
    notify_staff([city.auditor], kind="test", text="请注意。", link="/console/", now=now)
    plain = register(agency=city.police, name="云溪警讯", platform="weibo", actor=SETUP, now=now)
    evaluate([city.account, plain], now=now)
    desk = at_desk(editor if permitted == "editor" else getattr(city, permitted))
    page = desk.get(path).content.decode()
    shown = _shown(page)
    assert shown
    opens = re.findall(r'<tr[^>]* data-href="(/console/[^"]+)"', page)
    assert len(opens) == (0 if path in NOTHING_BEHIND else len(shown))
    sheet = desk.get(path, {"export": "csv"}).getvalue().decode("utf-8-sig")
    taken = [
        [cell.lstrip("'") for cell in row[: len(shown[0])]]
        for row in csv.reader(io.StringIO(sheet))
    ]
    if path == "/console/audit/":
        taken = [row for row in taken if "导出列表" not in row]
    assert taken[1 : len(shown) + 1] == shown
    assert all(desk.get(each).status_code == 200 for each in opens[:1])


@pytest.mark.parametrize("sort", ["due_at", "-due_at", "number", "agency", "status", "nature"])
def test_tickets_can_be_sorted(city: City, work: Work, at_desk: SignIn, sort: str) -> None:
    answer = at_desk(city.wang).get("/console/tickets/", {"sort": sort})
    assert answer.status_code == 200
    assert work.ticket.number in answer.content.decode()


def _tickets(city: City, now: datetime, *texts: str) -> list[str]:
    return [
        file(
            text=text,
            citizen=city.xiaolin,
            account=city.account,
            source="portal",
            key=text,
            actor=SETUP,
            now=now,
        ).number
        for text in texts
    ]


def test_the_filter_holds_for_page_and_sheets_and_the_export_is_audited(
    city: City, at_desk: SignIn, now: datetime
) -> None:
    lamp, well = _tickets(city, now, "东桥路口的路灯坏了三天", "西河小区的井盖丢了一个")
    desk = at_desk(city.wang)
    page = desk.get("/console/tickets/", {"q": "井盖"}).content.decode()
    assert well in page
    assert lamp not in page
    sheet = desk.get("/console/tickets/", {"q": "井盖", "export": "csv"}).getvalue()
    assert sheet.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["编号", well]
    book = desk.get("/console/tickets/", {"q": "井盖", "export": "xlsx"}).getvalue()
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        words = parts.read("xl/worksheets/sheet1.xml").decode()
    assert well in words
    assert lamp not in words
    audited = AuditEntry.objects.filter(verb="list.exported")
    assert audited.count() == 2
    assert {each.actor_name for each in audited} == {"王芳"}
    assert {each.after["shape"] for each in audited} == {"csv", "xlsx"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_cell_that_looks_like_a_formula_is_defused(
    city: City, at_desk: SignIn, now: datetime, start: str
) -> None:
    entry(city.police, f"{start}1+HYPERLINK怎样办理", now=now)
    sheet = at_desk(city.wang).get("/console/knowledge/", {"export": "csv"}).getvalue()
    cells = [cell for row in csv.reader(io.StringIO(sheet.decode("utf-8-sig"))) for cell in row]
    assert f"'{start}1+HYPERLINK怎样办理" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+-@＝＋－＠")]
    book = at_desk(city.wang).get("/console/knowledge/", {"export": "xlsx"}).getvalue()
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_what_looks_like_a_mark_is_not_lost(city: City, at_desk: SignIn, now: datetime) -> None:
    entry(city.police, "小于<5岁且A&B的儿童怎样办证", now=now)
    sheet = at_desk(city.wang).get("/console/knowledge/", {"export": "csv"}).getvalue()
    assert "小于<5岁且A&B的儿童怎样办证" in sheet.decode("utf-8-sig")


def test_too_long_a_list_is_refused_in_words(
    city: City, at_desk: SignIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 2)
    _tickets(city, now, "路灯一坏了三天", "路灯二坏了三天", "井盖丢了三天")
    desk = at_desk(city.wang)
    answer = desk.get("/console/tickets/", {"export": "csv", "state": "open"}, follow=True)
    assert "请先用筛选缩小范围" in answer.content.decode()
    assert answer.redirect_chain == [("/console/tickets/?state=open", 302)]
    assert not AuditEntry.objects.filter(verb="list.exported").exists()
    sheet = desk.get("/console/tickets/", {"export": "csv", "q": "路灯"})
    assert sheet.streaming
    assert sheet.getvalue().count(b"\n") == 3


@pytest.mark.parametrize(
    ("path", "used", "unused"),
    [
        ("/console/staff/", "刘伟", "王芳"),
        ("/console/agencies/", "云溪市公安局", "云溪市水务局"),
        ("/console/presets/", "甲时限", "乙时限"),
    ],
)
def test_yes_or_no_is_a_filter_that_starts_with_neither(
    city: City, at_desk: SignIn, now: datetime, path: str, used: str, unused: str
) -> None:
    for code, name, is_active in (("a", "甲时限", True), ("b", "乙时限", False)):
        keep_preset(code=code, name=name, region_code="990100", nature="help", limit=Span(3, Unit.WORKING_DAYS),
                    source="某办法", is_active=is_active, actor=SETUP, now=now)  # fmt: skip
    Agency.objects.filter(pk=city.water.pk).update(is_active=False)
    Staff.objects.filter(pk=city.wang.pk).update(is_active=False)
    desk = at_desk(city.administrator)

    def shown(**query: str) -> set[str]:
        body = desk.get(path, query).content.decode().split("<tbody>")[1]
        return {name for name in (used, unused) if name in body}

    assert shown() == {used, unused}
    assert shown(is_active="1") == {used}
    assert shown(is_active="0") == {unused}


def test_a_long_list_has_pages(city: City, at_desk: SignIn, now: datetime) -> None:
    numbers = _tickets(city, now, *(f"第 {number} 盏路灯坏了三天" for number in range(27)))
    desk = at_desk(city.wang)
    first = desk.get("/console/tickets/", {"sort": "number"}).content.decode()
    second = desk.get("/console/tickets/", {"sort": "number", "page": 2}).content.decode()
    shown = [number for number in numbers if f">{number}<" in first]
    assert len(shown) == 25
    assert all((f">{number}<" in second) != (number in shown) for number in numbers)
    assert desk.get("/console/tickets/", {"export": "csv"}).getvalue().count(b"\n") == 28


def test_a_member_without_duties_is_told_so(city: City, at_desk: SignIn, now: datetime) -> None:
    newcomer = Staff.objects.create(username="wuxin", name="吴新", joined_at=now)
    page = at_desk(newcomer).get("/console/")
    assert page.status_code == 200
    assert "还没有分配角色" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "permitted"),
    [
        ("/console/tickets/", "wang"),
        ("/console/knowledge/", "wang"),
        ("/console/unanswered/", "wang"),
        ("/console/accounts/", "operator"),
    ],
)
def test_a_filter_offers_only_agencies_one_may_see(
    city: City, work: Work, at_desk: SignIn, path: str, permitted: str
) -> None:
    desk = at_desk(getattr(city, permitted))
    page = desk.get(path, {"agency": city.police.pk}).content.decode()
    assert page.split("<tbody>")[1].count("<tr") == 1
    assert f">{city.station.name}</option>" in page
    assert f">{city.water.name}</option>" not in page
    other = desk.get(path, {"agency": city.station.pk}).content.decode()
    assert "没有符合条件的内容" in other


def test_an_agency_comes_with_those_below_it(city: City, at_desk: SignIn, now: datetime) -> None:
    entry(city.station, "怎样办理暂住登记", now=now)
    desk = at_desk(city.wang)
    page = desk.get("/console/knowledge/", {"agency": city.police.pk}).content.decode()
    assert "怎样办理暂住登记" in page


def test_a_cell_without_a_value_says_so(rf: RequestFactory) -> None:
    """On a phone, where a row becomes a card, it is left out: a dash alone tells nothing there."""

    class Named(lists.Table):
        name = tables.Column()
        place = tables.Column()

    table = Named([{"name": "云溪发布", "place": None}])
    tables.RequestConfig(rf.get("/")).configure(table)
    page = table.as_html(rf.get("/"))
    marked = {
        words: "data-empty" in also for also, words in re.findall(r"<td([^>]*)>([^<]*)</td>", page)
    }
    assert marked == {"云溪发布": False, "—": True}


def test_a_very_long_list_is_counted_and_shown_to_its_limit(
    city: City, at_desk: SignIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_COUNTED", 30)
    for number in range(32):
        notify_staff([city.wang], f"通知 {number}", kind=f"kind{number}", now=now)
    desk = at_desk(city.wang)

    assert '<span class="total">30+</span>' in desk.get("/console/notices/").content.decode()
    last = desk.get("/console/notices/", {"page": "2"}).content.decode()
    assert "列表只显示前 30 条" in last
    assert "下一页" not in last
    assert desk.get("/console/notices/", {"page": "3"}).status_code == 200


def test_the_tickets_begin_with_those_that_wait(
    city: City, work: Work, at_desk: SignIn, now: datetime
) -> None:
    number = work.ticket.number
    desk = at_desk(city.wang)
    assert number in desk.get("/console/tickets/").content.decode()
    work.ticket.status = "closed"
    work.ticket.save()

    assert number not in desk.get("/console/tickets/").content.decode()
    assert number in desk.get("/console/tickets/", {"state": ""}).content.decode()
    # Who searches, searches all of them; a number is found however it is written.
    assert number in desk.get("/console/tickets/", {"q": work.ticket.text[:4]}).content.decode()
    written = number.replace("-", " ").lower()
    assert number in desk.get("/console/tickets/", {"q": written}).content.decode()
