"""Settling what cites a text that ends: still right, changed, withdrawn, or another text was meant."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused
from minxin.knowledge.actions.entries import compare_by_source
from minxin.knowledge.actions.inheritance import follow_uppers
from minxin.knowledge.actions.validity import note_citing, of_entry, still_cites, tell_indexes
from minxin.knowledge.models import BasisReview, Entry
from minxin.knowledge.queries.validity import document_source, ended_for, entry_source
from minxin.knowledge.rules import NO_SOURCE, cites

Status, Grade, Cause = BasisReview.Status, BasisReview.Grade, BasisReview.Cause


@dataclass(frozen=True, slots=True)
class NewSource:
    """What an answer that is still right stands on now."""

    title: str
    document_number: str = ""
    issuing_agency: str = ""


@transaction.atomic
def settle_review(
    review: BasisReview,
    outcome: str,
    *,
    note: str = "",
    source: NewSource | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say what became of something that cites a text which ends: `right`, `changed`, `withdrawn` or `not_cited`.

    An entry that has it as its source is right only with a source that holds: the newer version where there
    is one, or `source`. `changed` is refused while it still names the old one; `withdrawn` takes it out
    of use. `not_cited` (another text of that name) needs a reason. `AlreadyDone` for what is settled.
    """
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, review.agency)
    row = _locked(review)
    if row.status != Status.OPEN:
        raise AlreadyDone(_("这一条已经核对过。"))
    if outcome not in (Status.RIGHT, Status.CHANGED, Status.WITHDRAWN, Status.NOT_CITED):
        raise Refused(_("请选择核对结果。"), field="outcome")
    note = note.strip()
    if len(note) > 300:
        raise Refused(_("说明不超过 300 字。"), field="note")
    if outcome in (Status.WITHDRAWN, Status.NOT_CITED) and not note:
        raise Refused(_("请写明原因。"), field="note")
    entry = row.entry
    if entry is not None and row.grade == Grade.SOURCE and row.cause != Cause.PARTLY:
        if outcome == Status.RIGHT:
            _stand_on(entry, row, source, actor=actor, now=now)
        elif outcome == Status.CHANGED and still_cites(entry, row):
            raise Refused(_("这条知识写的依据还是这份文件，请先修改知识的来源。"), field="outcome")
    row.status, row.note, row.settled_at = outcome, note, now
    row.settled_by = actor if isinstance(actor, Staff) else None
    row.save(update_fields=["status", "note", "settled_at", "settled_by"])
    if entry is not None and outcome == Status.WITHDRAWN and entry.status != Entry.Status.RETIRED:
        from minxin.knowledge.actions.entries import retire_entry

        retire_entry(entry, reason=note, actor=actor, now=now)
    tell_indexes([row.entry_id])
    audit.record(
        actor, "basis_review.settled", row, now=now, agency=row.agency,
        before={"status": Status.OPEN.value},
        after={"status": row.status, "document": row.document_id, "place": row.place}, reason=note,
    )  # fmt: skip


def _stand_on(
    entry: Entry, row: BasisReview, source: NewSource | None, *, actor: Actor, now: datetime
) -> None:
    document = row.document
    newer = document.superseded_by
    if (source is None or not source.title.strip()) and newer is not None:
        source = NewSource(newer.title, newer.document_number, newer.issuing_agency)
    if source is None or not source.title.strip():
        raise Refused(_("原来的依据不再有效，请写明现在依据哪份文件。"), field="source_title")
    if len(source.title.strip()) > 200 or len(source.document_number.strip()) > 80:
        raise Refused(_("来源标题不超过 200 字，文号不超过 80 字。"), field="source_title")
    before = {"source_title": entry.source_title, "document_number": entry.document_number}
    entry.source_title = source.title.strip().removeprefix("《").removesuffix("》")
    entry.document_number = source.document_number.strip()
    entry.issuing_agency = source.issuing_agency.strip()[:120] or entry.issuing_agency
    compare_by_source(entry)
    if newer is None and cites(entry_source(entry), document_source(document)) != NO_SOURCE:
        raise Refused(_("这份文件已不再有效，请写另一份现行的文件。"), field="source_title")
    entry.updated_at = now
    entry.save(
        update_fields=[
            "source_title", "document_number", "issuing_agency", "normal_source", "normal_number", "updated_at",
        ]
    )  # fmt: skip
    audit.record(
        actor, "entry.updated", entry, now=now, before=before,
        after={"source_title": entry.source_title, "document_number": entry.document_number},
    )  # fmt: skip
    follow_uppers([entry], now=now)
    others = [each for each in ended_for([entry]) if each[1].pk != document.pk]
    for _entry, other, ending, grade in others:
        note_citing(other, [of_entry(entry, grade)], ending, now=now)


def _locked(review: BasisReview) -> BasisReview:
    rows = BasisReview.objects.select_for_update(of=("self",))
    return rows.select_related("document__superseded_by", "entry", "agency").get(pk=review.pk)
