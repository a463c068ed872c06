"""One spelling of what can be written in several: width, case, traditional characters, numbers."""

import re

from minxin.text.segmentation import normal
from minxin.text.traditional import simplified

_DIGITS = {each: value for value, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TIMES = {"十": 10, "百": 100, "千": 1_000}
# A number written out, before what is counted; one character alone only from two on: 一个, 一次 are
# words of everyday.
_WRITTEN = re.compile(
    r"(?<![零〇一二三四五六七八九十百千万两第])"
    r"([一二两三四五六七八九十百千][零〇一二两三四五六七八九十百千]*万?|[二两三四五六七八九十])"
    r"(?=个?(?:工作日|自然日|天|日|周|星期|月|年|岁|元|小时|分钟|人|条|倍|米|平方米|公里))"
)
_PERCENT = re.compile(r"百分之([零〇一二两三四五六七八九十百]+)")


def number_of(written: str) -> int:
    """The number that Chinese numerals say, up to 99,999,999: 三十 is 30, 一百零五 105, 二〇二〇 2020."""
    if not set(written) & {*_TIMES, "万"}:
        return int("".join(str(_DIGITS[each]) for each in written))
    high, many, low = written.rpartition("万")
    return (_below(high) * 10_000 if many else 0) + _below(low)


def _below(written: str) -> int:
    total, digit = 0, 0
    for each in written:
        if each in _TIMES:
            total += max(digit, 1) * _TIMES[each]
            digit = 0
        else:
            digit = _DIGITS[each]
    return total + digit


def fold(text: str) -> str:
    """`normal`, in simplified characters, with counted numbers in digits: 三十天 and ３０天 are 30天,
    百分之五十 is 50%. For comparing only, never for showing."""
    text = simplified(normal(text))
    text = _PERCENT.sub(lambda found: f"{number_of(found[1])}%", text)
    return _WRITTEN.sub(_in_digits, text)


def _in_digits(found: re.Match[str]) -> str:
    return found[1] if found[1] == "一" else str(number_of(found[1]))
