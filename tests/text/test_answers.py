"""From passages to sentences: how texts are cut, what is found, and that nothing else can be said."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.text.answers import (
    AnswerBundle,
    Kind,
    Passage,
    Sentence,
    Shape,
    Uncited,
    cut_units,
    extract,
    is_cited,
    kind_of,
    of_itself,
)

LIST = (
    "申请人应当提交下列材料：（一）身份证；（二）户口本（原件，含首页。）；（三）近期照片。"
    "第三条 本办法自2020年1月5日起施行。"
)
SIGNS = "一二三，。；：！？“”（）《》、（一）1. \n\t第条a1|　"
TEXTS = st.text(alphabet=SIGNS + "办理材料身份证的天元", max_size=120)


def said(text: str) -> list[str]:
    return [text[unit.start : unit.end] for unit in cut_units(text)]


def test_items_keep_the_head_that_introduces_them() -> None:
    units = cut_units(LIST)
    assert said(LIST) == [
        "申请人应当提交下列材料：",
        "（一）身份证；",
        "（二）户口本（原件，含首页。）；",
        "（三）近期照片。",
        "第三条 本办法自2020年1月5日起施行。",
    ]
    assert [unit.head for unit in units[:4]] == [-1, 0, 0, 0]
    assert [unit.shape for unit in units[1:4]] == [Shape.ITEM] * 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("按照“应保尽保。”的原则办理。", ["按照“应保尽保。”的原则办理。"]),
        ("要求：“要做好。要严格。”", ["要求：“要做好。", "要严格。”"]),
        ("收费1.5元（含税。不含邮费。）即可。不退。", ["收费1.5元（含税。不含邮费。）即可。", "不退。"]),
        ("“没有结束的引号。还有一句。", ["“没有结束的引号。", "还有一句。"]),
        ("真的吗？！是的……对。", ["真的吗？！", "是的……", "对。"]),
    ],
)  # fmt: skip
def test_sentences_end_where_they_end(text: str, parts: list[str]) -> None:
    assert said(text) == parts


def test_a_row_stays_whole_under_its_titles() -> None:
    text = "标准如下\n项目\t金额\t时间\n补办\t40元\t3天\n换领\t20元\t3天"
    units = cut_units(text)
    assert said(text)[1:] == ["项目\t金额\t时间", "补办\t40元\t3天", "换领\t20元\t3天"]
    assert [unit.head for unit in units[2:]] == [1, 1]


def test_a_list_that_begins_anew_has_its_own_head() -> None:
    text = "条件：\n1.满十八岁。\n2.有住房。\n材料：\n1.身份证。\n2.房产证。"
    units = cut_units(text)
    assert [said(text)[unit.head] for unit in units if unit.shape is Shape.ITEM] == [
        "条件：", "条件：", "材料：", "材料：",
    ]  # fmt: skip


@given(TEXTS)
def test_units_hold_every_visible_character_once(text: str) -> None:
    units = cut_units(text)
    assert "".join(said(text)).split() == "".join(said(text)).split()
    inside = [at for unit in units for at in range(unit.start, unit.end)]
    assert inside == sorted(set(inside))
    assert not {at for at, sign in enumerate(text) if not sign.isspace()} - set(inside)
    for place, unit in enumerate(units):
        assert unit.head < place
        assert not text[unit.start].isspace()


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("补办身份证需要带什么材料", Kind.MATERIALS),
        ("居民身份证怎么补办", Kind.HOW),
        ("在哪里办居住证", Kind.WHERE),
        ("到哪家企业进行检查", Kind.WHO),
        ("什么时候开始报名", Kind.WHEN),
        ("补办要多久", Kind.HOW_LONG),
        ("补办收多少钱", Kind.HOW_MUCH),
        ("有多少家企业", Kind.HOW_MANY),
        ("咨询电话是多少", Kind.CONTACT),
        ("可以代办吗", Kind.MAY_I),
        ("为什么没有发放", Kind.WHY),
        ("如何处置哄抬物价", Kind.HOW),
    ],
)
def test_what_a_question_wants(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


RULES = Passage(
    "7",
    "第一条 居民身份证丢失的，应当到户籍所在地派出所申请补领。第二条 申请补领需要下列材料：（一）户口簿；（二）近期照片。"
    "第三条 补领居民身份证收取工本费四十元。第四条 公安机关应当在六十日内发放。",
    "云溪市居民身份证办理规定",
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("补领身份证收多少钱", "第三条 补领居民身份证收取工本费四十元。"),
        ("申请补领需要什么材料", "（一）户口簿；"),
        ("身份证丢失到哪里申请补领", "派出所"),
    ],
)
def test_the_sentence_that_answers_is_found(question: str, words: str) -> None:
    found = extract(question, [RULES])
    assert found is not None
    assert words in found.bundle.text
    assert RULES.text[found.start : found.end].strip("，；。") == found.core
    assert 0 < found.confidence < 1


def test_materials_come_with_their_head() -> None:
    found = extract("申请补领需要什么材料", [RULES])
    assert found is not None
    assert "申请补领需要下列材料：" in found.bundle.text


def test_nothing_is_found_where_nothing_is_shared() -> None:
    assert extract("火星移民", [Passage("1", "道路照明由市政部门管护。")]) is None
    assert extract("火星移民", []) is None


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_whatever_is_found_stands_in_its_passage(question: str, texts: list[str]) -> None:
    passages = [Passage(str(place), text) for place, text in enumerate(texts)]
    found = extract(question, passages)
    if found is not None:
        for sentence in found.bundle.sentences:
            text = texts[int(sentence.passage_id)]
            assert text[sentence.start : sentence.end] == sentence.text
        assert math.isfinite(found.confidence)


@given(TEXTS, TEXTS)
def test_a_bundle_is_made_of_what_passages_contain_or_not_at_all(said: str, passage: str) -> None:
    try:
        bundle = AnswerBundle((Sentence("1", 0, len(said), said),), (Passage("1", passage),))
    except Uncited:
        assert not is_cited(said, passage)
    else:
        assert "".join(bundle.sentences[0].text.split())
        assert is_cited(said, passage)


@given(st.text(alphabet="补领收取工本费四十元。", min_size=4, max_size=30), st.data())
def test_width_and_gaps_may_differ_but_no_word(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(text) - 1))
    assert is_cited(text[:at] + " \n" + text[at:], text)
    assert not is_cited(text[:at] + "不" + text[at:], text)
    assert is_cited("ＡＢ１２" + text, "AB12" + text)


@pytest.mark.parametrize(
    ("sentences", "passages"),
    [
        ((), (RULES,)),
        ((Sentence("8", 0, 3, "第一条"),), (RULES,)),
        ((Sentence("7", 0, 0, "  "),), (RULES,)),
        ((Sentence("7", 0, 9, "收取工本费五十元"),), (RULES,)),
        ((Sentence("7", 0, 3, "第一条"),), (RULES, RULES)),
    ],
)
def test_silence_where_there_is_no_citation(
    sentences: tuple[Sentence, ...], passages: tuple[Passage, ...]
) -> None:
    with pytest.raises(Uncited):
        AnswerBundle(sentences, passages)


def test_no_bundle_becomes_another_unseen() -> None:
    bundle = of_itself("entry:1", "收取工本费四十元。")
    with pytest.raises(Uncited):
        dataclasses.replace(bundle, sentences=(Sentence("entry:1", 0, 8, "收取工本费五十元。"),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        bundle.sentences = ()  # type: ignore[misc]
