"""What cites a document that ends goes to its owner, each once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from minxin.agencies.actions import notify_staff
from minxin.agencies.calendars import working_calendar
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.working_time import add_working_days
from minxin.knowledge.models import BasisReview, Document, Entry, IndexChange
from minxin.knowledge.queries.validity import (
    Ending,
    citing_entries,
    document_source,
    ended_for,
    ending_of,
    entry_source,
)
from minxin.knowledge.rules import NO_SOURCE, cites, due_of, title_key, titles_in

Status, Grade, Kind, Cause = (
    BasisReview.Status,
    BasisReview.Grade,
    BasisReview.Kind,
    BasisReview.Cause,
)
REVIEW_DAYS = 5  # working days, ours: where the text has ended already, or does so within a week
LIST = "/console/basis/"


@dataclass(frozen=True, slots=True)
class Cited:
    """Something that cites a document: what it is, its place as `BasisReview` has it, how people know it and
    where they find it, whose it is."""

    kind: str
    place: str
    label: str
    link: str
    agency_id: int
    grade: str = Grade.MENTION
    entry_id: int | None = None


def of_entry(entry: Entry, grade: str) -> Cited:
    """An entry that cites."""
    return Cited(
        Kind.ENTRY, f"entry:{entry.pk}", entry.question[:300], f"/console/knowledge/{entry.pk}/",
        entry.agency_id, grade, entry.pk,
    )  # fmt: skip


@transaction.atomic
def note_citing(
    document: Document, cited: Iterable[Cited], ending: Ending, *, now: datetime
) -> int:
    """Put what cites a document that ends before its owners, each once; how many are new or open again.

    What was settled stays so, but for an entry that was changed or withdrawn and names the text as its source
    once more. What is still open follows the day on which the text ends.
    """
    wanted = {each.place[:160]: each for each in cited}
    rows = BasisReview.objects.filter(document=document, place__in=wanted)
    known = {row.place: row for row in rows}
    owners = Agency.objects.in_bulk({each.agency_id for each in wanted.values()})
    fresh: list[BasisReview] = []
    changed: list[BasisReview] = []
    told: set[int] = set()
    for place, each in wanted.items():
        row = known.get(place)
        if row is None:
            fresh.append(
                BasisReview(
                    agency=owners[each.agency_id], document=document, kind=each.kind, place=place,
                    entry_id=each.entry_id, label=each.label[:300], link=each.link[:200],
                    grade=each.grade, cause=ending.cause, ends_on=ending.on,
                    due_on=_due(ending.on, owners[each.agency_id], now), created_at=now,
                )
            )  # fmt: skip
            told.add(each.agency_id)
            continue
        is_back = row.status == Status.VOID or (
            row.status in (Status.CHANGED, Status.WITHDRAWN) and each.grade == Grade.SOURCE
        )
        if is_back:
            row.status, row.settled_at, row.settled_by, row.note = Status.OPEN, None, None, ""
            row.due_on = _due(ending.on, owners[each.agency_id], now)
            told.add(each.agency_id)
        elif row.status != Status.OPEN or (
            row.ends_on == ending.on
            and row.cause == ending.cause
            and row.agency_id == each.agency_id
            and row.grade == each.grade
        ):
            continue
        row.agency, row.grade = owners[each.agency_id], each.grade
        row.ends_on, row.cause = ending.on, ending.cause
        changed.append(row)
    BasisReview.objects.bulk_create(fresh)
    BasisReview.objects.bulk_update(
        changed,
        [
            "agency",
            "grade",
            "status",
            "settled_at",
            "settled_by",
            "note",
            "ends_on",
            "cause",
            "due_on",
        ],
    )
    tell_indexes(row.entry_id for row in (*fresh, *changed))
    for agency_id in sorted(told):
        _tell_owner(owners[agency_id], now)
    return len(fresh) + len([row for row in changed if row.agency_id in told])


def follow_documents(documents: Sequence[Document], *, now: datetime) -> int:
    """Put the entries whose source ends before their owners, and let be what ends no more; how many are new.

    `documents` as they stand, with `superseded_by`. Called wherever the days of a document change, in the same
    transaction, and by the worker at night.
    """
    found = 0
    for document in documents:
        ending = ending_of(document)
        if ending is None:
            rows = BasisReview.objects.filter(document=document, status=Status.OPEN)
            let_be = list(rows.exclude(cause=Cause.PARTLY))
            for row in let_be:
                row.status, row.settled_at = Status.VOID, now
            BasisReview.objects.bulk_update(let_be, ["status", "settled_at"])
            tell_indexes(row.entry_id for row in let_be)
            continue
        cited = [of_entry(entry, grade) for entry, grade in citing_entries(document, ending)]
        found += note_citing(document, cited, ending, now=now)
    return found


def follow_entries(entries: Sequence[Entry], *, actor: Actor, now: datetime) -> None:
    """After entries were written: what no longer cites a text that ends is settled as changed, or withdrawn where
    the entry is out of use; what cites one now is put before its owner."""
    by_id = {entry.pk: entry for entry in entries}
    rows = BasisReview.objects.filter(entry__in=by_id, status=Status.OPEN)
    settled = []
    for row in rows.select_related("document"):
        entry = by_id[row.entry_id or 0]
        if entry.status != Entry.Status.PUBLISHED:
            row.status = Status.WITHDRAWN
        elif not still_cites(entry, row):
            row.status = Status.CHANGED
        else:
            continue
        row.settled_at, row.settled_by = now, actor if isinstance(actor, Staff) else None
        settled.append(row)
    BasisReview.objects.bulk_update(settled, ["status", "settled_at", "settled_by"])
    published = [entry for entry in entries if entry.status == Entry.Status.PUBLISHED]
    citing: dict[int, list[Cited]] = defaultdict(list)
    documents: dict[int, tuple[Document, Ending]] = {}
    for entry, document, ending, grade in ended_for(published):
        citing[document.pk].append(of_entry(entry, grade))
        documents[document.pk] = document, ending
    for number, cited in citing.items():
        document, ending = documents[number]
        note_citing(document, cited, ending, now=now)


def still_cites(entry: Entry, row: BasisReview) -> bool:
    """Whether an entry still cites the document of its review: as its source, or in its words."""
    if row.grade == Grade.MENTION:
        return title_key(row.document.title) in titles_in(f"{entry.source_title}\n{entry.answer}")
    return cites(entry_source(entry), document_source(row.document)) != NO_SOURCE


def _due(ends_on: date, agency: Agency, now: datetime) -> date:
    later = add_working_days(now, REVIEW_DAYS, working_calendar(agency))
    return due_of(ends_on, timezone.localdate(now), timezone.localdate(later.at))


def _tell_owner(agency: Agency, now: datetime) -> None:
    people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
    words = "有内容引用的文件失效或将要失效，请核对"
    notify_staff(people, words, kind="review.basis", link=LIST, now=now)


def tell_indexes(entries: Iterable[int | None]) -> None:
    """Let every index read these entries again."""
    IndexChange.objects.bulk_create(
        IndexChange(entry_id=each) for each in sorted({each for each in entries if each})
    )
