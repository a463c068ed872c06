"""account.uncertified: the platform did not certify the account."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the register says so."""
    return None if subject.is_verified else Hit()


INDICATOR = Indicator(
    name="account.uncertified",
    words=_("账号未认证"),
    sentence=_("台账记载这个账号没有通过平台认证。"),
    judge=judge,
)
