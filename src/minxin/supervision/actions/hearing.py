"""After the check: the second look, the unit's statement of defence, the decision on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import count_fields, notify_staff
from minxin.agencies.models import FieldsAsked, Staff
from minxin.agencies.queries import ensure_may, may, staff_with, working_calendar
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from minxin.core.working_time import add_working_days
from minxin.supervision.actions.checking import ensure_step, facts_of, locked_inspection
from minxin.supervision.models import Check, Inspection
from minxin.supervision.rules.asking import DEFENCE
from minxin.supervision.rules.inspection import Facts, State, Step, after

CONFIRM = Permission.CONFIRM_CANDIDATES
RESULT = "/console/supervision/results/%s/"
RELEASED = "“%(name)s”对账号“%(account)s”的检查结果已送达，可在%(day)s前申辩"
DEFENDED = "账号“%(account)s”的单位已申辩，请裁定"


def uphold(inspection: Inspection, *, remark: str = "", actor: Staff, now: datetime) -> State:
    """A second person says the same; where it stands then. Raises `Refused`."""
    with transaction.atomic():
        row = _to_be_judged(inspection, actor)
        facts = facts_of(row, actor, now=now)
        ensure_step(Step.UPHOLD, facts)
        _move(row, after(Step.UPHOLD, facts))
        row.reviewer, row.reviewed_at, row.remark = actor, now, remark.strip()[:300]
        row.save()
        audit.record(
            actor, "inspection.upheld", row, after={"state": row.state}, reason=remark, now=now
        )
    return State(row.state)


@transaction.atomic
def send_back(inspection: Inspection, *, reason: str, actor: Staff, now: datetime) -> None:
    """A second person does not say the same: the inspector looks again. Raises `Refused`."""
    row = _to_be_judged(inspection, actor)
    facts = facts_of(row, actor, now=now)
    ensure_step(Step.SEND_BACK, facts)
    _reason(reason)
    _move(row, after(Step.SEND_BACK, facts))
    row.reviewer, row.reviewed_at, row.remark = actor, now, reason.strip()[:300]
    row.save()
    row.checks.update(is_draft=True)
    audit.record(actor, "inspection.sent_back", row, reason=reason, now=now)


def release_results(inspections: Iterable[Inspection], *, actor: Staff, now: datetime) -> int:
    """Let the units see what does not pass, and say something about it until a day; how many."""
    released = 0
    for each in inspections:
        with transaction.atomic():
            row = _to_be_judged(each, actor)
            facts = facts_of(row, actor, now=now)
            ensure_step(Step.RELEASE, facts)
            _move(row, after(Step.RELEASE, facts))
            calendar = working_calendar(row.account.agency)
            due = add_working_days(now, row.campaign.defence_days, calendar)
            row.released_at, row.defence_due_at = now, due.at
            row.save()
            audit.record(
                actor, "inspection.released", row, after={"defence_due_at": due.at}, now=now
            )
            count_fields(
                row.account.agency, kind=FieldsAsked.Kind.DEFENCE,
                key=f"defence:{row.pk}:{row.revision}",
                title=f"检查结果申辩：{row.name}（{row.campaign.name}）",
                fields=DEFENCE * row.checks.filter(mark="fails").count(),
                link=RESULT % row.pk, actor=actor, now=now,
            )  # fmt: skip
        released += 1
        words = RELEASED % {
            "name": row.campaign.name[:60], "account": row.name,
            "day": f"{due.at.month}月{due.at.day}日",
        }  # fmt: skip
        link = RESULT % row.pk
        people = staff_with(Permission.RECORD_UPDATES, row.account.agency)
        notify_staff(people, words, kind="inspection_result", link=link, now=now)
    return released


def is_of_the_unit(staff: Staff, inspection: Inspection) -> bool:
    """Whether a person speaks for the account's unit: she keeps its accounts and does not judge them."""
    agency = inspection.account.agency
    return may(staff, Permission.RECORD_UPDATES, agency) and not may(staff, CONFIRM, agency)


@transaction.atomic
def defend(
    inspection: Inspection, statements: Mapping[str, str], *, actor: Staff, now: datetime
) -> None:
    """What a unit says against what was found, by the codes of failing lines. Raises `Refused`."""
    row = locked_inspection(inspection)
    if row.released_at is None or not is_of_the_unit(actor, row):
        raise NotFound
    ensure_step(Step.DEFEND, facts_of(row, actor, now=now))
    failing = {each.indicator: each for each in row.checks.filter(mark="fails")}
    said = {code: text.strip() for code, text in statements.items() if text.strip()}
    if not set(said) <= set(failing):
        raise NotFound
    if not said:
        raise Refused(_("请至少对一项写明申辩理由；没有异议请选“没有异议”。"))
    for code, text in said.items():
        if len(text) < 4:
            raise Refused(_("请写明申辩理由，至少 4 个字。"), field=f"defence-{code}")
        failing[code].defence = text[:1000]
        failing[code].save(update_fields=["defence"])
    _move(row, State.DEFENDED)
    row.defended_at, row.defended_by = now, actor
    row.save()
    audit.record(actor, "inspection.defended", row, after={"rows": len(said)}, now=now)
    if row.reviewer is not None:
        link = f"/console/supervision/inspections/{row.pk}/"
        words = DEFENDED % {"account": row.name}
        notify_staff([row.reviewer], words, kind="inspection_defence", link=link, now=now)


