"""An office begins with nothing: one command, a password of one's own, the units, the people, the register."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import RunningCity
from tests.journeys.office import UNITS, Desk, chromium
from tests.support.browsing import MARKS
from tests.support.layers import ROOT

pytestmark = [*MARKS, pytest.mark.xdist_group("supervising")]
FIRST, OWN = "Bridge-lantern-2026", "Yunhe-lantern-2026"


def _chooses(desk: Desk, old: str, new: str) -> None:
    """What everybody does who signs in for the first time."""
    desk.heading("修改密码")
    desk.fits()
    desk.page.get_by_label("当前密码").fill(old)
    boxes = desk.page.get_by_label("新密码")
    boxes.first.fill(new)
    boxes.last.fill(new)
    desk.button("保存")
    desk.sees("密码已修改")


def test_an_office_begins(empty: RunningCity) -> None:
    words = ["begin", "--agency", "云河市人民政府办公室", "--region", "330100", "--login", "liuyan"]
    begun = subprocess.run(
        [sys.executable, "-m", "minxin.cli", *words, "--name", "刘岩"],
        cwd=ROOT, env=empty.env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"密码 (\S+)，", begun.stdout)
    assert found
    with chromium() as browser:
        keeper = Desk(browser, empty, "liuyan")
        keeper.open()
        keeper.sign_in(found[1])
        keeper.look("d1-own-password")
        _chooses(keeper, found[1], OWN)
        keeper.look("d2-home")
        keeper.go("机构", "一次新增多个")
        keeper.look("d3-units")
        keeper.page.get_by_label("单位名称").fill("\n".join(UNITS))
        keeper.button("新增")
        keeper.sees("已新增 5 个机构，0 个原来就有")
        keeper.look("d4-units")
        keeper.go("人员", "新增人员")
        keeper.look("d5-person")
        keeper.page.get_by_label("登录名").fill("huangwei")
        keeper.page.get_by_label("姓名").fill("黄薇")
        keeper.page.get_by_label("单位").select_option(label="云河市人民政府办公室")
        keeper.page.get_by_label("角色").select_option(label="账号运营员")
        keeper.page.get_by_label("初始密码").fill(FIRST)
        keeper.button("保存")
        keeper.sees("人员已新增")
        keeper.go("黄薇")
        keeper.page.get_by_label("单位").select_option(label="云河市人民政府办公室")
        keeper.page.get_by_label("角色").select_option(label="监管员")
        keeper.button("增加角色")
        keeper.sees("已增加角色")
        keeper.look("d6-two-duties")
        person = Desk(browser, empty, "huangwei")
        person.open()
        person.sign_in(FIRST)
        _chooses(person, FIRST, OWN)
        person.open()
        person.sees("台账里还没有账号")
        person.look("d7-her-home")
        person.go("导入台账")
        expect(person.page.get_by_label("导入到哪个单位的台账")).to_have_value(re.compile(r"\d"))
        for desk in (keeper, person):
            assert desk.faults() == []
