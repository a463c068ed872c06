"""Reads of entries, unanswered questions and sheets."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import divisions
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge.models import (
    BasisReview,
    Entry,
    ImportFault,
    ImportJob,
    IndexChange,
    UnansweredQuestion,
)
from minxin.knowledge.queries.library import entries_here, entries_in_force
from minxin.knowledge.rules import Answer, is_held, is_in_force
from minxin.knowledge.rules.inheritance import told_here

REVIEW_AHEAD = timedelta(days=30)


def entries_visible_to(staff: Staff) -> QuerySet[Entry]:
    """The entries of the branches this person may read."""
    found: QuerySet[Entry] = Entry.objects.visible_to(staff, Permission.READ_KNOWLEDGE)
    return found.select_related("agency")


def entry_for(staff: Staff, permission: Permission, entry_id: int) -> Entry:
    """One entry this person has a permission over; `NotFound` otherwise."""
    found: Entry | None = Entry.objects.visible_to(staff, permission).filter(pk=entry_id).first()
    if found is None:
        raise NotFound
    return found


def unanswered_visible_to(staff: Staff) -> QuerySet[UnansweredQuestion]:
    """The unanswered questions of the branches this person may read."""
    found: QuerySet[UnansweredQuestion] = UnansweredQuestion.objects.visible_to(
        staff, Permission.READ_KNOWLEDGE
    )
    return found


def open_questions(staff: Staff) -> int:
    """How many questions wait for somebody to answer them, of those this person may edit."""
    found: QuerySet[UnansweredQuestion] = UnansweredQuestion.objects.visible_to(
        staff, Permission.EDIT_KNOWLEDGE
    )
    return found.filter(status=UnansweredQuestion.Status.OPEN).count()


def latest_unanswered_change() -> int:
    """A number that changes whenever a new question was not answered, or an entry changed."""
    last = UnansweredQuestion.objects.aggregate(last=Max("id"))["last"] or 0
    return int(last) + last_change()


def to_review(entries: QuerySet[Entry], on: date) -> QuerySet[Entry]:
    """Published entries whose review date has come or that expire within 30 days."""
    return entries.filter(
        Q(review_on__lte=on) | Q(valid_until__range=(on, on + REVIEW_AHEAD)),
        status=Entry.Status.PUBLISHED,
    )


def public_answer(
    entry_id: int, on: date, *, region: str = "", path: str = ""
) -> tuple[Answer | None, bool]:
    """The answer of an entry for a citizen, and whether it is in force on this day.

    None when there is no such entry or it was never published. With the `path` of the agency whose account is open, and
    its region: as that account tells it, with what nearer units add or in the words they say instead.
    """
    found = Entry.objects.filter(pk=entry_id).exclude(status=Entry.Status.DRAFT)
    entry = found.select_related("agency").prefetch_related(_holding()).first()
    if entry is None:
        return None, False
    answer = answer_of(entry)
    told = told_here(answer, path, _Rows(on, region)) if path else None
    if told is not None and (told.entry_id != entry_id or told.additions):
        return told, True
    is_current = entry.status == Entry.Status.PUBLISHED and is_in_force(
        entry.valid_from, entry.valid_until, on
    )
    return answer, is_current and not is_held(answer, on)


class _Rows:
    """The rows around an entry, for `told_here`; few, so each is read when it is asked for."""

    def __init__(self, on: date, region: str) -> None:
        self._on, self._region = on, region
        self._paths: dict[int, str] = {}

    def upper(self, answer: Answer) -> Answer | None:
        return next(iter(self._given(Q(pk=answer.overrides))), None)

    def lowers(self, answer: Answer) -> list[Answer]:
        return self._given(Q(overrides=answer.entry_id))

    def path(self, agency_id: int) -> str:
        return self._paths.get(agency_id, "")

    def _given(self, which: Q) -> list[Answer]:
        rows = entries_in_force(self._on, self._region).filter(which).select_related("agency")
        found = list(rows.prefetch_related(_holding()).order_by("pk"))
        self._paths.update({row.agency_id: row.agency.path for row in found})
        return [answer_of(row) for row in found]


def _holding() -> Prefetch[str, QuerySet[BasisReview], str]:
    """The open reviews that keep an entry from being given, the first to do so first."""
    rows = BasisReview.objects.filter(
        status=BasisReview.Status.OPEN, grade=BasisReview.Grade.SOURCE
    ).order_by("ends_on", "id")
    return Prefetch("basis_reviews", queryset=rows, to_attr="holding")


def answer_of(entry: Entry, region_name: str = "") -> Answer:
    """An entry as a frozen value, read with `_holding` or its reviews are asked for; `region_name`: how its region is
    called, where that is known."""
    holding = getattr(entry, "holding", None)
    if holding is None:
        rows = entry.basis_reviews.filter(status=BasisReview.Status.OPEN)
        holding = list(rows.filter(grade=BasisReview.Grade.SOURCE).order_by("ends_on", "id")[:1])
    return Answer(
        entry_id=entry.pk,
        agency_id=entry.agency_id,
        question=entry.question,
        text=entry.answer,
        source_title=entry.source_title,
        document_number=entry.document_number,
        source_url=entry.source_url,
        issuing_agency=entry.issuing_agency,
        region_code=entry.region_code,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        held_from=holding[0].ends_on if holding else None,
        held_why=holding[0].cause if holding else "",
        audience=entry.audience,
        region_name=region_name,
        next_steps=entry.next_steps,
        agency_name=entry.agency.name,
        overrides=entry.overrides_id or 0,
        narrowing=entry.narrowing if entry.overrides_id else "",
        is_binding=entry.is_binding,
    )


def frequent_questions(on: date, region: str, limit: int = 12, path: str = "") -> list[Entry]:
    """Published entries in force in a region, the oldest first: what the portal's home offers. `path`: of the agency
    whose account is open."""
    return list(entries_here(on, region, path).order_by("id")[:limit])


def imports_visible_to(staff: Staff) -> QuerySet[ImportJob]:
    """The sheets brought in for the branches this person edits."""
    found: QuerySet[ImportJob] = ImportJob.objects.visible_to(staff, Permission.EDIT_KNOWLEDGE)
    return found.select_related("agency", "started_by")


def import_for(staff: Staff, job_id: int) -> ImportJob:
    """One of them; `NotFound` otherwise."""
    found = imports_visible_to(staff).filter(pk=job_id).first()
    if found is None:
        raise NotFound
    return found


def faults_of(job: ImportJob) -> QuerySet[ImportFault]:
    """What was wrong in a sheet, in its order."""
    return ImportFault.objects.filter(job=job).order_by("row", "id")


# What an import asks -------------------------------------------------------------------------------

_AT_ONCE = 500


def owners_of(codes: Iterable[str]) -> set[int]:
    """The agencies that keep the entries with these codes."""
    wanted = sorted({code for code in codes if code})
    found: set[int] = set()
    for at in range(0, len(wanted), _AT_ONCE):
        some = Entry.objects.filter(code__in=wanted[at : at + _AT_ONCE])
        found.update(some.values_list("agency_id", flat=True))
    return found


def known_to_others(codes: Iterable[str], agencies: Iterable[Agency]) -> set[str]:
    """Those of the codes that belong to entries of other agencies than these."""
    own = {agency.pk for agency in agencies}
    wanted = sorted({code for code in codes if code})
    found: set[str] = set()
    for at in range(0, len(wanted), _AT_ONCE):
        some = Entry.objects.filter(code__in=wanted[at : at + _AT_ONCE])
        found.update(
            code for code, owner in some.values_list("code", "agency_id") if owner not in own
        )
    return found


def count_known(rows: Iterable[tuple[Agency, str, str]]) -> int:
    """How many (owner, code, question) an import would update; the others it would create."""
    asked = list(rows)
    known = 0
    for at in range(0, len(asked), _AT_ONCE):
        some = asked[at : at + _AT_ONCE]
        codes = set(
            Entry.objects.filter(code__in={code for _, code, _ in some if code}).values_list(
                "code", flat=True
            )
        )
        questions = set(
            Entry.objects.filter(question__in={question for _, _, question in some}).values_list(
                "agency_id", "question"
            )
        )
        known += sum(
            code in codes or (agency.pk, question) in questions for agency, code, question in some
        )
    return known


# What an index is built from --------------------------------------------------------------------


def last_change() -> int:
    """The number of the last change of any entry; 0 when there was none."""
    return int(IndexChange.objects.aggregate(last=Max("id"))["last"] or 0)


def newest_changes(number: int) -> tuple[int, int]:
    """How many changes there are after one, and the number of the last; (0, 0) for none."""
    found = IndexChange.objects.filter(id__gt=number).aggregate(count=Count("id"), last=Max("id"))
    return int(found["count"]), int(found["last"] or 0)


def changes_after(number: int) -> list[tuple[int, int]]:
    """(change, entry) numbers after a change."""
    return list(
        IndexChange.objects.filter(id__gt=number).order_by("id").values_list("id", "entry_id")
    )


def indexed(ids: Iterable[int] | None = None) -> Iterator[tuple[Answer, tuple[str, ...]]]:
    """Published entries with all their ways of asking; all of them, or those among `ids`."""
    found = Entry.objects.filter(status=Entry.Status.PUBLISHED).select_related("agency")
    found = found.prefetch_related("variants", _holding())
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    names: dict[str, str] = {"": ""}
    for entry in found.order_by("pk").iterator(chunk_size=500):
        variants = tuple(variant.text for variant in entry.variants.all())
        code = entry.region_code
        if code not in names:
            names[code] = divisions([code]).name(code)
        yield answer_of(entry, names[code]), (entry.question, *variants)


def due_reviews(on: date) -> list[tuple[Agency, int]]:
    """Each agency with how many of its entries are to be reviewed."""
    counts: dict[int, int] = {}
    for agency_id in to_review(Entry.objects.all(), on).values_list("agency_id", flat=True):
        counts[agency_id] = counts.get(agency_id, 0) + 1
    owners = Agency.objects.in_bulk(list(counts))
    return [(owners[agency_id], count) for agency_id, count in sorted(counts.items())]
