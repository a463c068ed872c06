"""content.privacy: a kept text has a person's number: identity card, bank card, mobile telephone, number plate."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Indicator
from minxin.supervision.indicators.found import judging

NAME = "content.privacy"

INDICATOR = Indicator(
    name=NAME,
    words=_("泄露个人信息"),
    sentence=_(
        "回头看在已发布内容中查到疑似个人信息：待人工确认 %(waiting)s 处，已确认还没有销号 %(confirmed)s 处。"
    ),
    judge=judging(NAME),
    has_own_queue=True,
)
