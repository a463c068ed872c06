"""account.zombie: silent for so long that closing it should be considered."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators import stale
from minxin.supervision.indicators.base import Indicator

INDICATOR = Indicator(
    name="account.zombie",
    words=_("疑似僵尸账号"),
    sentence=_(
        "%(since)s 起没有查到更新，已查看到 %(until)s，满 %(days)s 天，建议研究是否关停或整合。"
    ),
    judge=stale.judge,
    counts_days=True,
    nearest_only=True,
)
