"""content.serious: a word list calls an expression in a kept text a veto (NM-V1-1)."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Indicator
from minxin.supervision.indicators.found import judging

NAME = "content.serious"

INDICATOR = Indicator(
    name=NAME,
    words=_("严重表述错误"),
    sentence=_(
        "回头看在已发布内容中查到疑似严重表述错误：待人工确认 %(waiting)s 处，已确认还没有销号 %(confirmed)s 处。"
    ),
    judge=judging(NAME),
    has_own_queue=True,
)