@transaction.atomic
def waive(inspection: Inspection, *, actor: Staff, now: datetime) -> None:
    """The unit has no objection; or its time is over, and who supervises says so. Raises `Refused`."""
    row = locked_inspection(inspection)
    is_unit = is_of_the_unit(actor, row)
    if not is_unit:
        ensure_may(actor, CONFIRM, row.campaign.agency)
    facts = facts_of(row, actor, now=now)
    if row.released_at is None and is_unit:
        raise NotFound
    if not is_unit and not facts.is_past_defence and row.state == State.RELEASED.value:
        raise Refused(_("申辩期限还没有到，请等单位申辩。"))
    ensure_step(Step.WAIVE, _as_unit(facts) if is_unit else facts)
    _move(row, State.SETTLED)
    row.save()
    audit.record(actor, "inspection.waived", row, after={"state": row.state}, now=now)


def _as_unit(facts: Facts) -> Facts:
    return replace(facts, is_own=True)


@transaction.atomic
def decide(
    inspection: Inspection, decisions: Mapping[str, tuple[bool, str]], *, actor: Staff,
    now: datetime,
) -> None:  # fmt: skip
    """Whether each statement of a unit holds, and why; by somebody who did not check. Raises `Refused`."""
    row = _to_be_judged(inspection, actor)
    ensure_step(Step.DECIDE, facts_of(row, actor, now=now))
    defended: list[Check] = list(row.checks.filter(mark="fails").exclude(defence=""))
    for check in defended:
        if check.indicator not in decisions:
            raise Refused(_("请对每一项申辩作出裁定。"), field=f"decision-{check.indicator}")
        holds, note = decisions[check.indicator]
        if len(note.strip()) < 4:
            raise Refused(_("请写明理由，至少 4 个字。"), field=f"note-{check.indicator}")
        check.decision, check.decision_note = "lifted" if holds else "kept", note.strip()[:300]
        check.save(update_fields=["decision", "decision_note"])
    _move(row, State.SETTLED)
    row.decided_at, row.decided_by = now, actor
    row.save()
    words = [each.decision for each in defended]
    told = {"kept": words.count("kept"), "lifted": words.count("lifted")}
    audit.record(actor, "inspection.decided", row, after=told, now=now)


@transaction.atomic
def withdraw_inspection(
    inspection: Inspection, *, reason: str, actor: Staff, now: datetime
) -> None:
    """Check an account no further, because it is closed or cannot be looked at. Raises `Refused`."""
    _leave(inspection, Step.WITHDRAW, "inspection.withdrawn", reason, actor, now)


@transaction.atomic
def recheck(inspection: Inspection, *, reason: str, actor: Staff, now: datetime) -> None:
    """Check an account once more, before anything is signed. Raises `Refused`."""
    row = _leave(inspection, Step.RECHECK, "inspection.reopened", reason, actor, now)
    row.checks.update(is_draft=True)


def _leave(
    inspection: Inspection, step: Step, verb: str, reason: str, actor: Staff, now: datetime
) -> Inspection:
    row = locked_inspection(inspection)
    ensure_may(actor, CONFIRM, row.campaign.agency)
    facts = facts_of(row, actor, now=now)
    ensure_step(step, facts)
    _reason(reason)
    before = row.state
    _move(row, after(step, facts))
    row.reason = reason.strip()[:300]
    if step is Step.RECHECK:
        row.reviewer = row.reviewed_at = row.released_at = row.defence_due_at = None
        row.defended_at = row.defended_by = row.decided_at = row.decided_by = None
    row.save()
    audit.record(
        actor, verb, row, before={"state": before}, after={"state": row.state}, reason=reason,
        now=now,
    )  # fmt: skip
    return row


def _to_be_judged(inspection: Inspection, actor: Staff) -> Inspection:
    row = locked_inspection(inspection)
    ensure_may(actor, CONFIRM, row.account.agency)
    return row


def _move(row: Inspection, state: State) -> None:
    row.state = state.value
    row.revision += 1


def _reason(reason: str) -> None:
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
