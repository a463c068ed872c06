"""One spelling of what can be written in several: width, case, traditional characters, numbers."""

import re

from minxin.text.numerals import number_of
from minxin.text.segmentation import normal
from minxin.text.traditional import simplified

# A number written out, before what is counted; one character alone only from two on: 一个, 一次 are
# words of everyday.
_WRITTEN = re.compile(
    r"(?<![零〇一二三四五六七八九十百千万两第])"
    r"([一二两三四五六七八九十百千][零〇一二两三四五六七八九十百千]*万?|[二两三四五六七八九十])"
    r"(?=个?(?:工作日|自然日|天|日|周|星期|月|年|岁|元|小时|分钟|人|条|倍|米|平方米|公里))"
)
_PERCENT = re.compile(r"百分之([零〇一二两三四五六七八九十百]+)")


def fold(text: str) -> str:
    """`normal`, in simplified characters, with counted numbers in digits: 三十天 and ３０天 are 30天,
    百分之五十 is 50%. For comparing only, never for showing."""
    text = simplified(normal(text))
    text = _PERCENT.sub(lambda found: f"{number_of(found[1])}%", text)
    return _WRITTEN.sub(_in_digits, text)


def _in_digits(found: re.Match[str]) -> str:
    return found[1] if found[1] == "一" else str(number_of(found[1]))
