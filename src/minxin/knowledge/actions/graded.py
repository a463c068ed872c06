"""Graded sets: drawn, graded by two apart, settled by a third, frozen."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, may
from minxin.agencies.rules import Permission
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.knowledge.models import Grade, GradedQuestion, GradedSet, Verdict
from minxin.knowledge.queries import graded
from minxin.knowledge.rules import Lookup
from minxin.knowledge.rules.graded import draw
from minxin.text import mask

Status = GradedSet.Status
MOST = 1000  # questions of a set: two people read each
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Sample:
    """What a set is made of: what citizens asked in these days, how many are drawn, and what is added by hand."""

    asked_from: date
    asked_until: date
    asked: Sequence[str]
    size: int
    by_hand: Sequence[str] = ()


def plain_question(text: str) -> str:
    """A question as it is kept: private data masked, one line."""
    return mask(" ".join(text.split()))[:LONGEST]


@transaction.atomic
def open_graded_set(
    agency: Agency,
    sample: Sample,
    *,
    graders: Sequence[Staff],
    look: Callable[[str], Lookup],
    actor: Staff,
    now: datetime,
    seed: str = "",
) -> GradedSet:
    """Draw the questions and keep what is answered to each now (`look`). Two people grade, and are told."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    _check_graders(agency, graders)
    if sample.asked_until < sample.asked_from:
        raise Refused(_("时段的止日不能早于起日。"), field="asked_until")
    asked = {text for each in sample.asked if (text := plain_question(each))}
    seed = seed or secrets.token_hex(8)
    drawn = draw(asked, sample.size, seed)
    hand = [text for each in sample.by_hand if (text := plain_question(each))]
    hand = [each for each in dict.fromkeys(hand) if each not in set(drawn)]
    if not drawn and not hand:
        raise Refused(_("这个时段没有市民提问，也没有补充问题，没有可评定的。"), field="asked_from")
    if len(drawn) + len(hand) > MOST:
        raise Refused(_("一个评测集最多 %(most)s 题。") % {"most": MOST}, field="size")
    if graded.sets_of(agency).filter(status=Status.GRADING).exists():
        raise Refused(_("这个单位已有一个评测集在评定，请先定稿或作废。"), field="agency")
    last = graded.sets_of(agency).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            made = GradedSet.objects.create(
                agency=agency, number=last + 1, asked_from=sample.asked_from,
                asked_until=sample.asked_until, population=len(asked), drawn=len(drawn),
                by_hand=len(hand), seed=seed, first_grader=graders[0], second_grader=graders[1],
                opened_by=actor, opened_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyDone(_("刚有人为这个单位建了评测集，请刷新后再看。")) from error
    origin = GradedQuestion.Origin
    texts = [*((each, origin.ASKED) for each in drawn), *((each, origin.HAND) for each in hand)]
    GradedQuestion.objects.bulk_create(
        _question(made, number, text, where, look(text))
        for number, (text, where) in enumerate(texts, 1)
    )
    audit.record(
        actor, "graded_set.opened", made, now=now, agency=agency,
        after={"number": made.number, "population": made.population, "drawn": made.drawn,
               "by_hand": made.by_hand, "seed": seed},
    )  # fmt: skip
    words = gettext_noop("有 %(count)s 个问题的应答请您评定") % {"count": len(texts)}
    link = f"/console/knowledge/graded/{made.pk}/grade/"
    notify_staff(graders, kind="knowledge", text=words, link=link, now=now)
    return made


def _check_graders(agency: Agency, graders: Sequence[Staff]) -> None:
    if len({each.pk for each in graders}) != 2:
        raise Refused(_("请选两位不同的评定人。"), field="second_grader")
    for name, each in zip(("first_grader", "second_grader"), graders, strict=True):
        if not may(each, Permission.EDIT_KNOWLEDGE, agency):
            raise Refused(_("%(name)s不维护这个单位的知识。") % {"name": each.name}, field=name)


def _question(
    made: GradedSet, number: int, text: str, origin: str, found: Lookup
) -> GradedQuestion:
    answer = found.answer
    source = f"《{answer.source_title}》{answer.document_number}" if answer else ""
    return GradedQuestion(
        graded_set=made, number=number, text=text, origin=origin,
        entry_id=answer.entry_id if answer else None, answer=answer.text if answer else "",
        source=f"{source}（{answer.issuing_agency}）"[:500] if answer else "",
        confidence=found.confidence,
    )  # fmt: skip


@transaction.atomic
def grade_question(question: GradedQuestion, verdict: str, *, actor: Staff, now: datetime) -> Grade:
    """One of the two says what she thinks, once, without the other's word; the same word twice settles it."""
    held = _held(question.graded_set, actor)
    if actor.pk not in {held.first_grader_id, held.second_grader_id}:
        raise Refused(_("您不是这个评测集的评定人。"))
    fresh = GradedQuestion.objects.get(pk=question.pk)
    _check_verdict(fresh, verdict)
    try:
        with transaction.atomic():
            made = Grade.objects.create(question=fresh, staff=actor, verdict=verdict, graded_at=now)
    except IntegrityError as error:
        raise AlreadyDone(_("这一题您已经评定过。")) from error
    said = list(fresh.grades.values_list("verdict", flat=True))
    if len(said) == 2 and len(set(said)) == 1:
        fresh.verdict = said[0]
        fresh.save(update_fields=["verdict"])
    audit.record(
        actor, "graded_set.graded", held, now=now, agency=held.agency,
        after={"number": fresh.number, "verdict": verdict},
    )  # fmt: skip
    return made


def _check_verdict(question: GradedQuestion, verdict: str) -> None:
    if verdict not in Verdict.values:
        raise Refused(_("请选择一种评定。"), field="verdict")
    if not question.answer and verdict not in {Verdict.RIGHT, Verdict.WRONG}:
        raise Refused(
            _("没有作答的题，只评“对”（不答是对的）或“错”（应当能答）。"), field="verdict"
        )


@transaction.atomic
def settle_question(
    question: GradedQuestion, verdict: str, *, reason: str, actor: Staff, now: datetime
) -> None:
    """A third person decides where the two differ, with a reason."""
    held = _held(question.graded_set, actor)
    if actor.pk in {held.first_grader_id, held.second_grader_id}:
        raise Refused(_("两位评定人意见不同，由第三个人裁定。"))
    fresh = graded.differing(held).filter(pk=question.pk).first()
    if fresh is None or not graded.progress_of(held).are_both_done:
        raise Refused(_("这一题没有分歧，或者已经裁定。请刷新后再看。"))
    _check_verdict(fresh, verdict)
    if not reason.strip():
        raise Refused(_("请写明裁定的理由。"), field="reason")
    fresh.verdict, fresh.settled_by, fresh.reason = verdict, actor, reason.strip()[:300]
    fresh.save(update_fields=["verdict", "settled_by", "reason"])
    audit.record(
        actor, "graded_set.settled", held, now=now, agency=held.agency,
        after={"number": fresh.number, "verdict": verdict}, reason=reason,
    )  # fmt: skip


@transaction.atomic
def freeze_graded_set(found: GradedSet, *, actor: Staff, now: datetime) -> None:
    """Every question has its verdict: the set never changes any more, and its accuracy is told."""
    held = _held(found, actor)
    if held.questions.filter(verdict="").exists():
        raise Refused(_("还有问题没有评定，或者分歧没有裁定，不能定稿。"))
    _end(held, Status.FROZEN, "graded_set.frozen", "", actor, now)


@transaction.atomic
def discard_graded_set(found: GradedSet, *, reason: str, actor: Staff, now: datetime) -> None:
    """Lay a set aside before it was frozen, with a reason."""
    held = _held(found, actor)
    if not reason.strip():
        raise Refused(_("请写明作废的原因。"), field="reason")
    _end(held, Status.DISCARDED, "graded_set.discarded", reason.strip()[:300], actor, now)


def _end(held: GradedSet, status: str, verb: str, reason: str, actor: Staff, now: datetime) -> None:
    held.status, held.ended_by, held.ended_at, held.reason = status, actor, now, reason
    held.save(update_fields=["status", "ended_by", "ended_at", "reason"])
    audit.record(
        actor, verb, held, now=now, agency=held.agency, after={"number": held.number}, reason=reason
    )


def _held(found: GradedSet, actor: Staff) -> GradedSet:
    """The set as it is now, locked; refused when it is over, `NotFound` for whom it is none of."""
    held = GradedSet.objects.select_for_update(of=("self",)).filter(pk=found.pk).first()
    if held is None:
        raise NotFound
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, held.agency)
    if held.status != Status.GRADING:
        raise Refused(_("这个评测集已经定稿或作废，不能再改。"))
    return held
