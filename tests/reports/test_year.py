"""The yearly table: filled in with what is known and how far it is believed, blank where nothing is."""

import json

import pytest

from minxin.reports.layout import Table, as_html
from minxin.reports.presets import common
from minxin.reports.rules.composing import as_filled_in, compose
from minxin.reports.rules.drafts import Piece, doubts_of, read
from minxin.reports.rules.figures import Over
from minxin.reports.rules.kinds.year import YEAR, YearFacts, figures, table, to_json
from minxin.reports.rules.kinds.year import read as read_facts
from minxin.reports.rules.rows import Row
from tests.reports.periods import year, year_account

PRESET = common("year")


def line(facts: YearFacts, label: str, of: str = "浔武账号1") -> Piece:
    return next(
        each for each in table(facts, PRESET) if each.of == of and each.label.startswith(label)
    )


def test_blank_where_nothing_is_known_with_the_reason_and_never_a_zero() -> None:
    facts = year(year_account(1, kept=7))
    posts = line(facts, "发布信息总数")
    assert (posts.text, posts.grade) == ("", "")
    assert "已留存7条" in posts.note
    assert "不作全年数" in posts.note
    assert line(facts, "收到群众消息数").note == "账号没有接入本平台"
    assert line(facts, "其中：原创").note == "没有掌握"
    assert line(facts, "备案号").text == ""


def test_what_is_known_carries_its_grade_and_opens_its_rows() -> None:
    rows = (
        *(Row(over=Over.POSTS, number=n, account_id=1, name="甲") for n in range(1, 150)),
        Row(over=Over.POSTS, number=900, account_id=2, name="乙"),
        Row(over=Over.CAMPAIGNS, number=1, account_id=1, name="甲", tags=frozenset({"failed"})),
        Row(over=Over.CAMPAIGNS, number=2, account_id=1, name="甲", tags=frozenset({"passed"})),
    )
    known = year_account(
        1, unknown=frozenset(), filing_number="浔新备1号", last_on="2026年12月30日", last_grade="D"
    )
    facts = year(known, year_account(2), rows=rows)
    posts = line(facts, "发布信息总数")
    assert (posts.text, posts.grade, posts.spans[0].ref) == ("149", "A", "a1.posts")
    assert len(figures(facts)["a1.posts"].rows) == 149
    assert line(facts, "接受检查次数").text == "2"
    assert (line(facts, "其中：不合格").text, line(facts, "其中：不合格").grade) == ("1", "B")
    assert (line(facts, "备案号").text, line(facts, "备案号").grade) == ("浔新备1号", "C")
    assert line(facts, "期末最近更新日期").grade == "D"
    # Of the other account the platform does not see the whole year.
    assert line(facts, "发布信息总数", "浔武账号2").text == ""


def test_a_known_nothing_is_a_zero_and_a_rate_of_nothing_is_blank() -> None:
    facts = year(year_account(1, unknown=frozenset()))
    assert line(facts, "收到留言、诉求数").text == "0"
    rate = line(facts, "答复率")
    assert (rate.text, rate.note) == ("", "没有可以计算的记录")


def test_nothing_in_a_part_of_the_year_is_blank_and_something_says_since_when() -> None:
    rows = (Row(over=Over.TICKETS, number=1, account_id=1, name="YX1", tags=frozenset({"filed"})),)
    partly = year_account(
        1, unknown=frozenset(), known_since="2026年3月1日", heard_since="2026年5月6日"
    )
    facts = year(partly, rows=rows)
    filed, heard = line(facts, "收到留言、诉求数"), line(facts, "收到群众消息数")
    assert (filed.text, filed.note) == ("1", "本平台办理记录（自2026年5月6日起）")
    assert (heard.text, heard.grade) == ("", "")
    assert heard.note == "本平台自2026年5月6日起才有记录，没有查到"
    assert "2026年3月1日" in line(facts, "接受检查次数").note


@pytest.mark.parametrize(
    ("known", "text", "filled"),
    [
        ("149", "149", ("149", "A", "微信文章数据")),
        ("149", "150", ("150", "C", "单位填报，原为“149”（A，微信文章数据）")),
        ("149", "", ("", "", "微信文章数据")),
        ("", "53", ("53", "C", "单位填报")),
        ("", "", ("", "", "没有掌握")),
    ],
)
def test_what_a_person_writes_is_reported_by_the_unit(
    known: str, text: str, filled: tuple[str, str, str]
) -> None:
    from minxin.reports.layout import Span

    note = "微信文章数据" if known else "没有掌握"
    spans = (Span(known, "a1.posts"),) if known else ()
    piece = Piece("p1", "figure", spans, label="总数", grade="A" if known else "", note=note)
    assert as_filled_in(piece, text) == filled


def test_filling_a_blank_is_no_doubt_and_changing_a_number_is() -> None:
    facts = year(year_account(1, unknown=frozenset()))
    blank, known = line(facts, "其中：原创"), line(facts, "收到留言")
    assert read(blank, "53")[1] == ()
    assert [each.found for each in read(known, "7")[1]] == ["0"]
    pieces = table(facts, PRESET)
    assert doubts_of(pieces, {each.id: each.text for each in pieces}) == ()


def test_the_table_of_an_account_says_each_part_once_and_links_what_stands() -> None:
    facts = year(year_account(1, unknown=frozenset()))
    pieces = table(facts, PRESET)
    changed = line(facts, "收到群众消息数")
    paper = compose(
        pieces, {changed.id: "9"}, signed_on=None, made_on=facts.until_on,
    )  # fmt: skip
    (made,) = (each for each in paper.blocks if isinstance(each, Table))
    parts = [row[0] for row in made.rows if row[0]]
    assert parts == [
        "基本情况", "信息发布", "专栏专题", "解读回应", "办事服务", "互动交流", "监管检查", "安全防护",
        "创新发展",
    ]  # fmt: skip
    html = as_html(paper, link=lambda key: f"/{key}")
    assert 'href="/a1.filed"' in html
    assert 'href="/a1.received"' not in html
    sheet = YEAR.sheets(facts, PRESET, pieces, {changed.id: "9"})[0]
    rows = {row[2]: row for row in sheet.rows}
    assert rows["收到群众消息数（条）"][3:5] == (9, "C")
    assert rows["其中：原创（条）"][3] is None


def test_it_says_that_no_national_form_was_found_and_does_not_ask_for_followers() -> None:
    text = "".join(each.text for each in table(year(), PRESET))
    assert "全国统一的政务新媒体年度报表格式，本平台没有查到" in text
    assert "每年1月31日前" in text
    labels = "".join(each.label for each in PRESET.lines)
    assert not any(each in labels for each in ("关注数", "粉丝", "阅读", "点赞"))


def test_facts_come_back_from_json_as_they_were() -> None:
    facts = year(year_account(1, kept=3), year_account(2, unknown=frozenset()))
    assert read_facts(json.loads(json.dumps(to_json(facts)))) == facts
