"""Findings as people see them: whose, how far, what may be done next, what was written on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import translation

from minxin.agencies.models import Staff
from minxin.agencies.queries import may, staff_who_may
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.supervision.indicators import INDICATORS
from minxin.supervision.models import (
    Candidate,
    Defence,
    Feedback,
    Finding,
    LedgerStep,
    LinkLook,
    RectificationNotice,
)
from minxin.supervision.rules.rectification import (
    ENDED,
    RUNNING,
    Act,
    Side,
    Situation,
    State,
    is_overdue,
    possible,
)

PERMISSIONS = {
    Side.SUPERVISOR: Permission.RECTIFY_FINDINGS,
    Side.UNIT: Permission.ANSWER_FINDINGS,
}
_RUNNING = tuple(each.value for each in RUNNING)
_ENDED = tuple(each.value for each in ENDED)


# Findings ------------------------------------------------------------------------------------


def findings_for(
    staff: Staff, permission: Permission = Permission.READ_SUPERVISION
) -> QuerySet[Finding]:
    """The findings of the accounts a person may see."""
    rows: QuerySet[Finding] = Finding.objects.visible_to(staff, permission)
    return rows.select_related(
        "account__agency", "agency", "notice__issuer", "notice__unit", "candidate", "opened_by",
        "evidence",
    )  # fmt: skip


def finding_for(
    staff: Staff, number: int, permission: Permission = Permission.READ_SUPERVISION
) -> Finding:
    """One of them; raises `NotFound` when missing or out of this person's sight."""
    found = findings_for(staff, permission).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def overdue_first(rows: QuerySet[Finding], *, now: datetime) -> QuerySet[Finding]:
    """Rows with `lateness`: 0 where the unit is late, 1 where it is not yet, 2 where the office has to do
    something, 3 for what ended."""
    running = Q(state__in=_RUNNING)
    return rows.annotate(
        lateness=Case(
            When(running & Q(due_at__lt=now), then=Value(0)),
            When(running, then=Value(1)),
            When(state__in=_ENDED, then=Value(3)),
            default=Value(2),
            output_field=IntegerField(),
        )
    ).order_by("lateness", "due_at", "-id")


def overdue(rows: QuerySet[Finding], *, now: datetime) -> QuerySet[Finding]:
    """Those whose unit is late."""
    return rows.filter(state__in=_RUNNING, due_at__lt=now)


def to_rectify(staff: Staff) -> QuerySet[Finding]:
    """What a person's own units were told of, and have to put right or wait for an answer to."""
    rows = findings_for(staff, Permission.ANSWER_FINDINGS)
    return rows.exclude(notice=None)


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """How many findings wait for what."""

    to_notify: int
    to_sign: int
    to_answer: int
    overdue: int
    to_review: int
    to_recheck: int
    disputed: int
    extensions: int


def finding_counts(rows: QuerySet[Finding], *, now: datetime) -> FindingCounts:
    """Of these findings, in one query."""
    kinds = list(rows.order_by().values_list("state", "due_at", "extension_until"))

    def many(*states: State) -> int:
        wanted = {each.value for each in states}
        return sum(state in wanted for state, _due, _until in kinds)

    return FindingCounts(
        to_notify=many(State.OPEN),
        to_sign=many(State.NOTIFIED),
        to_answer=many(State.SIGNED),
        overdue=sum(is_overdue(state, due, at=now) for state, due, _until in kinds),
        to_review=many(State.ANSWERED),
        to_recheck=many(State.REVIEWED),
        disputed=many(State.DISPUTED),
        extensions=sum(state == State.SIGNED and until is not None for state, _due, until in kinds),
    )


def waiting_for_the_office(staff: Staff) -> int:
    """How many findings wait for a supervisor's own step."""
    rows = findings_for(staff, Permission.RECTIFY_FINDINGS)
    states = [each.value for each in (State.OPEN, State.ANSWERED, State.REVIEWED, State.DISPUTED)]
    asked = Q(state=State.SIGNED.value, extension_until__isnull=False)
    return rows.filter(Q(state__in=states) | asked).count()


def waiting_for_the_unit(staff: Staff) -> int:
    """How many findings wait for a unit's own step."""
    return to_rectify(staff).filter(state__in=_RUNNING).count()


# One of them ---------------------------------------------------------------------------------


def situation_of(finding: Finding, actor: Staff, *, now: datetime) -> Situation:
    """What decides which steps this person may take."""
    account, state = finding.account, State(finding.state)
    return Situation(
        state=state,
        is_moved=finding.notice is not None and finding.notice.unit_id != account.agency_id,
        is_gone=account.status == "closed",
        is_own=_judged_author(finding, state) == actor.pk,
        is_late=finding.due_at is not None and finding.due_at < now,
        waits=finding.extension_until is not None,
    )


def _judged_author(finding: Finding, state: State) -> int | None:
    """Who wrote what is to be judged now."""
    match state:
        case State.ANSWERED | State.REVIEWED:
            row = finding.feedback.order_by("-round").first()
            return row.given_by_id if row else None
        case State.DISPUTED:
            stated = finding.defences.filter(status="open").first()
            return stated.stated_by_id if stated else None
        case State.SIGNED if finding.extension_until is not None:
            asked = finding.steps.filter(act=Act.ASK_EXTENSION.value).order_by("-position").first()
            return asked.by_id if asked else None
    return None


