"""Settling what changed above: a local entry is still right, was changed, or is withdrawn."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused
from minxin.knowledge.actions.entries import retire_entry
from minxin.knowledge.models import Entry, UpperReview
from minxin.knowledge.queries.inheritance import words_now

Status = UpperReview.Status


@transaction.atomic
def settle_upper(
    review: UpperReview, outcome: str, *, note: str = "", actor: Actor, now: datetime
) -> None:
    """Say whether a local entry is still right after the upper one changed: `right`, `changed` (it was written anew
    since), `withdrawn` (with the reason: it goes out of use). `AlreadyDone` for what is settled."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, review.agency)
    rows = UpperReview.objects.select_for_update(of=("self",))
    row = rows.select_related("entry__agency", "upper", "agency").get(pk=review.pk)
    if row.status != Status.OPEN:
        raise AlreadyDone(_("这一条已经核对过。"))
    if outcome not in (Status.RIGHT, Status.CHANGED, Status.WITHDRAWN):
        raise Refused(_("请选择核对结果。"), field="outcome")
    note = note.strip()
    if len(note) > 300:
        raise Refused(_("说明不超过 300 字。"), field="note")
    entry = row.entry
    if outcome == Status.WITHDRAWN and not note:
        raise Refused(_("请写明原因。"), field="note")
    if outcome != Status.WITHDRAWN and row.upper.is_binding:
        raise Refused(_("上级已定为统一口径，本地的要撤下。"), field="outcome")
    if outcome == Status.CHANGED and entry.updated_at <= row.created_at:
        raise Refused(_("本地的这条还没有修改过，请先修改。"), field="outcome")
    row.status, row.note, row.settled_at = outcome, note, now
    row.settled_by = actor if isinstance(actor, Staff) else None
    row.after = words_now(row.upper)
    row.save(update_fields=["status", "note", "settled_at", "settled_by", "after"])
    entry.upper_said = row.after
    entry.save(update_fields=["upper_said"])
    if outcome == Status.WITHDRAWN and entry.status != Entry.Status.RETIRED:
        retire_entry(entry, reason=note, actor=actor, now=now)
    audit.record(
        actor, "upper_review.settled", row, now=now, agency=row.agency,
        before={"status": Status.OPEN.value},
        after={"status": row.status, "entry": entry.pk, "upper": row.upper_id}, reason=note,
    )  # fmt: skip
