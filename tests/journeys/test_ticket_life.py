"""The whole life of a ticket, the console beside the citizens' phones: disputed, decided, merged, supervised,
extended, co-handled, reviewed, answered, reopened, called back, done again, rated, archived."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import PASSWORD, RunningCity, token
from tests.journeys.office import Desk, chromium
from tests.journeys.phones import SOON, Phone, wait_until_indexed
from tests.support.browsing import MARKS

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]

WORDS = "地铁口的施工围挡占了人行道，推婴儿车只能走机动车道，昨天差点被车碰到，希望尽快恢复"
SAME = "地铁口的施工围挡占了人行道，老人只能走机动车道，差点被车碰到，希望尽快恢复人行道"
PLACE = "滨江大道与云顶路口"
MATTER = "住房和城乡建设/建设工地管理"
VAGUE = "您反映的问题我们高度重视，正在研究，感谢您的理解和支持。"
FIRST = (
    "经现场核查，滨江大道与云顶路口的围挡是地铁出入口工地的临时设施。施工单位已于今天上午把围挡后退 2 米，"
    "恢复人行道，并设置警示灯。如仍有不便，请拨打市住建局质安科电话 0999-5551101。"
)
SECOND = (
    "再次到现场核查：夜间围挡又被移出 1 米，属施工单位擅自改动。今天已责令整改，围挡改为固定式，"
    "每天由质安科巡查两次。电话 0999-5551101。"
)
THIRD = (
    "固定式围挡今天安装完毕，人行道净宽 2.5 米，地面已铺平，可以推婴儿车通过；质安科负责人到场验收。"
    "电话 0999-5551101。"
)
# What a picture's address gives, as letters.
BYTES = """async each => Array.from(new Uint8Array(await (await fetch(each.src)).arrayBuffer()),
  one => String.fromCharCode(one)).join("")"""
PREPARED = """
from django.utils import timezone
from minxin.agencies.actions import grant_role
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from tests.support.city import SETUP
person = Staff.objects.get(username="fengyu")
if not person.memberships.filter(role="reviewer").exists():
    grant_role(person, Agency.objects.get(code="housing"), Role.REVIEWER, actor=SETUP, now=timezone.now())
"""
# Of every ticket of the city: what ran and what stood is what passed, in every wait it had.
SUMMED = """
from datetime import timedelta
from django.utils import timezone
from minxin.tickets.models import Ticket
from minxin.tickets.queries import ledger_rows
from minxin.tickets.rules.ledger import Kind, dispatch_timer
now, wrong, waits = timezone.now(), [], 0
for ticket in Ticket.objects.all():
    rows = ledger_rows(ticket)
    starts = [at for at, row in enumerate(rows) if row.kind is Kind.START]
    for begin, end in zip(starts, [*starts[1:], len(rows)]):
        part = rows[begin:end]
        over = next((row.at for row in part if row.kind is Kind.END), now)
        told = dispatch_timer(part, now)
        waits += 1
        if told.ran + told.stood != over - part[0].at:
            wrong.append(ticket.number)
assert not wrong, wrong
assert Ticket.objects.get(number=NUMBER).ledger.filter(kind="start").count() == 3
print(waits)
"""
ARCHIVED = """
from datetime import timedelta
from django.utils import timezone
from minxin.core.actors import System
from minxin.tickets.actions import archive
from minxin.tickets.models import Ticket
archive(Ticket.objects.get(number=NUMBER), actor=System("clock"), now=timezone.now() + timedelta(days=90))
print(Ticket.objects.get(number=NUMBER).status)
"""


@dataclass
class Cast:
    """Everybody at a screen of her own."""

    browser: Browser
    city: RunningCity
    desks: dict[str, Desk]

    def __call__(self, login: str) -> Desk:
        if login not in self.desks:
            desk = Desk(self.browser, self.city, login)
            desk.open()
            desk.sign_in(PASSWORD)
            self.desks[login] = desk
        return self.desks[login]

    def at(self, login: str, number: str) -> Desk:
        """On the ticket's page."""
        desk = self(login)
        desk.open(f"tickets/{number}/")
        return desk


@pytest.fixture
def cast(running: RunningCity) -> Iterator[Cast]:
    running.run(PREPARED)
    with chromium() as browser:
        cast = Cast(browser, running, {})
        yield cast
        for desk in cast.desks.values():
            assert desk.faults() == [], desk.login


