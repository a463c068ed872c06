"""account.unfiled: the register describes the account and has no filing number for it."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the register says so; none where nobody described the account yet."""
    return Hit() if subject.filing_number == "" else None


INDICATOR = Indicator(
    name="account.unfiled",
    words=_("没有备案"),
    sentence=_("台账里没有这个账号的备案号。"),
    judge=judge,
)
