"""What a notice says, which rows stand behind its numbers, and what edited numbers give away."""

from collections import Counter
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from minxin.reports.layout import Span, as_html
from minxin.reports.presets import common, presets
from minxin.reports.rules.composing import compose
from minxin.reports.rules.drafts import (
    Piece,
    doubts_of,
    piece_from_json,
    piece_to_json,
    read,
)
from minxin.reports.rules.facts import (
    AccountFact,
    EarlierFact,
    NoticeFacts,
    ProblemFact,
    Result,
    from_json,
    to_json,
)
from minxin.reports.rules.figures import Over, figures
from minxin.reports.rules.notices import annexes, attachments, notice, sheets
from minxin.reports.rules.presets import chosen
from tests.reports.planted import AGENCY, LINK, STALE, city, facts_of, group


def said_in(facts: NoticeFacts) -> list[str]:
    return [each.text for each in notice(facts, common())]


def test_the_parts_stand_in_the_order_of_published_notices() -> None:
    pieces = notice(city(), common())
    heads = [each.text for each in pieces if each.kind == "heading" and each.level == 1]
    assert heads == ["一、总体情况", "二、主要问题", "三、下一步工作要求"]
    assert pieces[0].text == f"{AGENCY}\n关于2026年第四季度全市政务新媒体抽查情况的通报"
    assert [each.kind for each in pieces[:4]] == ["title", "number", "to", "text"]
    assert pieces[-1].kind == "sign"
    assert pieces[-2].text.endswith("并于2026年12月4日前将整改情况报送" + AGENCY + "。")


def test_accounts_are_named_with_platform_and_unit_vetoes_first() -> None:
    accounts = group(count(1), accounts=3, checked=3, failed=1)
    facts = facts_of(accounts, more=[ProblemFact(9, each.id, LINK, False) for each in accounts])
    texts = said_in(facts)
    at = texts.index("（一）内容不更新（单项否决）")
    assert texts[at + 1] == "涉及1个账号：“账号1”（微信公众平台，甲局）。"
    assert texts[at + 2] == "（二）链接错误"
    assert "“账号3”（微信公众平台，甲局）" in texts[at + 3]


def test_many_accounts_of_one_kind_are_named_in_the_annex() -> None:
    facts = facts_of(group(count(1), accounts=40, checked=40, failed=33))
    text = next(each for each in said_in(facts) if each.startswith("涉及33个"))
    assert text.count("“") == 20
    assert text.endswith("等，名单见附件2。")
    assert len(annexes(facts, common())[1].blocks[0].rows) == 33  # type: ignore[union-attr]


def test_the_period_before_is_told_with_who_is_not_done() -> None:
    earlier = (
        EarlierFact(1, "甲", "甲局", STALE, True),
        EarlierFact(2, "乙", "乙局", STALE, False),
        EarlierFact(3, "丙", "丙局", STALE, True),
    )
    texts = said_in(facts_of(group(count(1), accounts=1, checked=1, failed=0), earlier=earlier))
    assert (
        "上期通报的3个问题中，已完成整改2个，整改率66.67%。尚有1个问题没有完成整改：“乙”（乙局，内容不更新）。"
        in texts
    )
    nothing = said_in(facts_of(group(count(1), accounts=1, checked=1, failed=0), earlier=()))
    assert "上期检查没有需要整改的问题。" in nothing
    unknown = said_in(facts_of(group(count(1), accounts=1, checked=1, failed=0)))
    assert not any("上期" in each for each in unknown)


def test_without_problems_there_is_no_list_no_deadline_and_one_annex() -> None:
    facts = facts_of(group(count(1), accounts=2, checked=2, failed=0))
    texts = said_in(facts)
    assert "本次检查没有发现问题。" in texts
    assert not any("逐项整改" in each for each in texts)
    assert len(attachments(facts, common())) == len(annexes(facts, common())) == 1


results = st.sampled_from(list(Result))


