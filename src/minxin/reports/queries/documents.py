"""Documents as people see them, and the papers made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.reports.layout import Paper, Sheet
from minxin.reports.models import (
    CountedRow,
    Document,
    DocumentFile,
    Rendering,
    Version,
    WeeklyOrder,
)
from minxin.reports.rules.composing import compose
from minxin.reports.rules.drafts import Piece, piece_from_json
from minxin.reports.rules.figures import Figure, Over
from minxin.reports.rules.kinds import KINDS, PaperKind
from minxin.reports.rules.presets import Preset, preset_from_json

READ = Permission.READ_REPORTS


def documents_for(staff: Staff, permission: Permission = READ) -> QuerySet[Document]:
    """The documents of the agencies a person may see, without what they were made from."""
    rows: QuerySet[Document] = Document.objects.visible_to(staff, permission)
    return rows.select_related("agency", "created_by", "signed_by").defer(
        "facts", "pieces", "preset"
    )


def document_for(staff: Staff, number: int, permission: Permission = READ) -> Document:
    """One of them, whole; raises `NotFound`."""
    rows: QuerySet[Document] = Document.objects.visible_to(staff, permission)
    people = ("agency", "created_by", "signed_by", "discarded_by")
    found = rows.select_related(*people).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def weekly_orders(staff: Staff) -> QuerySet[WeeklyOrder]:
    """For which of a person's agencies a report is drafted every Monday, and in whose name."""
    rows: QuerySet[WeeklyOrder] = WeeklyOrder.objects.visible_to(staff, Permission.WRITE_REPORTS)
    return rows.select_related("agency", "ordered_by")


def versions_of(document: Document) -> QuerySet[Version]:
    """What was saved, the newest first."""
    return document.versions.select_related("saved_by").order_by("-number")


def version_for(document: Document, number: int) -> Version:
    """One of them; raises `NotFound`."""
    found = versions_of(document).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def texts_of(document: Document) -> dict[str, str]:
    """The text as it was last saved."""
    newest = versions_of(document).first()
    return dict(newest.texts) if newest else {}


def pieces_of(document: Document) -> tuple[Piece, ...]:
    """The pieces as they were generated."""
    return tuple(piece_from_json(each) for each in document.pieces)


# Papers ---------------------------------------------------------------------------------------


def _kind_of(document: Document) -> tuple[PaperKind, Any, Preset] | None:
    """Its kind, its facts, its words; None for a document that has no facts."""
    kind = KINDS.get(document.kind)
    if kind is None or not document.facts:
        return None
    return kind, kind.read(document.facts), preset_from_json(document.preset)


def paper_of(document: Document, texts: Mapping[str, str]) -> Paper:
    """The document with these texts. Its day is that of signing, or of drafting."""
    day = document.signed_on or timezone.localtime(document.created_at).date()
    found, pieces = _kind_of(document), pieces_of(document)
    if found is None:
        return compose(pieces, texts, signed_on=document.signed_on, made_on=day)
    kind, facts, preset = found
    return compose(
        pieces, texts, signed_on=document.signed_on, attachments=kind.attachments(facts, preset),
        annexes=kind.annexes(facts, preset), made_on=day,
    )  # fmt: skip


def sheets_of(document: Document, texts: Mapping[str, str]) -> tuple[Sheet, ...]:
    """The annexes as sheets; none for what has none."""
    found = _kind_of(document)
    if found is None:
        return ()
    kind, facts, preset = found
    return kind.sheets(facts, preset, pieces_of(document), texts)


def figure_of(document: Document, key: str) -> Figure:
    """A figure that the document prints; raises `NotFound`."""
    found = _kind_of(document)
    figure = found[0].figures(found[1]).get(key) if found else None
    if figure is None:
        raise NotFound
    return figure


# Some rows are of things that not everybody who reads a document may see.
SIGHT: Mapping[Over, Permission] = {Over.TICKETS: Permission.READ_TICKETS}


def may_see_rows(staff: Staff, document: Document, over: Over) -> bool:
    """Whether a person may see what is behind a number, and not only the number."""
    needed = SIGHT.get(over)
    return needed is None or may(staff, needed, document.agency)


def linkable(staff: Staff, document: Document) -> frozenset[str]:
    """The keys of the figures whose rows a person may open."""
    found = _kind_of(document)
    numbers = found[0].figures(found[1]) if found else {}
    sights = {over: may_see_rows(staff, document, over) for over in Over}
    return frozenset(key for key, each in numbers.items() if sights[each.over])


def counted_rows(document: Document, figure: Figure) -> QuerySet[CountedRow]:
    """The rows a figure counts, as they were frozen."""
    rows = CountedRow.objects.filter(
        document=document, over=figure.over.value, is_before=figure.is_before
    )
    return rows.filter(number__in=figure.rows)


# Files ----------------------------------------------------------------------------------------


def latest_rendering(document: Document) -> Rendering | None:
    """The newest request for files, with what was made."""
    rows = document.renderings.select_related("started_by").prefetch_related("files")
    return rows.order_by("-id").first()


def rendering_for(staff: Staff, number: int, permission: Permission = READ) -> Rendering:
    """One of them; raises `NotFound`."""
    rows: QuerySet[Rendering] = Rendering.objects.visible_to(staff, permission)
    found = rows.select_related("document__agency").filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def file_for(staff: Staff, number: int) -> DocumentFile:
    """A file of a document this person may read; raises `NotFound`."""
    rows: QuerySet[DocumentFile] = DocumentFile.objects.visible_to(staff, READ)
    found = rows.select_related("rendering__document").filter(pk=number).first()
    if found is None:
        raise NotFound
    return found
