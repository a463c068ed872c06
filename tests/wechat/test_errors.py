"""Every errcode that WeChat is known to answer has words for staff."""

import re
from pathlib import Path

import pytest

from minxin import wechat
from minxin.wechat._error_common import COMMON
from minxin.wechat._error_families import FAMILIES

# The codes that the official pages of the calls in use name, by family; first and last of a run.
KNOWN: tuple[tuple[int, int], ...] = (
    (-1, -1), (40001, 40009), (40013, 40014), (40016, 40020), (40023, 40023), (40025, 40025),
    (40029, 40030), (40032, 40033), (40037, 40037), (40125, 40125), (40130, 40130),
    (40163, 40164), (40241, 40241), (40243, 40243), (41001, 41002), (41004, 41005),
    (41008, 41008), (42001, 42003), (42007, 42007), (43002, 43002), (43004, 43004),
    (43019, 43019), (43101, 43101), (43116, 43117), (44002, 44002), (44004, 44004),
    (45001, 45004), (45008, 45009), (45011, 45011), (45015, 45015), (45028, 45029),
    (45047, 45047), (45056, 45059), (45065, 45067), (45072, 45072), (45080, 45081),
    (45157, 45159), (46003, 46003), (47001, 47001), (47003, 47003), (48001, 48004),
    (48006, 48006), (48008, 48008), (50001, 50002), (50004, 50005), (50007, 50007),
    (53503, 53505), (53600, 53600), (61003, 61014), (61023, 61023), (65301, 65320),
    (65400, 65417), (76001, 76004), (76021, 76022), (87009, 87009), (88000, 88005),
    (88007, 88010), (89503, 89503), (89506, 89507), (200011, 200014), (200016, 200021),
)  # fmt: skip
SIMULATOR = Path(__file__).parents[2] / "src" / "minxin" / "simulator"


def test_the_table_covers_every_known_code() -> None:
    codes = {code for first, last in KNOWN for code in range(first, last + 1)}
    assert codes - set(wechat.ERRORS) == set()


def _pages() -> list[Path]:
    """What the simulator says as WeChat; 企业微信 has a table of its own (`minxin.wecom`)."""
    return [path for path in SIMULATOR.rglob("*.py") if path.name != "wecom.py"]


def test_the_table_covers_what_the_simulator_answers() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in _pages())
    codes = {int(code) for code in re.findall(r"Refused\(\s*(-?\d+)", written)}
    codes |= {int(code) for code in re.findall(r"(?<![\d_])(?:4|5|6|7|8)\d{4}(?![\d_])", written)}
    codes -= NO_CODES
    assert len(codes) > 80
    assert codes - set(wechat.ERRORS) == set()


# Numbers of five digits in the simulator that are none: the library's templates, seconds of a day.
NO_CODES = set(range(40001, 40007)) | {86400, 65535, 65536}


# What no source we read confirms: the official page of rid/get names 76001 for what is older than
# seven days, and its words for 76004 we have not seen; 43116 is known by hearsay.
UNSURE = {43116, 76004}


@pytest.mark.parametrize("code", sorted(wechat.ERRORS))
def test_each_code_says_what_happened_at_whose_end_and_what_to_do(code: int) -> None:
    found = wechat.explain(code)
    for sentence in (found.meaning, found.remedy):
        assert re.search(r"[\u4e00-\u9fff]", sentence)
        assert sentence.endswith("。")
        assert "！" not in sentence
    assert isinstance(found.party, wechat.Party)
    assert found.party is not wechat.Party.UNKNOWN
    assert not re.search(r"[\u4e00-\u9fff]", found.message)


def test_what_is_not_confirmed_says_so_and_nothing_else_does() -> None:
    marked = {code for code in wechat.ERRORS if not wechat.explain(code).is_confirmed}
    assert marked == UNSURE
    for code in UNSURE:
        assert wechat.explain(code).meaning.endswith("（未核实）。")


def test_no_code_stands_in_both_tables() -> None:
    assert COMMON.keys() & FAMILIES.keys() == set()


def test_the_generated_page_marks_what_is_not_confirmed() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/wechat-errors.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| -?\d", line)]
    assert {int(row.split(" | ")[0].strip("| ")) for row in rows if "（未核实）" in row} == UNSURE
    assert all(len(row.split(" | ")) == 5 for row in rows)


def test_an_unknown_code_keeps_its_number_and_wechats_own_text() -> None:
    assert wechat.explain(9_999_999).meaning == "微信返回了错误码 9999999。"
    found = wechat.explain(9_999_999, "something new")
    assert found.meaning == "微信返回了错误码 9999999：something new。"
    assert (found.message, found.party) == ("something new", wechat.Party.UNKNOWN)
    error = wechat.WeChatError(9_999_999, "something new", "1-2-3")
    assert str(error) == "9999999 something new"


def test_only_what_passes_by_itself_is_tried_again() -> None:
    assert wechat.WeChatError(-1, "").is_transient
    assert not wechat.WeChatError(50004, "").is_transient  # forbidden, not busy
