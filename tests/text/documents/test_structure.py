"""Official texts are cut where officials cite them, and say about themselves what they say."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from minxin.text.documents import Block, Piece, passages, propose
from minxin.text.documents.plain import read_plain

REGULATION = """云溪市养犬管理办法
云政发〔2026〕3号
目 录
第一章 总则
第二章 登记
第一章 总则
第一条 为了规范养犬行为，制定本办法。
第二条　养犬登记需要下列材料：
（一）身份证明；
1. 居民身份证；
2. 护照；
（二）犬只免疫证明。
第一条所称的登记，每年一次。
第二章 登记
第三条规定的期限届满前，应当续期。
第三条 登记费五十元。
第四条之一 本办法自2026年3月1日起施行，有效期五年。《云溪市养犬管理暂行办法》（云政发〔2015〕9号）同时废止。
云溪市人民政府
2026年1月20日"""


def cut(text: str) -> tuple[Piece, ...]:
    return passages(read_plain(text).blocks)


def test_a_regulation_is_cut_into_articles_paragraphs_and_items() -> None:
    found = [(p.kind, p.article, p.clause, p.item, p.text[:6]) for p in cut(REGULATION)]
    assert found == [
        ("title", "", 0, "", "云溪市养犬管"),
        ("paragraph", "", 0, "", "云政发〔20"),
        ("chapter", "", 0, "", "第一章 总则"),
        ("article", "第一条", 0, "", "第一条 为了"),
        ("article", "第二条", 1, "", "第二条　养犬"),
        ("item", "第二条", 1, "（一）", "（一）身份证"),
        ("item", "第二条", 1, "（一）/1.", "1. 居民身"),
        ("item", "第二条", 1, "（一）/2.", "2. 护照；"),
        ("item", "第二条", 1, "（二）", "（二）犬只免"),
        ("paragraph", "第二条", 2, "", "第一条所称的"),
        ("chapter", "", 0, "", "第二章 登记"),
        ("paragraph", "", 0, "", "第三条规定的"),
        ("article", "第三条", 0, "", "第三条 登记"),
        ("article", "第四条之一", 0, "", "第四条之一 "),
        ("paragraph", "", 0, "", "云溪市人民政"),
        ("paragraph", "", 0, "", "2026年1"),
    ]
    by_text = {p.text: p for p in cut(REGULATION)}
    assert by_text["（二）犬只免疫证明。"].lead == 4
    assert by_text["2. 护照；"].lead == 5
    assert by_text["2. 护照；"].path == "第一章 总则 > 第二条 > （一） > 2."


def test_it_says_its_number_days_and_what_it_repeals() -> None:
    found = propose(read_plain(REGULATION).blocks)
    assert (found.title, found.document_number) == ("云溪市养犬管理办法", "云政发〔2026〕3号")
    assert found.issuing_agency == "云溪市人民政府"
    assert (found.issued_on, found.effective_on) == (date(2026, 1, 20), date(2026, 3, 1))
    assert found.ends_on == date(2031, 3, 1)
    [ended] = found.repeals
    assert (ended.title, ended.number) == ("云溪市养犬管理暂行办法", "云政发〔2015〕9号")
    assert (ended.parts, ended.on) == ("", None)


def test_the_term_of_a_licence_is_not_that_of_the_text() -> None:
    found = propose(
        read_plain("许可办法\n第一条 许可证有效期为3年。\n第二条 自2026年1月1日起施行。").blocks
    )
    assert (found.effective_on, found.ends_on) == (date(2026, 1, 1), None)


def test_a_notice_is_cut_along_its_own_numbers() -> None:
    text = "云溪市公安局关于补领身份证的通知\n一、办理材料\n（一）户口簿；\n（二）照片。\n二、收费。每证四十元。\n附件1：收费表"
    found = [(p.kind, p.article, p.item, p.path) for p in cut(text)[1:]]
    assert found == [
        ("chapter", "", "", "一、办理材料"),
        ("item", "一、", "（一）", "一、办理材料 > 一、 > （一）"),
        ("item", "一、", "（二）", "一、办理材料 > 一、 > （二）"),
        ("article", "二、", "", "二、"),
        ("chapter", "", "", "附件1：收费表"),
    ]
    assert propose(read_plain(text).blocks).issuing_agency == "云溪市公安局"


def test_traditional_and_full_width_forms_are_read_and_kept() -> None:
    found = cut("養犬管理辦法\n第１條　為了規範養犬，制定本辦法。\n第2條 收費４０元。")
    assert [(p.kind, p.article) for p in found] == [
        ("title", ""), ("article", "第１條"), ("article", "第2條"),
    ]  # fmt: skip
    assert found[2].text == "第2條 收費４０元。"


lines = st.lists(
    st.one_of(
        st.sampled_from(["第一章 总则", "第一条 为了", "第二条", "（一）甲；", "1. 乙", "一、丙", "附件2", "目录"]),
        st.text("第一二条章（）1.、目录附件。 \u3000甲乙", max_size=20),
    ),
    max_size=25,
)  # fmt: skip


@given(lines)
def test_nothing_of_a_text_is_lost_and_order_is_kept(some: list[str]) -> None:
    blocks = [Block(line) for line in some]
    found = passages(blocks)
    assert [piece.position for piece in found] == list(range(len(found)))
    assert all(piece.lead is None or piece.lead < piece.position for piece in found)
    kept = "".join(piece.text for piece in found if piece.kind != "title")
    for piece in found:
        assert piece.text
    if not any("目" in line for line in some) and not (found and found[0].kind == "title"):
        assert kept == "".join(line.strip(" \t\u3000") for line in some)


def test_what_a_traditional_text_repeals_is_read_too() -> None:
    blocks = [Block("本辦法自2026年1月1日起施行，《雲溪市養犬規定》同時廢止。")]
    assert [each.title for each in propose(blocks).repeals] == ["云溪市养犬规定"]


def test_what_is_annexed_is_no_paragraph_of_the_last_article() -> None:
    found = cut(
        "云溪市车船税办法\n第一条 为了征税。\n第二条 自2012年1月1日起施行。\n附：\n车船税税目税额表"
    )
    assert [(p.kind, p.article, p.clause, p.text) for p in found[2:]] == [
        ("article", "第二条", 0, "第二条 自2012年1月1日起施行。"),
        ("chapter", "", 0, "附："),
        ("paragraph", "附", 0, "车船税税目税额表"),
    ]


def test_a_section_whose_name_ends_with_a_full_stop_is_one() -> None:
    found = cut(
        "监狱法\n第四节 通信\n第四十九条 罪犯收受物品。\n第五节 生活、卫生。\n第五十条 标准。"
    )
    assert [(p.kind, p.text) for p in found[3:]] == [
        ("chapter", "第五节 生活、卫生。"),
        ("article", "第五十条 标准。"),
    ]
