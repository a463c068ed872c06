"""All writes of knowledge. Each tells the indexes by an `IndexChange` in the same transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.knowledge.models import Entry, IndexChange, UnansweredQuestion, Variant
from minxin.text import bigrams, mask


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """All that is written in an entry."""

    question: str
    answer: str
    topic: str = ""
    variants: tuple[str, ...] = ()
    source_title: str = ""
    document_number: str = ""
    source_url: str = ""
    issuing_agency: str = ""
    region_code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    review_on: date | None = None
    status: str = Entry.Status.DRAFT
    code: str = ""


FIELDS = (
    "question",
    "answer",
    "topic",
    "source_title",
    "document_number",
    "source_url",
    "issuing_agency",
    "region_code",
    "valid_from",
    "valid_until",
    "review_on",
    "status",
)


def check_draft(draft: EntryDraft) -> None:
    """Refuse an entry that must not be given to citizens; the field is named."""
    if not draft.question.strip():
        raise Refused(_("请填写标准问题。"), field="question")
    if not draft.answer.strip():
        raise Refused(_("请填写答案。"), field="answer")
    if draft.status == Entry.Status.PUBLISHED:
        if not draft.source_title.strip():
            raise Refused(
                _("发布前请填写来源标题：没有来源的答案不能给市民。"), field="source_title"
            )
        if not draft.issuing_agency.strip():
            raise Refused(_("发布前请填写发布机关。"), field="issuing_agency")
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        raise Refused(_("失效日期不能早于生效日期。"), field="valid_until")


@transaction.atomic
def create_entry(draft: EntryDraft, *, agency: Agency, actor: Actor, now: datetime) -> Entry:
    """Write a new entry for an agency."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    check_draft(draft)
    entry = Entry(agency=agency, code=draft.code or _next_code(agency), created_at=now)
    _fill(entry, draft, now)
    audit.record(
        actor, "entry.created", entry, now=now, agency=agency, after={"status": entry.status}
    )
    return entry


@transaction.atomic
def update_entry(
    entry: Entry, draft: EntryDraft, *, actor: Actor, now: datetime, agency: Agency | None = None
) -> None:
    """Replace what is written in an entry; `agency` hands it to another owner."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, entry.agency)
    if agency is not None and agency != entry.agency:
        ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
        entry.agency = agency
    check_draft(draft)
    before = {field: _plain(getattr(entry, field)) for field in FIELDS}
    _fill(entry, draft, now)
    after = {field: _plain(getattr(entry, field)) for field in FIELDS}
    changed = [field for field in FIELDS if before[field] != after[field]]
    audit.record(
        actor,
        "entry.updated",
        entry,
        now=now,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
    )


@transaction.atomic
def retire_entry(entry: Entry, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take an entry out of use: it is no longer given, its page says so."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, entry.agency)
    if not reason.strip():
        raise Refused(_("请写明停用的原因。"), field="reason")
    before, entry.status, entry.updated_at = entry.status, Entry.Status.RETIRED, now
    entry.save(update_fields=["status", "updated_at"])
    IndexChange.objects.create(entry_id=entry.pk)
    audit.record(
        actor,
        "entry.retired",
        entry,
        now=now,
        before={"status": before},
        after={"status": entry.status},
        reason=reason,
    )


def _fill(entry: Entry, draft: EntryDraft, now: datetime) -> None:
    for field in FIELDS:
        value = getattr(draft, field)
        setattr(entry, field, value.strip() if isinstance(value, str) else value)
    entry.updated_at = now
    try:
        entry.full_clean(exclude=["agency"], validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(" ".join(messages), field=field) from error
    entry.save()
    wanted = list(dict.fromkeys(text.strip() for text in draft.variants if text.strip()))
    entry.variants.exclude(text__in=wanted).delete()
    known = set(entry.variants.values_list("text", flat=True))
    Variant.objects.bulk_create(
        Variant(entry=entry, text=text[:200]) for text in wanted if text not in known
    )
    IndexChange.objects.create(entry_id=entry.pk)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _next_code(agency: Agency) -> str:
    number = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return f"{agency.code}-{number + 1:05d}"[:40]


CHUNK = 100


def import_entries(
    rows: Sequence[tuple[Agency, EntryDraft]], *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Write checked rows in chunks, each a short transaction; returns (created, updated).

    An entry with the same code, or for the same owner the same question, is updated. Rows come from
    `importing.read_rows`, which reports what is wrong before anything is written.
    """
    for agency in {each.pk: each for each, _draft in rows}.values():
        ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    created = updated = 0
    for at in range(0, len(rows), CHUNK):
        with transaction.atomic():
            new, old = _import_chunk(rows[at : at + CHUNK], now)
            created, updated = created + new, updated + old
    if rows:
        with transaction.atomic():
            audit.record(
                actor,
                "knowledge.imported",
                rows[0][0],
                now=now,
                agency=rows[0][0],
                after={"created": created, "updated": updated},
            )
    return created, updated