def test_the_whole_life_of_a_ticket(running: RunningCity, cast: Cast) -> None:
    xiaolin, zhou = (
        Phone(cast.browser, running, each) for each in ("围挡前的小林", "围挡前的老周")
    )
    number = _filed(xiaolin, cast)
    _disputed(number, xiaolin, cast)
    _merged(number, zhou, cast)
    _supervised_and_extended(number, xiaolin, cast)
    _co_handled(number, cast)
    _reviewed(number, running, cast)
    for phone in (xiaolin, zhou):
        phone.hears("围挡后退 2 米")
    for phone in (xiaolin, zhou):
        phone.says("进度")
    _reopened(number, xiaolin, cast)
    zhou.hears("重新办理")
    _answered_again(number, SECOND, cast)
    xiaolin.hears("围挡改为固定式")
    _called_back_and_done_again(number, xiaolin, cast)
    for phone in (xiaolin, zhou):
        phone.says("进度")
    _answered_again(number, THIRD, cast)
    for phone in (xiaolin, zhou):
        phone.hears("人行道净宽 2.5 米")
    _rated_well(number, xiaolin, cast)
    _told_alike(number, xiaolin, cast)
    waits = int(running.run(f"NUMBER = {number!r}\n{SUMMED}"))
    assert waits > 40
    assert running.run(f"NUMBER = {number!r}\n{ARCHIVED}") == "archived"
    desk = cast.at("fengyu", number)
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("已归档")
    desk.cannot("answer")
    desk.look("90-archived")
    for phone in (xiaolin, zhou):
        assert phone.faults() == []


def _filed(phone: Phone, cast: Cast) -> str:
    """In her phone, with two pictures that knew where they were taken, and her number if she is to be called."""
    phone.fill(WORDS, PLACE, pictures=2, phone="0999-5559911")
    phone.look("01-form")
    phone.send()
    number = phone.filed()
    phone.sees("承诺")
    phone.sees("已提交")
    images = phone.page.locator("ul.pictures img")
    expect(images).to_have_count(2)
    for at in range(2):
        content = images.nth(at).evaluate(BYTES)
        assert "JFIF" in content
        assert not any(each in content for each in ("Exif", "SecretPhoneMaker", "taken at home"))
    phone.look("02-filed")
    desk = cast("wangfang")
    until = time.monotonic() + 30
    row = desk.page.locator("tr", has_text=number)
    while True:  # the router looks at it a moment later
        desk.open(f"dispatching/?q={number}")
        if row.get_by_role("button").count():
            break
        assert time.monotonic() < until, "nothing was proposed"
        time.sleep(0.5)
    desk.look("03-dispatching")
    row.get_by_role("button").filter(has_text="市城管局").click()
    desk.sees(f"{number} 已派给云溪市城市管理局")
    phone.page.reload()
    phone.sees("云溪市城市管理局")
    return number


def _disputed(number: str, phone: Phone, cast: Cast) -> None:
    """One agency says whose it is, is refused, asks for a decision; the decision goes to the list."""
    claim = {
        "reason": "围挡在建设工地红线内，由工地主管部门管理。",
        "legal_basis": "《建设工程安全生产管理条例》第四十条",
        "proper_agency": "云溪市住房和城乡建设局",
    }
    desk = cast.at("hejun", number)
    desk.act("return_asked", **claim)
    desk.sees("退单待定")
    sujing = cast.at("sujing", number)
    sujing.act("return_refused", decision="按职责清单，施工占道由城管办理。")
    desk = cast.at("hejun", number)
    desk.sees("按职责清单，施工占道由城管办理。")
    desk.act("disputed", **claim)
    desk.sees("争议待裁")
    desk.look("10-disputed")
    sujing = cast.at("sujing", number)
    sujing.cannot("arbitrated")  # she refused the return
    heping = cast.at("heping", number)
    heping.act(
        "arbitrated", decision="地铁工地的临时设施，由住建局办理。", agency="云溪市住房和城乡建设局"
    )
    heping.sees("裁定已记下")
    phone.page.reload()
    phone.sees("云溪市住房和城乡建设局")
    assert "红线" not in phone.page.inner_text(
        "main"
    )  # what agencies say to each other is not hers to bear
    lead = cast("liuyang")
    lead.open("responsibilities/decisions/?q=地铁工地的临时设施")
    lead.page.locator("tbody tr").first.click()
    lead.act("take", matter=MATTER, place="滨江大道", basis="本次裁定")
    lead.sees("已写入草稿，采用之后才生效。")
    lead.sees("滨江大道")
    lead.look("11-draft")
    desk = cast.at("fengyu", number)
    desk.act("signed")
    desk.sees("已签收")


