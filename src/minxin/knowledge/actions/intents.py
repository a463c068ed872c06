"""Intents: questions put together, assigned, merged, split, closed. Putting together and counting follow from
what was asked and are not audited; what a person does is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.calendars import working_calendar
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import NotFound, Refused
from minxin.core.working_time import add_working_days
from minxin.knowledge.actions.entries import WAY_LIMIT
from minxin.knowledge.models import (
    Entry,
    IndexChange,
    Intent,
    IntentQuestion,
    UnansweredQuestion,
    Variant,
    WeekAsked,
)
from minxin.knowledge.queries.intents import may_edit_intent
from minxin.knowledge.rules import is_in_force
from minxin.knowledge.rules.intents import INTENT_DAYS, RECENT, need_of, week_of, weeks_until

Status = Intent.Status
WAYS_TAKEN = 5  # of an intent's questions, the most asked, that become ways of asking


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a question goes: into an intent, or None: it begins one."""

    question_id: int
    intent_id: int | None
    topic: str
    likeness: float


@transaction.atomic
def place_question(placing: Placing, *, now: datetime) -> int | None:
    """Put one question into its intent; the intent's number, None when somebody was quicker."""
    question = UnansweredQuestion.objects.select_for_update().filter(pk=placing.question_id).first()
    if question is None or IntentQuestion.objects.filter(question=question).exists():
        return None
    if placing.intent_id is None:
        intent = Intent.objects.create(
            agency_id=question.agency_id, title=question.text, topic=placing.topic, opened_at=now
        )
        number = intent.pk
    else:
        number = placing.intent_id
    IntentQuestion.objects.create(
        question=question, intent_id=number, topic=placing.topic,
        likeness=placing.likeness, joined_at=now,
    )  # fmt: skip
    return number


def count_intents(
    numbers: Sequence[int], *, near: Mapping[int, Sequence[int]] | None = None, now: datetime
) -> None:
    """Bring the counts of these intents up to date; `near`: the entries nearest to each, where looked up."""
    today = timezone.localdate(now)
    weeks = weeks_until(today)
    since = week_of(today - RECENT)
    for number in numbers:
        with transaction.atomic():
            intent = Intent.objects.select_for_update(of=("self",)).filter(pk=number).first()
            if intent is None:
                continue
            rows = WeekAsked.objects.filter(question__place__intent=intent).order_by()
            recent = Q(week__gt=since)
            found = rows.aggregate(
                citizens=Count("citizen", distinct=True),
                recent_times=Sum("times", filter=recent),
                recent_citizens=Count("citizen", distinct=True, filter=recent),
            )
            by_week = dict(rows.filter(week__in=weeks).values_list("week").annotate(Sum("times")))
            asked = intent.places.aggregate(
                times=Sum("question__times"), low_rated=Sum("question__low_rated")
            )
            intent.times = asked["times"] or 0
            intent.low_rated = asked["low_rated"] or 0
            intent.citizens = found["citizens"]
            intent.recent_times = found["recent_times"] or 0
            intent.recent_citizens = found["recent_citizens"]
            intent.trend = [by_week.get(week, 0) for week in weeks]
            if near is not None and number in near:
                intent.near = list(near[number])
                newest = Entry.objects.filter(pk__in=intent.near).aggregate(at=Max("updated_at"))[
                    "at"
                ]
                intent.supply_on = timezone.localdate(newest) if newest else None
            intent.need = need_of(intent.recent_citizens, len(intent.near))
            intent.counted_at = now
            intent.save(
                update_fields=[
                    "times", "citizens", "recent_times", "recent_citizens", "trend", "near",
                    "supply_on", "need", "counted_at", "low_rated",
                ]
            )  # fmt: skip


