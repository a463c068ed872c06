"""A reply is read: what must not go is found, what is due and missing is told, the rest is left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.text.replies import (
    REASONS,
    WEIGHTS,
    Known,
    Past,
    Severity,
    body_of,
    coverage,
    explains,
    fingerprint,
    likeness,
    read_reply,
)

LAMP = "东桥路口的路灯坏了三天，晚上漆黑一片，什么时候能修好？"
GOOD = "您好！经现场核查，东桥路口路灯因电缆被挖断熄灭，已于11月23日修复，当晚恢复照明。如再熄灭请致电12345。"
WATER = "南湖小区自来水发黄，请问是什么原因，能不能喝？"
TEMPLATE = "您反映的情况已交相关科室办理，工作人员将按照工作流程核实处理并做好后续跟踪服务工作。"


def kinds(question: str, reply: str, **more: object) -> set[str]:
    return {each.kind for each in read_reply(question, reply, **more).findings}  # type: ignore[arg-type]


def test_a_good_reply_has_every_point_and_no_remark() -> None:
    reading = read_reply(LAMP, GOOD)
    assert reading.findings == ()
    assert reading.parts == WEIGHTS
    assert reading.score == 100


def test_attention_alone_is_vague_and_a_result_is_not() -> None:
    empty = "您好！对您反映的东桥路口路灯问题我局高度重视，正在研究，将尽快解决。"
    reading = read_reply(LAMP, empty)
    (vague,) = [each for each in reading.findings if each.kind == "vague"]
    assert "高度重视" in vague.words
    assert vague.severity is Severity.WARN
    assert {"when", "no_time"} <= {each.kind for each in reading.findings}
    assert reading.score < read_reply(LAMP, GOOD).score - 30
    assert "vague" not in kinds(LAMP, "我局高度重视，东桥路口路灯已更换，11月23日亮灯。")


@pytest.mark.parametrize(
    ("question", "reply", "kind"),
    [
        (LAMP, "东桥路口路灯已报修，晚上请小心。", "when"),
        ("补办身份证要交多少钱？", "补办身份证需要缴纳工本费。", "how_much"),
        (WATER, "南湖小区自来水发黄的情况已核实，可以饮用。", "why"),
        ("办理居住证在哪里？", "办理居住证请先登记。", "where"),
        (LAMP, "东桥路口路灯正在修复。", "no_time"),
        (LAMP, "11月23日。东桥路口路灯，请您再次拨打。", "no_contact"),
        ("租房补贴的条件是什么？", "租房补贴您不符合，不予发放。", "no_basis"),
        (LAMP, "您好！", "too_short"),
        (LAMP, "养老保险待遇由参保地社保经办机构按月发放，请您放心。", "off_subject"),
    ],
)
def test_what_is_due_and_missing_is_told(question: str, reply: str, kind: str) -> None:
    assert kind in kinds(question, reply)


def test_what_is_not_due_is_not_asked_for() -> None:
    done = "东桥路口路灯已修复，11月23日晚恢复照明。"
    assert not kinds(LAMP, done) & {"no_contact", "no_basis", "no_time"}
    cited = "租房补贴您不符合。依据《云溪市租房补贴办法》第三条，不予发放。"
    assert "no_basis" not in kinds("租房补贴的条件是什么？", cited)


def test_politeness_moves_no_point() -> None:
    plain = "经现场核查，东桥路口路灯因电缆被挖断熄灭，已于11月23日修复。"
    polite = f"尊敬的网友：您好！来信收悉。{plain}感谢您对我们工作的关心与支持！2026年11月24日"
    assert read_reply(LAMP, polite).parts == read_reply(LAMP, plain).parts
    assert body_of(polite) == body_of(plain)


def test_the_citizens_numbers_block_and_an_office_mobile_only_warns() -> None:
    question = f"{LAMP}我的电话13800138000"
    reading = read_reply(question, f"{GOOD}已电话联系您13800138000。")
    assert [each.kind for each in reading.blocks] == ["personal"]
    assert reading.blocks[0].words == ("13800138000",)
    office = read_reply(question, f"{GOOD}值班电话：13900139000。")
    assert office.blocks == ()
    assert "office_mobile" in {each.kind for each in office.findings}
    spaced = read_reply(question, f"{GOOD}联系电话 138 0013 8000")
    assert [each.kind for each in spaced.blocks] == ["personal"]
    assert read_reply(LAMP, f"{GOOD}身份证11010519491231002X已登记。").blocks


def test_another_cases_number_and_place_block_and_ones_own_does_not() -> None:
    known = Known(
        place="东桥路口",
        other_numbers=frozenset({"KX-7K4M-9RTC"}),
        other_places=frozenset({"东桥路口", "南湖小区8栋"}),
    )
    blocks = read_reply(LAMP, f"{GOOD}（KX-7K4M-9RTC，南湖小区8栋）", known=known).blocks
    assert {each.kind: each.words for each in blocks} == {
        "another_number": ("KX-7K4M-9RTC",),
        "another_place": ("南湖小区8栋",),
    }
    own = Known(place="东桥路口", other_places=known.other_places)
    assert read_reply(LAMP, GOOD, known=own).blocks == ()


def test_a_template_is_one_only_for_another_question() -> None:
    past = [Past(fingerprint(TEMPLATE), fingerprint(LAMP))]
    assert "template" in kinds(WATER, f"您好！{TEMPLATE}谢谢！", past=past)
    assert "template" not in kinds(LAMP, TEMPLATE, past=past)
    assert "template" not in kinds(WATER, GOOD, past=past)


def test_likeness_is_one_of_itself_and_none_of_a_stranger() -> None:
    one, other = fingerprint(TEMPLATE), fingerprint("补办身份证请本人携带户口簿到派出所户籍窗口")
    assert likeness(one, one) == 1
    assert likeness(one, other) == 0
    assert likeness(one, frozenset()) == 0
    assert 0.7 < likeness(one, fingerprint(TEMPLATE.replace("相关", "有关"))) < 1


def test_a_cause_or_a_document_explains() -> None:
    assert explains("因电缆被挖断，路灯熄灭。")
    assert explains("《物业管理条例》规定如此。")
    assert not explains("路灯亮了。")


def test_coverage_is_a_share() -> None:
    assert coverage("", "随便什么") == 1
    assert coverage(LAMP, "") == 0
    assert coverage(LAMP, LAMP) == 1


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_typed_is_read(question: str, reply: str) -> None:
    reading = read_reply(question, reply)
    assert 0 <= reading.score <= 100
    assert reading.parts.keys() == WEIGHTS.keys()
    for part, points in reading.parts.items():
        assert 0 <= points <= WEIGHTS[part]
    assert all(each.kind in REASONS for each in reading.findings)


def test_a_long_reply_is_read_in_time() -> None:
    long = "正在研究，已于" * 3000
    began = time.perf_counter()
    read_reply(LAMP * 300, long)
    assert time.perf_counter() - began < 2