def _merged(number: str, phone: Phone, cast: Cast) -> None:
    """Another citizen files nearly the same; it is offered to her, and handled with the first."""
    wait_until_indexed(cast.city, number)
    phone.fill(SAME, PLACE)
    phone.send()
    phone.sees("已经有人反映，是同一件事吗")
    phone.sees("我也遇到了")
    phone.look("20-near")
    phone.send("都不是，照常提交")
    second = phone.filed()
    desk = cast("sujing")
    desk.open(f"tickets/{second}/neighbours/")
    desk.page.check(f"#near-{number}")
    desk.page.get_by_label("理由").first.fill("同一处围挡")
    desk.page.locator('button[value="into"]').click()
    desk.sees("已合并")
    phone.hears("已合并办理")
    cast.at("fengyu", number).sees("另有 1 位市民在等这件事")


def _supervised_and_extended(number: str, phone: Phone, cast: Cast) -> None:
    """Watched from above; more time asked for in time, granted once: who is second is told."""
    desk = cast.at("huangwei", number)
    desk.act(
        "flag-supervised",
        level="重点督办",
        document="云督〔2026〕35号",
        reason="两位市民反映，注意安全。",
    )
    desk.sees("标记已保存")
    desk = cast.at("fengyu", number)
    desk.sees("重点督办")
    asked = {
        "reason": "须与地铁施工单位会商围挡方案。",
        "legal_basis": "《云溪市诉求办理时限（示例）》第六条",
    }
    desk.act("extension_asked", working_days="2", **asked)
    desk.sees("申请已提交")
    one, two = cast.at("sujing", number), cast.at("heping", number)
    for each in (one, two):
        expect(each.page.locator('button[value="extended"]')).to_have_count(1)
    one.act("extended", decision="方案确需会商。")
    one.sees("已延期")
    two.act("extended", decision="同意延期。")
    two.sees("这项申请已经有了决定")
    two.look("30-second-decider")
    phone.hears("须与地铁施工单位会商围挡方案")
    phone.page.reload()
    phone.sees("现在的答复期限是")
    phone.look("31-extended")


def _co_handled(number: str, cast: Cast) -> None:
    """Another unit does a part; nothing is answered before it is back."""
    desk = cast.at("fengyu", number)
    desk.act(
        "co_handled",
        agency="云溪市城市管理局",
        asked="请核查围挡占道许可并现场督促。",
        working_days="1",
    )
    desk.sees("已请协办单位办理")
    desk.act("answer", text=FIRST)
    desk.sees("协办单位还没有反馈")
    assert desk.page.locator("#id_answer-text").input_value() == FIRST  # nothing typed is lost
    desk.look("40-not-yet")
    other = cast("hejun")
    other.open(f"co-tasks/?q={number}")
    other.page.locator("tbody tr").first.click()
    other.act("co_signed")
    other.sees("已签收")
    other.act("co_answered", words="占道许可已过期三天，已当场要求后退围挡。")
    other.sees("已反馈主办单位")
    cast.at("fengyu", number).sees("占道许可已过期三天")


def _reviewed(number: str, city: RunningCity, cast: Cast) -> None:
    """What the machine remarks is shown; another person reads: sent back once, then passed. Not by its author."""
    desk = cast.at("fengyu", number)
    desk.page.fill("#id_answer-text", VAGUE)
    reading = desk.page.locator("#reply-reading")
    expect(reading).to_contain_text("只说了重视或研究", timeout=SOON)
    desk.look("50-remarks")
    desk.act("answer", text=VAGUE)
    desk.sees("答复已送审")
    desk.open(f"replies/review/{number}/")
    desk.sees("这是您自己送审的答复，由其他人审核。")
    with city.staff("fengyu") as client:
        page = client.get(f"/console/replies/review/{number}/").text
        assert 'name="sha256"' not in page
    zhao = cast("zhaoming")
    zhao.open(f"replies/review/{number}/")
    zhao.sees("只说了重视或研究")
    zhao.act("send_back", reason="请写明做了什么、什么时候完成。")
    zhao.sees("已退回")
    desk = cast.at("fengyu", number)
    desk.sees("请写明做了什么、什么时候完成。")
    desk.act("answer", text=FIRST)
    desk.sees("答复已送审")
    with city.staff("fengyu") as client:  # past the page, with the words' own hash
        digest = city.run(
            "from minxin.tickets.models import ReplyDraft\n"
            f"print(ReplyDraft.objects.get(ticket__number={number!r}, status='waiting').sha256)"
        )
        form = {"act": "pass", "sha256": digest, **token(client)}
        refused = client.post(f"/console/replies/review/{number}/", data=form)
        assert "不能审核自己送审的答复" in refused.text
    zhao.open(f"replies/review/{number}/")
    zhao.look("51-review")
    zhao.act("pass")
    zhao.sees("已通过")


