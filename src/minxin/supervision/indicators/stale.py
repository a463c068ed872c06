"""update.stale: no update for longer than a pack allows."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.rules.clock import ACCUSES, day_of
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the proven silence reached this pack's own limit."""
    verdict = subject.verdict
    if verdict is None or verdict.level not in ACCUSES or verdict.silent_since is None:
        return None
    if pack.id not in {each.pack for each in verdict.passed}:
        return None
    until = verdict.proven_until or verdict.at
    return Hit(
        {
            "since": day_of(verdict.silent_since).isoformat(),
            "until": day_of(until).isoformat(),
            "days": verdict.proven.days,
            "limit": pack.days,
        }
    )


INDICATOR = Indicator(
    name="update.stale",
    words=_("内容不更新"),
    sentence=_("%(since)s 起没有查到更新，已查看到 %(until)s，满 %(days)s 天（限 %(limit)s 天）。"),
    judge=judge,
    counts_days=True,
)