def _import_chunk(rows: Sequence[tuple[Agency, EntryDraft]], now: datetime) -> tuple[int, int]:
    codes = [draft.code for _, draft in rows if draft.code]
    questions = [draft.question for _, draft in rows]
    by_code = {entry.code: entry for entry in Entry.objects.filter(code__in=codes)}
    by_question = {
        (entry.agency_id, entry.question): entry
        for entry in Entry.objects.filter(question__in=questions)
    }
    last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    fresh: list[Entry] = []
    known: list[Entry] = []
    variants: list[tuple[Entry, tuple[str, ...]]] = []
    for number, (agency, draft) in enumerate(rows, start=1):
        entry = by_code.get(draft.code) or by_question.get((agency.pk, draft.question))
        if entry is None:
            code = draft.code or f"{agency.code}-{last + number:05d}"[:40]
            entry = Entry(code=code, created_at=now)
            by_question[(agency.pk, draft.question)] = entry
            fresh.append(entry)
        elif entry.pk is not None and entry not in known:
            known.append(entry)
        entry.agency = agency
        for field in FIELDS:
            setattr(entry, field, getattr(draft, field))
        entry.updated_at = now
        variants.append((entry, draft.variants))
    Entry.objects.bulk_create(fresh)
    Entry.objects.bulk_update(known, [*FIELDS, "agency", "updated_at"])
    Variant.objects.filter(entry__in=known).delete()
    Variant.objects.bulk_create(
        [
            Variant(entry=entry, text=text[:200])
            for entry, texts in variants
            for text in dict.fromkeys(texts)
        ],
        ignore_conflicts=True,
    )
    IndexChange.objects.bulk_create(IndexChange(entry_id=entry.pk) for entry in (*fresh, *known))
    return len(fresh), len(known)


def record_unanswered(texts: Sequence[tuple[int, str]], *, now: datetime) -> None:
    """Count what was asked and not known: (owner agency, text) each, private data masked.

    Not audited: it follows from messages, which are their own record. Call it in a transaction.
    """
    for agency_id, text in texts:
        masked = mask(" ".join(text.split()))[:300]
        form = "".join(bigrams(masked))
        if len(form) < 4:
            continue
        normal_form = hashlib.sha256(form.encode()).hexdigest()
        row, is_new = UnansweredQuestion.objects.get_or_create(
            agency_id=agency_id,
            normal_form=normal_form,
            defaults={"text": masked, "first_asked_at": now, "last_asked_at": now},
        )
        if not is_new:
            UnansweredQuestion.objects.filter(pk=row.pk).update(
                times=F("times") + 1, last_asked_at=now
            )


@transaction.atomic
def dismiss_unanswered(question: UnansweredQuestion, *, actor: Actor, now: datetime) -> None:
    """Decide that a question gets no entry."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, question.agency)
    question.status = UnansweredQuestion.Status.DISMISSED
    question.save(update_fields=["status"])
    audit.record(actor, "unanswered.dismissed", question, now=now)


@transaction.atomic
def answer_unanswered(
    question: UnansweredQuestion, draft: EntryDraft, *, agency: Agency, actor: Actor, now: datetime
) -> Entry:
    """Make an entry out of an unanswered question; its words become a way of asking."""
    entry = create_entry(draft, agency=agency, actor=actor, now=now)
    if question.text != entry.question:
        Variant.objects.get_or_create(entry=entry, text=question.text[:200])
    question.status, question.entry = UnansweredQuestion.Status.ANSWERED, entry
    question.save(update_fields=["status", "entry"])
    audit.record(actor, "unanswered.answered", question, now=now, after={"entry": entry.code})
    return entry
