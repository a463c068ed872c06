"""A supervisor's quarter in a real browser, from the sheet an office has to the notice it sends; and what a
unit's clerk does meanwhile."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import RunningCity
from tests.journeys.office import (
    CAST,
    CLERKS,
    NEXT_MORNING,
    TOLD,
    UNITS,
    Desk,
    chromium,
    names,
    register,
    sheets_of,
    text_of_docx,
    text_of_pdf,
    today,
)
from tests.support.browsing import MARKS
from tests.support.city import PASSWORD

pytestmark = [*MARKS, pytest.mark.xdist_group("supervising")]
SEED = "2026年第四季度"
PROOF = "https://media.example/seen"
EDITED = "（一）压实主体责任。各主办单位要明确一名负责人，每周查看一次账号更新情况。"
LINES = 10  # of the check table


def test_a_quarter_of_supervision(empty: RunningCity, tmp_path: Path) -> None:
    empty.run(CAST)
    with chromium() as browser:
        lead = Desk(browser, empty, "huangwei")
        lead.open()
        lead.look("a01-door")
        lead.sign_in()
        lead.look("a02-home")
        _import(lead, tmp_path)
        _see_what_is_about_to_fail(lead)
        drawn = _open_a_campaign(lead)
        _the_sample_can_be_drawn_again(lead, drawn)
        second = Desk(browser, empty, "gaojie")
        second.open()
        second.sign_in()
        failed = _check_with_the_keyboard(lead, "三周没有更新")
        _check_with_the_keyboard(second)
        unit = next(UNITS[at % 5] for at, name in enumerate(names()) if name == failed)
        clerk = Desk(browser, empty, CLERKS[unit][0])
        clerk.open()
        clerk.sign_in()
        _look_again_and_hear_the_unit(lead, second, clerk, failed)
        _notify(lead, failed, unit, tmp_path)
        _put_right(clerk, failed)
        _close(lead, failed)
        _report(lead, failed, unit, len(drawn), tmp_path)
        for desk in (lead, second, clerk):
            assert desk.faults() == []


def _import(lead: Desk, folder: Path) -> None:
    sheet = folder / "云溪市政务新媒体台账.xlsx"
    sheet.write_bytes(register())
    lead.sees("台账里还没有账号")
    lead.go("导入台账")
    lead.look("a04-upload")
    lead.page.get_by_label("表格文件").set_input_files(sheet)
    lead.button("上传")
    lead.heading("对应各列")
    lead.look("a05-columns")
    lead.button("与台账比对")
    lead.sees("比对完毕，30 行可以写入", 30)
    lead.look("a06-compared")
    wrong, unknown = lead.rows()
    assert wrong[:3] == ["34", "平台", "茶馆"]
    assert unknown[:3] == ["35", "主办单位", "云溪市档案局"]
    lead.button("写入这 30 行")
    lead.sees("导入完成", 30)
    lead.look("a07-imported")
    assert "→" not in lead.page.get_by_role("table").last.inner_text()  # new, not changed
    lead.go("查看台账")
    lead.heading("30")
    lead.look("a07-register")


def _see_what_is_about_to_fail(lead: Desk) -> None:
    lead.go("监管")
    lead.waits_for("共 30 个账号", 40)
    lead.look("a08-all-unknown")
    for name, days in zip(names(), (20, 12, 0), strict=False):
        lead.page.get_by_role("searchbox", name="搜索").fill(name)
        lead.press("Enter")
        lead.go(name)
        lead.look(f"a09-account-{days}")
        lead.go("记录所见")
        lead.page.get_by_label("链接").fill(PROOF)
        lead.page.get_by_label("最近一条更新的日期").fill(str(today() - timedelta(days=days)))
        lead.look(f"a10-record-{days}")
        lead.button("保存")
        lead.sees("已记录，并重新评定")
        lead.look(f"a11-recorded-{days}")
        lead.go("更新预警清单")
    lead.look("a12-list")
    found = {row[0].split("（")[0]: row[2] for row in lead.rows()}
    assert found[names()[0]].startswith("超期，待人工确认")
    assert found[names()[1]].startswith("预警")
    lead.go(re.compile("27 情况不明"))
    lead.go("总览")
    lead.look("a13-overview")


def _open_a_campaign(lead: Desk) -> list[str]:
    """The names of the accounts that were drawn: a fifth of every platform."""
    lead.go("监管", "检查任务")
    lead.look("a14-no-campaigns")
    lead.go("发起检查")
    lead.look("a15-campaign-form")
    page = lead.page
    assert page.get_by_label("名称").input_value().endswith("季度检查")
    page.get_by_label("名称").fill("2026年第四季度检查")
    page.get_by_label("抽样方式").select_option(label="每层抽固定比例，每层至少一个")
    page.get_by_label("每层比例").fill("20")
    page.get_by_role("checkbox", name="区划").uncheck()
    page.get_by_label("抽样种子").fill(SEED)
    page.get_by_role("checkbox", name="高洁").check()
    page.get_by_label("合格账号复核比例").fill("0")
    lead.button("预览")
    lead.sees("抽中")
    lead.look("a16-preview")
    assert [row[1:] for row in lead.rows()] == [["5", "1"]] * 6
    lead.button("开始检查")
    lead.sees("检查已开始")
    lead.sees(SEED)
    lead.sees("检查分派给我的 3 个账号")
    lead.look("a17-campaign")
    lead.go("检查对象")
    lead.look("a18-drawn")
    drawn = [row[0].split("（")[0] for row in lead.rows()]
    assert len(drawn) == 6
    return drawn


def _the_sample_can_be_drawn_again(lead: Desk, drawn: list[str]) -> None:
    """With the seed and a hash alone, as the how-to says."""
    numbers: dict[str, int] = {}
    lead.go("监管")
    for _page in range(2):
        for link in lead.page.get_by_role("link", name=re.compile("^云溪.*（")).all():
            address = link.get_attribute("href") or ""
            numbers[link.inner_text().split("（")[0]] = int(address.strip("/").split("/")[-1])
        if _page == 0:
            lead.go("下一页")
            lead.sees("第 2 页")
    assert sorted(numbers) == sorted(names())
    again = {
        min(names()[platform::6], key=lambda name: _place(numbers[name])) for platform in range(6)
    }
    assert again == set(drawn)


def _place(number: int) -> str:
    return hashlib.sha256(f"sample:{SEED}:{number}".encode()).hexdigest()


def _check_with_the_keyboard(desk: Desk, fault: str = "") -> str:
    """Everything that waits for this person; the first account fails where there is a fault. Its name."""
    desk.open()
    desk.go(re.compile("待我检查的账号"))
    desk.page.get_by_role("link", name="从第一个开始检查").focus()
    desk.press("Enter")
    desk.sees("还有 3 个")
    first = ""
    for number in range(3):
        name = desk.page.get_by_role("heading", level=1).inner_text().split()[0]
        first = first or name
        if number == 0 and fault:
            desk.look("a20-check")
            desk.press("2")
            desk.page.keyboard.type(fault)
            desk.press("Enter")
            desk.page.keyboard.type(PROOF)
            desk.press("Enter")
            desk.look("a21-checked")
        else:
            desk.press("1")
        desk.press("a")
        while desk.page.get_by_role("radio", checked=True).count() < LINES:
            desk.press("1")
        desk.press("s")
        desk.sees(f"“{name}”已提交")
    desk.sees("没有待您检查的账号")
    desk.look("a22-all-checked")
    return first


def _look_again_and_hear_the_unit(lead: Desk, second: Desk, clerk: Desk, failed: str) -> None:
    second.open()
    second.go(re.compile("待我复核的账号"), failed)
    second.look("a23-second-look")
    second.button("同意检查结论")
    second.sees("已复核")
    second.button("送达单位")
    second.sees("已送达单位")
    second.look("a24-released")
    case = second.page.url
    clerk.open()
    clerk.look("a25-clerk-home")
    clerk.go(re.compile("可以申辩的检查结果"), failed)
    clerk.look("a26-unit-result")
    clerk.page.get_by_label("申辩理由").fill("11月20日发过一条，请核对。")
    clerk.button("提交申辩")
    clerk.sees("申辩已提交")
    clerk.look("a27-defended")
    second.page.goto(case)
    second.page.get_by_label("申辩不成立，维持").check()
    second.page.get_by_label("理由").first.fill("那一条是评论，不是更新")
    second.look("a28-decide")
    second.button("裁定")
    second.sees("已裁定")
    lead.open()
    lead.look("a29-home")
    lead.go("监管", "检查任务", "2026年第四季度检查")
    lead.button("签发结果")
    lead.sees("已签发，结果不再改动")
    lead.look("a30-signed")
    assert lead.page.get_by_role("row", name="合计").inner_text().split() == [
        "合计", "30", "6", "5", "1", "83.33%"
    ]  # fmt: skip


def _notify(lead: Desk, failed: str, unit: str, folder: Path) -> None:
    """《问题整改通知单》, with what it says on paper."""
    lead.open()
    lead.look("a31-home")
    lead.go(re.compile("待通知的问题"))
    lead.page.get_by_role("checkbox", name="选择本页全部").check()
    lead.look("a32-to-notify")
    lead.button("发整改通知单")
    lead.sees(unit)
    lead.look("a33-notify")
    lead.button("发出通知单")
    lead.sees("通知单已发出")
    assert lead.page.get_by_role("button", name="签收").count() == 0  # that is the unit's
    lead.look("a34-notice")
    paper = folder / "通知单.docx"
    lead.downloads("下载通知单").save_as(paper)
    words = text_of_docx(paper)
    for said in ("问题整改通知单", unit, failed, "三周没有更新", "单项否决"):
        assert said in words, said


def _put_right(clerk: Desk, failed: str) -> None:
    """The unit signs, posts again, writes it down and answers."""
    clerk.open()
    clerk.look("a40-clerk-home")
    clerk.go(re.compile("待签收的整改通知"), failed)
    clerk.look("a41-finding")
    clerk.button("签收")
    clerk.sees("已签收。")
    clerk.look("a42-signed")
    finding = clerk.page.url
    clerk.go(re.compile(f"{failed}（"), "记录所见")
    clerk.page.get_by_label("链接").fill(f"{PROOF}/new")
    clerk.page.get_by_label("最近一条更新的日期").fill(str(today()))
    clerk.look("a43-record")
    clerk.button("保存")
    clerk.sees("已记录")
    clerk.look("a44-recorded")
    clerk.page.goto(finding)
    clerk.page.get_by_label("整改措施").select_option(index=1)
    clerk.page.get_by_label("整改情况").fill("今天已发布新内容，并安排专人每周更新。")
    clerk.page.get_by_label("链接").first.fill(f"{PROOF}/new")
    clerk.look("a45-answer")
    clerk.button("反馈整改情况")
    clerk.sees("已反馈，等监管单位审核")
    clerk.look("a46-answered")


def _close(lead: Desk, failed: str) -> None:
    lead.open()
    lead.look("a50-home")
    lead.go(re.compile("待审核的整改反馈"), failed)
    lead.look("a51-review")
    lead.button("审核通过")
    lead.sees("已通过审核，请复查")
    lead.look("a52-recheck")
    lead.page.get_by_label("链接").first.fill(f"{PROOF}/new")
    lead.button("复查合格，销号")
    lead.sees("已销号")
    lead.look("a53-closed")


def _report(lead: Desk, failed: str, unit: str, drawn: int, folder: Path) -> None:
    """《检查情况通报》: drafted, one sentence edited, signed, in three shapes, with the page's numbers."""
    lead.go("报表", "起草通报")
    lead.look("a60-draft")
    lead.page.get_by_label("检查任务").select_option(index=1)
    lead.page.get_by_label("整改情况报送期限").fill(str(today() + timedelta(days=14)))
    lead.button("起草")
    lead.heading(re.compile("通报"))
    lead.look("a61-document")
    box = next(
        each
        for each in lead.page.get_by_label("正文").all()
        if "压实主体责任" in each.input_value()
    )
    box.fill(EDITED)
    lead.sees(EDITED)  # the preview, before it is saved
    lead.button("保存")
    lead.sees("已保存")
    assert lead.page.get_by_label("不一致的数字已逐一核对").count() == 0  # nothing is in doubt
    lead.button("签发")
    lead.sees("已签发，文稿不能再改")
    lead.button(re.compile("生成"))
    papers = {}
    for shape in ("DOCX", "XLSX", "PDF"):
        expect(lead.page.get_by_role("link", name=shape)).to_be_visible(timeout=60_000)
        papers[shape] = folder / f"通报.{shape.lower()}"
        lead.downloads(shape).save_as(papers[shape])
    lead.look("a62-signed")
    shown = lead.page.get_by_role("main").inner_text()
    total = shown.split("合计")[1].split()[:5]
    assert total == ["30", str(drawn), "5", "1", "83.33%"]
    for words in (text_of_docx(papers["DOCX"]), text_of_pdf(papers["PDF"])):
        flat = re.sub(r"\s+", "", words)
        for said in (EDITED, "共30个", f"抽查账号{drawn}个", "合格率83.33%", failed, unit):
            assert said in flat, said
    *statistics, failing = sheets_of(papers["XLSX"]).values()
    for rows in statistics:
        assert [str(cell).removesuffix(".0") for cell in rows[-1]][-5:-1] == total[:-1]
        assert str(rows[-1][-1]) in {"83.33", "83.33%", "0.8333"}
    assert [row[1] for row in failing if failed in row] == [failed]
    # Every number opens on what it counts.
    lead.go("83.33%")
    lead.look("a63-rows")
    assert len(lead.rows()) == drawn


