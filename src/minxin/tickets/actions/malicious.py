"""A ticket is called malicious by two people; its citizen is told and may appeal to a third.

What was said stands in the mark alone, not in the steps: when the mark is over, it is read no more.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
from minxin.agencies.queries import home_of
from minxin.agencies.rules import Permission
from minxin.conversations.contents import TextContent
from minxin.core.actors import Actor, System
from minxin.core.errors import AlreadyDone, Refused
from minxin.tickets import queries
from minxin.tickets.actions.applying import lapse
from minxin.tickets.actions.co_handling import recall_all
from minxin.tickets.actions.ledger import end_wait, enter
from minxin.tickets.actions.steps import (
    copy_to,
    ensure_hers,
    locked,
    locked_for,
    move,
    note_step,
    tell_agency,
)
from minxin.tickets.actions.telling import as_recorded, tell_citizen
from minxin.tickets.models import MaliciousMark, Ticket
from minxin.tickets.rules import SHORTEST_TEXT, Verb, ledger
from minxin.tickets.rules.malicious import LONGEST_APPEAL

Status, Outcome = MaliciousMark.Status, MaliciousMark.Outcome


@transaction.atomic
def propose_malicious(
    ticket: Ticket, *, reason: str, evidence: str, actor: Staff, now: datetime
) -> MaliciousMark:
    """Say that a ticket is malicious, why, and what shows it. Nothing follows from it: the ticket is handled
    and its clock runs as before."""
    fresh = locked_for(ticket, Verb.PROPOSE_MALICIOUS, actor, Permission.ANSWER_TICKETS)
    reason = _words(reason, "reason", _("请写明理由：为什么认为是恶意的。"))
    evidence = _words(evidence, "evidence", _("请写明证据：哪些事实、记录能说明。"))
    _ensure_alone(fresh)
    if queries.living_mark(fresh) is not None:
        raise AlreadyDone(_("已经提出认定，正在等待确认。"))
    if queries.was_acquitted(fresh):
        raise Refused(_("市民对这件工单的申诉已经成立，不能再次提出。"))
    earlier = queries.malicious_of(fresh).filter(status=Status.REFUSED, proposed_by=actor)
    if earlier.exists():
        raise Refused(_("您提出过一次，没有得到认定，不能再次提出。"))
    try:
        with transaction.atomic():
            made = MaliciousMark.objects.create(
                ticket=fresh, agency=home_of(actor), reason=reason[:500], evidence=evidence[:1000],
                proposed_by=actor, proposed_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyDone(_("已经提出认定，正在等待确认。")) from error
    note_step(fresh, Verb.PROPOSE_MALICIOUS, actor, now, text="", is_public=False)
    audit.record(
        actor, "ticket.malicious_proposed", fresh, now=now, agency=fresh.agency, reason=reason
    )  # fmt: skip
    told = gettext_noop("工单 %(number)s 被提出认定为恶意，等待确认")
    _tell_deciders(fresh, made, told, now)
    copy_to(fresh, ticket)
    return made


@transaction.atomic
def refuse_malicious(ticket: Ticket, *, decision: str, actor: Staff, now: datetime) -> None:
    """It is not: the ticket goes on as if nothing had been said, and who proposed it reads why."""
    fresh = locked_for(ticket, Verb.REFUSE_MALICIOUS, actor, Permission.CONFIRM_MALICIOUS)
    row = _decided(fresh, Status.REFUSED, decision, actor, now)
    row.save(update_fields=["status", "decided_by", "decided_at", "decision"])
    note_step(
        fresh, Verb.REFUSE_MALICIOUS, actor, now, text="", is_public=False, agency=home_of(actor)
    )
    audit.record(
        actor, "ticket.malicious_refused", fresh, now=now, agency=fresh.agency, reason=decision
    )
    told = gettext_noop("工单 %(number)s 没有认定为恶意，理由见工单")
    link = f"/console/tickets/{fresh.number}/#malicious"
    words = told % {"number": fresh.number}
    notify_staff([row.proposed_by], kind="ticket", text=words, link=link, now=now)
    copy_to(fresh, ticket)


@transaction.atomic
def confirm_malicious(
    ticket: Ticket, *, decision: str, link: str, actor: Staff, now: datetime
) -> None:
    """It is, says a second person: the ticket ends where it stood and its clock with it.

    The citizen reads `decision`, that nothing else of hers is touched, and until when she may appeal.
    `Refused` where she could not: nobody has left it to us, or no third person may hear it.
    """
    fresh = locked_for(ticket, Verb.END, actor, Permission.CONFIRM_MALICIOUS)
    _ensure_alone(fresh)
    row = _decided(fresh, Status.HOLDS, decision, actor, now)
    _ensure_appealable(fresh, row)
    policy = queries.policy_of(fresh.agency)
    row.stood = fresh.status
    row.appeal_by = now + timedelta(days=policy.appeal_days)
    row.expires_at = now + timedelta(days=policy.malicious_days)
    row.save()
    lapse(fresh, now)
    recall_all(fresh, actor=actor, now=now)
    end_wait(fresh, actor=actor, now=now)
    before = move(fresh, Verb.END)
    note_step(fresh, Verb.END, actor, now, text="", agency=home_of(actor))
    audit.record(
        actor, "ticket.ended", fresh, now=now, agency=fresh.agency, reason=row.decision,
        before={"status": before},
        after={"status": fresh.status, "appeal_by": row.appeal_by, "expires_at": row.expires_at},
    )  # fmt: skip
    words = _(
        "您的诉求 %(number)s 经两名工作人员先后认定为恶意反映，不再办理。\n理由：%(reason)s\n"
        "您的其他诉求照常办理。不同意的，%(day)s前可以申诉一次，由没有参与认定的人决定。\n%(agency)s"
    ) % {
        "number": fresh.number,
        "reason": row.decision,
        "day": _day(row.appeal_by),
        "agency": fresh.agency.name,
    }
    content = TextContent(f'{words}\n<a href="{link}">{_("查看，或提出申诉")}</a>')
    key = f"ticket:{fresh.pk}:ended:{row.pk}"
    tell_citizen(fresh, content, key=key, actor=actor, now=now)
    copy_to(fresh, ticket)


@transaction.atomic
def appeal_malicious(ticket: Ticket, words: str, *, actor: Actor, now: datetime) -> None:
    """She says that it is not malicious: once, until the day she was told."""
    ensure_hers(ticket, actor)
    words = words.strip()
    if len(words) < SHORTEST_TEXT:
        raise Refused(_("请写明为什么不同意。"), field="words")
    if len(words) > LONGEST_APPEAL:
        raise Refused(
            _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_APPEAL}, field="words"
        )
    fresh = locked(ticket, Verb.APPEAL)
    row = queries.living_mark(fresh)
    if row is None or not queries.can_appeal(fresh, now=now):
        raise Refused(_("申诉只能提出一次，或者已经过了期限。您可以提交一件新的诉求。"))
    row.appeal, row.appealed_at = words, now
    row.save(update_fields=["appeal", "appealed_at"])
    note_step(fresh, Verb.APPEAL, actor, now, text="")
    audit.record(as_recorded(fresh, actor), "ticket.appealed", fresh, now=now, agency=fresh.agency)
    told = gettext_noop("市民对工单 %(number)s 的恶意认定提出申诉，等待决定")
    _tell_deciders(fresh, row, told, now)
    copy_to(fresh, ticket)


@transaction.atomic
def uphold_appeal(ticket: Ticket, *, decision: str, link: str, actor: Staff, now: datetime) -> None:
    """She is right: the mark is lifted and the ticket goes on where it stood. What was left of the agency's
    time is left; her promise stays as it was said."""
    fresh = locked_for(ticket, Verb.RESTORE, actor, Permission.CONFIRM_MALICIOUS)
    row = _heard(fresh, Outcome.UPHELD, decision, actor, now)
    row.status = Status.LIFTED
    row.save()
    fresh.status = row.stood
    fresh.due_at = ledger.due_after_standing(fresh.due_at, row.decided_at or now, now)
    fresh.save(update_fields=["status", "due_at"])
    enter(
        fresh, ledger.Kind.START, actor=actor, now=now, due_at=fresh.due_at,
        reason=_("申诉成立，接着办理"),
    )  # fmt: skip
    if fresh.status == Ticket.Status.SIGNED:
        enter(fresh, ledger.Kind.SIGN, actor=actor, now=now)
    note_step(fresh, Verb.RESTORE, actor, now, text="", agency=home_of(actor))
    audit.record(
        actor, "ticket.restored", fresh, now=now, agency=fresh.agency, reason=row.appeal_decision,
        before={"status": "ended"}, after={"status": fresh.status, "due_at": fresh.due_at},
    )  # fmt: skip
    words = _(
        "您对诉求 %(number)s 的申诉成立，认定已撤销，接着办理，%(day)s前答复。\n理由：%(reason)s\n%(agency)s"
    ) % {
        "number": fresh.number,
        "day": _day(fresh.due_at),
        "reason": row.appeal_decision,
        "agency": fresh.agency.name,
    }
    _answer_appeal(fresh, row, words, link, actor, now)
    told = gettext_noop("工单 %(number)s 的恶意认定已撤销，请接着办理")
    tell_agency(fresh, told % {"number": fresh.number}, now, part="malicious")
    copy_to(fresh, ticket)


@transaction.atomic
def refuse_appeal(ticket: Ticket, *, decision: str, link: str, actor: Staff, now: datetime) -> None:
    """The mark stays until its day; she reads why."""
    fresh = locked_for(ticket, Verb.KEEP_ENDED, actor, Permission.CONFIRM_MALICIOUS)
    row = _heard(fresh, Outcome.REFUSED, decision, actor, now)
    row.save()
    note_step(fresh, Verb.KEEP_ENDED, actor, now, text="", agency=home_of(actor))
    audit.record(
        actor, "ticket.appeal_refused", fresh, now=now, agency=fresh.agency,
        reason=row.appeal_decision,
    )  # fmt: skip
    words = _(
        "您对诉求 %(number)s 的申诉没有成立，维持原来的认定。\n理由：%(reason)s\n"
        "您的其他诉求照常办理，需要时可以提交新的诉求。\n%(agency)s"
    ) % {
        "number": fresh.number,
        "reason": row.appeal_decision,
        "agency": fresh.agency.name,
    }
    _answer_appeal(fresh, row, words, link, actor, now)
    copy_to(fresh, ticket)


def expire_malicious(*, now: datetime) -> int:
    """Let the marks whose days are over hold no more; how many. The tickets stay ended. Whose appeal nobody
    decided in all these days is told."""
    due = queries.expired_marks(now).values_list("pk", "ticket")[:500]
    return sum(_expire(mark, ticket, now) for mark, ticket in list(due))


@transaction.atomic
def _expire(mark: int, ticket: int, now: datetime) -> bool:
    fresh = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("agency", "account", "citizen")
        .get(pk=ticket)
    )
    row = MaliciousMark.objects.filter(pk=mark, status=Status.HOLDS).first()
    if row is None:
        return False
    row.status = Status.EXPIRED
    row.save(update_fields=["status"])
    clock = System("clock")
    audit.record(clock, "ticket.mark_expired", fresh, now=now, agency=fresh.agency)
    if row.appealed_at is not None and not row.outcome:
        words = _(
            "您对诉求 %(number)s 的申诉还没有决定，恶意认定已经到期，不再有效，申诉不再审理。\n"
            "您的问题还在的，可以重新提交一件诉求。\n%(agency)s"
        ) % {"number": fresh.number, "agency": fresh.agency.name}
        key = f"ticket:{fresh.pk}:mark-expired:{row.pk}"
        tell_citizen(fresh, TextContent(words), key=key, actor=clock, now=now)
    return True


def _decided(
    ticket: Ticket, status: str, decision: str, actor: Staff, now: datetime
) -> MaliciousMark:
    row = queries.living_mark(ticket)
    if row is None or row.status != Status.PROPOSED:
        raise Refused(_("这项认定已经有了决定，或者已经失效。请刷新后再看。"))
    if row.proposed_by_id == actor.pk:
        raise Refused(_("不能决定自己提出的认定，请由其他人决定。"))
    _ensure_impartial(ticket, actor)
    decision = _words(decision, "decision", _("请写明决定的理由。"))
    row.status, row.decided_by, row.decided_at = status, actor, now
    row.decision = decision[:500]
    return row


def _heard(
    ticket: Ticket, outcome: str, decision: str, actor: Staff, now: datetime
) -> MaliciousMark:
    row = queries.living_mark(ticket)
    if row is None or row.appealed_at is None or row.outcome:
        raise Refused(_("没有等待决定的申诉。请刷新后再看。"))
    if actor.pk in (row.proposed_by_id, row.decided_by_id):
        raise Refused(_("您参与过这次认定，申诉由没有参与的人决定。"))
    _ensure_impartial(ticket, actor)
    decision = _words(decision, "decision", _("请写明决定的理由，市民会看到。"))
    row.outcome, row.appeal_decided_by, row.appeal_decided_at = outcome, actor, now
    row.appeal_decision = decision[:500]
    return row


def _ensure_impartial(ticket: Ticket, actor: Staff) -> None:
    if queries.is_partial_about(ticket, actor):
        raise Refused(_("这件工单可能反映您所在的单位，请由其他单位的人决定。"))


def _ensure_appealable(ticket: Ticket, row: MaliciousMark) -> None:
    """Nothing is called malicious that its citizen could not appeal, to a third person."""
    if ticket.citizen_id is None:
        raise Refused(
            _(
                "这件工单没有可以通知的微信市民，无法告知和申诉，不能认定为恶意。请不予认定，照常办理。"
            )
        )
    if not queries.impartial_deciders(ticket, besides=(row.proposed_by_id, row.decided_by_id)):
        raise Refused(
            _(
                "除提出人和您以外，没有第三名有权限且不属于被反映单位的人可以审理申诉，暂不能认定。请联系管理员增加人员，或不予认定。"
            )
        )


def _ensure_alone(ticket: Ticket) -> None:
    if ticket.merged_into_id is not None or ticket.merged.exists():
        raise Refused(_("这件工单与其他工单合并办理，请先恢复单独办理。"))


def _tell_deciders(ticket: Ticket, row: MaliciousMark, words: str, now: datetime) -> None:
    """Those who may decide, took no part yet and may read the ticket."""
    people = queries.impartial_deciders(ticket, besides=(row.proposed_by_id, row.decided_by_id))
    link = f"/console/tickets/{ticket.number}/#malicious"
    said = words % {"number": ticket.number}
    notify_staff(people, kind="ticket", text=said, link=link, now=now)


def _answer_appeal(
    ticket: Ticket, row: MaliciousMark, words: str, link: str, actor: Staff, now: datetime
) -> None:
    content = TextContent(f'{words}\n<a href="{link}">{_("查看办理过程")}</a>')
    key = f"ticket:{ticket.pk}:appeal:{row.pk}"
    tell_citizen(ticket, content, key=key, actor=actor, now=now)


def _words(said: str, field: str, otherwise: str) -> str:
    said = said.strip()
    if len(said) < SHORTEST_TEXT:
        raise Refused(otherwise, field=field)
    return said


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日"
