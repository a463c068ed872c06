"""opinion.first: the first word of an opinion event, its press conference or its answer came too late."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.indicators.owed import missed
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the clock that the pack is about ran out for an event."""
    limit = pack.limit
    if limit is None:
        return None
    events = subject.duties.opinions
    return missed(subject, limit, ((each.key, each.title, each.clock(limit)) for each in events))


INDICATOR = Indicator(
    name="opinion.first",
    words=_("政务舆情没有按时回应"),
    sentence=_(
        "“%(title)s”等 %(count)s 件舆情没有在 %(limit)s 小时内按要求回应（最早一件应在 %(due)s 前），其中 %(open)s 件至今没有记录。"
    ),
    judge=judge,
    counts_keys=True,
)
