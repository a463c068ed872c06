"""`minxin bench laws`: what it calls exact is exact, and what is not is counted."""

import hashlib

from minxin.cli.bench.laws import Article, articles_of, compared

LAW = (
    "# 养犬法\n\n2020年1月2日 通过\n\n<!-- INFO END -->\n\n## 第一章 总则\n\n第一条 为了养犬。\n\n"
    "第二条 下列材料：\n\n（一）身份证；\n\n（二）照片。\n\n第一条的规定不适用。\n\n附件：样式"
)


def cited(
    *passages: tuple[str, int, str, str],
) -> list[tuple[str, list[tuple[str, int, str, str, str]]]]:
    sha = hashlib.sha256(LAW.encode()).hexdigest()
    return [(sha, [(*each, f"《养犬法》{each[0]}") for each in passages])]


RIGHT = (
    ("", 0, "", "2020年1月2日 通过"),
    ("第一条", 0, "", "第一条 为了养犬。"),
    ("第二条", 1, "", "第二条 下列材料："),
    ("第二条", 1, "（一）", "（一）身份证；"),
    ("第二条", 1, "（二）", "（二）照片。"),
    ("第二条", 2, "", "第一条的规定不适用。"),
)


def test_articles_are_read_from_the_source() -> None:
    assert articles_of(LAW) == [
        Article("第一条", ("第一条 为了养犬。",)),
        Article(
            "第二条",
            ("第二条 下列材料：", "（一）身份证；", "（二）照片。", "第一条的规定不适用。"),
        ),
    ]


def test_what_is_cited_whole_is_exact() -> None:
    found = compared([{"title": "养犬法", "text": LAW}], cited(*RIGHT))
    assert found == {"articles": 2, "exact": 1.0, "not_exact": 0, "clauses_exact": 1.0}


def test_too_little_too_much_and_a_wrong_clause_are_not() -> None:
    rows = [{"title": "养犬法", "text": LAW}]
    assert compared(rows, cited(*RIGHT[:-1]))["exact"] == 0.5
    assert compared(rows, cited(*RIGHT, ("第二条", 3, "", "附件：样式")))["exact"] == 0.5
    assert (
        compared(rows, cited(*RIGHT[:-1], ("第二条", 1, "", RIGHT[-1][3])))["clauses_exact"] == 0.5
    )
    assert compared(rows, [])["not_exact"] == 2
