"""What a published document says it repeals is proposed; a person who keeps the other one decides."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may, staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused
from minxin.knowledge.actions.endings import repeal_document, replace_document
from minxin.knowledge.actions.validity import note_citing, of_entry
from minxin.knowledge.models import BasisReview, Document, Passage, RepealProposal
from minxin.knowledge.queries.validity import Ending, citing_entries, of_titles
from minxin.knowledge.rules import (
    Issue,
    comparable_number,
    is_next_in_series,
    number_names_a_document,
    same_issuers,
    series_of,
    title_key,
)
from minxin.text.repeals import Ended, ended_by

Status, Cause = RepealProposal.Status, RepealProposal.Cause
LIST = "/console/repeals/"
_MOST = 500  # texts one document repeals


def propose_repeals(document: Document, *, now: datetime) -> int:
    """Note what a document that was just published says it repeals and which earlier year's text it seems to
    follow; how many are new. What it says of itself, or of what nobody keeps here, waits without a target.
    Proposals of others that name this document find it now."""
    _match_waiting(document)
    words = Q(text__contains="废止") | Q(text__contains="失效")
    passages = Passage.objects.filter(document=document)
    found: list[Ended] = []
    if passages.filter(words).exists():
        texts = passages.order_by("position").values_list("text", flat=True)
        found = list(ended_by(texts.iterator(chunk_size=2_000), document.title))[:_MOST]
    kept = [_proposal(document, each, now) for each in found]
    kept += [
        RepealProposal(
            document=document, target=each, owner=each.agency, cause=Cause.SERIES, title=each.title,
            normal_title=title_key(each.title)[:300], number=each.document_number,
            normal_number=comparable_number(each.document_number)[:80],
            on=document.effective_on or document.issued_on, same_issuer=True, created_at=now,
        )
        for each in earlier_years(document)
    ]  # fmt: skip
    names = set(
        RepealProposal.objects.filter(document=document).values_list("normal_title", "parts")
    )
    fresh = {
        (each.normal_title, each.parts): each
        for each in reversed(kept)
        if (each.normal_title, each.parts) not in names
    }
    RepealProposal.objects.bulk_create(reversed(fresh.values()))
    _tell(each for each in fresh.values() if each.target_id is not None)
    return len(fresh)


def earlier_years(document: Document) -> list[Document]:
    """The published documents of its agency that seem to be its own of an earlier year, not replaced yet."""
    series = series_of(document.title)
    if series is None:
        return []
    rows = Document.objects.filter(
        agency=document.agency_id, status=Document.Status.PUBLISHED, superseded_by=None,
        repealed_on=None, region_code=document.region_code, normal_title__contains=series[0][-4:],
    ).exclude(pk=document.pk)  # fmt: skip
    own = _issue(document)
    return [
        each
        for each in rows.select_related("agency")[:2_000]
        if is_next_in_series(own, _issue(each))
    ]


def _issue(document: Document) -> Issue:
    return Issue(
        document.pk, document.title, document.issuing_agency, document.region_code,
        document.effective_on or document.issued_on, document.superseded_by_id,
    )  # fmt: skip


def _proposal(document: Document, ended: Ended, now: datetime) -> RepealProposal:
    key, number = title_key(ended.title), comparable_number(ended.number)
    target = _target(document, key, number)
    return RepealProposal(
        document=document, target=target, owner=target.agency if target else document.agency,
        title=ended.title[:300], normal_title=key[:300], number=ended.number[:80],
        normal_number=number[:80], parts=ended.parts[:200], said=ended.said[:400],
        on=ended.on or document.effective_on or document.issued_on,
        same_issuer=target is not None and same_issuers(target.issuing_agency, document.issuing_agency),
        created_at=now,
    )  # fmt: skip


def _target(document: Document, key: str, number: str) -> Document | None:
    """The document here that is meant: of this number, or of this title where the numbers do not say otherwise;
    of several the same issuers' first, then the latest that is not later than the one that ends it."""
    named = of_titles([key])
    if number_names_a_document(number):
        named |= Q(normal_number=number)
    rows = Document.objects.filter(named, status=Document.Status.PUBLISHED).exclude(pk=document.pk)
    begins = document.effective_on or document.issued_on or date.max
    found = []
    for each in rows.select_related("agency", "superseded_by"):
        own = comparable_number(each.document_number)
        by_number = number_names_a_document(number) and number_names_a_document(own)
        if by_number and own != number:
            continue
        first = each.span.first or date.min
        if first > begins:
            continue
        is_same = same_issuers(each.issuing_agency, document.issuing_agency)
        found.append(
            (by_number, is_same, each.region_code == document.region_code, first, each.pk, each)
        )
    return max(found)[-1] if found else None


