"""What two texts say otherwise: read the same from any text, marked where it stands, and rather missed than wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.knowledge.comparing import Text, asked_alike, compare, text_mark
from minxin.knowledge.conflicting import Side, find
from minxin.knowledge.rules.saying import facts_of, marked

_TEXTS = st.lists(
    st.sampled_from(
        ["四十元", "40 元", "2万元", "5个工作日", "五个工作日", "3天", "1年", "9:00", "9点", "2026年3月1日", "免费", "到派出所",
         "3月1日", "0571-12345678", "12345", "青禾路12号", "两份", "。", "，", "需要身份证、照片", "不能", "可以代办", "10％", "第一"]
    ),
    max_size=8,
).map("".join)  # fmt: skip
FEE, WAIT = "补办身份证多少钱", "补办身份证要多久"


def entry(question: str, answer: str, **fields: str) -> Text:
    return Text(tuple(question.split("|")), "办事指南", answer, **fields)


# Pairs that are a conflict: the questions, the answers, the kind.
CONFLICTS = [
    (FEE, "工本费四十元。", "身份证补办要多少钱", "工本费 20 元。", "money"),
    (FEE, "收取工本费40元。", FEE, "免费。", "money"),
    (WAIT, "10个工作日取证。", "身份证补办多久能拿到|补办身份证要多久", "二十个工作日内取证。", "span"),
    ("居住证需要什么材料", "需要：\n1. 居民身份证和近期照片\n2. 住所证明", "办居住证要带什么材料|居住证需要什么材料",
     "需要居民身份证、近期照片、住所证明、劳动合同。", "papers"),
    ("办护照需要预约吗", "不需要预约，直接到窗口。", "办护照要预约吗", "需要预约。", "need"),
    ("护照可以代办吗", "可以由他人代办。", "护照能代办吗|护照可以代办吗", "不可以由他人代办。", "may"),
    ("护照去哪里办", "到公安局出入境大厅办理。", "办护照去哪里", "到政务服务中心办理。", "office"),
    ("低保标准是多少", "低保标准为每人每月900元。", "低保标准多少钱|低保标准是多少", "低保标准为每人每月1100元。", "money"),
    ("小学报名什么时候开始", "报名从6月1日开始。", "小学报名什么时候开始", "报名从6月10日开始。", "date"),
    ("公积金能贷多少比例", "最多贷房价的百分之七十。", "公积金能贷多少比例", "最多贷房价的80%。", "share"),
    ("不动产登记中心地址在哪里", "在青禾路12号。", "不动产登记中心地址在哪里", "在东桥街3号。", "place"),
    ("供水抢修电话是多少", "拨打12319。", "供水抢修电话是多少", "拨打96390。", "phone"),
]  # fmt: skip
# Pairs that are none, though they look like it.
PEACE = [
    (FEE, "工本费四十元。", FEE, "工本费40元。"),
    (FEE, "工本费40元。", "换领身份证多少钱", "工本费20元。"),
    (FEE, "工本费40元。", FEE, "首次办理工本费20元，补办40元。"),
    (FEE, "工本费40元，快递费另计。", FEE, "工本费40元，邮寄12元。"),
    (WAIT, "10个工作日。", "补办身份证多少钱", "工本费40元，3天内缴清。"),
    (WAIT, "一般10个工作日，加急3个工作日。", WAIT, "10个工作日。"),
    ("养老金怎么领", "每月15日发放。", "养老金怎么领", "需要身份证、社保卡。"),
    ("60岁坐公交免费吗", "免费。", "70岁坐公交免费吗", "收费2元。"),
    ("企业开户要什么材料", "需要营业执照、公章。", "个人开户要什么材料", "需要身份证、照片。"),
    ("居住证需要什么材料", "需要居民身份证、照片。", "居住证需要什么材料", "需要身份证原件、一寸照片。"),
    ("护照可以代办吗", "可以代办。", "护照可以代办吗", "未满十六周岁的，不可以代办。"),
    ("护照去哪里办", "到市公安局出入境大厅办理。", "护照去哪里办", "到出入境大厅办理。"),
    ("社保卡怎么办", "咨询电话 0571-88880001。", "社保卡怎么办", "咨询电话 0571-88880002。"),
    ("残疾人补贴多少钱", "一级残疾每月200元。", "残疾人补贴多少钱", "二级残疾每月100元。"),
    ("生育津贴多久到账", "受理后10个工作日。", "生育津贴多久到账", "审核后20个工作日。"),
    ("营业执照怎么办", "网上3个工作日办结。", "营业执照怎么办", "窗口当场办结，最迟1个工作日。"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "one", "also_asked", "other", "kind"), CONFLICTS)
def test_what_differs_is_found_from_both_sides(
    asked: str, one: str, also_asked: str, other: str, kind: str
) -> None:
    first, second = entry(asked, one), entry(also_asked, other)
    found = compare(first, second)
    assert kind in {each.kind for each in found}
    assert {each.turned() for each in compare(second, first)} == set(found)


@pytest.mark.parametrize(("asked", "one", "also_asked", "other"), PEACE)
def test_what_is_another_case_or_only_says_more_is_no_conflict(
    asked: str, one: str, also_asked: str, other: str
) -> None:
    assert compare(entry(asked, one), entry(also_asked, other)) == ()


@pytest.mark.parametrize(
    ("fields", "also"),
    [
        ({"region_code": "990102"}, {"region_code": "990103"}),
        ({"audience": "个人"}, {"audience": "企业"}),
        ({}, {"audience": "企业"}),
    ],
)
def test_another_place_or_audience_is_no_conflict(
    fields: dict[str, str], also: dict[str, str]
) -> None:
    assert compare(entry(FEE, "工本费40元。", **fields), entry(FEE, "工本费20元。", **also)) == ()


def test_a_region_and_its_parent_can_be_in_conflict() -> None:
    whole, part = (
        entry(FEE, "工本费40元。", region_code="990100"),
        entry(FEE, "工本费20元。", region_code="990102"),
    )
    assert [each.kind for each in compare(whole, part)] == ["money"]


def test_passages_of_one_matter_that_are_the_same_but_for_a_number() -> None:
    def passage(title: str, text: str) -> Text:
        return Text((), title, text)

    one = passage(
        "云溪市最低生活保障办法", "乡镇人民政府应当自受理申请之日起30个工作日内作出是否批准的决定。"
    )
    other = passage(
        "青禾区最低生活保障实施细则",
        "乡镇人民政府应当自受理申请之日起20个工作日内作出是否批准的决定。",
    )
    [found] = compare(one, other)
    assert (found.kind, found.one, found.other) == ("span", "30个工作日", "20个工作日")
    elsewhere = passage("云溪市出租汽车管理办法", other.text)
    assert compare(one, elsewhere) == ()
    assert compare(one, passage(other.title, one.text)) == ()


def test_an_entry_and_a_passage() -> None:
    text = "补办居民身份证的公民应当缴纳证件工本费每证%s元。"
    one = Text(("补办居民身份证的工本费是多少",), "办事指南", text % "40")
    other = Text((), "居民身份证补办工本费收取办法", text % "20")
    assert [each.kind for each in compare(one, other)] == ["money"]


def test_finding_compares_no_two_of_one_agency_and_names_each_pair_once() -> None:
    sides = [
        Side("entry:1", 1, entry(f"{FEE}|身份证补办要多少钱", "工本费40元。")),
        Side("entry:2", 2, entry(f"身份证补办要多少钱|{FEE}", "工本费20元。")),
        Side("entry:3", 1, entry(FEE, "工本费10元。")),
    ]
    found = [(each.one.place, each.other.place) for each in find(sides, [])]
    assert found == [("entry:1", "entry:2"), ("entry:2", "entry:3")]


@given(_TEXTS, _TEXTS)
def test_nothing_differs_from_itself_and_both_sides_say_the_same(one: str, other: str) -> None:
    first, second = entry(FEE, one), entry(FEE, other)
    assert {each.kind for each in compare(first, second)} == {
        each.kind for each in compare(second, first)
    }
    assert compare(first, first) == ()


@given(_TEXTS, _TEXTS)
def test_marked_pieces_are_the_text(one: str, other: str) -> None:
    found = compare(entry(FEE, one), entry(FEE, other))
    parts = marked(one, [span for each in found for span in each.first])
    assert "".join(part.text for part in parts) == one


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for fact in facts_of(text):
        assert 0 <= fact.start < fact.end <= len(text)
    compare(entry(FEE, text), entry(FEE, text + "四十元。"))


def test_the_mark_of_a_text_follows_its_words_alone() -> None:
    one = entry(f"{FEE}|另一问", "四十元。")
    assert text_mark(one) == text_mark(Text(tuple(reversed(one.ways)), one.title, one.text))
    assert text_mark(one) != text_mark(entry(f"{FEE}|另一问", "五十元。"))


def test_who_asks_for_two_things_is_not_asked_alike() -> None:
    assert asked_alike([FEE], ["补办驾驶证多少钱"]) is None
    assert asked_alike(["60岁坐公交免费吗"], ["70岁坐公交免费吗"]) is None
    assert asked_alike(["多少钱"], ["多少钱"]) is None
