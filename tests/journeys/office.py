"""An office that begins: its people, the sheet it has kept so far, a desk with a real browser."""

import io
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from playwright.sync_api import Browser, Download, Page, expect, sync_playwright

from tests.conftest import SHANGHAI
from tests.journeys.conftest import RunningCity
from tests.support.browsing import CHROMIUM
from tests.support.city import PASSWORD

UNITS = (
    "云溪市公安局",
    "云溪市水务局",
    "云溪市卫生健康委员会",
    "青禾区人民政府办公室",
    "临湾区人民政府办公室",
)
CLERKS = {
    "云溪市公安局": ("hetao", "何涛"),
    "云溪市水务局": ("sunlan", "孙兰"),
    "云溪市卫生健康委员会": ("lijing", "李静"),
    "青禾区人民政府办公室": ("panyu", "潘宇"),
    "临湾区人民政府办公室": ("lujia", "陆佳"),
}
PLATFORMS = ("微博", "抖音", "头条", "快手", "视频号", "服务号")
CORP, AGENT, SECRET = "wwjourney0001", 1000007, "s" * 32

# Who works there. 黄薇 keeps the register of the whole city and supervises it; 高洁 supervises too.
CAST = f"""
from django.utils import timezone
from minxin.agencies.actions import add_agency, add_staff, grant_role
from minxin.agencies.models import LocalDivision
from minxin.agencies.rules import Role
from tests.support.city import PASSWORD, SETUP
now = timezone.now()
for code, name in (("990100", "云溪市"), ("990102", "青禾区"), ("990103", "临湾区")):
    LocalDivision.objects.get_or_create(code=code, defaults={{"name": name}})
def person(username, name, role, where):
    return add_staff(username=username, name=name, agency=where, role=role, password=PASSWORD,
                     must_change_password=False, actor=SETUP, now=now)
root = add_agency(code="yunxi", name="云溪市人民政府", parent=None, region_code="990100", actor=SETUP, now=now)
lead = person("huangwei", "黄薇", Role.SUPERVISOR, root)
grant_role(lead, root, Role.OPERATOR, actor=SETUP, now=now)
person("gaojie", "高洁", Role.SUPERVISOR, root)
for number, (unit, (login, name)) in enumerate({CLERKS!r}.items(), start=1):
    region = {{4: "990102", 5: "990103"}}.get(number, "990100")
    where = add_agency(code=f"unit-{{number}}", name=unit, parent=root, region_code=region, actor=SETUP, now=now)
    person(login, name, Role.OPERATOR, where)
"""

# Two units were told to put something right; 何涛 is reached in 企业微信.
TOLD = (
    """
import httpx
from django.conf import settings
from django.utils import timezone
from minxin.accounts.actions import register
from minxin.agencies.actions import ChannelDraft, ReachDraft, keep_channel, keep_reach
from minxin.agencies.models import Agency, ReminderChannel, Staff
from minxin.supervision.actions import Fresh, issue_notice, report_finding
from tests.support.city import SETUP
now = timezone.now()
lead, clerk = Staff.objects.get(username="huangwei"), Staff.objects.get(username="hetao")
base = settings.MINXIN_SIMULATOR_URL
app = {"corp_id": CORP, "agent_id": AGENT, "secret": SECRET, "members": ["hetao"]}
httpx.post(f"{base}/sim/wecom", json={"app": app}, trust_env=False).raise_for_status()
channel = keep_channel(None, ChannelDraft(
    kind=ReminderChannel.Kind.WECOM_APP, name="云溪企业微信", base_url=f"{base}/wecom", identity=CORP,
    number=AGENT, secret=SECRET), agency=Agency.objects.get(code="yunxi"), actor=SETUP, now=now)
keep_reach(clerk, ReachDraft(channel=channel), actor=clerk, now=now)
for code, name in (("unit-1", "云溪公安微博"), ("unit-2", "云溪水务微博")):
    account = register(agency=Agency.objects.get(code=code), name=name, platform="weibo",
                       is_verified=True, region_code="990100", actor=SETUP, now=now)
    found = report_finding(account, indicator="content.ad", title="页面有商业广告", severity="major",
                           facts={"detail": "置顶的一条是商家促销。"}, actor=lead, now=now,
                           proof=Fresh(seen_at=now, link="https://media.example/ad"))
    issue_notice([found], requirement="请删除并反馈。", actor=lead, now=now)
""".replace("CORP", repr(CORP))
    .replace("AGENT", str(AGENT))
    .replace("SECRET", repr(SECRET))
)