def _match_waiting(document: Document) -> None:
    """Proposals that found nothing of that name before find this document."""
    key, number = title_key(document.title), comparable_number(document.document_number)
    named = Q(normal_title=key)
    if number_names_a_document(number):
        named |= Q(normal_number=number)
    rows = RepealProposal.objects.filter(named, status=Status.OPEN, target=None)
    matched = []
    for row in rows.exclude(document=document).select_related("document"):
        found = _target(row.document, row.normal_title, row.normal_number)
        if found is not None and found.pk == document.pk:
            row.target, row.owner = document, document.agency
            row.same_issuer = same_issuers(document.issuing_agency, row.document.issuing_agency)
            row.save(update_fields=["target", "owner", "same_issuer"])
            matched.append(row)
    _tell(matched)


def _tell(rows: Iterable[RepealProposal]) -> None:
    for row in {each.owner_id: each for each in rows}.values():
        people = staff_with(Permission.EDIT_KNOWLEDGE, row.owner)
        words = "有文件写明废止您维护的文件，请确认"
        notify_staff(people, words, kind="review.repeals", link=LIST, now=row.created_at)


@transaction.atomic
def confirm_repeal(
    proposal: RepealProposal, on: date | None, *, note: str = "", actor: Actor, now: datetime
) -> None:
    """What the document says is so: the other one ends from that day, or its citing entries are looked at where
    only parts of it do; a later year's text takes the former one's place.

    Decided by who keeps the document that ends. Where the issuers differ, `note` says why that issuer may.
    `AlreadyDone` where it is decided, `Refused` without a target or a day.
    """
    row = _open(proposal)
    target = row.target
    if target is None:
        ensure_may(actor, Permission.EDIT_KNOWLEDGE, row.owner)
        raise Refused(_("库里没有这份文件，不用确认；录入以后会自动对上。"))
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, target.agency)
    note = note.strip()[:300]
    if not row.same_issuer and not note:
        raise Refused(
            _("两份文件的发布机关不同，请写明依据：谁有权废止、您核对了什么。"), field="note"
        )
    if on is None:
        raise Refused(_("请填写从哪一天起。"), field="on")
    source = row.document
    by = f"《{source.title}》{source.document_number}"[:300]
    if row.cause == Cause.SERIES:
        replace_document(target, source, actor=actor, now=now)
    elif row.parts:
        ending = Ending(on, BasisReview.Cause.PARTLY)
        cited = [
            of_entry(entry, BasisReview.Grade.LIKELY)
            for entry, _grade in citing_entries(target, ending)
        ]
        note_citing(target, cited, ending, now=now)
    else:
        repeal_document(target, on, by=by, actor=actor, now=now)
    row.on = on
    _decide(row, Status.CONFIRMED, note, actor, now)


@transaction.atomic
def decline_repeal(proposal: RepealProposal, *, note: str, actor: Actor, now: datetime) -> None:
    """It is not so, or another text is meant; with the reason."""
    row = _open(proposal)
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, row.owner)
    if not note.strip():
        raise Refused(_("请写明不采纳的原因。"), field="note")
    _decide(row, Status.DECLINED, note.strip()[:300], actor, now)


def _open(proposal: RepealProposal) -> RepealProposal:
    rows = RepealProposal.objects.select_for_update(of=("self",))
    row = rows.select_related("document", "target__agency", "target__superseded_by", "owner").get(
        pk=proposal.pk
    )
    if row.status != Status.OPEN:
        raise AlreadyDone(_("这一条已经处理过。"))
    return row


def _decide(row: RepealProposal, status: str, note: str, actor: Actor, now: datetime) -> None:
    row.status, row.note, row.decided_at = status, note, now
    row.decided_by = actor if isinstance(actor, Staff) else None
    row.save(update_fields=["status", "note", "on", "decided_by", "decided_at"])
    audit.record(
        actor, "repeal_proposal.decided", row, now=now, agency=row.owner,
        before={"status": Status.OPEN.value},
        after={"status": row.status, "document": row.document_id, "target": row.target_id}, reason=note,
    )  # fmt: skip
