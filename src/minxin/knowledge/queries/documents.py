"""Reads of documents and their passages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge.models import Document, DocumentChange, Passage
from minxin.knowledge.rules import PassageText, citation

_DOCUMENTS_AT_ONCE = 50
_PASSAGES_AT_ONCE = 2_000
HEADINGS = (Passage.Kind.TITLE, Passage.Kind.CHAPTER)


def documents_visible_to(
    staff: Staff, permission: Permission = Permission.READ_KNOWLEDGE
) -> QuerySet[Document]:
    """The documents of the branches this person may read."""
    found: QuerySet[Document] = Document.objects.visible_to(staff, permission)
    return found.select_related("agency", "superseded_by")


def document_for(staff: Staff, permission: Permission, document_id: int) -> Document:
    """One document this person has a permission over; `NotFound` otherwise."""
    found = documents_visible_to(staff, permission).filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found


def in_standing(rows: QuerySet[Document], standing: str, on: date) -> QuerySet[Document]:
    """Of some documents the published ones that are `current`, `not_yet` in force or `ended` on a day, as
    `Span.standing` says of each."""
    rows = rows.filter(status=Document.Status.PUBLISHED).alias(
        first=Coalesce("effective_on", "issued_on"),
        replaced=Coalesce("superseded_by__effective_on", "superseded_by__issued_on"),
    )
    ended = Q(repealed_on__lte=on) | Q(replaced__isnull=False, replaced__lte=on)
    over = rows.filter(ended).values("pk")
    if standing == "ended":
        return rows.filter(ended)
    later = Q(first__isnull=False, first__gt=on)
    return rows.exclude(pk__in=over).filter(later if standing == "not_yet" else ~later)


def passages_of(document: Document) -> QuerySet[Passage]:
    """All passages of a document in its order, headings included."""
    return Passage.objects.filter(document=document).order_by("position")


def former_versions_of(document: Document) -> list[Document]:
    """The published and retired documents that this one replaced, the latest first."""
    found = document.former_versions.exclude(status=Document.Status.DRAFT)
    return list(found.order_by("-effective_on", "-issued_on", "-pk"))


# What an index is built from --------------------------------------------------------------------


def last_document_change() -> int:
    """The number of the last change of any document; 0 when there was none."""
    return int(DocumentChange.objects.aggregate(last=Max("id"))["last"] or 0)


def newest_document_changes(number: int) -> tuple[int, int]:
    """How many changes there are after one, and the number of the last; (0, 0) for none."""
    found = DocumentChange.objects.filter(id__gt=number).aggregate(
        count=Count("id"), last=Max("id")
    )
    return int(found["count"]), int(found["last"] or 0)


def document_changes_after(number: int) -> list[tuple[int, int]]:
    """(change, document) numbers after a change."""
    later = DocumentChange.objects.filter(id__gt=number).order_by("id")
    return list(later.values_list("id", "document_id"))


def indexed_passages(documents: Iterable[int] | None = None) -> Iterator[PassageText]:
    """The passages of published documents, headings left out, by document and position; of all, or of
    those among `documents` (numbers of documents: a document that gives none is to be dropped).

    Whatever their days: an index asks `valid.holds(on)` and the region when it answers. Read in chunks,
    so a million passages are never in memory at once.
    """
    published = Document.objects.filter(status=Document.Status.PUBLISHED)
    if documents is not None:
        published = published.filter(pk__in=list(documents))
    numbers = list(published.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(numbers), _DOCUMENTS_AT_ONCE):
        some = numbers[at : at + _DOCUMENTS_AT_ONCE]
        known = Document.objects.select_related("superseded_by").in_bulk(some)
        rows = Passage.objects.filter(document__in=some).order_by("document_id", "position")
        for number, passages in groupby(
            rows.iterator(chunk_size=_PASSAGES_AT_ONCE), key=lambda each: each.document_id
        ):
            yield from _texts_of(known[number], passages)


def _texts_of(document: Document, passages: Iterable[Passage]) -> Iterator[PassageText]:
    valid = document.span
    texts: dict[int, str] = {}
    for passage in passages:
        texts[passage.position] = passage.text
        if passage.kind in HEADINGS:
            continue
        yield PassageText(
            passage_id=passage.pk,
            document_id=document.pk,
            agency_id=document.agency_id,
            position=passage.position,
            kind=passage.kind,
            path=passage.path,
            text=passage.text,
            lead=texts.get(passage.lead, "") if passage.lead is not None else "",
            place=passage.place,
            page=passage.page,
            document_kind=document.kind,
            title=document.title,
            document_number=document.document_number,
            issuing_agency=document.issuing_agency,
            region_code=document.region_code,
            audience=document.audience,
            topic=document.topic,
            link=document.link,
            valid=valid,
            begins_unsaid=document.effective_on is None,
        )


# What citizens read -----------------------------------------------------------------------------


AROUND = 60  # an article is hardly longer


@dataclass(frozen=True, slots=True)
class PublicPassage:
    """A passage as a page shows it; `citation` is empty for headings."""

    position: int
    kind: str
    text: str
    article: str
    item: str
    page: int | None
    citation: str


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """A document as anybody may read it. `standing` is `current`, `not_yet` or `ended` on the day asked
    for, `retired` where its owner took it out of use."""

    document_id: int
    agency_id: int
    kind: str
    title: str
    document_number: str
    issuing_agency: str
    region_code: str
    audience: str
    language: str
    issued_on: date | None
    first: date | None
    last: date | None
    repealed_by: str
    link: str
    is_recognised: bool
    standing: str
    newer_id: int | None
    newer_title: str
    passages: tuple[PublicPassage, ...]


def public_document(
    document_id: int, on: date, *, around: int | None = None, within: range | None = None
) -> PublicDocument | None:
    """A document that was published, with its passages (`around` one position: that one and at most
    `AROUND` on either side; `within`: those of these positions); None where there is none or it is a draft."""
    found = (
        Document.objects.select_related("superseded_by")
        .exclude(status=Document.Status.DRAFT)
        .filter(pk=document_id)
        .first()
    )
    if found is None:
        return None
    passages = passages_of(found)
    if around is not None:
        within = range(around - AROUND, around + AROUND + 1)
    if within is not None:
        passages = passages.filter(position__gte=within.start, position__lt=within.stop)
    span, newer = found.span, found.superseded_by
    is_shown = newer is not None and newer.status == Document.Status.PUBLISHED
    return PublicDocument(
        document_id=found.pk,
        agency_id=found.agency_id,
        kind=found.get_kind_display(),
        title=found.title,
        document_number=found.document_number,
        issuing_agency=found.issuing_agency,
        region_code=found.region_code,
        audience=found.audience,
        language=found.language,
        issued_on=found.issued_on,
        first=span.first,
        last=span.last,
        repealed_by=found.repealed_by,
        link=found.link,
        is_recognised=found.is_recognised,
        standing=span.standing(on) if found.status == Document.Status.PUBLISHED else "retired",
        newer_id=newer.pk if newer is not None and is_shown else None,
        newer_title=newer.title if newer is not None and is_shown else "",
        passages=tuple(
            PublicPassage(
                position=each.position,
                kind=each.kind,
                text=each.text,
                article=each.article,
                item=each.item,
                page=each.page,
                citation="" if each.kind in HEADINGS else citation(found.title, each.place),
            )
            for each in passages
        ),
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter in a list of contents."""

    position: int
    text: str


def contents_of(document_id: int) -> tuple[list[Heading], int]:
    """A document's chapters in their order, and how many passages it has."""
    rows = Passage.objects.filter(document=document_id)
    chapters = rows.filter(kind=Passage.Kind.CHAPTER).order_by("position")
    count = (rows.aggregate(last=Max("position"))["last"] or 0) + 1
    return [Heading(at, text) for at, text in chapters.values_list("position", "text")], count