def _answered_again(number: str, words: str, cast: Cast) -> None:
    desk = cast.at("fengyu", number)
    desk.act("signed")
    desk.act("answer", text=words)
    desk.sees("答复已送审")
    zhao = cast("zhaoming")
    zhao.open(f"replies/review/{number}/")
    zhao.act("pass")
    zhao.sees("已通过")


def _reopened(number: str, phone: Phone, cast: Cast) -> None:
    """Not content, with reasons; asked again once."""
    phone.open(f"tickets/{number}/rate")
    phone.page.locator("label.level", has_text="非常不满意").click()
    phone.page.locator(".reasons label.level").last.click()
    phone.page.fill("#comment", "晚上又移出来了")
    phone.look("60-rate")
    phone.send("提交评价")
    phone.page.fill("#reason", "晚上围挡又移出来了，还是走不过去")
    phone.send()
    phone.sees("已转承办单位重新办理。")
    phone.sees("重新办理")
    desk = cast.at("fengyu", number)
    desk.sees("晚上围挡又移出来了，还是走不过去")
    desk.sees("非常不满意")
    desk.look("61-reopened")


def _called_back_and_done_again(number: str, phone: Phone, cast: Cast) -> None:
    """A colleague calls her; it is not solved yet and is done again, with a new date."""
    desk = cast("fengyu")
    desk.open(f"call-backs/{number}/")
    desk.sees("您写过或审核过这份答复，请由其他人回访。")
    desk = cast("heping")
    desk.open(f"call-backs/{number}/")
    desk.act("phone")
    desk.sees("0999-5559911")
    desk.act(
        "said", resolved="没有解决", level="不满意", words="围挡还没有换好", outcome="重办",
        reason="固定式围挡尚未安装，须继续办理。",
    )  # fmt: skip
    desk.sees("回访已记录")
    phone.hears("将重新办理")
    phone.open(f"tickets/{number}/reopen")  # she has had her one time
    expect(phone.page.locator("#reason")).to_have_count(0)


def _rated_well(number: str, phone: Phone, cast: Cast) -> None:
    phone.open(f"tickets/{number}/rate")
    phone.page.locator("label.level", has_text="非常满意").click()
    phone.send("提交评价")
    phone.sees("谢谢您的评价")
    phone.sees("已办结")
    phone.look("80-closed")
    desk = cast.at("fengyu", number)
    desk.sees("非常满意")
    desk.look("81-closed")


def _told_alike(number: str, phone: Phone, cast: Cast) -> None:
    """Her ledger is staff's, line by line, without what is internal."""
    phone.open(f"tickets/{number}/")
    section = phone.page.locator("section", has=phone.page.get_by_role("heading", name="时限台账"))
    hers = section.locator("ol li time").all_inner_texts()
    kinds = [each.split()[0] for each in section.locator("ol .parcel-title").all_inner_texts()]
    desk = cast.at("fengyu", number)
    ours = desk.page.locator("section", has=desk.page.get_by_role("heading", name="时限台账"))
    lines = ours.locator("ol.timeline > li:not(.is-internal)")
    told = [each.split("\n")[0].split() for each in lines.all_inner_texts()]
    assert [each[0] for each in told] == kinds
    assert len(hers) == len(told) >= 10
    for moment, line in zip(hers, told, strict=True):
        assert moment.split()[-1] in line, (moment, line)


def test_more_time_is_not_asked_for_after_the_deadline(running: RunningCity, cast: Cast) -> None:
    """The act is not offered any more; who sends the form all the same is told why."""
    number = running.run(
        "from django.utils import timezone\n"
        "from minxin.tickets.models import Ticket\n"
        "late = Ticket.objects.filter(agency__code='water', due_at__lt=timezone.now(), status='accepted')\n"
        "print(late.latest('id').number)"
    )
    desk = cast.at("sunli", number)
    desk.cannot("extension_asked")
    with running.staff("sunli") as client:
        form = {
            "act": "extension_asked", "extension_asked-working_days": "2",
            "extension_asked-reason": "水泵还没有到货。", "extension_asked-legal_basis": "办法第六条",
        }  # fmt: skip
        answer = client.post(f"/console/tickets/{number}/", data={**form, **token(client)})
    assert answer.status_code == 422
    assert "答复期限已过，不能再申请延期。" in answer.text
    assert "水泵还没有到货。" in answer.text  # nothing typed is lost
