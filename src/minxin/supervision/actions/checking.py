"""An inspector checks one account: a draft that is never lost, then her verdicts, with evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from minxin.supervision import inspecting
from minxin.supervision.actions.campaigns import running
from minxin.supervision.actions.records import is_still_whole, keep_evidence
from minxin.supervision.models import Check, Evidence, Inspection
from minxin.supervision.packs import Library
from minxin.supervision.queries.machine import View, views_of
from minxin.supervision.queries.populations import units_of
from minxin.supervision.rules.inspection import (
    Barred,
    Facts,
    Mark,
    State,
    Step,
    after,
    barred,
    line_of,
)
from minxin.supervision.rules.proofs import LINK

CONFIRM = Permission.CONFIRM_CANDIDATES


@dataclass(frozen=True, slots=True)
class Entry:
    """What an inspector typed on one line. `evidence`: one that was kept before; else a `link`, a `file`
    or both are kept when she hands it in."""

    mark: Mark | None = None
    note: str = ""
    link: str = ""
    file: tuple[str, bytes] | None = None
    evidence: Evidence | None = None


def facts_of(inspection: Inspection, actor: Staff, *, now: datetime) -> Facts:
    """What the guards look at: the account's present host decides whose unit it is."""
    lines = inspection.campaign.lines
    marks = {each.indicator: each.mark for each in inspection.checks.all()}
    own = units_of([actor])[actor.pk]
    due = inspection.defence_due_at
    return Facts(
        State(inspection.state),
        tuple(Mark(marks[code]) if marks.get(code) else None for code in lines),
        is_for_second=inspection.is_for_second,
        is_own=inspection.account.agency_id in own,
        is_same=inspection.inspector_id == actor.pk,
        is_past_defence=due is not None and now > due,
    )


def ensure_step(step: Step, facts: Facts) -> None:
    """Raises `Refused` in words when the table of steps bars it."""
    why = barred(step, facts)
    if why is not None:
        raise Refused(str(inspecting.BARRED[why]))


def locked_inspection(inspection: Inspection) -> Inspection:
    """The row as it is now, nobody else's until the end of the transaction; its campaign runs."""
    row = Inspection.objects.select_for_update().get(pk=inspection.pk)
    row.campaign = running(row.campaign)
    return row


def _hers(inspection: Inspection, actor: Staff) -> Inspection:
    row = locked_inspection(inspection)
    ensure_may(actor, CONFIRM, row.account.agency)
    if row.inspector_id != actor.pk:
        raise Refused(
            _("这个账号现在由%(name)s检查，您填写的内容没有保存，请先与对方核对。")
            % {"name": row.inspector or _("待分派的人")}
        )
    if row.state != State.WAITING.value:
        raise Refused(str(inspecting.BARRED[Barred.NOT_NOW]))
    return row


def _ensure_newest(row: Inspection, revision: int) -> None:
    if row.revision != revision:
        raise Refused(
            _("这个账号刚刚在另一个窗口保存过。您填写的内容还在，核对后再次提交会覆盖那边的结论。")
        )


def _is_kept(row: Inspection, entries: Mapping[str, Entry]) -> bool:
    """Whether just this is kept already: by a request of the same page whose answer was lost."""
    kept = {
        each.indicator: (each.mark, each.note, each.link, each.evidence_id)
        for each in row.checks.all()
    }
    return all(
        kept.get(code, ("", "", "", None))
        == (
            each.mark.value if each.mark else "",
            each.note[:500],
            each.link[:500],
            each.evidence.pk if each.evidence else None,
        )
        for code, each in entries.items()
    )


@transaction.atomic
def save_draft(
    inspection: Inspection, entries: Mapping[str, Entry], *, revision: int, actor: Staff,
    now: datetime,
) -> int:  # fmt: skip
    """Keep what is typed so far; the new revision. Raises `Refused` when somebody else was there."""
    row = _hers(inspection, actor)
    if not set(entries) <= set(row.campaign.lines):
        raise NotFound
    if entries and row.revision != revision and _is_kept(row, entries):
        return row.revision
    _ensure_newest(row, revision)
    for code, entry in entries.items():
        Check.objects.update_or_create(
            inspection=row, indicator=code,
            defaults={
                "severity": line_of(code).severity.value,
                "mark": entry.mark.value if entry.mark else "", "note": entry.note[:500],
                "link": entry.link[:500], "evidence": _of_account(row, entry.evidence),
                "is_draft": True, "checked_by": actor, "checked_at": now,
            },
        )  # fmt: skip
    row.revision += 1
    row.save(update_fields=["revision"])
    return row.revision


