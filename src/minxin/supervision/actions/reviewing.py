"""What a supervisor decides: feedback, re-checks, defences, extensions; every one by another person than
the one who is judged."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies.models import Staff
from minxin.agencies.queries import working_calendar
from minxin.core.errors import Refused
from minxin.core.working_time import (
    OFFICE_CLOSES,
    add_working_days,
    working_days_between,
)
from minxin.supervision.actions.answering import as_kept, seen_by_the_system
from minxin.supervision.actions.ledger import VERBS, locked, write_step
from minxin.supervision.actions.notifying import count_feedback, due_for, tell_the_unit
from minxin.supervision.actions.records import Fresh, keep_evidence
from minxin.supervision.models import Candidate, Defence, Finding
from minxin.supervision.rules.clock import SHANGHAI, day_of
from minxin.supervision.rules.rectification import SHORTEST_REASON, Act

RETURNED = gettext_noop("“%(name)s”的整改被退回，请按意见重新整改")
REOPENED = gettext_noop("“%(name)s”的问题要求重新整改")
UPHELD = gettext_noop("“%(name)s”的申辩不成立，请继续整改")
WITHDRAWN = gettext_noop("“%(name)s”的申辩成立，问题已撤销")
GRANTED = gettext_noop("“%(name)s”的整改延期已同意")
REFUSED = gettext_noop("“%(name)s”的整改延期没有同意")


@transaction.atomic
def pass_review(finding: Finding, *, reason: str = "", actor: Staff, now: datetime) -> None:
    """The feedback is whole and fits (审核通过); the problem itself is still to be re-checked."""
    row = locked(finding, Act.APPROVE, actor=actor, now=now, reason=reason)
    write_step(row, Act.APPROVE, actor=actor, now=now, reason=reason)


@transaction.atomic
def return_finding(finding: Finding, *, reason: str, actor: Staff, now: datetime) -> None:
    """Back to the unit with a reason, from the review or the re-check. The time that the office took
    does not count against the unit."""
    row = locked(finding, Act.RETURN, actor=actor, now=now, reason=reason)
    _give_time_back(row, Act.ANSWER, now)
    write_step(row, Act.RETURN, actor=actor, now=now, reason=reason)
    _count_again(row, Act.RETURN, actor, now)
    _tell(row, Act.RETURN, RETURNED, now)


@transaction.atomic
def close_finding(
    finding: Finding, *, proof: Fresh | None = None, reason: str = "", actor: Staff, now: datetime
) -> None:
    """The re-check (复查) found the problem gone: 销号. Where the system cannot see that by itself, who
    closes shows what she saw; where the system sees the contrary, she also says why it is wrong.

    Raises `Refused`, for evidence seen before the feedback too.
    """
    row = locked(finding, Act.CLOSE, actor=actor, now=now, reason=reason)
    seen = seen_by_the_system(row, now=now)
    if seen.holds is not True and proof is None:
        raise Refused(_("系统没有查到问题已解决，请附上您复查时看到的链接或截图。"), field="link")
    if seen.holds is False and len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("系统查到问题仍然存在，请写明为什么可以销号。"), field="reason")
    kept = None
    if proof is not None:
        fed_back = row.feedback.order_by("-round").first()
        if fed_back is not None and proof.seen_at < fed_back.given_at.replace(
            second=0, microsecond=0
        ):
            raise Refused(_("复查要在单位反馈之后，请用之后查看的证据。"), field="seen_at")
        kept = keep_evidence(
            row.account, link=proof.link, file=proof.file, note=proof.note,
            seen_at=proof.seen_at, actor=actor, now=now,
        )  # fmt: skip
    write_step(
        row, Act.CLOSE, actor=actor, now=now, reason=reason, evidence=kept,
        facts={"proof": as_kept(seen)},
    )  # fmt: skip


@transaction.atomic
def reopen_finding(finding: Finding, *, reason: str, actor: Staff, now: datetime) -> None:
    """It came back, or was closed too early: the unit puts it right anew, with a new deadline."""
    row = locked(finding, Act.REOPEN, actor=actor, now=now, reason=reason)
    due = due_for(row, row.account.agency, now=now)
    row.due_at, row.due_is_provisional = due.at, due.is_provisional
    write_step(row, Act.REOPEN, actor=actor, now=now, reason=reason)
    _count_again(row, Act.REOPEN, actor, now)
    _tell(row, Act.REOPEN, REOPENED, now)


@transaction.atomic
def settle_finding(finding: Finding, *, reason: str, actor: Staff, now: datetime) -> None:
    """The account was closed for good meanwhile: nothing is left to put right."""
    row = locked(finding, Act.SETTLE, actor=actor, now=now, reason=reason)
    write_step(row, Act.SETTLE, actor=actor, now=now, reason=reason)


@transaction.atomic
def accept_defence(finding: Finding, *, reason: str, actor: Staff, now: datetime) -> None:
    """It is not so after all: the finding is withdrawn, and its candidate is overturned, so that the same
    facts do not accuse the account again."""
    row = locked(finding, Act.ACCEPT, actor=actor, now=now, reason=reason)
    defence = _decided(row, Defence.Status.ACCEPTED, reason, actor, now)
    if row.candidate_id is not None:
        Candidate.objects.filter(pk=row.candidate_id).update(status=Candidate.Status.OVERTURNED)
    write_step(row, Act.ACCEPT, actor=actor, now=now, reason=reason, defence=defence)
    _tell(row, Act.ACCEPT, WITHDRAWN, now)


@transaction.atomic
def reject_defence(finding: Finding, *, reason: str, actor: Staff, now: datetime) -> None:
    """It is so: the unit goes on, with the time it had left when it spoke."""
    row = locked(finding, Act.UPHOLD, actor=actor, now=now, reason=reason)
    defence = _decided(row, Defence.Status.REJECTED, reason, actor, now)
    _give_time_back(row, Act.DISPUTE, now)
    write_step(row, Act.UPHOLD, actor=actor, now=now, reason=reason, defence=defence)
    _tell(row, Act.UPHOLD, UPHELD, now)


@transaction.atomic
def grant_extension(finding: Finding, *, reason: str = "", actor: Staff, now: datetime) -> None:
    """The deadline becomes the end of the day that was asked for. Raises `Refused` when it passed."""
    row = locked(finding, Act.GRANT, actor=actor, now=now, reason=reason)
    assert row.extension_until is not None  # noqa: S101  (the table asked)
    due_at = datetime.combine(row.extension_until, OFFICE_CLOSES, SHANGHAI)
    if due_at <= now:
        raise Refused(_("申请的日期已过，请答复不同意，由单位按原期限处理。"))
    row.due_at, row.due_is_provisional = due_at, False
    write_step(row, Act.GRANT, actor=actor, now=now, reason=reason)
    _tell(row, Act.GRANT, GRANTED, now)


@transaction.atomic
def refuse_extension(finding: Finding, *, reason: str, actor: Staff, now: datetime) -> None:
    """The deadline stays."""
    row = locked(finding, Act.REFUSE, actor=actor, now=now, reason=reason)
    write_step(row, Act.REFUSE, actor=actor, now=now, reason=reason)
    _tell(row, Act.REFUSE, REFUSED, now)


def _decided(
    row: Finding, status: Defence.Status, reason: str, actor: Staff, now: datetime
) -> Defence:
    defence = Defence.objects.get(finding=row, status=Defence.Status.OPEN)
    defence.status, defence.decision = status, reason.replace("\0", "").strip()
    defence.decided_at, defence.decided_by = now, actor
    defence.save()
    return defence


def _give_time_back(row: Finding, since: Act, now: datetime) -> None:
    """As many working days as were left when the unit handed it over, at least one."""
    handed = row.steps.filter(act=since.value).order_by("-position").first()
    if handed is None or row.due_at is None:
        return
    calendar = working_calendar(row.account.agency)
    left = max(working_days_between(handed.at, row.due_at, calendar), 1)
    due = add_working_days(now, left, calendar)
    if day_of(due.at) > day_of(row.due_at):
        row.due_at, row.due_is_provisional = due.at, due.is_provisional


def _count_again(row: Finding, act: Act, actor: Staff, now: datetime) -> None:
    """The unit is asked for the same form once more."""
    about = f"{row.account.name} {row.title}"
    count_feedback(row, f"{act}:{row.pk}:{row.steps.count()}", about, 1, actor=actor, now=now)


def _tell(row: Finding, act: Act, words: str, now: datetime) -> None:
    tell_the_unit(row, words % {"name": row.account.name}, kind=VERBS[act], now=now)
