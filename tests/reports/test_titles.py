"""Titles break where the sense breaks, in docx and in pdf."""

import io
import re
import zlib
from itertools import pairwise

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from minxin.reports.layout import Annex, Paper, Title, as_docx, as_html, as_pdf, pdf_obstacle
from minxin.reports.layout.titles import ACROSS, MOST_LINES, UPRIGHT, lines_of, width

LONG = "云溪市人民政府办公室\n关于2026年第四季度全市政务新媒体监管工作情况的报告"
CASES = {
    "关于印发工作方案的通知": ("关于印发工作方案的通知",),
    LONG: ("云溪市人民政府办公室", "关于2026年第四季度全市", "政务新媒体监管工作情况的报告"),
    "云溪市人民政府办公室关于转发《国务院办公厅关于推进政务新媒体健康有序发展的意见》的通知": (
        "云溪市人民政府办公室", "关于转发《国务院办公厅关于推进", "政务新媒体健康有序发展的意见》的通知",
    ),
    "分地区、分单位、分平台、分层级政务新媒体账号检查情况统计表": (
        "分地区、分单位、分平台、", "分层级政务新媒体账号检查情况统计表",
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", CASES, ids=lambda title: title[:12])
def test_titles_break_between_words(title: str) -> None:
    assert lines_of(title) == CASES[title]


@pytest.mark.parametrize("title", CASES, ids=lambda title: title[:12])
def test_lines_are_a_trapezium_or_a_rhomb_and_no_hourglass(title: str) -> None:
    wides = [width(line) for line in lines_of(title)]
    steps = [b - a for a, b in pairwise(wides)]
    rose_after_a_fall = any(a < 0 < b for at, a in enumerate(steps) for b in steps[at + 1 :])
    assert not rose_after_a_fall
    assert all(min(wides) >= max(wides) / 3 for _ in wides[1:])


@given(st.text(alphabet="云溪市政务新媒体关于的和通报2026年第四季度《》、（）a\n", max_size=160))
@settings(max_examples=150, deadline=None)
def test_no_character_is_lost_and_no_line_runs_over(title: str) -> None:
    lines = lines_of(title)
    assert "".join(lines) == "".join(each.strip() for each in title.split("\n"))
    assert all(width(each) <= UPRIGHT for each in lines)
    if width(title) > UPRIGHT * MOST_LINES:
        assert len(lines) > MOST_LINES


def test_a_break_that_a_person_set_stays() -> None:
    lines = lines_of("云溪市水务局\n" + "关于进一步加强政务新媒体账号日常管理和内容审核工作的通知")
    assert lines[0] == "云溪市水务局"
    assert len(lines) == 3
    assert not any(line.startswith("的") for line in lines)


def test_number_and_measure_stay_together() -> None:
    for title in (f"某某市{'政府' * at}关于2026年第四季度检查情况的通报" for at in range(8)):
        joined = "|".join(lines_of(title))
        assert "2026年第四季度" in joined, joined


PAPER = Paper(
    "长标题", (Title(LONG), Annex("分地区、分单位、分平台、分层级政务新媒体账号检查情况统计表", ())),
    "某办公室",
)  # fmt: skip


def test_docx_has_the_breaks_inside_one_title() -> None:
    document = Document(io.BytesIO(as_docx(PAPER)))
    assert document.paragraphs[0].text.split("\n") == list(CASES[LONG])
    annex = next(each for each in document.paragraphs if each.text.startswith("分地区"))
    assert annex.text.split("\n") == list(lines_of(PAPER.blocks[1].title))  # type: ignore[union-attr]


def test_a_page_that_lies_across_takes_longer_lines() -> None:
    title = "分地区、分单位、分平台、分层级政务新媒体账号检查情况统计表"
    assert UPRIGHT == 20
    assert width(title) < ACROSS
    html = as_html(Paper("", (Annex(title, (), is_wide=True),)))
    assert f'<h1 class="doc-title">{title}</h1>' in html


@pytest.mark.skipif(bool(pdf_obstacle()), reason="WeasyPrint's system libraries")
def test_pdf_sets_the_title_on_the_same_lines() -> None:
    """Each line of the title is one text of its own on the page: no line of ours wraps again."""
    made = as_pdf(Paper("", (Title(LONG),)))
    streams = [
        zlib.decompress(each)
        for each in re.findall(rb"stream\r?\n(x.+?)\r?\nendstream", made, re.DOTALL)
    ]
    page = next(each for each in streams if b" Tf" in each)
    sized = [each for each in page.split(b"BT") if b"Tj" in each or b"TJ" in each]
    heights = {
        each.group(2) for part in sized for each in re.finditer(rb"([\d.-]+) ([\d.-]+) Tm", part)
    }
    assert len(heights) == len(CASES[LONG]) + 1  # and the number of the page
