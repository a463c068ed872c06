"""Taking documents in and publishing them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
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
from minxin.knowledge.models import BasisReview, Document, ImportedFile, Passage
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
    document.retired_on, document.retired_why = None, ""
    document.save(
        update_fields=["status", "published_at", "updated_at", "retired_on", "retired_why"]
    )
    changed = [document.pk, *_put_in_order(document)]
    tell_indexes(changed)
    _follow([*changed, *_retired_twins(document)], now)
    propose_repeals(document, now=now)
    audit.record(
        actor,
        "policy_document.published",
        document,
        now=now,
        before={"status": before},
        after={"status": document.status, "ends": changed[1:]},
    )


CHANGEABLE = (
    "kind", "title", "document_number", "issuing_agency", "region_code", "audience", "topic", "language",
    "issued_on", "effective_on", "link",
)  # fmt: skip


@transaction.atomic
def change_document(
    document: Document, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """Correct what is said of a document (`CHANGEABLE`), never its text. What is published keeps its issuer
    and a day, and is ordered anew among its versions."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, document.agency)
    values = {name: values[name] for name in CHANGEABLE if name in values}
    after = {name: getattr(document, name) for name in CHANGEABLE} | values
    if not str(after["title"]).strip():
        raise Refused(_("请填写文件标题。"), field="title")
    is_public = document.status == Document.Status.PUBLISHED
    if is_public and not after["issuing_agency"]:
        raise Refused(_("已发布的文件要有发布机关。"), field="issuing_agency")
    if is_public and not (after["effective_on"] or after["issued_on"]):
        raise Refused(_("已发布的文件要有施行日期或发布日期。"), field="effective_on")
    first = after["effective_on"] or after["issued_on"]
    if first and document.repealed_on and document.repealed_on < first:
        raise Refused(_("施行日期不能晚于已登记的废止日期。"), field="effective_on")
    changed = {name: value for name, value in values.items() if getattr(document, name) != value}
    if not changed:
        return
    before = {name: getattr(document, name) for name in changed}
    for name, value in changed.items():
        setattr(document, name, value)
    document.normal_title, document.updated_at = comparable(document.title)[:300], now
    document.normal_number = comparable_number(document.document_number)[:80]
    document.save(update_fields=[*changed, "normal_title", "normal_number", "updated_at"])
    if is_public:
        moved = [document.pk, *_put_in_order(document)]
        tell_indexes(moved)
        _follow(moved, now)
    said = [{name: str(value or "") for name, value in each.items()} for each in (before, changed)]
    audit.record(actor, "policy_document.changed", document, now=now, before=said[0], after=said[1])


@transaction.atomic
def retire_document(document: Document, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a published document out of use; answers quote it no more, its page says so. What cites it goes to its
    owners as after a repeal, unless the same text is kept once more and holds."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, document.agency)
    if not reason.strip():
        raise Refused(_("请写明停用的原因。"), field="reason")
    if document.status != Document.Status.PUBLISHED:
        raise Refused(_("这份文件没有发布，不用停用。"))
    document.status, document.updated_at = Document.Status.RETIRED, now
    document.retired_on = timezone.localdate(now)
    document.retired_why = reason.strip()[:300]
    document.save(update_fields=["status", "updated_at", "retired_on", "retired_why"])
    tell_indexes([document.pk])
    _follow([document.pk], now)
    audit.record(actor, "policy_document.retired", document, now=now, reason=reason.strip()[:300])


@transaction.atomic
def discard_document(document: Document, *, reason: str, actor: Actor, now: datetime) -> None:
    """Remove a draft that was never published, with its original; it can be brought in again."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, document.agency)
    if not reason.strip():
        raise Refused(_("请写明删除的原因。"), field="reason")
    if document.status != Document.Status.DRAFT or document.published_at is not None:
        raise Refused(_("发布过的文件不能删除，可以停用。"))
    name, storage = document.file.name, document.file.storage
    before = {"title": document.title, "sha256": document.sha256}
    audit.record(
        actor, "policy_document.discarded", document, now=now, before=before,
        reason=reason.strip()[:300],
    )  # fmt: skip
    ImportedFile.objects.filter(file=name).update(file="")
    document.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _put_in_order(document: Document) -> list[int]:
    """Say anew which of the published versions ends when; the others that changed."""
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
        document.save(update_fields=["superseded_by"])
    changed = []
    for each in found:
        if not is_newer(own, _issue(each)):
            continue
        present = each.superseded_by
        if present is None or is_newer(_issue(present), own):
            each.superseded_by = document
            each.save(update_fields=["superseded_by"])
            changed.append(each.pk)
    return changed


def _retired_twins(document: Document) -> list[int]:
    """Documents of this name that were taken out of use and whose reviews wait: this may be the same text."""
    rows = Document.objects.filter(
        normal_title=document.normal_title, status=Document.Status.RETIRED,
        reviews__status=BasisReview.Status.OPEN,
    )  # fmt: skip
    return list(rows.exclude(pk=document.pk).distinct().values_list("pk", flat=True))


def _follow(documents: Sequence[int], now: datetime) -> None:
    """Put what cites those of them that end before its owners."""
    rows = Document.objects.filter(pk__in=documents).select_related("superseded_by", "agency")
    follow_documents(list(rows), now=now)


def _issue(document: Document) -> Issue:
    return Issue(
        document.pk,
        document.title,
        document.issuing_agency,
        document.region_code,
        document.effective_on or document.issued_on,
        document.superseded_by_id,
    )
