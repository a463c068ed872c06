"""Reads of what cites a text that ends, and of what texts say they repeal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import divisions
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge.models import BasisReview, Document, Entry, RepealProposal
from minxin.knowledge.rules import (
    CERTAIN_SOURCE,
    LIKELY_SOURCE,
    NO_SOURCE,
    Source,
    cites,
    comparable,
    number_names_a_document,
    place_of_issuer,
    region_found,
    title_key,
)

_DAY = timedelta(days=1)
_STATE = "中华人民共和国"
Cause = BasisReview.Cause


@dataclass(frozen=True, slots=True)
class Ending:
    """The first day on which a document holds no more, and why."""

    on: date
    cause: str


def ending_of(document: Document) -> Ending | None:
    """When and why a document ends, by its own days or because it was taken out of use; None while no day is known,
    for a draft, and for one taken out of use where the same text is kept once more. Reads `superseded_by`."""
    if document.status == Document.Status.PUBLISHED:
        return _own_ending(document)
    on = document.retired_on
    if document.status != Document.Status.RETIRED or on is None:
        return None
    own = _own_ending(document)
    if own is not None and own.on <= on:
        return own
    return None if _is_kept_elsewhere(document, on) else Ending(on, Cause.RETIRED)


def _is_kept_elsewhere(document: Document, on: date) -> bool:
    """Whether another published document is the same text (title, issuers, and no other number) and holds then."""
    rows = Document.objects.filter(
        of_titles([title_key(document.title)]), status=Document.Status.PUBLISHED
    ).exclude(pk=document.pk)
    own = document_source(document)
    return any(
        each.span.holds(on) and cites(document_source(each), own) == CERTAIN_SOURCE
        for each in rows.select_related("superseded_by")
    )


def _own_ending(document: Document) -> Ending | None:
    last = document.span.last
    if last is None:
        return None
    on, newer = last + _DAY, document.superseded_by
    if newer is not None and (newer.effective_on or newer.issued_on) == on:
        return Ending(on, Cause.REPLACED)
    return Ending(on, Cause.REPEALED if document.repealed_by else Cause.EXPIRED)


def entry_source(entry: Entry) -> Source:
    """The source of an entry as it is compared."""
    return Source.of(
        entry.source_title, entry.document_number, entry.issuing_agency, entry.region_code
    )


def document_source(document: Document) -> Source:
    """A document as sources are compared with it."""
    return Source.of(
        document.title, document.document_number, document.issuing_agency, document.region_code
    )


def of_titles(keys: Iterable[str]) -> Q:
    """Documents with one of these titles (`title_key`)."""
    wanted = [key for key in keys if key]
    return Q(normal_title__in=[*wanted, *(f"{comparable(_STATE)}{key}" for key in wanted)])


def ended_documents() -> QuerySet[Document]:
    """The published documents whose end is known, past or to come, and those taken out of use."""
    is_known = Q(repealed_on__isnull=False) | Q(superseded_by__isnull=False)
    rows = Document.objects.filter(
        is_known & Q(status=Document.Status.PUBLISHED)
        | Q(status=Document.Status.RETIRED, retired_on__isnull=False)
    )
    return rows.select_related("superseded_by", "agency")


LATE = timedelta(days=90)  # a newer version that came in so late after an entry was written


def _grade(
    entry: Entry, source: Source, own: Source, ending: Ending, current: datetime | None
) -> str:
    """How sure it is that an entry's source is a text that ends.

    Where a text of the same title stays in force (`current`: since when it is here), an entry written after the
    end means that one; written then and before it came in, it is likely that it means the old one.
    """
    grade = cites(source, own)
    by_number = source.number == own.number and number_names_a_document(own.number)
    if grade == NO_SOURCE or by_number or current is None:
        return grade
    written = timezone.localdate(entry.updated_at)
    if written < ending.on or (written == ending.on and entry.updated_at <= current):
        return grade
    is_late = entry.updated_at <= current and written - ending.on <= LATE
    return LIKELY_SOURCE if is_late else NO_SOURCE


def citing_entries(document: Document, ending: Ending) -> list[tuple[Entry, str]]:
    """The published entries whose source is a document that ends, each with how sure that is."""
    own = document_source(document)
    named = Q(normal_source=own.title)
    if number_names_a_document(own.number):
        named |= Q(normal_number=own.number)
    rows = Entry.objects.filter(named, status=Entry.Status.PUBLISHED)
    found = []
    current = _current_since(document, ending)
    for entry in rows.select_related("agency").order_by("pk"):
        grade = _grade(entry, entry_source(entry), own, ending, current)
        if grade != NO_SOURCE:
            found.append((entry, grade))
    return found


def _current_since(document: Document, ending: Ending) -> datetime | None:
    """Since when another text of the same title that holds when this one ends is here; None for none."""
    rows = Document.objects.filter(
        of_titles([title_key(document.title)]), status=Document.Status.PUBLISHED
    )
    others = rows.exclude(pk=document.pk).select_related("superseded_by")
    found = [each.published_at or each.created_at for each in others if each.span.holds(ending.on)]
    return min(found, default=None)


def ended_for(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Document, Ending, str]]:
    """The documents that end and are the source of one of these entries, with how sure that is."""
    sources = [(entry, entry_source(entry)) for entry in entries]
    named = of_titles({source.title for _entry, source in sources})
    numbers = {source.number for _entry, source in sources if source.number}
    named |= Q(normal_number__in=numbers)
    for document in ended_documents().filter(named):
        ending = ending_of(document)
        if ending is None:
            continue
        own, current = document_source(document), _current_since(document, ending)
        for entry, source in sources:
            grade = _grade(entry, source, own, ending, current)
            if grade != NO_SOURCE:
                yield entry, document, ending, grade


# What staff see ---------------------------------------------------------------------------------


def reviews_visible_to(
    staff: Staff, permission: Permission = Permission.READ_KNOWLEDGE
) -> QuerySet[BasisReview]:
    """What cites a text that ends, of the branches this person may read."""
    found: QuerySet[BasisReview] = BasisReview.objects.visible_to(staff, permission)
    return found.select_related("agency", "document__superseded_by", "entry", "settled_by")


def review_for(staff: Staff, number: int) -> BasisReview:
    """One of them; `NotFound` otherwise."""
    found = reviews_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def reviews_open(staff: Staff) -> int:
    """How many wait, of those this person may settle."""
    rows = reviews_visible_to(staff, Permission.EDIT_KNOWLEDGE)
    return rows.filter(status=BasisReview.Status.OPEN).count()


def proposals_visible_to(
    staff: Staff, permission: Permission = Permission.READ_KNOWLEDGE
) -> QuerySet[RepealProposal]:
    """What texts say they repeal, of the branches this person may read."""
    found: QuerySet[RepealProposal] = RepealProposal.objects.visible_to(staff, permission)
    return found.select_related("document", "target", "owner", "decided_by")


def proposal_for(staff: Staff, number: int) -> RepealProposal:
    """One of them; `NotFound` otherwise."""
    found = proposals_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def proposals_open(staff: Staff) -> int:
    """How many a person may decide: what is named is here, and hers."""
    rows = proposals_visible_to(staff, Permission.EDIT_KNOWLEDGE)
    return rows.filter(status=RepealProposal.Status.OPEN, target__isnull=False).count()


def open_reviews_of(entry: Entry) -> list[BasisReview]:
    """What waits about one entry."""
    rows = entry.basis_reviews.filter(status=BasisReview.Status.OPEN)
    return list(rows.select_related("document").order_by("ends_on"))


def due_basis_reviews(on: date) -> list[tuple[Agency, int]]:
    """Each agency with how many reviews are due on this day or overdue."""
    rows = BasisReview.objects.filter(status=BasisReview.Status.OPEN, due_on__lte=on)
    counts: dict[int, int] = {}
    for agency_id in rows.values_list("agency_id", flat=True):
        counts[agency_id] = counts.get(agency_id, 0) + 1
    owners = Agency.objects.in_bulk(list(counts))
    return [(owners[agency_id], count) for agency_id, count in sorted(counts.items())]


def region_of(issuing_agency: str) -> str:
    """The division whose congress or government issued a text, where that is certain; empty otherwise."""
    place = place_of_issuer(issuing_agency)
    return region_found(divisions().find(place)) if place else ""