def test_a_clerk_is_reminded_puts_it_right_and_answers_on_her_phone(empty: RunningCity) -> None:
    """With the keyboard alone from the door on, 390 pixels wide."""
    empty.run(CAST)
    empty.run(TOLD)
    empty.run(NEXT_MORNING)
    with chromium() as browser:
        clerk = Desk(browser, empty, "hetao", width=390)
        clerk.page.goto(f"{empty.simulator}/wecom")
        clerk.waits_for("收到整改通知单", 20)
        clerk.look("b01-reminder")
        clerk.fits()
        clerk.tab_to("去办理")
        clerk.press("Enter")
        clerk.heading("登录")
        clerk.look("b02-door")
        clerk.fits()
        expect(clerk.page.get_by_label("登录名")).to_be_focused()  # the door holds the pen ready
        clerk.page.keyboard.type("hetao")
        clerk.press("Tab")
        clerk.page.keyboard.type(PASSWORD)
        clerk.press("Enter")
        clerk.heading("今日待办")
        clerk.look("b03-home")
        clerk.fits()
        clerk.tab_to("待签收的整改通知")
        clerk.press("Enter")
        clerk.heading("待整改")
        clerk.look("b04-list")
        clerk.fits()
        clerk.tab_to("云溪公安微博")
        clerk.press("Enter")
        clerk.heading("页面有商业广告")
        clerk.look("b05-finding")
        clerk.fits()
        clerk.tab_to("签收")
        clerk.press("Enter")
        clerk.sees("已签收。")
        clerk.tab_to("整改措施")
        clerk.press("ArrowDown")
        clerk.tab_to("整改情况")
        clerk.page.keyboard.type("已")
        clerk.tab_to("反馈整改情况")
        clerk.press("Enter")
        clerk.sees("请写明整改情况，至少 4 个字")
        clerk.look("b06-too-short")
        clerk.fits()
        assert clerk.page.get_by_label("整改情况").first.input_value() == "已"  # nothing is lost
        expect(clerk.page.get_by_label("整改情况").first).to_be_focused()
        clerk.press("End")
        clerk.page.keyboard.type("删除这一条，以后发布前由两人核对。")
        clerk.tab_to("链接")
        clerk.page.keyboard.type("https://media.example/clean")
        clerk.tab_to("反馈整改情况")
        clerk.press("Enter")
        clerk.sees("已反馈，等监管单位审核")
        clerk.look("b07-answered")
        clerk.fits()
        _nothing_of_another_unit(clerk)
        assert clerk.faults() == []


def _nothing_of_another_unit(clerk: Desk) -> None:
    """Number 1 of everything is hers, number 2 is the water bureau's: as if it did not exist."""
    places = (
        "rectification/{}/", "rectification/notices/{}/", "rectification/notices/{}/paper/",
        "supervision/accounts/{}/", "supervision/accounts/{}/record/", "accounts/{}/",
    )  # fmt: skip
    for place in places:
        mine, others = (
            clerk.page.request.get(f"{clerk.base}/console/{place.format(number)}").status
            for number in (1, 2)
        )
        assert (mine, others) == (200, 404), place
    for path in ("rectification/report/1/", "rectification/notify/?finding=1", "audit/"):
        assert clerk.page.request.get(f"{clerk.base}/console/{path}").status in {403, 404}, path
    for path in (
        "accounts/",
        "supervision/",
        "to-rectify/",
        "supervision/results/",
        "notices/",
        "",
    ):
        clerk.open(path)
        clerk.look(f"b1-{path.strip('/').replace('/', '-') or 'home'}")
        clerk.fits()
        assert "水务" not in clerk.page.get_by_role("main").inner_text(), path
