"""Tickets in the field names of GB/T 39046: there and back without loss, levels in the partner's coding."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.agencies.models import AuditEntry
from minxin.core.errors import Refused
from minxin.tickets import actions
from minxin.tickets.actions.ledger import enter
from minxin.tickets.exchanging import read_table
from minxin.tickets.models import Rating, Ticket
from minxin.tickets.rules import gbt39046, ledger
from minxin.tickets.rules.levels import LEVELS, NAMES, Coding, code_of, level_of
from tests.api.conftest import MakePartner
from tests.support.city import SETUP, City

LIVE = {
    "标题": "路灯坏了",
    "投诉人": "李雷",
    "联系电话": "0571-88886666",
    "被投诉单位/人": "市政公司",
    "内容": "东桥路口的路灯坏了三天，晚上很黑。",
    "来源": "电话",
    "时间": "2026-01-05 09:30:00",
    "外部编号": "2026010500123",
    "诉求性质": "投诉",
    "地点": "东桥路口",
}
HISTORY = {
    "咨询编码": "ZX-7",
    "咨询人": "韩梅梅",
    "标题": "居住证怎么办",
    "内容": "请问居住证在哪里办理？",
    "时间": "2026-01-05 09:30:00",
    "处理时间": "2026-01-06 10:00:00",
    "处理人": "王科长",
    "处理意见": "请带身份证到派出所户籍窗口办理。",
    "延期时限": "2026-01-09 17:30:00",
    "延期原因": "需核对政策",
    "超期天数": "0",
    "行政区划": "990100",
    "外部编号": "ZX-7",
    "评价等级": "2",
    "评价意见": "还可以",
    "评价时间": "2026-01-07 08:00:00",
}


def test_levels_run_in_opposite_directions() -> None:
    """GB/T 39046 A.8: 1 is the best. The national platform's interface: 5 is the best."""
    assert [code_of(each, Coding.GBT39046) for each in LEVELS] == ["1", "2", "3", "4", "5"]
    assert [code_of(each, Coding.NATIONAL) for each in LEVELS] == ["5", "4", "3", "2", "1"]
    assert code_of("very_satisfied", Coding.GBT39046) == "1"
    assert code_of("very_satisfied", Coding.NATIONAL) == "5"
    assert set(LEVELS) == set(Rating.Level.values)
    assert all(NAMES[each.value] == each.label for each in Rating.Level)


@given(st.sampled_from(LEVELS), st.sampled_from(list(Coding)))
def test_a_level_comes_back_from_its_code(level: str, coding: Coding) -> None:
    assert level_of(code_of(level, coding), coding) == level
    assert level_of(NAMES[level], coding) == level
    mirrored = next(each for each in Coding if each is not coding)
    assert (level_of(code_of(level, coding), mirrored) == level) == (level == "fairly_satisfied")


@given(st.text(max_size=4).filter(lambda text: text.strip() not in {*"12345", *NAMES.values()}))
def test_what_is_no_level_is_no_level(text: str) -> None:
    for coding in Coding:
        with pytest.raises(ValueError):
            level_of(text, coding)


def sent(made: Any, *rows: dict[str, str]) -> list[dict[str, Any]]:
    answer = made.post("/exchange/tickets", {"rows": list(rows)})
    assert answer.status_code == 200, answer.content
    return list(answer.json()["rows"])


def row_of(made: Any, table: str, **query: Any) -> dict[str, str]:
    rows = made.get("/exchange/tickets", table=table, contact="true", **query).json()["rows"]
    assert len(rows) == 1
    return dict(rows[0])


def test_a_live_row_is_filed_and_comes_back_whole(partner: MakePartner, city: City) -> None:
    made = partner()
    (outcome,) = sent(made, LIVE)
    assert outcome["outcome"] == "new"
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.source, ticket.nature) == ("submitted", "exchange", "complaint")
    row = row_of(made, "complaint")
    assert {name: row[name] for name in LIVE if name not in {"标题", "来源"}} == {
        name: text for name, text in LIVE.items() if name not in {"标题", "来源"}
    }
    assert row["工单编号"] == ticket.number
    assert row["承办单位名称"] == ticket.agency.name


def test_what_came_answered_comes_back_word_for_word(partner: MakePartner) -> None:
    made = partner()
    (outcome,) = sent(made, HISTORY)
    row = row_of(made, "consult")
    assert {name: row[name] for name in HISTORY} == HISTORY
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.answered_at is not None) == ("closed", True)
    rating = Rating.objects.get()
    assert (rating.level, rating.comment) == ("satisfied", "还可以")
    assert outcome["number"] == ticket.number


@pytest.mark.parametrize(("coding", "code"), [("gbt39046", "2"), ("national", "4")])
def test_a_level_is_written_in_the_coding_of_who_reads(
    partner: MakePartner, coding: str, code: str
) -> None:
    sent(partner(), HISTORY)  # 2 in the coding of GB/T 39046: 满意
    assert row_of(partner(coding=coding), "consult")["评价等级"] == code