@given(
    st.lists(st.tuples(results, st.sampled_from("甲乙丙"), st.sampled_from("子丑寅")), max_size=40)
)
@tried(max_examples=60, deadline=None)
def test_every_figure_counts_its_rows(rows: list[tuple[Result, str, str]]) -> None:
    """Counted here another way: what stands behind a number is as many as it says."""
    accounts = [
        AccountFact(at, f"账号{at}", place, unit, place, result)
        for at, (result, place, unit) in enumerate(rows, start=1)
    ]
    facts = facts_of(accounts)
    found = figures(facts)
    for key, each in found.items():
        name = key.rpartition(".")[2]
        if each.over is Over.ACCOUNTS and name in {"accounts", "checked", "passed", "failed"}:
            assert len(set(each.rows)) == int(each.said), key
    by_result = Counter(each[0] for each in rows)
    assert found["failed"].said == str(by_result[Result.FAILED])
    for kind in ("platform", "place", "unit"):
        parts = [
            n for key, n in found.items() if key.startswith(kind) and key.endswith(".accounts")
        ]
        assert sorted(row for part in parts for row in part.rows) == sorted(
            each.id for each in accounts
        )


def test_every_number_of_the_results_links_to_its_rows() -> None:
    facts = city()
    pieces = notice(facts, common())
    result = next(each for each in pieces if each.text.startswith("本次抽查账号"))
    refs = {span.ref: span.text for span in result.spans if span.ref}
    assert set(refs) == {"checked", "share", "passed", "failed", "rate"}
    numbers = figures(facts)
    keys = {span.ref for piece in pieces for span in piece.spans if span.ref}
    tables = [table for annex in annexes(facts, common()) for table in annex.blocks]  # type: ignore[union-attr]
    keys |= {ref for table in tables for row in table.refs for ref in row if ref}  # type: ignore[union-attr]
    assert keys <= set(numbers)
    for piece in pieces:
        for span in piece.spans:
            assert not span.ref or span.text == numbers[span.ref].said


def test_facts_come_back_from_json_as_they_were() -> None:
    facts = city(40)
    assert from_json(to_json(facts)) == facts
    with pytest.raises(ValueError, match="twice"):
        NoticeFacts(
            agency="", area="", year=2026, period="", began_on=date(2026, 1, 1),
            until_on=date(2026, 1, 2), accounts=(facts.accounts[0], facts.accounts[0]),
        )  # fmt: skip
    with pytest.raises(ValueError, match="veto of an account that did not fail"):
        facts_of(
            group(count(1), accounts=1, checked=1, failed=0), more=[ProblemFact(1, 1, STALE, True)]
        )


# Editing --------------------------------------------------------------------------------------

PIECE = Piece(
    "p1", "text",
    (Span("本次抽查"), Span("120", "checked"), Span("个，合格"), Span("116", "passed"), Span("个，不合格"),
     Span("4", "failed"), Span("个，合格率"), Span("96.67%", "rate"), Span("。")),
)  # fmt: skip


def test_an_edited_text_keeps_its_links_where_the_numbers_agree() -> None:
    spans, doubts = read(PIECE, "这次共抽查120个账号，其中合格116个，４个不合格，合格率96.67%。")
    assert not doubts
    assert [(each.text, each.ref) for each in spans if each.ref] == [
        ("120", "checked"), ("116", "passed"), ("４", "failed"), ("96.67%", "rate"),
    ]  # fmt: skip
    assert "".join(each.text for each in spans).startswith("这次共抽查")


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("本次抽查120个，合格117个，不合格4个，合格率96.67%。", "117", "116"),
        ("本次抽查120个，合格116个，不合格4个，合格率97%。", "97%", "96.67%"),
        ("本次抽查120个，合格116个，不合格4个，合格率96.67%，另有3个待查。", "3", ""),
        ("本次抽查120个，合格116个，不合格五个，合格率96.67%。", "五", ""),
    ],
)
def test_a_number_that_does_not_agree_is_pointed_out(text: str, written: str, found: str) -> None:
    _spans, doubts = read(PIECE, text)
    assert [(each.written, each.found) for each in doubts] == [(written, found)]
    assert written in doubts[0].sentence


