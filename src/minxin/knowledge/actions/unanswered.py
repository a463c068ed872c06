"""What citizens asked and we did not know: counted, put aside, answered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.knowledge.actions.entries import WAY_LIMIT, EntryDraft, create_entry
from minxin.knowledge.models import Entry, Intent, UnansweredQuestion, Variant, WeekAsked
from minxin.knowledge.rules.intents import week_of
from minxin.knowledge.synonyms import plain, tokens
from minxin.text import bigrams, mask, normal


@dataclass(frozen=True, slots=True)
class Asking:
    """Something asked of an agency's account and not known: by whom, where that is known, and when.
    `is_low_rated`: it was answered, and the answer was of no use to her."""

    agency_id: int
    text: str
    citizen_id: str | None = None
    at: datetime | None = None
    is_low_rated: bool = False


def record_unanswered(texts: Sequence[tuple[int, str]], *, now: datetime) -> None:
    """As `record_askings`, for (owner agency, text) without who asked."""
    record_askings([Asking(agency_id, text) for agency_id, text in texts], now=now)


def record_askings(askings: Sequence[Asking], *, now: datetime) -> None:
    """Count what was asked and not known, private data masked: as a whole, and per citizen and week.

    Two texts are one question when they share all words of matter, synonyms taken together.

    Who unfollowed meanwhile is nobody by then. Not audited: it follows from messages, which are their own
    record. Call it in a transaction.
    """
    keys = {each.citizen_id for each in askings if each.citizen_id}
    erased = set(
        Citizen.objects.filter(pk__in=keys, erased_at__isnull=False).values_list("pk", flat=True)
    )
    for asking in askings:
        at = asking.at or now
        masked = mask(" ".join(asking.text.split()))[:300]
        asked = plain("".join(normal(masked).split()))
        matter = tokens(asked)
        if not matter or len("".join(bigrams(asked))) < 4:
            continue
        normal_form = hashlib.sha256("|".join(sorted(matter)).encode()).hexdigest()
        row, is_new = UnansweredQuestion.objects.get_or_create(
            agency_id=asking.agency_id,
            normal_form=normal_form,
            defaults={
                "text": masked, "first_asked_at": at, "last_asked_at": at,
                "low_rated": int(asking.is_low_rated),
            },
        )  # fmt: skip
        if not is_new:
            UnansweredQuestion.objects.filter(pk=row.pk).update(
                times=F("times") + 1, last_asked_at=at,
                low_rated=F("low_rated") + int(asking.is_low_rated),
            )  # fmt: skip
        count, _made = WeekAsked.objects.get_or_create(
            question=row,
            citizen_id=None if asking.citizen_id in erased else asking.citizen_id,
            week=week_of(timezone.localdate(at)),
        )
        WeekAsked.objects.filter(pk=count.pk).update(times=F("times") + 1)


@transaction.atomic
def forget_asker(citizen_key: str) -> int:
    """She unfollowed: what she asked stays counted, and nobody's. How many counts that were hers."""
    hers = list(WeekAsked.objects.filter(citizen=citizen_key))
    for each in hers:
        count, _made = WeekAsked.objects.get_or_create(
            question_id=each.question_id, citizen=None, week=each.week
        )
        WeekAsked.objects.filter(pk=count.pk).update(times=F("times") + each.times)
    WeekAsked.objects.filter(pk__in=[each.pk for each in hers]).delete()
    return len(hers)


@transaction.atomic
def dismiss_unanswered(question: UnansweredQuestion, *, actor: Actor, now: datetime) -> None:
    """Decide that a question gets no entry."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, question.agency)
    if question.status != UnansweredQuestion.Status.OPEN:
        raise Refused(_("这个问题已经处理过。"))
    question.status = UnansweredQuestion.Status.DISMISSED
    question.save(update_fields=["status"])
    audit.record(actor, "unanswered.dismissed", question, now=now)
    _end_of_its_intent(question, actor=actor, now=now)


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
    _end_of_its_intent(question, actor=actor, now=now)
    return entry


def _end_of_its_intent(question: UnansweredQuestion, *, actor: Actor, now: datetime) -> None:
    """Where the last open question of an intent was settled, nothing is owed any more."""
    intent = Intent.objects.filter(places__question=question, status=Intent.Status.OPEN).first()
    if intent is None:
        return
    settled = UnansweredQuestion.objects.filter(place__intent=intent)
    if settled.filter(status=UnansweredQuestion.Status.OPEN).exists():
        return
    is_answered = settled.filter(status=UnansweredQuestion.Status.ANSWERED).exists()
    intent.status = Intent.Status.CLOSED if is_answered else Intent.Status.DISMISSED
    intent.entry = question.entry if is_answered else None
    intent.closed_at = now
    intent.closed_by = actor if isinstance(actor, Staff) else None
    intent.save(update_fields=["status", "entry", "closed_at", "closed_by"])
    verb = "intent.closed" if is_answered else "intent.dismissed"
    audit.record(
        actor, verb, intent, now=now, agency=intent.agency,
        reason=_("这一类的问题都已在未答问题里处理"),
    )  # fmt: skip