def test_the_same_code_means_two_things(partner: MakePartner) -> None:
    sent(partner(coding="gbt39046"), HISTORY | {"评价等级": "1"})
    sent(partner(coding="national"), HISTORY | {"评价等级": "1"})
    assert list(Rating.objects.order_by("pk").values_list("level", flat=True)) == [
        "very_satisfied",
        "very_dissatisfied",
    ]


def test_between_two_partners_nothing_is_lost(partner: MakePartner, city: City) -> None:
    """What one city exports, another imports and exports again, in the other coding on the way."""
    here, there = partner(city.police), partner(city.water, coding="national")
    sent(here, HISTORY, LIVE)
    for table in ("consult", "complaint"):
        row = row_of(here, table)
        first = dict(row)
        row["评价等级"] = (
            code_of(level_of(row["评价等级"], Coding.GBT39046), Coding.NATIONAL)
            if row["评价等级"]
            else ""
        )
        (outcome,) = sent(there, row)
        assert outcome["outcome"] == "new", outcome
        back = row_of(there, table)
        if back["评价等级"]:
            back["评价等级"] = code_of(level_of(back["评价等级"], Coding.NATIONAL), Coding.GBT39046)
        moving = {"工单编号", "承办单位代码", "承办单位名称", "承诺时限", "来源", "外部编号"}
        assert {k: v for k, v in back.items() if k not in moving} == {
            k: v for k, v in first.items() if k not in moving
        }


def test_nobody_is_named_without_the_right(partner: MakePartner) -> None:
    sent(partner(), HISTORY)
    reader = partner(rights=("tickets.read",))
    row = reader.get("/exchange/tickets", table="consult").json()["rows"][0]
    assert row["咨询人"] == "韩*梅"
    refused = reader.get("/exchange/tickets", table="consult", contact="true")
    assert refused.status_code == 403
    assert not AuditEntry.objects.filter(verb="citizen.revealed").exists()
    row_of(partner(), "consult")
    assert AuditEntry.objects.filter(verb="citizen.revealed", actor_kind="key").count() == 1


def test_one_wrong_row_holds_up_no_other(partner: MakePartner) -> None:
    made = partner()
    wrong = [
        (LIVE | {"诉求性质": "表扬"}, "诉求性质"),
        (LIVE | {"内容": "短"}, "内容"),
        (LIVE | {"内容": "城管局的科长收受红包，办事要钱"}, "内容"),  # never among the tickets
        (HISTORY | {"内容": "请问举报贪污找哪里？"}, "内容"),
        (LIVE | {"时间": "前天"}, "时间"),
        (LIVE | {"时间": "2999-01-01"}, "时间"),
        (HISTORY | {"评价等级": "9"}, "评价等级"),
        (HISTORY | {"处理时间": ""}, "处理时间"),
        (HISTORY | {"处理意见": ""}, "处理意见"),
        (HISTORY | {"处理时间": "2026-01-01"}, "处理时间"),
        ({"内容": "不知道是什么性质的一行"}, "诉求性质"),
        ({k: v for k, v in LIVE.items() if k != "外部编号"}, "外部编号"),
    ]
    outcomes = sent(made, *(row for row, _field in wrong), LIVE, LIVE)
    assert [each.get("field") for each in outcomes[:-2]] == [field for _row, field in wrong]
    assert [each["outcome"] for each in outcomes[-2:]] == ["new", "known"]
    assert Ticket.objects.count() == 1


def test_what_was_urged_is_a_row_of_table_11(
    partner: MakePartner, city: City, now: datetime
) -> None:
    ticket = actions.file(
        text="东桥路口的路灯坏了", citizen=None, account=city.account, source="console", key="k",
        actor=SETUP, now=now,
    )  # fmt: skip
    enter(ticket, ledger.Kind.REMINDER, actor=SETUP, now=now, reason="请尽快答复")
    rows = partner().get("/exchange/supervision").json()["rows"]
    assert [set(row) for row in rows] == [set(gbt39046.SUPERVISION)]
    assert (rows[0]["办件编号"], rows[0]["督办内容"]) == (ticket.number, "请尽快答复")
    assert partner(city.water).get("/exchange/supervision").json()["rows"] == []


@given(st.dictionaries(st.sampled_from(gbt39046.SHAPES["complaint"]), st.text(max_size=30)))
def test_any_row_is_read_or_refused_in_words(row: dict[str, str]) -> None:
    at = datetime.fromisoformat("2026-11-24T10:00:00+08:00")
    refusal: Refused | None = None
    try:
        taken = read_table(row, coding=Coding.NATIONAL, now=at)
    except Refused as error:
        refusal = error
    if refusal is not None:
        assert refusal.message
        assert refusal.field
        return
    assert taken.text == row["内容"].replace("\0", "").strip()
    assert not set(taken.fields) & gbt39046.PERSONAL
    assert taken.filed_at is None or taken.filed_at <= at + timedelta(minutes=10)
