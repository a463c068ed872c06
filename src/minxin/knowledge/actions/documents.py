"""Taking documents in and publishing them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.knowledge.actions.endings import tell_indexes
from minxin.knowledge.actions.repeals import propose_repeals
from minxin.knowledge.actions.validity import follow_documents
from minxin.knowledge.models import Document, Passage
from minxin.knowledge.queries.validity import region_of
from minxin.knowledge.rules import Issue, comparable, comparable_number, is_newer

if TYPE_CHECKING:  # the readers of files are not for the web process
    from minxin.text.documents import Piece

_AT_ONCE = 500  # passages written in one statement


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """What is said of a document beside its passages. Lengths are cut to their columns."""

    title: str
    kind: str = Document.Kind.POLICY
    document_number: str = ""
    issuing_agency: str = ""
    region_code: str = ""
    audience: str = ""
    topic: str = ""
    language: str = Document.Language.SIMPLIFIED
    issued_on: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    link: str = ""
    file_name: str = ""
    pages: int | None = None
    is_recognised: bool = False


@transaction.atomic
def add_document(
    content: bytes,
    draft: DocumentDraft,
    pieces: "Sequence[Piece]",
    *,
    agency: Agency,
    actor: Actor,
    now: datetime,
) -> tuple[Document, bool]:
    """Keep a document with its passages as a draft; the same content of the same agency changes nothing. What a
    province's congress or government issued holds there, where nothing else is said and the place is certain.
    Returns it, and whether it is new. Refused without a title or without passages."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    if not draft.title.strip():
        raise Refused(_("请填写文件标题。"), field="title")
    if not pieces:
        raise Refused(_("这份文件里没有可以引用的文字。"))
    sha256 = hashlib.sha256(content).hexdigest()
    known = Document.objects.filter(agency=agency, sha256=sha256).first()
    if known is not None:
        return known, False
    document = Document.objects.create(
        agency=agency,
        kind=draft.kind,
        title=draft.title.strip()[:300],
        normal_title=comparable(draft.title)[:300],
        document_number=draft.document_number.strip()[:80],
        normal_number=comparable_number(draft.document_number)[:80],
        issuing_agency=draft.issuing_agency.strip()[:200],
        region_code=draft.region_code or region_of(draft.issuing_agency),
        audience=draft.audience.strip()[:80],
        topic=draft.topic.strip()[:40],
        language=draft.language,
        issued_on=draft.issued_on,
        effective_on=draft.effective_on,
        repealed_on=draft.repealed_on,
        link=draft.link,
        file_name=draft.file_name[-200:],
        sha256=sha256,
        pages=draft.pages,
        is_recognised=draft.is_recognised,
        added_by=actor if isinstance(actor, Staff) else None,
        created_at=now,
        updated_at=now,
    )
    Passage.objects.bulk_create(
        (
            Passage(
                document=document,
                position=piece.position,
                kind=piece.kind,
                path=piece.path,
                article=piece.article[:24],
                clause=min(piece.clause, 32_000),
                item=piece.item[:24],
                lead=piece.lead,
                text=piece.text,
                page=piece.page,
                paragraph=piece.paragraph,
            )
            for piece in pieces
        ),
        batch_size=_AT_ONCE,
    )
    after = {"title": document.title, "passages": len(pieces)}
    audit.record(actor, "policy_document.added", document, now=now, agency=agency, after=after)
    return document, True


@transaction.atomic
def publish_document(document: Document, *, actor: Actor, now: datetime) -> None:
    """Let a document be read and answered from. Of the published ones of its agency with the same title,
    issuer and region, an older one ends when this begins, and this when a newer one does."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, document.agency)
    if document.status == Document.Status.PUBLISHED:
        raise Refused(_("这份文件已经发布。"))
    if not document.issuing_agency:
        raise Refused(_("发布前请填写发布机关。"), field="issuing_agency")
    if document.effective_on is None and document.issued_on is None:
        raise Refused(_("发布前请填写施行日期或发布日期。"), field="effective_on")
    before, document.status = document.status, Document.Status.PUBLISHED
    document.published_at, document.updated_at = now, now
    others = Document.objects.filter(
        agency=document.agency,
        normal_title=document.normal_title,
        status=Document.Status.PUBLISHED,
    ).exclude(pk=document.pk)
    found = list(others)
    own = _issue(document)
    newer = [each for each in found if is_newer(_issue(each), own)]
    if document.superseded_by_id is None and newer:
        document.superseded_by = min(newer, key=lambda each: (each.span.first or date.max, each.pk))
    document.save(update_fields=["status", "published_at", "updated_at", "superseded_by"])
    changed = [document.pk]
    for each in found:
        if not is_newer(own, _issue(each)):
            continue
        present = each.superseded_by
        if present is None or is_newer(_issue(present), own):
            each.superseded_by = document
            each.save(update_fields=["superseded_by"])
            changed.append(each.pk)
    tell_indexes(changed)
    ends = Document.objects.filter(pk__in=changed).select_related("superseded_by", "agency")
    follow_documents(list(ends), now=now)
    propose_repeals(document, now=now)
    audit.record(
        actor,
        "policy_document.published",
        document,
        now=now,
        before={"status": before},
        after={"status": document.status, "ends": changed[1:]},
    )


def _issue(document: Document) -> Issue:
    return Issue(
        document.pk,
        document.title,
        document.issuing_agency,
        document.region_code,
        document.effective_on or document.issued_on,
        document.superseded_by_id,
    )