def steps_open_to(staff: Staff, finding: Finding, *, now: datetime) -> tuple[Act, ...]:
    """What this person may do with it now, the likely first."""
    situation = situation_of(finding, staff, now=now)
    return tuple(
        act
        for side, permission in PERMISSIONS.items()
        if may(staff, permission, finding.account.agency)
        for act in possible(side, situation)
    )


def detail_of(finding: Finding) -> str:
    """What was found, as a Chinese sentence, for what is kept and printed."""
    with translation.override("zh-hans"):
        return said_to_reader(finding)


def said_to_reader(finding: Finding) -> str:
    """What was found, in the reader's language: `facts["detail"]`, else its indicator's own sentence."""
    return said_of(finding.indicator, finding.facts) or finding.title


def said_of(indicator: str, facts: Mapping[str, Any]) -> str:
    """The facts of an indicator as a sentence; empty where there is none."""
    if detail := str(facts.get("detail", "")).strip():
        return detail
    known = next((each for each in INDICATORS if each.name == indicator), None)
    if known is None:
        return ""
    try:
        return str(known.sentence) % dict(facts)
    except (KeyError, TypeError, ValueError):
        return ""


def ledger_of(finding: Finding) -> list[LedgerStep]:
    """All its steps, in order."""
    rows = finding.steps.select_related("by", "notice", "feedback", "defence", "evidence")
    return list(rows.order_by("position"))


def feedback_of(finding: Finding) -> list[Feedback]:
    """What was fed back, the newest first."""
    return list(finding.feedback.select_related("given_by", "evidence").order_by("-round"))


def defences_of(finding: Finding) -> list[Defence]:
    """What was said against it, the newest first."""
    return list(finding.defences.select_related("stated_by", "decided_by", "evidence"))


def link_looks_of(finding: Finding, *, most: int = 6) -> list[LinkLook]:
    """What the system saw when it opened its links, the newest first."""
    return list(LinkLook.objects.filter(finding=finding)[:most])


def has_nobody_to_sign(finding: Finding) -> bool:
    """Whether nobody may sign for a notice: the person left, or none was ever named."""
    return not staff_who_may(Permission.ANSWER_FINDINGS, finding.account.agency).exists()


# Notices -------------------------------------------------------------------------------------


def notice_for(staff: Staff, number: int) -> RectificationNotice:
    """A notice to a unit this person may see, or of a finding she may see; raises `NotFound`."""
    rows = RectificationNotice.objects.select_related("issuer", "unit", "issued_by", "signed_by")
    found = rows.filter(pk=number).first()
    mine = RectificationNotice.objects.visible_to(staff, Permission.READ_SUPERVISION)
    if found is None or not mine.filter(pk=number).exists():
        raise NotFound
    return found


def feedback_for(staff: Staff, number: int) -> Feedback:
    """One form of feedback a person may see; raises `NotFound`."""
    rows = Feedback.objects.visible_to(staff, Permission.READ_SUPERVISION)
    found: Feedback | None = (
        rows.select_related(
            "finding__account__agency", "notice__issuer", "notice__unit", "given_by", "evidence"
        )
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


# What the rules are taught -------------------------------------------------------------------


def lessons_for(staff: Staff) -> QuerySet[Defence]:
    """The defences that were accepted, the newest first: where a rule accused wrongly."""
    rows: QuerySet[Defence] = Defence.objects.visible_to(staff, Permission.READ_SUPERVISION)
    return rows.filter(status="accepted").select_related(
        "finding__account__agency", "finding__candidate", "stated_by", "decided_by"
    )


@dataclass(frozen=True, slots=True)
class Lesson:
    """How often one rule was confirmed, and how often that did not hold. `pack` is empty for what no
    rule pack found."""

    indicator: str
    title: str
    pack: str
    findings: int
    false_alarms: int
    defences: int


def lessons_by_rule(staff: Staff) -> list[Lesson]:
    """Counted per rule over what a person may see, the most often overturned first."""
    counted: dict[tuple[str, str], list[Any]] = {}
    for pk, indicator, pack, title in (
        findings_for(staff).order_by().values_list("pk", "indicator", "candidate__pack", "title")
    ):
        row = counted.setdefault((indicator, pack or ""), [title, set(), 0, 0])
        row[1].add(pk)
    for indicator, pack, kind in (
        lessons_for(staff)
        .order_by()
        .values_list("finding__indicator", "finding__candidate__pack", "kind")
    ):
        counted[indicator, pack or ""][2 if kind == Defence.Kind.FALSE_ALARM else 3] += 1
    found = [
        Lesson(indicator, title, pack, len(keys), alarms, defences)
        for (indicator, pack), (title, keys, alarms, defences) in counted.items()
        if alarms or defences
    ]
    return sorted(found, key=lambda each: (-each.false_alarms - each.defences, each.indicator))


def finding_of(candidate: Candidate) -> Finding | None:
    """What became of a confirmed candidate."""
    return Finding.objects.filter(candidate=candidate).first()
