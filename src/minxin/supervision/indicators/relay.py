"""relay.rate: information that an account was told to relay was not all relayed in time."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.indicators.owed import TOLD_FOR, missed
from minxin.supervision.rules.duties import rate_of
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the share relayed in time is below the pack's, and one of the others is undecided."""
    at, limit = subject.duties.at, pack.limit
    if at is None or limit is None:
        return None
    told = tuple(each for each in subject.duties.relays if each.due_at > at - TOLD_FOR)
    rate = rate_of(told, at)
    if rate.percent is None or rate.percent >= limit.amount:
        return None
    hit = missed(subject, limit, ((each.key, each.title, each.clock) for each in told))
    if hit is None:
        return None
    return Hit({**hit.facts, "on_time": rate.on_time, "assigned": rate.assigned})


INDICATOR = Indicator(
    name="relay.rate",
    words=_("重要信息没有按时转载"),
    sentence=_(
        "近期应转载 %(assigned)s 件，按时转载 %(on_time)s 件；没有按时转载的有《%(title)s》等 %(count)s 件，其中 %(open)s 件至今没有转载。"
    ),
    judge=judge,
    counts_keys=True,
    nearest_only=True,
)