def _of_account(row: Inspection, evidence: Evidence | None) -> Evidence | None:
    if evidence is not None and evidence.account_id != row.account_id:
        raise Refused(_("这份证据属于另一个账号。"))
    return evidence


def hand_in(
    inspection: Inspection, entries: Mapping[str, Entry], *, revision: int, library: Library,
    actor: Staff, now: datetime,
) -> State:  # fmt: skip
    """Hand in a check: every line has a verdict, every 不合格 words and evidence; where it stands then.

    What the machine said at this moment is kept beside it. Raises `Refused`; `field` is `mark-<code>`,
    `note-<code>` or `link-<code>`.
    """
    with translation.override("zh-hans"):  # what is kept is kept in Chinese
        views = views_of(inspection.account, library, now=now)
    with transaction.atomic():
        row = _hers(inspection, actor)
        _ensure_newest(row, revision)
        for code in row.campaign.lines:
            _hand_in(row, code, entries.get(code, Entry()), views[code], actor, now)
        facts = facts_of(row, actor, now=now)
        ensure_step(Step.CHECK, facts)
        row.state = after(Step.CHECK, facts).value
        row.revision += 1
        row.checked_at, row.reviewer, row.reviewed_at, row.remark = now, None, None, ""
        row.save()
        marks = [each.value for each in facts.marks if each is not None]
        told = {each.value: marks.count(each.value) for each in Mark if each.value in marks}
        audit.record(
            actor, "inspection.checked", row, after={"state": row.state, "marks": told}, now=now
        )
    return State(row.state)


def _hand_in(
    row: Inspection, code: str, entry: Entry, view: View, actor: Staff, now: datetime
) -> None:
    name = str(inspecting.LINES[code])
    if entry.mark is None:
        words = _("“%(name)s”还没有结论。")
        raise Refused(words % {"name": name}, field=f"mark-{code}")
    note, evidence = entry.note.strip(), _of_account(row, entry.evidence)
    if entry.mark is Mark.UNCLEAR and not note:
        words = _("“%(name)s”看不清，请写明看到了什么、为什么看不清。")
        raise Refused(words % {"name": name}, field=f"note-{code}")
    if entry.mark is Mark.FAILS:
        if len(note) < 4:
            words = _("“%(name)s”不合格，请写明检查情况，至少 4 个字。")
            raise Refused(words % {"name": name}, field=f"note-{code}")
        evidence = _evidence(row, code, entry, evidence, actor, now)
    Check.objects.update_or_create(
        inspection=row, indicator=code,
        defaults={
            "severity": line_of(code).severity.value, "rule": view.rule, "mark": entry.mark.value,
            "note": note[:500], "link": entry.link.strip()[:500], "evidence": evidence,
            "machine": view.said[:300], "is_draft": False, "checked_by": actor, "checked_at": now,
            "defence": "", "decision": "", "decision_note": "",
        },
    )  # fmt: skip


def _evidence(
    row: Inspection, code: str, entry: Entry, kept: Evidence | None, actor: Staff, now: datetime
) -> Evidence:
    """What shows that it is so: kept before, or kept now."""
    if kept is not None:
        if not is_still_whole(kept):
            raise Refused(_("证据文件与留存时不一致，不能使用，请重新留存。"), field=f"link-{code}")
        return kept
    link = entry.link.strip()
    if not link and entry.file is None:
        words = _("“%(name)s”不合格，须附链接或截图。")
        raise Refused(words % {"name": inspecting.LINES[code]}, field=f"link-{code}")
    if link and not LINK.fullmatch(link):
        raise Refused(_("链接要以 http:// 或 https:// 开头。"), field=f"link-{code}")
    try:
        return keep_evidence(
            row.account, link=link, file=entry.file, note=entry.note, seen_at=now, actor=actor,
            now=now,
        )  # fmt: skip
    except Refused as refusal:
        raise Refused(refusal.message, field=f"link-{code}") from refusal


@transaction.atomic
def keep_picture(
    inspection: Inspection, file: tuple[str, bytes], *, actor: Staff, now: datetime
) -> Evidence:
    """Keep a pasted picture at once, so that it outlives the page. Raises `Refused`."""
    row = locked_inspection(inspection)
    if row.inspector_id != actor.pk or row.state != State.WAITING.value:
        raise NotFound
    return keep_evidence(row.account, file=file, seen_at=now, actor=actor, now=now)
