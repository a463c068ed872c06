"""In English nothing of the console's own is left in Chinese; what people wrote stays as it is."""

import html
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.utils.translation import override

from minxin.accounts import actions as accounts
from minxin.accounts.queries import MenuAnswer
from minxin.agencies import actions as agencies
from minxin.agencies.models import AuditEntry, Staff
from minxin.conversations.models import Outgoing
from minxin.knowledge.actions import start_import
from minxin.knowledge.importing import COLUMNS
from minxin.knowledge.tasks import work as work_import
from minxin.tickets import actions as tickets
from minxin.wechat._errors import ERRORS
from tests.console.conftest import SignIn, Work
from tests.console.test_pages import _pages
from tests.guards.test_catalogue import catalogue
from tests.support.city import SETUP, City

HAN = re.compile(r"[\u4e00-\u9fff]+")
# The name of the platform, and the switch back.
OURS = {"民信", "中文"}
# A sheet's own titles are part of the sheet, whoever reads about it.
DATA = ["路灯", "人工", "怎样办理", *COLUMNS]


def _written() -> list[str]:
    """What stands in the tables, the longest first: that is data."""
    found: set[str] = set()
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField)
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            found |= {str(value) for value in row if value and HAN.search(str(value))}
    return sorted(found, key=len, reverse=True)


def _left(page: str, written: list[str]) -> set[str]:
    text = html.unescape(page)
    for words in written:
        for line in {words, *words.splitlines(), words[:40], words[:24]}:
            if HAN.search(line):
                text = text.replace(line.strip(), "")
    return set(HAN.findall(text)) - OURS


def test_what_wechat_refuses_has_its_english() -> None:
    known = catalogue()
    sentences = {words for _message, *told in ERRORS.values() for words in told}
    assert not {words for words in sentences if not known.get(words)}


@pytest.fixture(autouse=True)
def _chinese_again() -> Iterator[None]:
    """Django's test client leaves the last request's language behind."""
    with override("zh-hans"):
        yield


@pytest.fixture
def english(at_desk: SignIn) -> SignIn:
    def sign_in(staff: Staff):  # type: ignore[no-untyped-def]
        desk = at_desk(staff)
        desk.post("/console/language/", {"language": "en", "next": "/console/"})
        return desk

    return sign_in


def test_every_page_is_english(
    city: City, work: Work, editor: Staff, english: SignIn, now: datetime
) -> None:
    tickets.accept(work.ticket, actor=city.wang, now=now)
    Outgoing.objects.update(status="failed", error_code=45015, attempts=3)
    menu = [{"type": "click", "name": "人工", "key": "person"}]
    replies = {"person": MenuAnswer("person")}
    accounts.set_menu(city.account, menu, replies=replies, actor=SETUP, now=now)
    agencies.set_calendar_day(
        now.date(), is_working=True, note="调休", actor=city.administrator, now=now
    )
    Staff.objects.update(language="en")
    sheet = "标准问题,答案,生效日期\n怎样办理,到窗口,2026-01-01\n,没有,二月三十\n".encode()
    job = start_import("a.csv", sheet, agency=city.police, actor=editor, now=now)
    work_import(job.pk)
    more = [
        ("editor", f"knowledge/imports/{job.pk}/"),
        ("editor", f"knowledge/imports/{job.pk}/errors/"),
        ("wang", "conversations/"),
        ("wang", "notices/"),
        *(("auditor", f"audit/{entry.pk}/") for entry in AuditEntry.objects.all()),
        *(("wang", f"tickets/?state={state}&q=路灯") for state in ("open", "overdue", "closed")),
        ("auditor", "audit/?since=yesterday"),
        ("wang", "no-such-page/"),
    ]
    left: dict[str, set[str]] = {}
    for who, path in [*_pages(city, work), *more]:
        desk = english(editor if who == "editor" else getattr(city, who))
        page = desk.get(f"/console/{path}").content.decode()
        found = _left(page, [*_written(), *DATA])
        if found:
            left[f"{who} {path}"] = found
    assert not left, "\n".join(f"{path}: {words}" for path, words in left.items())
