"""The tutorial `docs/tutorials/first-half-hour.md`, done as it says, in the city that `make run` starts."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import PASSWORD, RunningCity
from tests.journeys.office import Desk, chromium, text_of_docx, today
from tests.support.browsing import MARKS
from tests.support.layers import ROOT

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]
TUTORIAL = ROOT / "docs/tutorials/first-half-hour.md"
MACHINE_SECONDS = 300  # the rest of the half hour is hers
TAKEN: dict[str, float] = {}


@contextmanager
def _machine(step: str) -> Iterator[None]:
    """How long a person waits for the machine, in seconds."""
    began = time.monotonic()
    yield
    TAKEN[step] = time.monotonic() - began


def _block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_first_half_hour(running: RunningCity, tmp_path: Path) -> None:
    TAKEN["make run，从启动到就绪"] = running.seconds_to_ready
    start = httpx.get(running.web).text
    assert all(login in start for login in ("liuyang", "wulei", "huangwei", "lujia"))
    sheet = tmp_path / "台账.csv"
    sheet.write_text(_block("csv"), encoding="utf-8")
    with chromium() as browser:

        def signed_in(login: str) -> Desk:
            desk = Desk(browser, running, login)
            desk.open()
            desk.sign_in(PASSWORD)
            return desk

        keeper = signed_in("liuyang")
        keeper.go("机构", "一次新增多个")
        keeper.page.get_by_label("单位名称").fill(_block("text"))
        with _machine("新增单位"):
            keeper.button("新增")
            keeper.sees("已新增 1 个机构，1 个原来就有")

        operator = signed_in("wulei")
        operator.go("账号", "导入台账")
        operator.page.get_by_label("表格文件").set_input_files(sheet)
        with _machine("上传，认出各列"):
            operator.button("上传")
            operator.heading("对应各列")
        operator.look("c1-columns")
        with _machine("与台账比对"):
            operator.button("与台账比对")
            operator.sees("比对完毕，3 行可以写入", 30)
        operator.look("c2-compared")
        with _machine("写入"):
            operator.button("写入这 3 行")
            operator.sees("导入完成", 30)

        lead = signed_in("huangwei")
        with _machine("写入之后到出现在预警清单"):
            lead.open("supervision/?q=云溪图书馆")
            lead.waits_for("云溪图书馆（", 40)
        lead.look("c3-list")
        lead.go("云溪图书馆")
        lead.sees("情况不明")
        lead.go("记录所见")
        lead.page.get_by_label("链接").fill("https://media.example/library")
        lead.page.get_by_label("最近一条更新的日期").fill(str(today() - timedelta(days=20)))
        with _machine("记录所见，重新评定"):
            lead.button("保存")
            lead.sees("超期，待人工确认")
        lead.look("c4-overdue")
        lead.go("14天内须有更新")
        lead.look("c5-candidate")
        lead.page.get_by_label("已留存的证据").select_option(index=1)
        with _machine("确认属实"):
            lead.button("确认属实")
            lead.sees("整改情况")
        lead.look("c6-confirmed")
        lead.go("发整改通知单")
        lead.look("c7-notify")
        with _machine("发出通知单"):
            lead.button("发出通知单")
            lead.sees("通知单已发出")
        with _machine("下载通知单"):
            lead.downloads("下载通知单").save_as(tmp_path / "通知单.docx")
        words = text_of_docx(tmp_path / "通知单.docx")
        for said in ("问题整改通知单", "云溪市文化和旅游局", "云溪图书馆"):
            assert said in words, said

        clerk = signed_in("lujia")
        clerk.go(re.compile("待签收的整改通知"))
        clerk.sees("云溪图书馆（")
        for desk in (keeper, operator, lead, clerk):
            assert desk.faults() == []
        lead.note("taken", "\n".join(f"{step}\t{taken:.1f}" for step, taken in TAKEN.items()))
    assert sum(TAKEN.values()) < MACHINE_SECONDS
