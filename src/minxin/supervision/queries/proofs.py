"""What this system can say by itself about whether a problem is gone, from what it keeps."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import translation

from minxin.agencies.queries import last_audit_of
from minxin.supervision.indicators import INDICATORS
from minxin.supervision.models import Candidate, Coverage, Finding, LinkLook, Trace
from minxin.supervision.queries.probes import recent_run
from minxin.supervision.rules.clock import SHANGHAI, SKEW, day_of
from minxin.supervision.rules.proofs import Proof, ProofKind, kind_of_link
from minxin.supervision.rules.sources import SOURCES, Grade, Source
from minxin.supervision.wording import link_said, source_said

OF_UPDATES = frozenset({"update.stale", "account.zombie"})
PROBED = frozenset(each.name for each in INDICATORS if each.is_probed)
GOOD = tuple(
    each.value for each in Source if SOURCES[each].grade in {Grade.INTERFACE, Grade.CHECKED}
)


def proof_of(finding: Finding, *, now: datetime) -> Proof:
    """As of the last evaluation; evaluate the account first to know it as of now."""
    if finding.account.status == "closed":
        return Proof(ProofKind.ACCOUNT_GONE)
    judge = next(each for begins, each in PROOFS if finding.indicator.startswith(begins))
    return judge(finding, now)


def _of_candidate(finding: Finding, now: datetime) -> Proof:
    """What a rule pack found is gone when the pack no longer hits; others nobody can tell from here."""
    if finding.candidate_id is None:
        return Proof(ProofKind.CANNOT_TELL)
    if finding.indicator in PROBED and not _was_probed_since(finding, now):
        return Proof(ProofKind.CANNOT_TELL)
    is_gone = (
        Candidate.objects.filter(pk=finding.candidate_id).exclude(gone_at=None).exists()
        and not Candidate.objects.filter(
            account=finding.account_id, indicator=finding.indicator, gone_at=None
        ).exists()
    )
    return Proof(ProofKind.NO_LONGER_HIT if is_gone else ProofKind.STILL_HIT)


def _was_probed_since(finding: Finding, now: datetime) -> bool:
    """Whether a probe ended after the problem was found and after the unit last said that it is gone:
    what one saw before proves nothing."""
    run = recent_run(finding.account, now=now)
    if run is None or run.finished_at is None:
        return False
    last = finding.feedback.order_by("-round").values_list("given_at", flat=True).first()
    return run.finished_at > max(finding.found_at, last or finding.found_at)


def _of_menu(finding: Finding, now: datetime) -> Proof:
    """A dead link of a menu that was published through us: whether it still stands there.

    Whether another link opens is a person's to see.
    """
    url = str(finding.facts.get("url", ""))
    published = last_audit_of(finding.account, "account.menu_published")
    if not url or published is None or not isinstance(published.after, list):
        return _of_candidate(finding, now)
    if url in _links(published.after):
        return Proof(ProofKind.LINK_THERE)
    if published.at <= finding.found_at:
        return _of_candidate(finding, now)
    return Proof(ProofKind.LINK_GONE, {"at": f"{published.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"})


def _of_link(finding: Finding, now: datetime) -> Proof:
    """By the published menu, else by the newest look at the link that the unit fed back, or at the
    problem's own."""
    of_menu = _of_menu(finding, now)
    if of_menu.holds is not None:
        return of_menu
    looks = {
        each.url: each
        for each in LinkLook.objects.filter(finding=finding).exclude(looked_at=None).order_by("id")
    }
    for url in reversed(links_of(finding)):
        if (look := looks.get(url)) is not None and look.looked_at is not None:
            with translation.override("zh-hans"):
                said = link_said(look.status, look.failure)
            facts = {"at": f"{look.looked_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", "said": said,
                     "url": look.url}  # fmt: skip
            return Proof(kind_of_link(look.status), facts)
    return of_menu


def links_of(finding: Finding) -> list[str]:
    """What can be opened: the problem's own link, then that of the newest feedback."""
    last = finding.feedback.order_by("-round").select_related("evidence").first()
    found = [
        str(finding.facts.get("url", "")),
        last.evidence.link if last is not None and last.evidence is not None else "",
    ]
    return list(dict.fromkeys(each for each in found if each.startswith(("http://", "https://"))))


def _links(buttons: Iterable[Mapping[str, Any]]) -> set[str]:
    found = set()
    for each in buttons:
        found.add(str(each.get("url", "")))
        found |= _links(each.get("sub_button") or [])
    return found


def _of_updates(finding: Finding, now: datetime) -> Proof:
    """An update is proved by an item dated after the problem was found. That there is none is said only
    where somebody looked since."""
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


# By how an indicator's name begins, the first that fits: what this system looks at by itself.
PROOFS: tuple[tuple[str, Callable[[Finding, datetime], Proof]], ...] = (
    ("update.", _of_updates),
    ("account.zombie", _of_updates),
    ("interact.menu", _of_link),
    ("", _of_candidate),
)
