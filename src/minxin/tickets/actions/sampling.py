"""People read a sample of the replies of an agency, and decide by the plan whether they pass."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may, may
from minxin.agencies.rules import Permission
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.words import within
from minxin.tickets.models import InspectedReply, ReplyInspection, ReplyJudgement
from minxin.tickets.queries import sampling
from minxin.tickets.rules import LONGEST_WORDS, SHORTEST_TEXT
from minxin.tickets.rules.sampling import AQLS, LEVELS, draw, plan_for


@transaction.atomic
def open_inspection(
    agency: Agency,
    *,
    period_from: date,
    period_until: date,
    aql: str,
    level: str,
    judges: Sequence[Staff],
    actor: Staff,
    now: datetime,
    seed: str = "",
) -> ReplyInspection:
    """Freeze the list of the period's answers and draw the sample that the plan asks for.

    Two people judge; neither may have written or passed an answer of the sample. `seed`: given to draw
    a known sample again, else made up here.
    """
    ensure_may(actor, Permission.INSPECT_REPLIES, agency)
    if period_until < period_from:
        raise Refused(_("时段的止日不能早于起日。"), field="period_until")
    if aql not in AQLS:
        raise Refused(_("请选择 AQL。"), field="aql")
    if level not in LEVELS:
        raise Refused(_("请选择检验水平。"), field="level")
    if len({each.pk for each in judges}) != 2:
        raise Refused(_("请选两位不同的判定人。"), field="second_judge")
    for name, judge in zip(("first_judge", "second_judge"), judges, strict=True):
        if not may(judge, Permission.INSPECT_REPLIES, agency):
            raise Refused(_("%(name)s没有抽查这个单位的权限。") % {"name": judge.name}, field=name)
    population = sampling.answers_between(agency, period_from, period_until)
    if not population:
        raise Refused(_("这个时段没有发出的答复，没有可抽查的。"), field="period_from")
    plan, seed = plan_for(len(population), aql, level), seed or secrets.token_hex(8)
    drawn = draw(population, plan.size, seed)
    taking_part = sampling.authors_among(drawn)
    for name, judge in zip(("first_judge", "second_judge"), judges, strict=True):
        if judge.pk in taking_part:
            raise Refused(
                _("%(name)s写过或审核过抽中的答复，请换一位。") % {"name": judge.name}, field=name
            )
    made = ReplyInspection.objects.create(
        agency=agency, period_from=period_from, period_until=period_until, aql=aql, level=level,
        letter=plan.letter, lot=plan.lot, size=plan.size, accept=plan.accept, seed=seed,
        population=population, sha256=hashlib.sha256(json.dumps(population).encode()).hexdigest(),
        first_judge=judges[0], second_judge=judges[1], opened_by=actor, opened_at=now,
    )  # fmt: skip
    for number, event in enumerate(drawn, start=1):
        InspectedReply.objects.create(inspection=made, number=number, event_id=event)
    audit.record(
        actor, "reply_inspection.opened", made, now=now, agency=agency,
        after={"lot": plan.lot, "size": plan.size, "accept": plan.accept, "aql": aql, "seed": seed,
               "sha256": made.sha256},
    )  # fmt: skip
    words = gettext_noop("有 %(count)s 份答复请您抽查判定") % {"count": plan.size}
    link = f"/console/reply-inspections/{made.pk}/judge/"
    notify_staff(judges, kind="ticket", text=words, link=link, now=now)
    return made


@transaction.atomic
def judge_reply(
    reply: InspectedReply, *, is_good: bool, faults: Sequence[str] = (), words: str = "",
    actor: Staff, now: datetime,
) -> ReplyJudgement:  # fmt: skip
    """One of the two says whether a reply is good, once, without seeing the other's word."""
    inspection = _held(reply.inspection, actor)
    fresh = InspectedReply.objects.get(pk=reply.pk)
    if not sampling.is_judge(inspection, actor):
        raise Refused(_("您不是这次抽查的判定人。"))
    known = [each for each in ReplyJudgement.Fault.values if each in faults]
    if not is_good and not known:
        raise Refused(_("判为不合格的，请至少选一项原因。"), field="faults")
    if ReplyJudgement.Fault.OTHER in known and not is_good and len(words.strip()) < SHORTEST_TEXT:
        raise Refused(_("选了“其他”，请写明。"), field="words")
    try:
        with transaction.atomic():
            made = ReplyJudgement.objects.create(
                reply=fresh, staff=actor, is_good=is_good, faults=[] if is_good else known,
                words=words.strip()[:300], at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyDone(_("这份答复您已经判定过。")) from error
    said = set(fresh.judgements.values_list("is_good", flat=True))
    if fresh.judgements.count() == 2 and len(said) == 1:
        fresh.is_good = said.pop()
        fresh.save(update_fields=["is_good"])
    audit.record(
        actor, "reply_inspection.judged", inspection, now=now, agency=inspection.agency,
        after={"number": fresh.number, "is_good": is_good, "faults": made.faults},
    )  # fmt: skip
    return made


@transaction.atomic
def settle_reply(
    reply: InspectedReply, *, is_good: bool, reason: str, actor: Staff, now: datetime
) -> None:
    """A third person decides where the two differ, with a reason."""
    inspection = _held(reply.inspection, actor)
    if sampling.is_judge(inspection, actor):
        raise Refused(_("两位判定人意见不同，由第三个人裁定。"))
    fresh = sampling.differing(inspection).filter(pk=reply.pk).first()
    if fresh is None:
        raise Refused(_("这份答复没有分歧，或者已经裁定。请刷新后再看。"))
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明裁定的理由。"), field="reason")
    fresh.is_good, fresh.settled_by, fresh.reason = (
        is_good,
        actor,
        within(reason, LONGEST_WORDS, field="reason"),
    )
    fresh.save(update_fields=["is_good", "settled_by", "reason"])
    audit.record(
        actor, "reply_inspection.settled", inspection, now=now, agency=inspection.agency,
        after={"number": fresh.number, "is_good": is_good}, reason=reason,
    )  # fmt: skip


@transaction.atomic
def conclude_inspection(
    inspection: ReplyInspection, *, reason: str, actor: Staff, now: datetime
) -> ReplyInspection:
    """Accepted or rejected, as the plan says; the person adds in words what follows from it."""
    fresh = _held(inspection, actor)
    progress = sampling.progress_of(fresh)
    if not progress.is_complete:
        raise Refused(_("还有答复没有判定，或者分歧没有裁定，不能下结论。"))
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明结论的说明。"), field="reason")
    is_accepted = progress.faulty <= fresh.accept
    status = ReplyInspection.Status.ACCEPTED if is_accepted else ReplyInspection.Status.REJECTED
    fresh.status, fresh.faulty, fresh.reason = (
        status,
        progress.faulty,
        within(reason, LONGEST_WORDS, field="reason"),
    )
    fresh.decided_by, fresh.decided_at = actor, now
    fresh.save()
    audit.record(
        actor, "reply_inspection.concluded", fresh, now=now, agency=fresh.agency, reason=reason,
        after={"status": fresh.status, "faulty": fresh.faulty, "accept": fresh.accept},
    )  # fmt: skip
    return fresh


@transaction.atomic
def cancel_inspection(
    inspection: ReplyInspection, *, reason: str, actor: Staff, now: datetime
) -> None:
    """Lay an inspection aside, with a reason; what was said stays to be read."""
    fresh = _held(inspection, actor)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明取消的理由。"), field="reason")
    fresh.status, fresh.reason = (
        ReplyInspection.Status.CANCELLED,
        within(reason, LONGEST_WORDS, field="reason"),
    )
    fresh.decided_by, fresh.decided_at = actor, now
    fresh.save()
    audit.record(
        actor, "reply_inspection.cancelled", fresh, now=now, agency=fresh.agency, reason=reason
    )


def _held(inspection: ReplyInspection, actor: Staff) -> ReplyInspection:
    """The inspection as it is now, locked; refused when it is over."""
    ensure_may(actor, Permission.INSPECT_REPLIES, inspection.agency)
    fresh = (
        ReplyInspection.objects.select_for_update(of=("self",))
        .select_related("agency")
        .get(pk=inspection.pk)
    )
    if fresh.status != ReplyInspection.Status.OPEN:
        raise Refused(_("这次抽查已经结束。"))
    return fresh
