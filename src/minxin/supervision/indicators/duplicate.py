"""account.duplicate_platform: the unit has another living account on the same platform."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the register has others."""
    others = subject.others_on_platform
    return Hit({"count": others + 1}) if others else None


INDICATOR = Indicator(
    name="account.duplicate_platform",
    words=_("同一平台有多个账号"),
    sentence=_("同一单位在这个平台上有 %(count)s 个在用账号。"),
    judge=judge,
)
