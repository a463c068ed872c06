"""Reads of what two agencies say otherwise, and of the texts that are compared at night."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission, ancestor_paths
from minxin.agencies.scope import paths_of
from minxin.core.errors import NotFound
from minxin.knowledge.comparing import Difference, Text, compare
from minxin.knowledge.conflicting import Side
from minxin.knowledge.models import AnswerConflict, Document, Entry, Passage
from minxin.knowledge.queries.documents import indexed_passages
from minxin.knowledge.queries.entries import indexed
from minxin.knowledge.rules import PassageText, citation, is_held, is_in_force

Status = AnswerConflict.Status
_RELATED = (
    "first_agency", "second_agency", "lead", "settled_by", "first_entry__agency", "second_entry__agency",
    "first_document__superseded_by", "second_document__superseded_by",
)  # fmt: skip
OPEN = (Status.OPEN, Status.REVIEW)


def conflicts_visible_to(
    staff: Staff, permission: Permission = Permission.READ_KNOWLEDGE
) -> QuerySet[AnswerConflict]:
    """Those in which an agency of the branches this person may read keeps one of the two."""
    found: QuerySet[AnswerConflict] = AnswerConflict.objects.visible_to(staff, permission)
    return found.select_related(*_RELATED)


def conflict_for(staff: Staff, number: int) -> AnswerConflict:
    """One of them; `NotFound` otherwise."""
    found = conflicts_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def waiting_conflicts(staff: Staff) -> QuerySet[AnswerConflict]:
    """What waits for this person: open ones of which she may edit a side (both, where one is disputed), and what
    is to be corrected where that side is hers."""
    paths = paths_of(staff, Permission.EDIT_KNOWLEDGE)
    rows = AnswerConflict.objects.under(paths)
    mine = Q(pk__in=())
    for path in paths:
        mine |= Q(status=Status.REVIEW, wrong=1, first_agency__path__startswith=path)
        mine |= Q(status=Status.REVIEW, wrong=2, second_agency__path__startswith=path)
    disputed = AnswerConflict.objects.of_both(paths).filter(status=Status.OPEN, is_disputed=True)
    mine |= Q(status=Status.OPEN, is_disputed=False) | Q(pk__in=disputed.values("pk"))
    return rows.filter(mine)


def conflicts_open(staff: Staff) -> int:
    """How many wait for this person."""
    return waiting_conflicts(staff).count()


def due_conflicts(on: date) -> list[tuple[Agency, int]]:
    """Each agency with how many of its texts were to be corrected by this day."""
    rows = AnswerConflict.objects.filter(status=Status.REVIEW, due_on__lte=on)
    counts: dict[int, int] = {}
    for wrong, first, second in rows.values_list("wrong", "first_agency", "second_agency"):
        owner = first if wrong == 1 else second
        counts[owner] = counts.get(owner, 0) + 1
    owners = Agency.objects.in_bulk(list(counts))
    return [(owners[number], count) for number, count in sorted(counts.items())]


def open_conflicts_of(entry: Entry) -> list[AnswerConflict]:
    """What waits about one entry."""
    rows = AnswerConflict.objects.filter(Q(first_entry=entry) | Q(second_entry=entry))
    return list(rows.filter(status__in=OPEN).order_by("-found_at"))


def lead_of(one: Agency, other: Agency) -> Agency | None:
    """The nearest agency in use above both, or one of them where it is above the other."""
    shared = set(ancestor_paths(one.path)) & set(ancestor_paths(other.path))
    rows = Agency.objects.filter(path__in=shared, is_active=True)
    return max(rows, key=lambda each: len(each.path), default=None)


# The texts ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """One side as a page shows it. `day`: since when its document or entry holds, where that is known."""

    agency: Agency
    title: str
    text: str
    source: str
    day: date | None
    compared: Text
    is_current: bool


def text_of(entry: Entry) -> Text:
    """An entry as it is compared."""
    variants = tuple(each.text for each in entry.variants.all())
    return Text(
        (entry.question, *variants), entry.source_title, entry.answer, entry.region_code,
        entry.audience,
    )  # fmt: skip


def sides_of(row: AnswerConflict, on: date) -> tuple[Shown, Shown]:
    """Both texts as they stand now."""
    return (
        _shown(row.first_entry, row.first_document, row.first_position, row.first_agency, on),
        _shown(row.second_entry, row.second_document, row.second_position, row.second_agency, on),
    )


def differences_of(row: AnswerConflict, on: date) -> tuple[Difference, ...]:
    """What both say otherwise now; empty where one is not given as current any more."""
    one, other = sides_of(row, on)
    if not (one.is_current and other.is_current):
        return ()
    return compare(one.compared, other.compared)


def _shown(
    entry: Entry | None, document: Document | None, position: int | None, agency: Agency, on: date
) -> Shown:
    if entry is not None:
        source = f"《{entry.source_title.strip('《》')}》{entry.document_number}"
        is_current = entry.status == Entry.Status.PUBLISHED and is_in_force(
            entry.valid_from, entry.valid_until, on
        )
        return Shown(
            agency,
            entry.question,
            entry.answer,
            source,
            entry.valid_from,
            text_of(entry),
            is_current,
        )
    if document is None:  # an entry or a document stands on either side
        raise NotFound
    passage = Passage.objects.filter(document=document, position=position or 0).first()
    text = passage.text if passage else ""
    place = citation(document.title, passage.place) if passage else f"《{document.title}》"
    is_current = document.status == Document.Status.PUBLISHED and document.span.holds(on)
    return Shown(
        agency, document.title, text, f"{place} {document.document_number}".strip(),
        document.effective_on or document.issued_on,
        Text((), document.title, text, document.region_code, document.audience), is_current,
    )  # fmt: skip


def entry_sides(on: date) -> Iterator[Side]:
    """The entries that may be given on a day."""
    for answer, ways in indexed():
        if is_in_force(answer.valid_from, answer.valid_until, on) and not is_held(answer, on):
            text = Text(ways, answer.source_title, answer.text, answer.region_code, answer.audience)
            yield Side(f"entry:{answer.entry_id}", answer.agency_id, text)


def passage_sides(on: date) -> Iterator[Side]:
    """The passages of documents that hold on a day."""
    for passage in indexed_passages():
        if passage.valid.holds(on):
            yield side_of(passage)


def side_of(passage: PassageText) -> Side:
    """A passage as it is compared."""
    text = Text((), passage.title, passage.text, passage.region_code, passage.audience)
    return Side(f"document:{passage.document_id}", passage.agency_id, text, passage.position)