def test_swapped_numbers_are_noticed_and_left_out_ones_are_not() -> None:
    assert read(PIECE, "本次抽查120个，合格4个，不合格116个，合格率96.67%。")[1]
    assert not read(PIECE, "本次抽查120个，合格率96.67%。")[1]


@given(st.text(max_size=80))
@tried(max_examples=100, deadline=None)
def test_spans_are_the_text_and_generated_text_is_never_in_doubt(text: str) -> None:
    spans, _doubts = read(PIECE, text)
    assert "".join(each.text for each in spans) == text
    assert doubts_of([PIECE], {"p1": PIECE.text}) == ()
    assert piece_from_json(piece_to_json(PIECE)) == PIECE


def test_a_generated_notice_has_no_doubt() -> None:
    pieces = notice(city(), common())
    assert doubts_of(pieces, {each.id: each.text for each in pieces}) == ()


def test_an_emptied_piece_goes_and_lines_become_paragraphs() -> None:
    facts = facts_of(group(count(1), accounts=2, checked=2, failed=0))
    pieces = notice(facts, common())
    basis = next(each for each in pieces if each.text.startswith("按照"))
    texts = {basis.id: "第一段。\n第二段。", pieces[2].id: ""}
    paper = compose(
        pieces, texts, signed_on=date(2026, 11, 26), attachments=attachments(facts, common()),
        annexes=annexes(facts, common()), made_on=date(2026, 11, 26),
    )  # fmt: skip
    html = as_html(paper, link=lambda key: key)
    assert '<p class="doc-text">第一段。</p><p class="doc-text">第二段。</p>' in html
    assert '"doc-to"' not in html
    assert "2026年11月26日" in html


def test_sheets_hold_numbers_not_text() -> None:
    found = sheets(facts_of(group(count(1), accounts=60, checked=53, failed=16)), common())
    assert found[0].rows[0] == (1, "甲区", 60, 53, 37, 16, "69.81%")
    assert [len(each.rows) for each in found] == [2, 2, 16]


# Presets --------------------------------------------------------------------------------------


def kept(settings: LazySettings, folder: Path, name: str, text: str) -> None:
    settings.MINXIN_HOME = folder
    (folder / "notices").mkdir(exist_ok=True)
    (folder / "notices" / name).write_text(text, encoding="utf-8")


def test_a_region_names_only_what_differs(settings: LazySettings, tmp_path: Path) -> None:
    own = 'id = "xunwu"\nname = "浔武格式"\nregion = "990100"\n[phrases]\naddressees = "各街道"\n'
    kept(settings, tmp_path, "xunwu.toml", own)
    found, faults = presets()
    assert not faults
    mine = chosen(found, "990105")
    assert (mine.id, mine.phrases["addressees"]) == ("xunwu", "各街道")
    assert mine.phrases["title"] == common().phrases["title"]
    assert chosen(found, "110000").id == "common"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id = 1", "缺少“id”"),
        ("{", "文件读不出来"),
        ('id="a"\nname="a"\n[phrases]\nbasiss="x"', "没有“basiss”这个词句"),
        ('id="a"\nname="a"\n[phrases]\nbasis="{checkd}"', "checkd"),
        ('id="a"\nname="a"\n[phrases]\nbasis="{"', "花括号"),
        ('id="a"\nname="a"\n[requirements]\nlines="x"', "一列文字"),
        ('id="a"\nname="a"\nkind="month"', "notice、quarter、week、year"),
        ('id="a"\nname="a"\nkind="quarter"\n[phrases]\nbasis="{checked}"', "checked"),
        ('id="a"\nname="a"\nkind="year"\ntable=[]', "一列行"),
        ('id="a"\nname="a"\nkind="year"\n[[table]]\npart="甲"\nlabel="乙"\nfills="fans"', "fans"),
    ],
)
def test_a_preset_that_cannot_be_used_says_why_and_the_rest_hold(
    settings: LazySettings, tmp_path: Path, text: str, words: str
) -> None:
    kept(settings, tmp_path, "bad.toml", text)
    found, faults = presets()
    assert [each.id for each in found] == ["common", "quarter", "week", "year"]
    assert faults[0][0] == "bad.toml"
    assert words in faults[0][1]
