"""disclosure.due: a request for information was not answered within its working days."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.indicators.owed import missed
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the clock that the pack is about ran out for a request."""
    limit, duties = pack.limit, subject.duties
    if limit is None or duties.at is None:
        return None
    at = duties.at
    return missed(
        subject, limit,
        ((each.key, each.title, each.clock(limit, duties.calendar, at)) for each in duties.requests),
    )  # fmt: skip


INDICATOR = Indicator(
    name="disclosure.due",
    words=_("依申请公开没有按期答复"),
    sentence=_(
        "依申请公开 %(title)s 等 %(count)s 件超过 %(limit)s 个工作日的期限（最早一件应在 %(due)s 前），其中 %(open)s 件至今没有记录。"
    ),
    judge=judge,
    counts_keys=True,
)
