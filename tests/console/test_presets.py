"""刘伟 edits what the city promises, sees what comes of it before it is kept, and adopts a table."""

import re

from django.utils import timezone

from minxin.core.working_time import Span, Unit
from minxin.tickets.actions import accept, keep_preset
from minxin.tickets.models import DeadlinePreset
from tests.console.conftest import SignIn, Work
from tests.support.city import SETUP, City

TYPED = {
    "amount": "2", "unit": "working_days", "sign_amount": "1", "sign_unit": "working_days",
    "complex_unit": "working_days", "yellow_amount": "1", "yellow_unit": "working_days",
    "red_amount": "0", "red_unit": "working_minutes", "source": "市政府文件", "is_active": "on",
}  # fmt: skip


def kept(**given: object) -> DeadlinePreset:
    wanted = {
        "code": "p", "name": "示例", "nature": "help", "limit": Span(5, Unit.WORKING_DAYS),
        "is_active": True, "actor": SETUP, "now": timezone.now(),
    } | given  # fmt: skip
    return keep_preset(**wanted)  # type: ignore[arg-type]


def test_a_line_is_changed_after_its_effect_was_seen(at_desk: SignIn, city: City) -> None:
    row, desk = kept(), at_desk(city.administrator)
    address = f"/console/presets/{row.pk}/"
    page = desk.get(address).content.decode()
    assert "未核实" in page
    assert "会这样告诉市民" in page
    seen = desk.post(f"{address}preview/", TYPED).content.decode()
    assert "有变化" in seen
    assert "签收期限" in seen
    assert "亮黄灯" in seen
    row.refresh_from_db()
    assert row.amount == 5
    assert desk.post(address, TYPED).status_code == 302
    row.refresh_from_db()
    assert (row.amount, row.sign_amount, row.yellow_amount, row.red_amount) == (2, 1, 1, 0)
    assert row.complex_amount is None


def test_what_cannot_be_counted_shows_no_dates_and_loses_nothing(
    at_desk: SignIn, city: City
) -> None:
    row, desk = kept(), at_desk(city.administrator)
    address = f"/console/presets/{row.pk}/"
    for amount in ("", "-3", "x", "99999999"):
        seen = desk.post(f"{address}preview/", TYPED | {"amount": amount})
        assert seen.status_code == 200
        assert "填好办理时限后" in seen.content.decode(), amount
    answer = desk.post(address, TYPED | {"sign_amount": "9"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "签收时限不能长于办理时限" in page
    assert "市政府文件" in page


def test_a_line_is_added(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.administrator)
    typed = TYPED | {"code": "city", "version": "2027", "name": "本市时限", "nature": "consult",
                     "urgency": "urgent", "region_code": "990100"}  # fmt: skip
    assert desk.get("/console/presets/new/").status_code == 200
    assert desk.post("/console/presets/new/preview/", typed).status_code == 200
    assert desk.post("/console/presets/new/", typed).status_code == 302
    row = DeadlinePreset.objects.get()
    assert (row.code, row.version, row.urgency, row.region_code) == (
        "city", "2027", "urgent", "990100"
    )  # fmt: skip
    wrong = desk.post("/console/presets/new/", typed | {"region_code": "99"})
    assert wrong.status_code == 422


def test_what_ships_is_loaded_from_the_list(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.administrator)
    answer = desk.post("/console/presets/load/", follow=True)
    page = answer.content.decode()
    assert "已载入 17 行，都没有采用" in page
    assert "未核实" in page
    assert "3 个工作日" in page
    again = desk.post("/console/presets/load/", follow=True).content.decode()
    assert "都已经在列表里了" in again
    assert at_desk(city.wang).post("/console/presets/load/").status_code == 404


def test_lights_are_words_in_the_list_and_on_the_page(
    at_desk: SignIn, city: City, work: Work
) -> None:
    kept(limit=Span(1, Unit.WORKING_DAYS), nature=work.ticket.nature,
         sign=Span(1, Unit.WORKING_DAYS), yellow=Span(30, Unit.DAYS),
         red=Span(0, Unit.WORKING_MINUTES))  # fmt: skip
    from minxin.tickets.actions import file

    ticket = file(text="下水道堵了两天", citizen=city.xiaolin, account=city.account, source="portal",
                  key="lit", nature=work.ticket.nature, actor=SETUP, now=timezone.now())  # fmt: skip
    accept(ticket, actor=city.wang, now=timezone.now())
    desk = at_desk(city.wang)
    listed = desk.get("/console/tickets/").content.decode()
    assert len(re.findall(r'light light-yellow">黄灯', listed)) == 1
    assert ticket.number in desk.get("/console/tickets/?light=yellow").content.decode()
    assert ticket.number not in desk.get("/console/tickets/?light=red").content.decode()
    page = desk.get(f"/console/tickets/{ticket.number}/").content.decode()
    assert "黄灯" in page
    assert "签收期限" in page
