"""account.name_mismatch: the platform certified somebody else than the host that the register names."""

import re

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.rules.packs import Pack

_MARKS = re.compile(r"[\s（）()·]+")


def is_other(holder: str, host: str) -> bool:
    """Whether two names are not the same, whatever spaces and brackets they are written with; not when
    nobody said who is certified."""
    return bool(holder) and _MARKS.sub("", holder) != _MARKS.sub("", host)


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the register says so."""
    if not is_other(subject.holder, subject.host):
        return None
    return Hit({"holder": subject.holder, "host": subject.host})


INDICATOR = Indicator(
    name="account.name_mismatch",
    words=_("认证主体与主办单位不一致"),
    sentence=_("台账记载的认证主体是“%(holder)s”，主办单位是“%(host)s”。"),
    judge=judge,
)
