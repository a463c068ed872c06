"""What a sentence says that may not be changed: numbers with their unit and bound, links, names.

Two ways to write the same are one fact: 三十日 and 30天, 百分之五十 and 50%, 3万元 and 30000元, full width
and half.
"""

import re
from dataclasses import dataclass

from minxin.text.numerals import number_of
from minxin.text.segmentation import normal
from minxin.text.traditional import simplified

_NUMERAL = "零〇一二两三四五六七八九十百千万"
_UNITS = (
    "个?工作日|个?自然日|个?小时|个?月|个?季度|个?星期|周岁|周|亿元|万元|元|块|分钟|平方米|公里|千米"
    "|公斤|千克|年|月|日|天|号|岁|时|点|分|倍|折|人|份|张|次|名|户|套|间|米|级|类|条|款|项|章|节|%"
)
_SAME_UNIT = {
    "天": "日",
    "号": "日",
    "周岁": "岁",
    "块": "元",
    "点": "时",
    "星期": "周",
    "千米": "公里",
}
_BEFORE = (
    "不得?超过|不得?多于|不得?高于|不大于|最多|至多|最高|不得?少于|不得?低于|不小于|至少|最少|最低"
    "|超过|高于|大于|多于|低于|少于|小于|未满|不满|不足|年满|满|约|近"
)
_AFTER = "以上|以下|以内|之内|以外|之外|以前|之前|以后|之后|以后|内|前|后|起|止|多"
_BOUNDS = {
    **dict.fromkeys(("以内", "之内", "内"), "内"),
    **dict.fromkeys(("以前", "之前", "前", "止"), "前"),
    **dict.fromkeys(("以后", "之后", "后"), "后"),
    **dict.fromkeys(("以外", "之外"), "外"),
    **dict.fromkeys(("最多", "至多", "最高", "不超过", "不得超过", "不多于", "不得多于", "不高于",
                     "不得高于", "不大于"), "至多"),
    **dict.fromkeys(("至少", "最少", "最低", "不少于", "不得少于", "不低于", "不得低于", "不小于"), "至少"),
    **dict.fromkeys(("超过", "高于", "大于", "多于", "多"), "多于"),
    **dict.fromkeys(("低于", "少于", "小于", "不足"), "少于"),
    **dict.fromkeys(("未满", "不满"), "未满"),
    **dict.fromkeys(("年满", "满"), "满"),
}  # fmt: skip
# Longer digits with hyphens are telephone numbers and the like: compared digit by digit.
_DIALLED = r"\+?\d{2,}(?:[-—–‐]\d{2,})+|\d{5,}(?!\.?\d)"
_FACT = re.compile(
    rf"(?P<dialled>{_DIALLED})"
    rf"|(?P<before>{_BEFORE})?(?:百分之(?P<percent>[{_NUMERAL}]+|\d+(?:\.\d+)?)"
    rf"|(?P<number>\d+(?:[.,]\d+)*|[{_NUMERAL}]+))(?P<unit>{_UNITS})?(?P<after>{_AFTER})?"
)
_LATIN = re.compile(r"[a-z][a-z0-9_.@:/?=&%+#~-]*|[a-z0-9-]+(?:\.[a-z0-9-]+)+[a-z0-9_./?=&%+#~-]*")
_TITLE = re.compile(r"[《〈](.*?)[》〉]")
# A numeral that is part of an ordinary word: a number only with one of these after it.
_MEASURED_BY = "元 年 日 岁 周 月 小时 分钟 工作日 自然日 季度 倍 折 %"
_MEASURED = frozenset(_MEASURED_BY.split())
_EVERYDAY = re.compile(
    r"一般|一定|一起|一样|一致|一旦|一律|一直|一并|一经|一次性|统一|万一|十分|百姓|千万别|之一|唯一|同一|任一"
    r"|第三方|一站式|一网通办|一窗|三方|一线|一带|一些|一下|两侧|两边|一方|双方|四周"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A number as it is meant, and where it stands in the levelled text."""

    value: str
    unit: str
    bound: str
    start: int
    end: int

    @property
    def said(self) -> tuple[str, str, str]:
        """What must be the same."""
        return self.value, self.unit, self.bound


def levelled(text: str) -> str:
    """A text as facts and words are compared: half width, lower case, simplified, without white space."""
    return "".join(simplified(normal(text)).split())


def facts(text: str) -> list[Fact]:
    """The numbers of a levelled text in their order."""
    hidden = _EVERYDAY.sub(lambda found: "·" * len(found[0]), text)
    found = []
    for each in _FACT.finditer(hidden):
        if each["dialled"]:
            digits = re.sub(r"\D", "", each["dialled"])
            unit = _unit_after(hidden, each.end())
            found.append(Fact(*_amount(digits, unit), "", *each.span()))
            continue
        unit = (each["unit"] or "").removeprefix("个")
        unit = _SAME_UNIT.get(unit, unit)
        written = each["percent"] or each["number"]
        if each["percent"]:
            unit = "%"
        is_plain = written[0].isdigit()
        is_ordinal = hidden[: each.start("number")].endswith("第") if each["number"] else False
        if not is_plain and len(written) == 1 and not is_ordinal and unit not in _MEASURED:
            continue
        value, unit = _amount(
            written.replace(",", "") if is_plain else str(number_of(written)), unit
        )
        bounds = [_BOUNDS.get(each[name], each[name]) for name in ("before", "after") if each[name]]
        found.append(Fact(value, unit, "".join(bounds), *each.span()))
    return found


def _unit_after(text: str, at: int) -> str:
    unit = re.match(_UNITS, text[at:])
    named = unit[0].removeprefix("个") if unit else ""
    return _SAME_UNIT.get(named, named)


def _amount(value: str, unit: str) -> tuple[str, str]:
    """A number and its unit with 万元 and 亿元 written out and no zeros that say nothing."""
    times = {"万元": 10_000, "亿元": 100_000_000}.get(unit)
    if times and re.fullmatch(r"\d+(?:\.\d+)?", value):
        whole = round(float(value) * times)
        return str(whole), "元"
    if "." in value and value.count(".") == 1:
        value = value.rstrip("0").rstrip(".")
    return value, unit


def latin(text: str) -> list[str]:
    """Links, mail addresses, and whatever else is written in Latin letters in a levelled text."""
    return [each.rstrip(".:/?") for each in _LATIN.findall(text)]


def titles(text: str) -> list[str]:
    """Names of documents in a levelled text, without their brackets."""
    return [each for each in _TITLE.findall(text) if each]
