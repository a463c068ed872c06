"""What units are asked for, within a weekly budget of fields; and telling the unit above, by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions.notices import notify_staff
from minxin.agencies.models import Agency, Escalation, FieldsAsked, Staff
from minxin.agencies.queries import ensure_may, staff_with
from minxin.agencies.reminder_queries import Proposal, fields_spent, pace
from minxin.agencies.reminder_rules import kind_of, planned_week, week_of
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused

MOST_FIELDS = 500
# Who of the unit above hears of a matter, and on which page it stands.
_WHERE = {
    "deadline": (Permission.ANSWER_TICKETS, "/console/tickets/?agency="),
    "deadline.urged": (Permission.ANSWER_TICKETS, "/console/tickets/?agency="),
    "updates": (Permission.RECORD_UPDATES, "/console/supervision/?agency="),
    "finding.notified": (Permission.ANSWER_FINDINGS, "/console/rectification/?agency="),
    "asked": (Permission.RECORD_UPDATES, "/console/reminders/asked/?unit="),
}


@transaction.atomic
def ask_fields(
    agencies: Sequence[Agency],
    *,
    title: str,
    fields: int,
    link: str = "",
    actor: Actor,
    now: datetime,
) -> list[FieldsAsked]:
    """Ask units to fill something in, `fields` fields each. A unit whose week is full hears of it in the
    first week with room: each row tells when. Raises `Refused` with the field that is wrong."""
    if not agencies:
        raise Refused(_("请至少选择一个单位。"), field="agencies")
    if not title.strip():
        raise Refused(_("请写明要求填报什么。"), field="title")
    if not 1 <= fields <= MOST_FIELDS:
        words = _("填报项数应在 1 到 %(n)s 之间。")
        raise Refused(words % {"n": MOST_FIELDS}, field="fields")
    is_good = link.startswith(("http://", "https://")) or (
        link.startswith("/") and not link.startswith("//")
    )
    if link and not is_good:
        raise Refused(_("地址要以 http://、https:// 或 / 开头。"), field="link")
    this_week, budget = week_of(now), pace().fields_a_week
    rows = []
    for agency in agencies:
        ensure_may(actor, Permission.CONFIRM_CANDIDATES, agency)
        Agency.objects.select_for_update().get(pk=agency.pk)  # two at once must not both find room
        week = planned_week(this_week, fields_spent(agency, this_week), fields, budget)
        row = FieldsAsked.objects.create(
            agency=agency,
            title=title.strip()[:120],
            fields=fields,
            link=link,
            week=week,
            asked_by=actor if isinstance(actor, Staff) else None,
            asked_at=now,
        )
        after = {"title": row.title, "fields": fields, "week": week}
        audit.record(actor, "fields.asked", row, agency=agency, after=after, now=now)
        if week == this_week:
            _tell(row, now)
        rows.append(row)
    return rows


def count_fields(
    agency: Agency,
    *,
    kind: FieldsAsked.Kind,
    key: str,
    title: str,
    fields: int,
    link: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Count a form of our own that a unit was just asked to fill in, or filled in of itself: in this week's
    budget, once for each key. The step that asks tells the unit, may do so, and is audited."""
    if fields < 1:
        return
    FieldsAsked.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind, "agency": agency, "title": title[:120], "fields": fields, "link": link,
            "week": week_of(now), "asked_by": actor if isinstance(actor, Staff) else None,
            "asked_at": now, "told_at": now,
        },
    )  # fmt: skip


@transaction.atomic
def tell_asked(*, now: datetime) -> int:
    """Tell units what waited for this week; how many requests. Not audited: the row is its record."""
    rows = FieldsAsked.objects.select_for_update().filter(told_at=None, week__lte=week_of(now))
    due = list(rows.order_by("id"))
    for row in due:
        _tell(row, now)
    return len(due)


def _tell(row: FieldsAsked, now: datetime) -> None:
    people = {
        *staff_with(Permission.RECORD_UPDATES, row.agency),
        *staff_with(Permission.ANSWER_TICKETS, row.agency),
    }
    text = f"请填报：{row.title}（{row.fields} 项）"
    link = row.link or f"/console/reminders/asked/?number={row.pk}"
    notify_staff(people, text, kind="asked", link=link, now=now)
    row.told_at = now
    row.save(update_fields=["told_at"])


@transaction.atomic
def escalate(proposal: Proposal, *, actor: Staff, now: datetime) -> int:
    """Tell the people of the unit above what lies in one below; how many were told. By a person only."""
    _decide(proposal, Escalation.Decision.TOLD, "", actor, now)
    parent = proposal.agency.parent
    assert parent is not None  # noqa: S101  (proposals are of units below another)
    permission, page = _WHERE.get(proposal.kind, _WHERE["updates"])
    people = set(staff_with(permission, parent)) - {actor}
    if not people:
        raise Refused(
            _("上一级“%(name)s”没有其他可以告知的工作人员，请改用电话等方式联系。")
            % {"name": parent.name}
        )
    name = kind_of(proposal.kind).name
    text = f"下级单位“{proposal.agency.name}”有 {proposal.count} 件“{name}”还没有人查看，请了解情况"
    link = f"{page}{proposal.agency.pk}"
    return notify_staff(people, text, kind="escalation", link=link, now=now)


@transaction.atomic
def waive_escalation(proposal: Proposal, *, reason: str, actor: Staff, now: datetime) -> None:
    """Leave it, this week, with a reason."""
    if not reason.strip():
        raise Refused(_("请写明不升级的理由。"), field="reason")
    _decide(proposal, Escalation.Decision.WAIVED, reason.strip()[:300], actor, now)


def _decide(
    proposal: Proposal, decision: str, reason: str, actor: Staff, now: datetime
) -> Escalation:
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, proposal.agency)
    row, is_new = Escalation.objects.get_or_create(
        agency=proposal.agency,
        kind=proposal.kind,
        week=week_of(now),
        defaults={
            "count": proposal.count,
            "decision": decision,
            "reason": reason,
            "decided_by": actor,
            "decided_at": now,
        },
    )
    if not is_new:
        raise AlreadyDone(_("这一项本周已经处理过。"))
    audit.record(
        actor, f"escalation.{decision}", row, agency=proposal.agency,
        after={"kind": proposal.kind, "count": proposal.count}, reason=reason, now=now,
    )  # fmt: skip
    return row
