"""What this system can say by itself about whether a problem is gone, from what it keeps."""

from datetime import datetime

from django.utils import translation

from minxin.supervision.models import Candidate, Coverage, Finding, Trace
from minxin.supervision.rules.clock import SHANGHAI, SKEW, day_of
from minxin.supervision.rules.proofs import Proof, ProofKind
from minxin.supervision.rules.sources import SOURCES, Grade, Source
from minxin.supervision.wording import source_said

OF_UPDATES = frozenset({"update.stale", "account.zombie"})
GOOD = tuple(
    each.value for each in Source if SOURCES[each].grade in {Grade.INTERFACE, Grade.CHECKED}
)


def proof_of(finding: Finding, *, now: datetime) -> Proof:
    """As of the last evaluation; evaluate the account first to know it as of now.

    An update is proved by an item dated after the problem was found. That there is none is said only
    where somebody looked since. What a rule pack found is gone when the pack no longer hits.
    """
    if finding.account.status == "closed":
        return Proof(ProofKind.ACCOUNT_GONE)
    if finding.indicator in OF_UPDATES:
        return _of_updates(finding, now)
    if finding.candidate_id is None:
        return Proof(ProofKind.CANNOT_TELL)
    is_gone = (
        Candidate.objects.filter(pk=finding.candidate_id).exclude(gone_at=None).exists()
        and not Candidate.objects.filter(
            account=finding.account_id, indicator=finding.indicator, gone_at=None
        ).exists()
    )
    return Proof(ProofKind.NO_LONGER_HIT if is_gone else ProofKind.STILL_HIT)


def _of_updates(finding: Finding, now: datetime) -> Proof:
    rows = Trace.objects.filter(
        account=finding.account_id, published_at__gt=finding.found_at, published_at__lte=now + SKEW
    ).order_by("-published_at", "-id")
    # An item known by its day alone counts from the day after: it may have come before the finding.
    later = [
        each
        for each in rows[:50]
        if not each.is_day_only or day_of(each.published_at) > day_of(finding.found_at)
    ]
    for kind, found in (
        (ProofKind.NEWER_ITEM, [each for each in later if each.source in GOOD]),
        (ProofKind.REPORTED_ITEM, later),
    ):
        if found:
            return Proof(kind, _said(found[0]))
    if rows.exists():
        return Proof(ProofKind.CANNOT_TELL)
    looked = Coverage.objects.filter(account=finding.account_id, until__gt=finding.found_at)
    return Proof(ProofKind.NO_NEWER_ITEM if looked.exists() else ProofKind.CANNOT_TELL)


def _said(trace: Trace) -> dict[str, str]:
    at = trace.published_at.astimezone(SHANGHAI)
    with translation.override("zh-hans"):
        return {
            "at": f"{at:%Y-%m-%d}" if trace.is_day_only else f"{at:%Y-%m-%d %H:%M}",
            "title": trace.title or "（无标题）",
            "source": source_said(trace.source),
            "url": trace.url,
        }
