"""All writes of knowledge. Each tells the indexes by an `IndexChange` in the same transaction."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.knowledge import queries
from minxin.knowledge.models import Entry, IndexChange, UnansweredQuestion, Variant
from minxin.knowledge.synonyms import plain, tokens
from minxin.text import bigrams, mask, normal


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


CHUNK = 50  # rows an import writes in one transaction
# SQLite's lock is not fair: who takes it again at once keeps everybody else out. The gateway gets
# this long between two chunks.
BREATH = 0.015
WAY_LIMIT = 200
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
    entry = Entry(
        agency=agency, code=draft.code.strip() or _fresh_codes([agency])[0], created_at=now
    )
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
    wanted = _ways(draft.variants)
    entry.variants.exclude(text__in=wanted).delete()
    known = set(entry.variants.values_list("text", flat=True))
    Variant.objects.bulk_create(
        Variant(entry=entry, text=text) for text in wanted if text not in known
    )
    IndexChange.objects.create(entry_id=entry.pk)


def _ways(variants: Sequence[str]) -> list[str]:
    """Ways of asking as they are kept: without blanks around, cut to their length, each once."""
    return list(dict.fromkeys(text for each in variants if (text := each.strip()[:WAY_LIMIT])))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _fresh_codes(agencies: Sequence[Agency]) -> list[str]:
    """A code that nobody has for each agency in turn."""
    number = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    codes: list[str] = []
    taken: set[str] = set()
    while len(codes) < len(agencies):
        missing = agencies[len(codes) :]
        wanted = [f"{agency.code[:30]}-{number + at:05d}" for at, agency in enumerate(missing, 1)]
        number += len(missing)
        taken.update(Entry.objects.filter(code__in=wanted).values_list("code", flat=True))
        for code in wanted:
            if code in taken:
                break  # go on from here with higher numbers
            codes.append(code)
    return codes


def import_entries(
    rows: Sequence[tuple[Agency, EntryDraft]],
    *,
    actor: Actor,
    now: datetime,
    on_progress: Callable[[int], bool] | None = None,
) -> tuple[int, int]:
    """Write checked rows in chunks of `CHUNK`, each one short transaction with its audit entry, so that
    the gateway's writes go on in between; returns (created, updated).

    An entry with the same code, or for the same owner the same question, is updated, so an import that
    was broken off is simply repeated. Rows come from `importing.read_rows`, which says what is wrong
    before anything is written; a row over which the actor has no right refuses all of them.
    `on_progress` hears after each chunk how many rows are done; when it says False, that was the last.
    """
    for agency in {each.pk: each for each, _draft in rows}.values():
        ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    for _agency, draft in rows:
        check_draft(draft)
    for owner in Agency.objects.in_bulk(
        queries.owners_of(draft.code for _agency, draft in rows)
    ).values():
        ensure_may(actor, Permission.EDIT_KNOWLEDGE, owner)
    created = updated = 0
    for at in range(0, len(rows), CHUNK):
        chunk = rows[at : at + CHUNK]
        with transaction.atomic():
            new, old = _import_chunk(chunk, now)
            for agency in {each.pk: each for each, _draft in chunk}.values():
                audit.record(
                    actor,
                    "knowledge.imported",
                    agency,
                    now=now,
                    agency=agency,
                    after={"rows": sum(each == agency for each, _draft in chunk)},
                )
        created, updated = created + new, updated + old
        if connection.vendor == "sqlite" and at + CHUNK < len(rows):
            time.sleep(BREATH)
        if on_progress is not None and not on_progress(at + len(chunk)):
            break
    return created, updated


def _import_chunk(rows: Sequence[tuple[Agency, EntryDraft]], now: datetime) -> tuple[int, int]:
    by_code = {
        entry.code: entry
        for entry in Entry.objects.filter(
            code__in=[draft.code for _agency, draft in rows if draft.code]
        )
    }
    by_question = {
        (entry.agency_id, entry.question): entry
        for entry in Entry.objects.filter(
            question__in={draft.question for _agency, draft in rows},
            agency__in={agency.pk for agency, _draft in rows},
        )
    }
    fresh: list[Entry] = []
    known: dict[int, Entry] = {}
    ways: dict[int, tuple[Entry, Sequence[str]]] = {}
    for agency, draft in rows:
        entry = by_code.get(draft.code) or by_question.get((agency.pk, draft.question))
        if entry is None:
            entry = Entry(code=draft.code, created_at=now)
            fresh.append(entry)
        elif entry.pk is not None:
            known[entry.pk] = entry
        by_question[(agency.pk, draft.question)] = entry
        entry.agency, entry.updated_at = agency, now
        for field in FIELDS:
            setattr(entry, field, getattr(draft, field))
        ways[id(entry)] = (entry, draft.variants)
    nameless = [entry for entry in fresh if not entry.code]
    for entry, code in zip(
        nameless, _fresh_codes([entry.agency for entry in nameless]), strict=True
    ):
        entry.code = code
    Entry.objects.bulk_create(fresh)
    # One statement; Django's bulk_update took eight times as long, with the database locked.
    Entry.objects.bulk_create(
        known.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*FIELDS, "agency", "updated_at"],
    )
    Variant.objects.filter(entry__in=known).delete()
    Variant.objects.bulk_create(
        Variant(entry=entry, text=text) for entry, texts in ways.values() for text in _ways(texts)
    )
    IndexChange.objects.bulk_create(
        IndexChange(entry_id=entry.pk) for entry in (*fresh, *known.values())
    )
    return len(fresh), len(known)


def record_unanswered(texts: Sequence[tuple[int, str]], *, now: datetime) -> None:
    """Count what was asked and not known: (owner agency, text) each, private data masked.

    Two texts are one question when they share all words of matter, synonyms taken together.

    Not audited: it follows from messages, which are their own record. Call it in a transaction.
    """
    for agency_id, text in texts:
        masked = mask(" ".join(text.split()))[:300]
        asked = plain("".join(normal(masked).split()))
        matter = tokens(asked)
        if not matter or len("".join(bigrams(asked))) < 4:
            continue
        normal_form = hashlib.sha256("|".join(sorted(matter)).encode()).hexdigest()
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
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, question.agency)
    entry = create_entry(draft, agency=agency, actor=actor, now=now)
    if question.text != entry.question:
        Variant.objects.get_or_create(entry=entry, text=question.text[:WAY_LIMIT])
    question.status, question.entry = UnansweredQuestion.Status.ANSWERED, entry
    question.save(update_fields=["status", "entry"])
    audit.record(actor, "unanswered.answered", question, now=now, after={"entry": entry.code})
    return entry
