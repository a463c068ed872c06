"""What a quarterly report says and counts; what is not known is never a zero."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from minxin.reports.layout import as_html
from minxin.reports.presets import common
from minxin.reports.rules.composing import compose
from minxin.reports.rules.drafts import doubts_of
from minxin.reports.rules.figures import Over
from minxin.reports.rules.history import Change, as_of, covers
from minxin.reports.rules.kinds.quarter import QUARTER, change, report
from minxin.reports.rules.quarters import SPECS, figures, read, to_json
from minxin.reports.rules.rows import Period
from tests.reports.periods import quarter, quarter_period

PRESET = common("quarter")


def text_of(facts: object) -> str:
    return "\n".join(each.text for each in report(facts, PRESET))  # type: ignore[arg-type]


def test_the_parts_and_the_numbers_of_a_quarter() -> None:
    facts = quarter()
    pieces = report(facts, PRESET)
    heads = [each.text for each in pieces if each.kind == "heading"]
    assert heads == [
        "一、账号基本情况", "二、更新监测情况", "三、检查情况", "四、问题和整改情况", "五、互动回应情况",
        "六、关于数据使用的说明", "七、下一步工作",
    ]  # fmt: skip
    assert (
        pieces[0].text == "浔武市人民政府办公室\n关于2026年第四季度全市政务新媒体监管工作情况的报告"
    )
    text = text_of(facts)
    assert "台账在用账号共300个" in text
    assert "新登记账号2个，其中台账载明本季度开设的1个；登记信息有变更的1个；注销0个" in text
    assert "检查账号120个次，合格116个次，不合格4个次，合格率96.67%" in text
    # 15 problems: 4, 8, 12 are open, of them 8 is overdue; 5, 10, 15 were late.
    assert "确认问题15个，其中单项否决5个" in text
    assert "销号12个，其中按期完成整改9个，逾期完成3个，按期整改率75.00%" in text
    assert "尚有3个问题没有完成整改，其中1个已过整改期限" in text
    # Days 1, 2, 3, 4, 0 four times: 40 over 20; every fourth late and unsatisfied.
    assert "答复20件，其中按承诺时限答复15件，按时答复率75.00%，平均用时2.0个工作日" in text


def test_groups_are_named_by_size_and_add_up() -> None:
    facts = quarter(20)
    found = figures(facts)
    for key in ("platform", "level", "status", "place"):
        parts = [int(each.said) for name, each in found.items() if name.startswith(f"{key}.")]
        assert sum(parts) == 20
        assert parts == sorted(parts, reverse=True)
    assert "按状态看，运行19个、停更1个。" in text_of(facts)


def test_every_figure_counts_its_rows_and_finds_them() -> None:
    facts = quarter(60, before=quarter_period(40))
    found = figures(facts)
    for spec in SPECS:
        for prefix, period in (("", facts.this), ("before.", facts.before)):
            each = found[prefix + spec.key]
            there = {(row.over, row.number) for row in period.rows}
            assert {(each.over, number) for number in each.rows} <= there
            assert each.is_before is bool(prefix)
    assert (found["accounts.all"].said, found["before.accounts.all"].said) == ("60", "40")
    printed = {span.ref for piece in report(facts, PRESET) for span in piece.spans if span.ref}
    tables = [table for annex in QUARTER.annexes(facts, PRESET) for table in annex.blocks]  # type: ignore[union-attr]
    printed |= {ref for table in tables for row in table.refs for ref in row if ref}  # type: ignore[union-attr]
    assert printed <= set(found)
    assert "before.problems.opened" in printed


def test_what_is_not_known_is_a_dash_and_never_a_zero() -> None:
    facts = quarter(30)
    found = figures(facts)
    assert found["before.accounts.all"].said == "—"
    assert found["before.accounts.all"].rows == ()
    assert "上季度末" not in text_of(facts)
    first = QUARTER.annexes(facts, PRESET)[0].blocks[0]  # type: ignore[union-attr]
    assert first.rows[0] == ("期末在用账号", "30", "—", "—", "C")  # type: ignore[union-attr]
    assert first.refs[0] == ("", "accounts.all", "", "", "")  # type: ignore[union-attr]
    cells = QUARTER.sheets(facts, PRESET, (), {})[0].rows[0]
    assert cells == ("期末在用账号", 30, "—", "—", "C")


def test_without_connected_accounts_it_says_that_the_units_report_it() -> None:
    known = quarter_period(20)
    kept = tuple(each for each in known.rows if each.over not in {Over.TICKETS, Over.MESSAGES})
    facts = quarter(20)
    facts = read({**to_json(facts)}) if facts else facts
    partly = type(facts)(
        **{
            **{name: getattr(facts, name) for name in facts.__slots__},
            "this": Period(kept, frozenset({Over.TICKETS, Over.MESSAGES})),
        }
    )
    text = text_of(partly)
    assert "所辖账号没有接入本平台，互动回应数据由各主办单位另行报送。" in text
    assert "收到群众消息" not in text
    assert figures(partly)["tickets.filed"].said == "—"


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ("12", "9", "+3"), ("9", "12", "-3"), ("4", "4", "0"), ("4", "—", "—"), ("—", "—", "—"),
        ("96.67%", "95.00%", "升1.67个百分点"), ("95.00%", "95.50%", "降0.50个百分点"), ("95.00%", "95.00%", "0"), ("2.0", "3.5", "-1.5"),
    ],
)  # fmt: skip
def test_how_a_change_is_said(now: str, before: str, said: str) -> None:
    assert change(now, before) == said


def test_sheets_hold_numbers_to_count_on_and_changes_are_no_formulas() -> None:
    facts = quarter(60, before=quarter_period(40))
    rows = {row[0]: row[1:4] for row in QUARTER.sheets(facts, PRESET, (), {})[0].rows}
    assert rows["期末在用账号"] == (60, 40, 20)
    assert rows["平均答复用时（工作日）"] == (2.0, 2.0, 0)
    assert rows["合格率（合格÷检查）"] == ("96.67%", "96.67%", 0)


def test_updates_carry_the_grades_of_their_sources() -> None:
    found = figures(quarter(20))
    assert found["updates.watched"].grade == "A、B"
    assert found["updates.warned"].grade == "A"
    assert found["accounts.all"].grade == "C"


def test_facts_come_back_from_json_as_they_were() -> None:
    facts = quarter(40, before=quarter_period(30))
    assert read(json.loads(json.dumps(to_json(facts)))) == facts


def test_a_generated_report_has_no_doubt_and_annexes_are_listed() -> None:
    facts = quarter(40)
    pieces = report(facts, PRESET)
    assert doubts_of(pieces, {each.id: each.text for each in pieces}) == ()
    names = QUARTER.attachments(facts, PRESET)
    assert names == ("主要指标与上季度对比表", "检查任务情况表", "本季度确认的问题清单")
    paper = compose(
        pieces, {}, signed_on=None, attachments=names, annexes=QUARTER.annexes(facts, PRESET),
        made_on=facts.until_on,
    )  # fmt: skip
    html = as_html(paper, link=lambda key: "" if key.startswith("tickets.") else f"/{key}")
    assert '<a class="doc-figure" href="/problems.opened">2</a>' in html
    assert "/tickets." not in html
    assert "收到诉求工单20件" in html


def test_nothing_is_judged_by_followers_or_likes() -> None:
    words = " ".join(each.meaning for each in SPECS)
    assert not any(each in words for each in ("关注", "阅读", "点赞", "转发", "排名"))
    assert "不使用关注数、阅读量、点赞数、转发数" in text_of(quarter(20))


# How things stood -------------------------------------------------------------------------------

MOMENT = datetime(2026, 9, 30, 16, tzinfo=UTC)


def test_later_changes_are_taken_back_the_latest_first() -> None:
    now = {"status": "closed", "name": "新名"}
    changes = [
        Change(MOMENT + timedelta(days=1), {"status": "active"}),
        Change(MOMENT + timedelta(days=9), {"status": "suspended"}),
        Change(MOMENT - timedelta(days=1), {"name": "旧名"}),
        Change(MOMENT + timedelta(days=2), {"fans": 7}),
    ]
    assert as_of(now, changes, MOMENT) == {"status": "active", "name": "新名"}
    assert as_of(now, changes, MOMENT + timedelta(days=5))["status"] == "suspended"


def test_looks_cover_a_time_only_without_a_gap() -> None:
    day = timedelta(days=1)
    end = MOMENT + 10 * day
    assert covers([(MOMENT - day, MOMENT + 4 * day), (MOMENT + 4 * day, end)], MOMENT, end)
    assert not covers([(MOMENT, MOMENT + 4 * day), (MOMENT + 5 * day, end)], MOMENT, end)
    assert not covers([(MOMENT + day, end)], MOMENT, end)
    assert not covers([], MOMENT, end)
