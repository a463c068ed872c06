"""content.ad: a kept text has an expression of a word list of advertisements."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Indicator
from minxin.supervision.indicators.found import judging

NAME = "content.ad"

INDICATOR = Indicator(
    name=NAME,
    words=_("页面有商业广告"),
    sentence=_(
        "回头看在已发布内容中查到疑似商业广告：待人工确认 %(waiting)s 处，已确认还没有销号 %(confirmed)s 处。"
    ),
    judge=judging(NAME),
    has_own_queue=True,
)
