"""reply.overdue: citizens' questions that nobody has answered for longer than a pack allows."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.indicators.owed import missed
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when a question waits for longer."""
    limit, duties = pack.limit, subject.duties
    if limit is None:
        return None
    return missed(
        subject, limit,
        ((each.key, each.title, each.clock(limit, duties.calendar)) for each in duties.questions),
    )  # fmt: skip


INDICATOR = Indicator(
    name="reply.overdue",
    words=_("市民咨询超期没有答复"),
    sentence=_(
        "市民咨询 %(title)s 等 %(count)s 件超过 %(limit)s 个工作日没有答复（最早一件应在 %(due)s 前）。"
    ),
    judge=judge,
    counts_keys=True,
    nearest_only=True,
)
