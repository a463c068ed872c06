"""What two agencies say otherwise: noted by a worker, decided by people, closed when the texts agree."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.calendars import working_calendar
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, may, staff_with
from minxin.agencies.rules import Permission
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.core.working_time import add_working_days
from minxin.knowledge.comparing import text_mark
from minxin.knowledge.conflicting import Found, Side
from minxin.knowledge.models import AnswerConflict, Entry
from minxin.knowledge.queries.conflicts import OPEN, differences_of, lead_of, sides_of

Status = AnswerConflict.Status
LIST = "/console/conflicts/"
REVIEW_DAYS = 5  # working days, ours
FIRST, SECOND = "first", "second"  # whose text is right
OUTCOMES = (FIRST, SECOND, Status.BOTH.value, Status.NONE.value)


@transaction.atomic
def note_conflicts(found: Sequence[Found], *, now: datetime) -> int:
    """Keep what was found; how many are new or open again. What people decided stays decided while both texts are
    what they were; what is open follows the texts."""
    agencies = Agency.objects.in_bulk(
        {side.agency_id for each in found for side in (each.one, each.other)}
    )
    new: list[AnswerConflict] = []
    for each in found:
        one, other = sorted((each.one, each.other), key=lambda side: side.place)
        row = AnswerConflict.objects.select_for_update().filter(
            first_place=one.place, second_place=other.place
        ).first()  # fmt: skip
        is_new = row is None
        if row is None:
            row = AnswerConflict(first_place=one.place, second_place=other.place, found_at=now)
        marks = text_mark(one.text), text_mark(other.text)
        is_changed = marks != (row.first_mark, row.second_mark)
        is_back = not is_new and (
            row.status == Status.AGREED or (row.status not in OPEN and is_changed)
        )
        if not (is_new or is_changed or is_back):
            continue
        _fill(row, one, other, agencies)
        row.first_mark, row.second_mark = marks
        row.kinds = ",".join(dict.fromkeys(each.kind for each in each.differences))[:80]
        if is_back:
            row.status, row.wrong, row.due_on, row.is_disputed = Status.OPEN, 0, None, False
            row.settled_by = row.settled_at = None
            row.found_at = now
        row.save()
        if is_new or is_back:
            new.append(row)
    _tell(new, now)
    return len(new)


def _fill(row: AnswerConflict, one: Side, other: Side, agencies: dict[int, Agency]) -> None:
    for name, side in (("first", one), ("second", other)):
        kind, _colon, number = side.place.partition(":")
        setattr(row, f"{name}_entry_id", int(number) if kind == "entry" else None)
        setattr(row, f"{name}_document_id", int(number) if kind == "document" else None)
        setattr(row, f"{name}_position", side.position)
        setattr(row, f"{name}_agency", agencies[side.agency_id])
    row.lead = lead_of(row.first_agency, row.second_agency)
    asked = next((side for side in (one, other) if side.text.ways), one)
    row.matter = (asked.text.ways[0] if asked.text.ways else asked.text.title)[:300]


def _tell(rows: Iterable[AnswerConflict], now: datetime) -> None:
    told: dict[int, Agency] = {}
    for row in rows:
        for agency in (row.first_agency, row.second_agency, row.lead):
            if agency is not None:
                told[agency.pk] = agency
    for _number, agency in sorted(told.items()):
        people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
        words = "有内容和别的单位说法不一，请协调"
        notify_staff(people, words, kind="review.conflicts", link=f"{LIST}?status=open", now=now)


@transaction.atomic
def close_agreed(rows: Iterable[AnswerConflict], *, now: datetime) -> int:
    """Close those of these open ones that differ no more, or of which one is given no more; how many. By itself:
    nobody decided it, the texts say it. Not audited: the edit that made it so is."""
    gone = []
    for row in rows:
        if row.status in OPEN and not differences_of(row, timezone.localdate(now)):
            row.status, row.settled_at, row.settled_by = Status.AGREED, now, None
            row.is_disputed = False
            gone.append(row)
    AnswerConflict.objects.bulk_update(gone, ["status", "settled_at", "settled_by", "is_disputed"])
    return len(gone)


def follow_conflicts_of(entries: Sequence[Entry], *, now: datetime) -> int:
    """After entries were written: what they and others say alike now is closed; how many."""
    numbers = [entry.pk for entry in entries]
    rows = AnswerConflict.objects.filter(
        Q(first_entry__in=numbers) | Q(second_entry__in=numbers), status__in=OPEN
    )
    return close_agreed(rows, now=now)


@transaction.atomic
def settle_conflict(
    conflict: AnswerConflict, outcome: str, *, note: str = "", actor: Staff, now: datetime
) -> None:
    """Decide: one side is right (`first`, `second`), `both` are, or it is no conflict (`none`).

    Where one is right, the other's owner is to correct its text within `REVIEW_DAYS` working days. `both` needs the
    reason (another audience, another place) and holds until a text changes. By who edits for either owner; once
    disputed, by who edits for both. `NotFound` for others, `AlreadyDone` for what is settled.
    """
    row = _locked(conflict)
    _ensure_may_decide(actor, row)
    if row.status not in OPEN:
        raise AlreadyDone(_("这一条已经处理过。"))
    if outcome not in OUTCOMES:
        raise Refused(_("请选择怎样处理。"), field="outcome")
    note = _noted(note)
    if outcome == Status.BOTH and not note:
        raise Refused(_("请写明为什么两边都对：适用的人不同，还是地方不同。"), field="note")
    before = row.status
    row.note, row.settled_by, row.settled_at = note, actor, now
    one, other = sides_of(row, timezone.localdate(now))
    row.first_mark, row.second_mark = text_mark(one.compared), text_mark(other.compared)
    row.due_on, row.wrong, row.is_disputed = None, 0, False
    if outcome in (FIRST, SECOND):
        row.status = Status.REVIEW
        row.wrong = 2 if outcome == FIRST else 1
        owner = row.second_agency if row.wrong == 2 else row.first_agency
        row.due_on = _due(owner, now)
        _bring_up(row, row.due_on, actor, now)
        people = staff_with(Permission.EDIT_KNOWLEDGE, owner)
        words = f"有内容经核对与别的单位不一致，请在{row.due_on:%m月%d日}前修改"
        notify_staff(people, words, kind="review.conflicts", link=f"{LIST}{row.pk}/", now=now)
    else:
        row.status = outcome
        _tell_others(row, actor, now)
    _keep(row, before, actor, now)


@transaction.atomic
def object_to_review(conflict: AnswerConflict, *, note: str, actor: Staff, now: datetime) -> None:
    """Whose text was to be corrected says that it is right, and why: whoever is above both decides."""
    row = _locked(conflict)
    owner = row.second_agency if row.wrong == 2 else row.first_agency
    if row.status != Status.REVIEW:
        raise AlreadyDone(_("这一条已经处理过。"))
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, owner)
    note = _noted(note)
    if not note:
        raise Refused(_("请写明您这边依据什么。"), field="note")
    row.status, row.is_disputed, row.due_on, row.wrong = Status.OPEN, True, None, 0
    row.note, row.settled_by, row.settled_at = note, actor, now
    if row.lead is not None:
        people = staff_with(Permission.EDIT_KNOWLEDGE, row.lead)
        words = "两个单位说法不一且有争议，请裁定"
        notify_staff(people, words, kind="review.conflicts", link=f"{LIST}{row.pk}/", now=now)
    _keep(row, Status.REVIEW, actor, now)


def may_decide(staff: Staff, row: AnswerConflict) -> bool:
    """Whether a person may decide one now."""
    rights = [
        may(staff, Permission.EDIT_KNOWLEDGE, each)
        for each in (row.first_agency, row.second_agency)
    ]
    return all(rights) if row.is_disputed else any(rights)


def _ensure_may_decide(actor: Staff, row: AnswerConflict) -> None:
    sides = (row.first_agency, row.second_agency)
    if not any(may(actor, Permission.EDIT_KNOWLEDGE, each) for each in sides):
        raise NotFound
    if not may_decide(actor, row):
        raise Refused(_("双方有争议，由同时管理两个单位的上级决定。"))


def _bring_up(row: AnswerConflict, due: date, actor: Staff, now: datetime) -> None:
    """The entry that is to be corrected stands among those to review by then, too."""
    entry = row.second_entry if row.wrong == 2 else row.first_entry
    if entry is None or (entry.review_on is not None and entry.review_on <= due):
        return
    before, entry.review_on = entry.review_on, due
    entry.save(update_fields=["review_on"])
    audit.record(
        actor, "entry.review_set", entry, now=now, agency=entry.agency,
        before={"review_on": before.isoformat() if before else None},
        after={"review_on": due.isoformat()},
    )  # fmt: skip


def _tell_others(row: AnswerConflict, actor: Staff, now: datetime) -> None:
    for agency in (row.first_agency, row.second_agency):
        if not may(actor, Permission.EDIT_KNOWLEDGE, agency):
            people = staff_with(Permission.EDIT_KNOWLEDGE, agency)
            words = f"“{row.matter[:40]}”的不同说法已有处理结果：{row.get_status_display()}"
            notify_staff(people, words, kind="review.conflicts", link=f"{LIST}{row.pk}/", now=now)


def _due(agency: Agency, now: datetime) -> date:
    return timezone.localdate(add_working_days(now, REVIEW_DAYS, working_calendar(agency)).at)


def _noted(note: str) -> str:
    note = note.strip()
    if len(note) > 300:
        raise Refused(_("说明不超过 300 字。"), field="note")
    return note


def _keep(row: AnswerConflict, before: str, actor: Staff, now: datetime) -> None:
    row.save(
        update_fields=[
            "status",
            "wrong",
            "is_disputed",
            "due_on",
            "note",
            "settled_by",
            "settled_at",
            "first_mark",
            "second_mark",
        ]
    )
    after = {
        "status": str(row.status),
        "wrong": row.wrong,
        "places": [row.first_place, row.second_place],
    }
    verb = "answer_conflict.disputed" if row.is_disputed else "answer_conflict.settled"
    for agency in {each.pk: each for each in (row.first_agency, row.second_agency)}.values():
        audit.record(
            actor, verb, row, now=now, agency=agency, before={"status": str(before)}, after=after,
            reason=row.note,
        )  # fmt: skip


def _locked(conflict: AnswerConflict) -> AnswerConflict:
    rows = AnswerConflict.objects.select_for_update(of=("self",))
    return rows.select_related(
        "first_agency", "second_agency", "lead", "first_entry__agency", "second_entry__agency"
    ).get(pk=conflict.pk)