# What waits is sent as on the next working morning, whatever day and hour it is here.
NEXT_MORNING = """
from datetime import timedelta
from django.utils import timezone
from minxin.agencies.actions import plan_reminders
from minxin.agencies.models import Staff
from minxin.agencies.postman import Postman
from minxin.agencies.queries import home_of, working_calendar
from minxin.agencies.reminder_queries import pace, quiet_of
from minxin.agencies.reminder_rules import is_quiet
office, calendar = pace(), working_calendar(home_of(Staff.objects.get(username="hetao")))
morning = timezone.localtime().replace(hour=9, minute=30) + timedelta(days=1)
while is_quiet(morning, quiet_of(None, office), calendar):
    morning += timedelta(days=1)
plan_reminders(now=morning)
Postman(clock=lambda: morning).turn()
"""


def today() -> date:
    """The day it is in the office, whatever the machine's zone."""
    return datetime.now(SHANGHAI).date()


def register() -> bytes:
    """The spreadsheet as an office keeps it: a sheet of remarks first, a title across, names of columns in
    two rows with merged cells, dates as text in four ways, 30 good accounts, one wrong and one of a unit
    that is not there."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        remarks = book.add_worksheet("填表说明")
        remarks.write_column(0, 0, ["一、每个单位填写本单位全部政务新媒体。", "二、日期照实填写。"])
        sheet = book.add_worksheet("2026年台账")
        sheet.merge_range(0, 0, 0, 10, "云溪市政务新媒体账号台账（2026年）")
        for at, title in enumerate(
            ("序号", "账号名称", "平台类型", "主办单位", "是否认证", "认证到期")
        ):
            sheet.merge_range(1, at, 2, at, title)
        sheet.merge_range(1, 6, 1, 8, "管理人员")
        sheet.write_row(2, 6, ["分管领导", "责任人", "管理员"])
        sheet.merge_range(1, 9, 2, 9, "备案号")
        sheet.merge_range(1, 10, 2, 10, "链接")
        for at, line in enumerate(_lines(), start=3):
            sheet.write_row(at, 0, line)
    return content.getvalue()


def _lines() -> list[list[str]]:
    days = ("2027年3月1日", "2027/3/1", "20270301", "2027.03.01")
    lines = [
        [str(number), name, PLATFORMS[number % 6], UNITS[number % 5], "√", days[number % 4],
         "分管同志", "负责同志", "经办同志", f"云备{number:03}", f"https://media.example/{number}"]
        for number, name in enumerate(names())
    ]  # fmt: skip
    lines.append(["31", "云溪茶话", "茶馆", UNITS[0], "√", days[0], "", "", "", "云备031", ""])
    lines.append(
        ["32", "云溪旧档", "微博", "云溪市档案局", "√", days[0], "", "", "", "云备032", ""]
    )
    return lines


def names() -> list[str]:
    """The thirty accounts that can be written."""
    short = ("公安", "水务", "健康", "青禾", "临湾")
    return [f"云溪{short[number % 5]}{PLATFORMS[number % 6]}" for number in range(30)]


# The words of what has the focus: its own, its label's, or its name for who does not see.
FOCUSED = """() => { const one = document.activeElement;
  return [one.innerText, one.getAttribute("aria-label"), ...[...(one.labels ?? [])].map(l => l.innerText)]
    .filter(Boolean).join(" "); }"""


def looked(page: Page, name: str) -> None:
    """A picture for a person, when MINXIN_LOOK names a folder."""
    if folder := os.environ.get("MINXIN_LOOK"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


class Desk:
    """A person at a browser of her own. What the browser complains of is kept."""

    def __init__(self, browser: Browser, city: RunningCity, login: str, width: int = 1366) -> None:
        self.base, self.login = city.web, login
        self.complaints: list[str] = []
        height = 768 if width > 600 else 844
        self.page = browser.new_context(
            locale="zh-CN", viewport={"width": width, "height": height}, accept_downloads=True
        ).new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type == "error" else None
        )

    def sign_in(self, password: str = PASSWORD) -> None:
        """At the door, wherever it was that asked for it."""
        self.page.get_by_label("登录名").fill(self.login)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("heading", name="登录")).to_have_count(0)

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.base}/console/{path}")

    def go(self, *names: str | re.Pattern[str]) -> None:
        """By the links a person sees, one after the other."""
        for name in names:
            self.page.get_by_role("link", name=name).first.click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, words: str) -> None:
        """To what says so, with the tab key alone, as a person does who uses no mouse."""
        for _step in range(80):
            self.press("Tab")
            if words in self.page.evaluate(FOCUSED):
                return
        raise AssertionError(f"{words} cannot be reached with the keyboard")

    def button(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).click()

    def sees(self, words: str | re.Pattern[str], seconds: float = 8) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=seconds * 1000)

    def waits_for(self, words: str | re.Pattern[str], seconds: float) -> None:
        """What comes by itself and is not pushed to the page: looked for again and again."""
        until = time.monotonic() + seconds
        while True:
            try:
                self.sees(words, 1)
            except AssertionError:
                assert time.monotonic() < until, f"{words} did not come"
                self.page.reload()
            else:
                return

    def heading(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", name=words).first).to_be_visible()

    def rows(self) -> list[list[str]]:
        """The first table of the page, line by line, without its head."""
        table = self.page.get_by_role("table").first
        return [
            [cell.strip() for cell in row.split("\t")]
            for row in table.locator("tbody tr").all_inner_texts()
        ]

    def downloads(self, name: str | re.Pattern[str]) -> Download:
        with self.page.expect_download() as waited:
            self.page.get_by_role("link", name=name).first.click()
        return waited.value

    def act(self, name: str, **fields: str) -> None:
        """One act on a ticket's page: its fold is opened, its fields filled, its button pressed."""
        button = self.page.locator(f'button[name="act"][value="{name}"]')
        button.wait_for(state="attached")
        if not button.is_visible():
            self.page.locator("details", has=button).locator("summary").click()
        form = self.page.locator("form", has=button)
        for field, value in fields.items():
            control = form.locator(f'[name$="-{field}"], [name="{field}"]').first
            if control.evaluate("each => each.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)
        button.click()

    def cannot(self, name: str) -> None:
        """The act is not offered here."""
        expect(self.page.locator(f'button[name="act"][value="{name}"]')).to_have_count(0)

    def look(self, name: str) -> None:
        """A picture for a person, when MINXIN_LOOK names a folder."""
        looked(self.page, name)

    def note(self, name: str, text: str) -> None:
        """Words for a person, beside the pictures."""
        if folder := os.environ.get("MINXIN_LOOK"):
            (Path(folder) / f"{name}.txt").write_text(text, encoding="utf-8")

    def fits(self) -> None:
        """Nothing sticks out at the side."""
        width = self.page.viewport_size["width"]  # type: ignore[index]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url

    def faults(self) -> list[str]:
        """What went wrong in the browser, but for answers that are meant: 422 and 404."""
        meant = ("422", "404")
        return [each for each in self.complaints if not any(code in each for code in meant)]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


def text_of_docx(path: Path) -> str:
    """All words of a document, those of its tables too."""
    import docx

    found = docx.Document(str(path))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in found.paragraphs), *cells])


def sheets_of(path: Path) -> dict[str, Sequence[Sequence[Any]]]:
    """Every sheet of a workbook, as rows."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def text_of_pdf(path: Path) -> str:
    """All words of a document, page by page."""
    import pypdfium2

    found = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in found)