@transaction.atomic
def assign_intent(
    intent: Intent,
    owner: Agency,
    *,
    by: str = Intent.OwnerBy.PERSON,
    basis: str = "",
    due_on: date | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say which agency owes the answer, and by when: ten working days where no day is given."""
    fresh = _held(intent, actor, Status.OPEN)
    if by != Intent.OwnerBy.PERSON and fresh.owner_id is not None:
        raise Refused(_("已经有人指定了责任单位。"), field="owner")
    if not owner.is_active:
        raise Refused(_("这个单位已停用，请选别的单位。"), field="owner")
    if due_on is not None and due_on < timezone.localdate(now):
        raise Refused(_("补充期限不能早于今天。"), field="due_on")
    before = {
        "owner": fresh.owner.name if fresh.owner else "",
        "due_on": fresh.due_on.isoformat() if fresh.due_on else "",
    }
    fresh.owner, fresh.owner_by, fresh.basis = owner, by, basis.strip()[:300]
    if due_on is None:
        due = add_working_days(now, INTENT_DAYS, working_calendar(owner))
        fresh.due_on, fresh.is_provisional = timezone.localdate(due.at), due.is_provisional
    else:
        fresh.due_on, fresh.is_provisional = due_on, False
    fresh.save(update_fields=["owner", "owner_by", "basis", "due_on", "is_provisional"])
    audit.record(
        actor, "intent.assigned", fresh, now=now, agency=fresh.agency, before=before,
        after={"owner": owner.name, "by": by, "due_on": fresh.due_on.isoformat()},
        reason=fresh.basis,
    )  # fmt: skip


@transaction.atomic
def merge_intents(intent: Intent, into: Intent, *, actor: Staff, now: datetime) -> None:
    """All questions of one intent go to another of the same accounts; its number leads there."""
    fresh = _held(intent, actor, Status.OPEN)
    other = _held(into, actor, Status.OPEN, Status.CLOSED)
    if fresh.pk == other.pk:
        raise Refused(_("不能并入它自己。"), field="into")
    if fresh.agency_id != other.agency_id:
        raise Refused(_("两类问题来自不同单位的账号，不能合并。"), field="into")
    moved = fresh.places.update(intent=other, by_hand=True)
    fresh.status, fresh.merged_into = Status.MERGED, other
    fresh.closed_at, fresh.closed_by = now, actor
    fresh.save(update_fields=["status", "merged_into", "closed_at", "closed_by"])
    if other.status == Status.CLOSED:
        _mark_questions(other, UnansweredQuestion.Status.ANSWERED)
    count_intents([fresh.pk, other.pk], now=now)
    audit.record(
        actor, "intent.merged", fresh, now=now, agency=fresh.agency,
        after={"into": other.pk, "questions": moved},
    )  # fmt: skip


@transaction.atomic
def split_questions(
    intent: Intent, questions: Sequence[int], *, actor: Staff, now: datetime
) -> Intent:
    """Take some of an intent's questions out: they become an intent of their own, open and without owner."""
    fresh = _held(intent, actor, Status.OPEN, Status.CLOSED)
    places = list(fresh.places.filter(question_id__in=questions).select_related("question"))
    if not places:
        raise Refused(_("请勾选要拆出的问题。"), field="questions")
    if len(places) == fresh.places.count():
        raise Refused(_("至少要留下一个问题。"), field="questions")
    first = max(places, key=lambda each: (each.question.times, -each.pk))
    made = Intent.objects.create(
        agency=fresh.agency, title=first.question.text, topic=first.topic, opened_at=now
    )
    numbers = [each.pk for each in places]
    IntentQuestion.objects.filter(pk__in=numbers).update(intent=made, by_hand=True)
    asked = UnansweredQuestion.objects.filter(place__intent=made)
    asked.filter(status=UnansweredQuestion.Status.ANSWERED).update(
        status=UnansweredQuestion.Status.OPEN, entry=None
    )
    left = fresh.places.select_related("question").order_by("id").first()
    if left is not None and fresh.title not in set(
        fresh.places.values_list("question__text", flat=True)
    ):
        fresh.title = left.question.text
        fresh.save(update_fields=["title"])
    count_intents([fresh.pk, made.pk], now=now)
    audit.record(
        actor, "intent.split", fresh, now=now, agency=fresh.agency,
        after={"made": made.pk, "questions": len(numbers)},
    )  # fmt: skip
    made.refresh_from_db()
    return made


@transaction.atomic
def close_intent(intent: Intent, entry: Entry | None, *, actor: Staff, now: datetime) -> None:
    """An entry in use answers it: its questions count as answered, the most asked of them become ways of
    asking for the entry, where the actor edits it."""
    fresh = _held(intent, actor, Status.OPEN)
    if entry is None or entry.status != Entry.Status.PUBLISHED:
        raise Refused(_("请填写一条已发布的知识条目的编号：草稿还不能回答市民。"), field="entry")
    if not is_in_force(entry.valid_from, entry.valid_until, timezone.localdate(now)):
        raise Refused(_("这条知识今天不在有效期内，还不能回答市民。"), field="entry")
    fresh.status, fresh.entry = Status.CLOSED, entry
    fresh.closed_at, fresh.closed_by = now, actor
    fresh.save(update_fields=["status", "entry", "closed_at", "closed_by"])
    _mark_questions(fresh, UnansweredQuestion.Status.ANSWERED)
    ways = _teach(fresh, entry, actor)
    audit.record(
        actor, "intent.closed", fresh, now=now, agency=fresh.agency,
        after={"entry": entry.code, "ways": ways},
    )  # fmt: skip


def _teach(intent: Intent, entry: Entry, actor: Staff) -> int:
    """How many of its questions became ways of asking; none for who does not edit the entry."""
    if not may(actor, Permission.EDIT_KNOWLEDGE, entry.agency):
        return 0
    asked = intent.places.order_by("-question__times", "id").values_list(
        "question__text", flat=True
    )
    known = {entry.question, *entry.variants.values_list("text", flat=True)}
    texts = dict.fromkeys(text[:WAY_LIMIT] for text in asked[:WAYS_TAKEN])
    fresh = [text for text in texts if text not in known and "*" not in text]
    Variant.objects.bulk_create(Variant(entry=entry, text=text) for text in fresh)
    if fresh:
        IndexChange.objects.create(entry_id=entry.pk)
    return len(fresh)


@transaction.atomic
def dismiss_intent(intent: Intent, *, reason: str, actor: Staff, now: datetime) -> None:
    """Decide, with a reason, that it gets no entry; questions that join later stay with it."""
    fresh = _held(intent, actor, Status.OPEN)
    if not reason.strip():
        raise Refused(_("请写明不予收录的原因。"), field="reason")
    fresh.status, fresh.closed_at, fresh.closed_by = Status.DISMISSED, now, actor
    fresh.save(update_fields=["status", "closed_at", "closed_by"])
    _mark_questions(fresh, UnansweredQuestion.Status.DISMISSED)
    audit.record(actor, "intent.dismissed", fresh, now=now, agency=fresh.agency, reason=reason)


@transaction.atomic
def reopen_intent(intent: Intent, *, reason: str, actor: Staff, now: datetime) -> None:
    """It is asked as before, or was put aside wrongly: owed again, with a new term where it has an owner."""
    fresh = _held(intent, actor, Status.CLOSED, Status.DISMISSED)
    if not reason.strip():
        raise Refused(_("请写明重新打开的原因。"), field="reason")
    fresh.status, fresh.entry, fresh.closed_at, fresh.closed_by = Status.OPEN, None, None, None
    if fresh.owner is not None:
        due = add_working_days(now, INTENT_DAYS, working_calendar(fresh.owner))
        fresh.due_on, fresh.is_provisional = timezone.localdate(due.at), due.is_provisional
    fresh.save()
    _mark_questions(fresh, UnansweredQuestion.Status.OPEN)
    audit.record(actor, "intent.reopened", fresh, now=now, agency=fresh.agency, reason=reason)


def _mark_questions(intent: Intent, status: str) -> None:
    asked = UnansweredQuestion.objects.filter(place__intent=intent)
    asked.update(status=status, entry=intent.entry)


def _held(intent: Intent, actor: Actor, *states: str) -> Intent:
    """The intent as it is now, locked; refused in another state, `NotFound` for whom it is none of."""
    fresh = (
        Intent.objects.select_for_update(of=("self",))
        .select_related("agency", "owner", "entry")
        .get(pk=intent.pk)
    )
    if isinstance(actor, Staff) and not may_edit_intent(actor, fresh):
        raise NotFound
    if fresh.status not in states:
        raise Refused(_("这类问题的状态已经变了，请刷新后再看。"))
    return fresh
