"""Writing, changing, retiring one entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.knowledge.actions.conflicts import follow_conflicts_of
from minxin.knowledge.actions.inheritance import check_narrowing, follow_uppers
from minxin.knowledge.actions.validity import follow_entries
from minxin.knowledge.models import Entry, IndexChange, Variant
from minxin.knowledge.rules import comparable_number, title_key
from minxin.knowledge.rules.steps import fault_of_steps


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
    audience: str = ""
    next_steps: str = ""
    # None leaves what is there; the number of the entry that it adds to or narrows, 0 for none.
    overrides: int | None = None
    narrowing: str | None = None
    is_binding: bool | None = None


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
    "audience",
    "next_steps",
    "valid_from",
    "valid_until",
    "review_on",
    "status",
)
AUDITED = (*FIELDS, "overrides_id", "narrowing", "is_binding")


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
    if fault := fault_of_steps(draft.next_steps):
        raise Refused(_("“%(line)s”看不懂：每行写“名称：网址”或“名称：内容”，最多 4 行。") % {"line": fault},
                      field="next_steps")  # fmt: skip
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        raise Refused(_("失效日期不能早于生效日期。"), field="valid_until")


@transaction.atomic
def create_entry(draft: EntryDraft, *, agency: Agency, actor: Actor, now: datetime) -> Entry:
    """Write a new entry for an agency."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    check_draft(draft)
    entry = Entry(
        agency=agency, code=draft.code.strip() or fresh_codes([agency])[0], created_at=now
    )
    _fill(entry, draft, now)
    follow_entries([entry], actor=actor, now=now)
    follow_uppers([entry], now=now)
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
    before = {field: _plain(getattr(entry, field)) for field in AUDITED}
    _fill(entry, draft, now)
    follow_entries([entry], actor=actor, now=now)
    follow_uppers([entry], now=now)
    follow_conflicts_of([entry], now=now)
    after = {field: _plain(getattr(entry, field)) for field in AUDITED}
    changed = [field for field in AUDITED if before[field] != after[field]]
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
    if entry.status == Entry.Status.RETIRED:
        raise Refused(_("这条知识已经停用。"))
    before, entry.status, entry.updated_at = entry.status, Entry.Status.RETIRED, now
    entry.save(update_fields=["status", "updated_at"])
    IndexChange.objects.create(entry_id=entry.pk)
    follow_entries([entry], actor=actor, now=now)
    follow_uppers([entry], now=now)
    follow_conflicts_of([entry], now=now)
    audit.record(
        actor,
        "entry.retired",
        entry,
        now=now,
        before={"status": before},
        after={"status": entry.status},
        reason=reason,
    )


@transaction.atomic
def set_review_date(entry: Entry, on: date, *, actor: Actor, now: datetime) -> None:
    """Say when an entry is to be reviewed next, not before today."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, entry.agency)
    if on < timezone.localdate(now):
        raise Refused(_("下次复核日期不能早于今天。"), field="review_on")
    if entry.status == Entry.Status.RETIRED:
        raise Refused(_("已停用的知识不用复核。"), field="review_on")
    before, entry.review_on, entry.updated_at = entry.review_on, on, now
    if before == on:
        return
    entry.save(update_fields=["review_on", "updated_at"])
    audit.record(
        actor,
        "entry.review_set",
        entry,
        now=now,
        before={"review_on": _plain(before)},
        after={"review_on": _plain(on)},
    )


def _fill(entry: Entry, draft: EntryDraft, now: datetime) -> None:
    for field in FIELDS:
        value = getattr(draft, field)
        setattr(entry, field, value.strip() if isinstance(value, str) else value)
    entry.updated_at = now
    _narrow(entry, draft)
    compare_by_source(entry)
    try:
        entry.full_clean(exclude=["agency"], validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(" ".join(messages), field=field) from error
    entry.save()
    wanted = ways_of(draft.variants)
    entry.variants.exclude(text__in=wanted).delete()
    known = set(entry.variants.values_list("text", flat=True))
    Variant.objects.bulk_create(
        Variant(entry=entry, text=text) for text in wanted if text not in known
    )
    IndexChange.objects.create(entry_id=entry.pk)


def _narrow(entry: Entry, draft: EntryDraft) -> None:
    before = entry.overrides_id
    if draft.overrides is not None:
        rows = Entry.objects.select_related("agency").filter(pk=draft.overrides)
        entry.overrides = rows.first() if draft.overrides else None
    if draft.narrowing is not None:
        entry.narrowing = draft.narrowing
    if draft.is_binding is not None:
        entry.is_binding = draft.is_binding
    check_narrowing(entry, is_new=entry.overrides_id != before)


def compare_by_source(entry: Entry) -> None:
    """Keep what the source of an entry is compared by beside it."""
    entry.normal_source = title_key(entry.source_title)[:200]
    entry.normal_number = comparable_number(entry.document_number)[:80]


def ways_of(variants: Sequence[str]) -> list[str]:
    """Ways of asking as they are kept: without blanks around, cut to their length, each once."""
    return list(dict.fromkeys(text for each in variants if (text := each.strip()[:WAY_LIMIT])))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def fresh_codes(agencies: Sequence[Agency]) -> list[str]:
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
