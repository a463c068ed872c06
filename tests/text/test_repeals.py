"""What a text says it repeals: sentences and lists, and nothing that is only amended or may be."""

from datetime import date

import pytest

from minxin.text.repeals import Ended, ended_by


def names(*texts: str, own: str = "") -> list[tuple[str, str, str]]:
    return [(each.title, each.number, each.parts) for each in ended_by(texts, own)]


def test_the_last_sentence_of_a_new_text_ends_the_former_ones() -> None:
    said = (
        "第三十条 本办法自2026年1月1日起施行。《云溪市养犬管理暂行办法》（云政发〔2015〕9号）、"
        "《云溪市犬类防疫规定》同时废止。"
    )
    assert names(said) == [
        ("云溪市养犬管理暂行办法", "云政发〔2015〕9号", ""),
        ("云溪市犬类防疫规定", "", ""),
    ]
    one = names(
        "本条例自2026年3月1日起施行，2008年5月8日市人民政府发布的《云溪市城市绿化办法》同时废止。"
    )
    assert one == [("云溪市城市绿化办法", "", "")]


@pytest.mark.parametrize(
    "said",
    [
        "根据《中华人民共和国立法法》制定本条例。",
        "本办法自2026年1月1日起施行。",
        "《云溪市甲办法》继续有效。",
        "《云溪市甲办法》不予废止。",
        "《云溪市甲办法》废止前已经受理的，按照原规定办理。",
        "需要修改或者废止《云溪市甲办法》的，由起草部门提出。",
        "建议废止《云溪市甲办法》。",
        "制定机关应当及时修改、废止与《行政许可法》不一致的规定。",
    ],
)
def test_what_is_kept_or_only_may_end_is_left_out(said: str) -> None:
    assert names(said) == []


def test_what_it_is_based_on_does_not_end_with_it() -> None:
    said = "根据《中华人民共和国立法法》，市人民政府决定废止《云溪市甲办法》。"
    assert names(said) == [("云溪市甲办法", "", "")]
    said = "《云溪市甲办法》同时废止，按照《云溪市乙办法》执行。"
    assert names(said) == [("云溪市甲办法", "", "")]


def test_parts_of_a_text_are_told_from_the_whole() -> None:
    assert names("《云溪市甲办法》第三章、第十二条同时废止。") == [
        ("云溪市甲办法", "", "第三章、第十二条")
    ]
    assert names("《云溪市甲办法》中的有关规定同时废止。") == [("云溪市甲办法", "", "部分条款")]


def test_a_decision_lists_what_it_ends_and_what_it_only_amends() -> None:
    found = names(
        "云溪市人民政府关于废止和修改部分规章的决定",
        "一、对下列3件规章予以废止：",
        "（一）云溪市甲管理办法（云溪市人民政府令第12号）",
        "（二）《云溪市乙管理规定》（云溪市人民政府令第15号）",
        "3. 云溪市丙实施细则",
        "二、对下列规章作出修改：",
        "（一）云溪市丁管理办法",
        own="云溪市人民政府关于废止和修改部分规章的决定",
    )
    assert found == [
        ("云溪市甲管理办法", "云溪市人民政府令第12号", ""),
        ("云溪市乙管理规定", "云溪市人民政府令第15号", ""),
        ("云溪市丙实施细则", "", ""),
    ]


def test_a_table_of_what_ends_is_read_by_rows() -> None:
    found = names(
        "附件：废止的行政规范性文件目录",
        "序号：1；文件名称：云溪市人民政府关于印发云溪市甲方案的通知；文号：云政发〔2010〕3号",
        "序号：2；文件名称：云溪市乙暂行办法；文号：云政办发〔2011〕8号",
        "保留的行政规范性文件目录",
        "序号：1；文件名称：云溪市丙暂行办法；文号：云政办发〔2012〕8号",
        own="云溪市人民政府关于公布行政规范性文件清理结果的通知",
    )
    assert found == [
        ("云溪市人民政府关于印发云溪市甲方案的通知", "云政发〔2010〕3号", ""),
        ("云溪市乙暂行办法", "云政办发〔2011〕8号", ""),
    ]


def test_the_day_is_that_of_the_repeal_not_of_effect() -> None:
    found = ended_by(["《云溪市甲办法》自2026年5月1日起废止。"])
    assert found == (
        Ended("云溪市甲办法", "", "", date(2026, 5, 1), "《云溪市甲办法》自2026年5月1日起废止。"),
    )
    assert ended_by(["本办法自2026年1月1日起施行，《云溪市甲办法》同时废止。"])[0].on is None


def test_a_text_does_not_end_itself_and_nothing_breaks_it() -> None:
    assert names("《云溪市甲办法》自2030年1月1日起废止。", own="云溪市甲办法") == []
    for odd in ("", "废止", "《》废止", "《" * 50 + "废止", "下列文件予以废止：", "一、"):
        assert names(odd, odd, own=odd) == []
