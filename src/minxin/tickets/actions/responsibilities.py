"""The responsibility list: a version is drafted, changed line by line, compared, adopted by a person."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from minxin.tickets import queries
from minxin.tickets.models import (
    Matter,
    OwnershipDecision,
    Responsibility,
    ResponsibilityList,
)
from minxin.tickets.queries import responsibilities as listed
from minxin.tickets.rules import SHORTEST_TEXT
from minxin.tickets.rules.responsibilities import place_of

Status = ResponsibilityList.Status
AT_ONCE = 500


def _may(actor: Staff) -> None:
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)


@transaction.atomic
def begin_draft(*, is_copy: bool, actor: Staff, now: datetime) -> ResponsibilityList:
    """A new draft: the newest adopted version to be changed, or an empty one to be filled by a sheet."""
    _may(actor)
    if listed.draft_list() is not None:
        raise Refused(_("已经有一份草稿。请先采用或放弃它。"))
    source = listed.newest_list()
    try:
        with transaction.atomic():
            draft = ResponsibilityList.objects.create(
                based_on=source, drafted_by=actor, drafted_at=now
            )
    except IntegrityError as error:  # somebody else began one in this moment
        raise Refused(_("已经有一份草稿。请先采用或放弃它。")) from error
    if is_copy and source is not None:
        _copy(source, draft)
    audit.record(actor, "responsibilities.drafted", draft, now=now, after={"is_copy": is_copy})
    return draft


def _copy(source: ResponsibilityList, draft: ResponsibilityList) -> None:
    through = Responsibility.co_agencies.through
    rows = list(Responsibility.objects.filter(version=source).order_by("id"))
    co: dict[int, list[int]] = {}
    for row, agency in through.objects.filter(responsibility__version=source).values_list(
        "responsibility_id", "agency_id"
    ):
        co.setdefault(row, []).append(agency)
    for at in range(0, len(rows), AT_ONCE):
        part = rows[at : at + AT_ONCE]
        made = Responsibility.objects.bulk_create(
            Responsibility(
                version=draft, matter_id=row.matter_id, place=row.place, agency_id=row.agency_id,
                basis=row.basis, decision_id=row.decision_id,
            )
            for row in part
        )  # fmt: skip
        through.objects.bulk_create(
            through(responsibility_id=new.pk, agency_id=agency)
            for old, new in zip(part, made, strict=True)
            for agency in co.get(old.pk, ())
        )


def held_draft(version: ResponsibilityList) -> ResponsibilityList:
    """The draft, locked until the transaction ends; refused when it is none any more."""
    fresh = ResponsibilityList.objects.select_for_update().get(pk=version.pk)
    if fresh.status != Status.DRAFT:
        raise Refused(_("这一版已经不是草稿，不能再改。"))
    return fresh


def touch(draft: ResponsibilityList) -> None:
    """Note that a draft says something else now."""
    draft.revision += 1
    draft.save(update_fields=["revision"])


@transaction.atomic
def keep_row(
    draft: ResponsibilityList,
    row: Responsibility | None,
    *,
    matter: Matter,
    place: str,
    agency: Agency,
    co_agencies: Sequence[Agency] = (),
    basis: str,
    decision: OwnershipDecision | None = None,
    actor: Staff,
    now: datetime,
) -> Responsibility:
    """Add a line to the draft or change one of its lines."""
    _may(actor)
    fresh = held_draft(draft)
    if row is not None and row.version_id != fresh.pk:
        raise NotFound
    if not matter.is_active and (row is None or row.matter_id != matter.pk):
        raise Refused(_("这个事项已停用，请另选。"), field="matter")
    if not agency.is_active:
        raise Refused(_("这个单位已停用，请另选主办单位。"), field="agency")
    if any(each.pk == agency.pk for each in co_agencies):
        raise Refused(_("主办单位不能同时是协办单位。"), field="co_agencies")
    place = place_of(place)
    same = Responsibility.objects.filter(version=fresh, matter=matter, place=place)
    if (same.exclude(pk=row.pk) if row else same).exists():
        raise Refused(_("草稿里已有这个事项和地点。请改那一行。"), field="matter")
    before = _said(row) if row else None
    kept = row or Responsibility(version=fresh)
    kept.matter, kept.place, kept.agency, kept.basis = matter, place, agency, basis.strip()
    if decision is not None:
        kept.decision = decision
    kept.save()
    kept.co_agencies.set(co_agencies)
    touch(fresh)
    audit.record(
        actor, "responsibilities.row_kept", fresh, now=now, agency=agency, before=before,
        after=_said(kept),
    )  # fmt: skip
    return kept


def _said(row: Responsibility) -> dict[str, object]:
    return {"matter": row.matter.path, "place": row.place, "agency": row.agency.code,
            "co": [each.code for each in row.co_agencies.all()], "basis": row.basis}  # fmt: skip


@transaction.atomic
def remove_row(row: Responsibility, *, actor: Staff, now: datetime) -> None:
    """Take a line out of the draft."""
    _may(actor)
    fresh = held_draft(row.version)
    audit.record(
        actor, "responsibilities.row_removed", fresh, now=now, agency=row.agency, before=_said(row)
    )
    row.delete()
    touch(fresh)


@transaction.atomic
def adopt_list(
    draft: ResponsibilityList,
    *,
    effective_on: date,
    reason: str,
    revision: int,
    actor: Staff,
    now: datetime,
) -> None:
    """Let a draft hold from a day on. `revision` is that of the comparison the person read.

    What was decided under an earlier version stays as it was decided.
    """
    _may(actor)
    fresh = held_draft(draft)
    if fresh.revision != revision:
        raise Refused(_("草稿在您查看之后又有改动。请再看一遍差异。"))
    if effective_on < timezone.localtime(now).date():
        raise Refused(_("生效日期不能早于今天。"), field="effective_on")
    last = listed.newest_list()
    if last is not None and last.effective_on is not None and effective_on < last.effective_on:
        raise Refused(
            _("上一版自 %(day)s 起生效，新的一版不能更早。") % {"day": last.effective_on},
            field="effective_on",
        )
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    if listed.blocks_adoption(fresh) is not None:
        raise Refused(_("有一份表格只导入了一部分。请先继续导入或撤销它。"))
    rows = Responsibility.objects.filter(version=fresh)
    if not rows.exists():
        raise Refused(_("草稿是空的。"))
    closed = rows.filter(agency__is_active=False).select_related("agency", "matter").first()
    if closed is not None:
        raise Refused(
            _("“%(matter)s”的主办单位%(agency)s已停用，请先改。")
            % {"matter": closed.matter, "agency": closed.agency}
        )
    changes = listed.changes_of(fresh)
    if not changes:
        raise Refused(_("草稿与现行清单没有差别。"))
    fresh.status, fresh.effective_on, fresh.reason = Status.ADOPTED, effective_on, reason.strip()
    fresh.based_on, fresh.adopted_by, fresh.adopted_at = last, actor, now
    fresh.save()
    kinds = [each.kind for each in changes]
    audit.record(
        actor, "responsibilities.adopted", fresh, now=now, reason=reason,
        after={"effective_on": effective_on, **{kind: kinds.count(kind) for kind in set(kinds)}},
    )  # fmt: skip


@transaction.atomic
def discard_draft(draft: ResponsibilityList, *, reason: str, actor: Staff, now: datetime) -> None:
    """Lay a draft aside for good; arbitrations written into it wait again."""
    _may(actor)
    fresh = held_draft(draft)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    OwnershipDecision.objects.filter(
        pk__in=Responsibility.objects.filter(version=fresh, decision__isnull=False)
        .exclude(decision__in=_adopted_decisions())
        .values("decision")
    ).update(use=OwnershipDecision.Use.OPEN, used_by=None, used_at=None)
    fresh.status, fresh.reason = Status.DISCARDED, reason.strip()
    fresh.save(update_fields=["status", "reason"])
    audit.record(actor, "responsibilities.discarded", fresh, now=now, reason=reason)


def _adopted_decisions() -> list[int]:
    rows = Responsibility.objects.filter(version__status=Status.ADOPTED, decision__isnull=False)
    return list(rows.values_list("decision", flat=True).distinct())


# What arbitrations decided -----------------------------------------------------------------------


@transaction.atomic
def take_decision(
    decision: OwnershipDecision,
    *,
    matter: Matter,
    place: str,
    basis: str,
    actor: Staff,
    now: datetime,
) -> Responsibility:
    """Write what an arbitration decided into the draft (made when there is none): the line of this matter
    and place then names the agency that was decided on. It holds when the draft is adopted."""
    _may(actor)
    fresh = _waiting(decision)
    draft = listed.draft_list() or begin_draft(is_copy=True, actor=actor, now=now)
    same = listed.rows_of(draft).filter(matter=matter, place=place_of(place)).first()
    others = [each for each in same.co_agencies.all() if each.pk != fresh.agency_id] if same else []
    row = keep_row(
        draft, same, matter=matter, place=place, agency=fresh.agency, co_agencies=others,
        basis=basis or (same.basis if same else ""), decision=fresh, actor=actor, now=now,
    )  # fmt: skip
    _used(fresh, OwnershipDecision.Use.TAKEN, "", actor, now)
    return row


@transaction.atomic
def leave_decision(
    decision: OwnershipDecision, *, reason: str, actor: Staff, now: datetime
) -> None:
    """Say that an arbitration decided one case only and the list stays."""
    _may(actor)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    _used(_waiting(decision), OwnershipDecision.Use.LEFT, reason.strip(), actor, now)


def _waiting(decision: OwnershipDecision) -> OwnershipDecision:
    rows = queries.ownership_decisions().select_for_update(of=("self",))
    fresh = rows.get(pk=decision.pk)
    if fresh.use != OwnershipDecision.Use.OPEN:
        raise Refused(_("这项裁定已经处理过。请刷新后再看。"))
    return fresh


def _used(decision: OwnershipDecision, use: str, reason: str, actor: Staff, now: datetime) -> None:
    decision.use, decision.used_by, decision.used_at = use, actor, now
    decision.use_reason = reason[:300]
    decision.save(update_fields=["use", "used_by", "used_at", "use_reason"])
    audit.record(
        actor, "ownership.used", decision, now=now, agency=decision.agency, after={"use": use},
        reason=reason,
    )  # fmt: skip
