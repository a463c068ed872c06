"""《问题整改通知单》 and 《问题整改反馈单》 as facts: what stands on the paper, nothing of how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation

from minxin.supervision.models import Evidence, Feedback, LedgerStep, RectificationNotice
from minxin.supervision.queries.findings import detail_of
from minxin.supervision.rules.proofs import Proof, ProofKind
from minxin.supervision.rules.rectification import Act
from minxin.supervision.wording import proof_said


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One problem on a notice."""

    position: int
    account: str
    platform: str
    title: str
    detail: str
    severity: str
    found_at: datetime
    due_at: datetime
    due_is_provisional: bool
    link: str


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """All that stands on a notice, in Chinese. `signed_at` is None while nobody signed for it."""

    number: str
    issuer: str
    unit: str
    requirement: str
    lines: tuple[SheetLine, ...]
    issued_at: datetime
    issued_by: str
    signed_at: datetime | None
    signed_by: str


@dataclass(frozen=True, slots=True)
class FeedbackSheet:
    """All that stands on a form of feedback, in Chinese. The review and the re-check are empty until
    they were made; of a file, its name and its hash stand there."""

    number: str
    issuer: str
    unit: str
    account: str
    platform: str
    title: str
    detail: str
    due_at: datetime | None
    round: int
    measure: str
    done: str
    done_on: date
    is_late: bool
    link: str
    file_name: str
    sha256: str
    proof: str
    given_at: datetime
    given_by: str
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A decision on a feedback: what, why, who, when."""

    act: str
    reason: str
    by: str
    at: datetime


def notice_sheet(notice: RectificationNotice) -> NoticeSheet:
    """What stands on a notice, as it was said when it was issued."""
    with translation.override("zh-hans"):
        rows = notice.lines.select_related("finding__account", "finding__evidence")
        lines = tuple(
            SheetLine(
                position=row.position,
                account=row.finding.account.name,
                platform=row.finding.account.get_platform_display(),
                title=row.finding.title,
                detail=row.detail,
                severity=row.finding.get_severity_display(),
                found_at=row.finding.found_at,
                due_at=row.due_at,
                due_is_provisional=row.due_is_provisional,
                link=_link(row.finding.evidence) or str(row.finding.facts.get("url", "")),
            )
            for row in rows.order_by("position")
        )
    return NoticeSheet(
        number=notice.number,
        issuer=notice.issuer.name,
        unit=notice.unit.name,
        requirement=notice.requirement,
        lines=lines,
        issued_at=notice.issued_at,
        issued_by=notice.issued_by.name,
        signed_at=notice.signed_at,
        signed_by=notice.signed_by.name if notice.signed_by else "",
    )


def feedback_sheet(feedback: Feedback) -> FeedbackSheet:
    """What stands on a form of feedback, with what was decided on it."""
    finding, kept = feedback.finding, feedback.evidence
    line = feedback.notice.lines.filter(finding=finding).first()
    with translation.override("zh-hans"):
        return FeedbackSheet(
            number=feedback.notice.number,
            issuer=feedback.notice.issuer.name,
            unit=feedback.notice.unit.name,
            account=finding.account.name,
            platform=finding.account.get_platform_display(),
            title=finding.title,
            detail=line.detail if line else detail_of(finding),
            due_at=line.due_at if line else finding.due_at,
            round=feedback.round,
            measure=feedback.get_measure_display(),
            done=feedback.done,
            done_on=feedback.done_on,
            is_late=feedback.is_late,
            link=_link(kept),
            file_name=kept.file_name if kept else "",
            sha256=kept.sha256 if kept else "",
            proof=kept_proof_said(feedback.proof),
            given_at=feedback.given_at,
            given_by=feedback.given_by.name,
            reviews=tuple(
                Review(step.get_act_display(), step.reason, step.by.name, step.at)
                for step in _decisions_on(feedback)
            ),
        )


def kept_proof_said(kept: dict[str, object]) -> str:
    """A proof that was kept, as a sentence; empty for none."""
    kind, facts = kept.get("kind"), kept.get("facts")
    if not isinstance(kind, str) or kind not in set(ProofKind):
        return ""
    return proof_said(Proof(ProofKind(kind), facts if isinstance(facts, dict) else {}))


def _decisions_on(feedback: Feedback) -> list[LedgerStep]:
    """What was decided after it and before the next one."""
    found: list[LedgerStep] = []
    is_after = False
    for step in feedback.finding.steps.select_related("by").order_by("position"):
        if step.act == Act.ANSWER:
            is_after = step.feedback_id == feedback.pk
        elif is_after and step.act in {Act.APPROVE, Act.RETURN, Act.CLOSE}:
            found.append(step)
    return found


def _link(evidence: Evidence | None) -> str:
    return evidence.link if evidence else ""
