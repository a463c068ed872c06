"""The day from which a document holds no more: repealed, replaced, or let be again."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.knowledge.actions.validity import follow_documents
from minxin.knowledge.models import Document, DocumentChange


@transaction.atomic
def repeal_document(document: Document, on: date, *, by: str, actor: Actor, now: datetime) -> None:
    """Note from which day a document holds no more, and by which decision or newer document."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, document.agency)
    if not by.strip():
        raise Refused(_("请写明依据哪份文件或决定废止。"), field="repealed_by")
    first = document.span.first
    if first is not None and on < first:
        raise Refused(_("废止日期不能早于施行日期。"), field="repealed_on")
    before = document.repealed_on
    document.repealed_on, document.repealed_by = on, by.strip()[:300]
    document.updated_at = now
    document.save(update_fields=["repealed_on", "repealed_by", "updated_at"])
    tell_indexes([document.pk])
    follow_documents([document], now=now)
    audit.record(
        actor,
        "policy_document.repealed",
        document,
        now=now,
        before={"repealed_on": before.isoformat() if before else None},
        after={"repealed_on": on.isoformat()},
        reason=by,
    )


@transaction.atomic
def lift_repeal(document: Document, *, reason: str, actor: Actor, now: datetime) -> None:
    """A repeal was noted in error: the document holds again, and what waited because of it is let be."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, document.agency)
    if document.repealed_on is None:
        raise Refused(_("这份文件没有登记废止。"))
    if not reason.strip():
        raise Refused(_("请写明撤销废止登记的原因。"), field="reason")
    before = {"repealed_on": document.repealed_on.isoformat(), "repealed_by": document.repealed_by}
    document.repealed_on, document.repealed_by, document.updated_at = None, "", now
    document.save(update_fields=["repealed_on", "repealed_by", "updated_at"])
    tell_indexes([document.pk])
    follow_documents([document], now=now)
    audit.record(
        actor, "policy_document.repeal_lifted", document, now=now, before=before,
        after={"repealed_on": None}, reason=reason.strip()[:300],
    )  # fmt: skip


@transaction.atomic
def replace_document(former: Document, newer: Document, *, actor: Actor, now: datetime) -> None:
    """A person says that one document takes the place of another from its first day on."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, former.agency)
    first = newer.effective_on or newer.issued_on
    if newer.status != Document.Status.PUBLISHED or first is None or former.pk == newer.pk:
        raise Refused(_("新文件要先发布，并写明施行日期或发布日期。"))
    if newer.superseded_by_id == former.pk:
        raise Refused(_("这两份文件的先后反了。"))
    before = former.superseded_by_id
    former.superseded_by, former.updated_at = newer, now
    former.save(update_fields=["superseded_by", "updated_at"])
    tell_indexes([former.pk])
    follow_documents([former], now=now)
    audit.record(
        actor, "policy_document.replaced", former, now=now, before={"superseded_by": before},
        after={"superseded_by": newer.pk},
    )  # fmt: skip


def tell_indexes(documents: Sequence[int]) -> None:
    """Let every index read these documents again."""
    DocumentChange.objects.bulk_create(DocumentChange(document_id=each) for each in documents)
