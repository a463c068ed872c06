"""account.reopened: one of this name was cancelled, it is in use again, and nobody filed it."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the register has the cancelled one and no filing number for this one."""
    return Hit() if subject.was_closed and subject.filing_number == "" else None


INDICATOR = Indicator(
    name="account.reopened",
    words=_("注销后重新开设没有备案"),
    sentence=_("同一单位在这个平台上的同名账号曾经注销，现在又在使用，台账里没有备案号。"),
    judge=judge,
)
