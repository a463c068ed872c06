"""Reports of wrongdoing by officials: kept apart, encrypted, moved out of the common list without a trace."""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ancestors_of, ensure_may, staff_with
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.conversations.actions import withhold
from minxin.core.errors import Refused
from minxin.core.ids import ticket_number
from minxin.tickets.actions.figures import forget_months
from minxin.tickets.actions.pictures import take_out
from minxin.tickets.actions.steps import copy_to, locked_for, move
from minxin.tickets.actions.telling import Unnamed, tell_apart
from minxin.tickets.models import (
    Application,
    Attachment,
    BatchItem,
    CallBack,
    ConfidentialReader,
    Correction,
    CoTask,
    Dispatch,
    ExchangeRecord,
    Flagging,
    Follower,
    Handover,
    HandoverAct,
    HandoverDifference,
    ImportedTicket,
    LadderStep,
    LedgerEntry,
    MaliciousMark,
    NonAcceptance,
    NoticeGrant,
    OwnershipDecision,
    Publication,
    Rating,
    ReplyCheck,
    ReplyDraft,
    Survey,
    Ticket,
    TicketEvent,
    TicketFacts,
    WebhookDelivery,
    WrongdoingPicture,
    WrongdoingReport,
    WrongdoingStep,
)
from minxin.tickets.rules import LONGEST_TEXT, SHORTEST_TEXT, Verb
from minxin.tickets.rules.wrongdoing import is_wrongdoing

Status = WrongdoingReport.Status
# What hangs on a ticket and goes with its words; of what stays, the words are taken out (`_empty`).
GONE = (
    CallBack, ConfidentialReader, CoTask, Correction, Dispatch, ExchangeRecord, Follower, MaliciousMark,
    NoticeGrant, Publication, ReplyCheck, ReplyDraft, Survey, TicketFacts, WebhookDelivery,
)  # fmt: skip
EMPTIED = (
    Application, Attachment, BatchItem, Flagging, Handover, HandoverDifference, ImportedTicket,
    LadderStep, LedgerEntry, NonAcceptance, OwnershipDecision,
    Rating, TicketEvent,
)  # fmt: skip


def refuse_wrongdoing(text: str) -> None:
    """What reports an official is never filed as a ticket: `file` itself sees to it, so no door can forget.

    Raises `Refused` (field `text`) with the way it goes instead.
    """
    if is_wrongdoing(text):
        raise Refused(
            _(
                "这段话反映公职人员违纪违法，不进入普通工单。请本人拨打 12388，或在微信的“提交诉求”里提交，由专人登记。"
            ),
            field="text",
        )


@transaction.atomic
def report_wrongdoing(
    *,
    text: str,
    place: str = "",
    pictures: Sequence[str] = (),
    citizen: Citizen,
    account: Account,
    key: str,
    now: datetime,
) -> WrongdoingReport:
    """Keep what a citizen reports of an official; the same `key` is kept once. The audit names nobody."""
    known = WrongdoingReport.objects.filter(key=key).first()
    if known is not None:
        return known
    text = text.strip()
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("请把情况说得具体一些：什么事、在哪里、什么时候。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="text"
        )
    made = _kept(
        number=ticket_number(now), key=key, account=account, citizen=citizen, text=text,
        place=place.strip()[:200], filed_at=now, now=now,
    )  # fmt: skip
    own = Attachment.objects.filter(citizen=citizen, ticket=None, code__in=list(pictures))
    _keep_pictures(made, own)
    audit.record(Unnamed(), "wrongdoing.reported", made, now=now, agency=made.agency)
    return made


@transaction.atomic
def set_apart(ticket: Ticket, *, reason: str, actor: Staff, now: datetime) -> WrongdoingReport:
    """Move a report of wrongdoing out of the common list into the register, number and all.

    Nothing that says what it is about stays behind: text, place, answer, steps, applications, readings,
    ratings, pictures, messages, and (by the worker) the index of near duplicates. The empty row stays for
    the ledger's times and is in no list. `reason` says only why, not what.
    """
    fresh = locked_for(ticket, Verb.SET_APART, actor, Permission.ASSIGN_TICKETS)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由，不要写举报的内容。"), field="reason")
    if fresh.merged.exists():
        raise Refused(_("这件工单与其他工单合并办理，请先恢复单独办理。"))
    made = _kept(
        number=fresh.number, key=f"moved:{fresh.pk}", account=fresh.account, citizen=fresh.citizen,
        text=fresh.text, place=fresh.place, filed_at=fresh.filed_at, now=now, ticket=fresh,
        is_forgotten=False,
    )  # fmt: skip
    _keep_pictures(made, fresh.attachments.all())
    before = fresh.status
    _empty(fresh)
    audit.record(
        actor, "ticket.moved", fresh, now=now, agency=fresh.agency, reason=reason,
        before={"status": before}, after={"status": fresh.status},
    )  # fmt: skip
    copy_to(fresh, ticket)
    return made


@transaction.atomic
def read_wrongdoing(report: WrongdoingReport, *, actor: Staff, now: datetime) -> None:
    """Audit that a person read a report: every time."""
    ensure_may(actor, Permission.HANDLE_WRONGDOING, report.agency)
    audit.record(actor, "wrongdoing.read", report, now=now, agency=report.agency)


@transaction.atomic
def pass_on(
    report: WrongdoingReport, *, passed_to: str, told: str, actor: Staff, now: datetime
) -> None:
    """Note to which organ it went, and what she is told: she reads it on her page, not in the chat."""
    fresh = _held(report, actor)
    if fresh.status != Status.RECEIVED:
        raise Refused(_("这件举报已经转送或办结。请刷新后再看。"))
    if len(passed_to.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明转送的机关。"), field="passed_to")
    fresh.passed_to = passed_to.strip()[:100]
    _stepped(fresh, Status.PASSED_ON, told, "wrongdoing.passed_on", actor, now)


@transaction.atomic
def close_wrongdoing(report: WrongdoingReport, *, told: str, actor: Staff, now: datetime) -> None:
    """Note that it is done, and what she is told."""
    fresh = _held(report, actor)
    if fresh.status == Status.CLOSED:
        raise Refused(_("这件举报已经办结。请刷新后再看。"))
    _stepped(fresh, Status.CLOSED, told, "wrongdoing.closed", actor, now)


def note_forgotten(tickets: Iterable[int]) -> None:
    """The index knows the words of these empty rows no more; a step of `set_apart`."""
    WrongdoingReport.objects.filter(ticket__in=list(tickets)).update(is_forgotten=True)


def _kept(*, account: Account, now: datetime, **fields: object) -> WrongdoingReport:
    top = _top(account.agency)
    try:
        with transaction.atomic():
            made = WrongdoingReport.objects.create(
                account=account, agency=top, changed_at=now, **fields
            )
    except IntegrityError as error:
        known = WrongdoingReport.objects.filter(key=fields["key"]).first()
        if known is None:
            raise Refused(_("提交没有成功，请再试一次。")) from error
        return known
    WrongdoingStep.objects.create(report=made, at=now, status=Status.RECEIVED)
    people = staff_with(Permission.HANDLE_WRONGDOING, top)
    words = gettext_noop("有新的公职人员举报 %(number)s") % {"number": made.number}
    link = f"/console/wrongdoing/{made.number}/"
    notify_staff(people, kind="ticket", text=words, link=link, now=now)
    return made


def _top(agency: Agency) -> Agency:
    return next((each for each in ancestors_of(agency) if each.parent_id is None), agency)


def _keep_pictures(report: WrongdoingReport, rows: Iterable[Attachment]) -> None:
    found = list(rows)
    for each in found:
        if each.file:
            with each.file.open("rb") as file:
                content = base64.b64encode(file.read()).decode()
            WrongdoingPicture.objects.create(report=report, content=content)
    take_out(found)


def _empty(ticket: Ticket) -> None:
    citizen, keys = ticket.citizen_id, f"ticket:{ticket.pk}:"
    ticket.text, ticket.place, ticket.answer = "（已转专人登记）", "", ""
    ticket.citizen = ticket.category = ticket.merged_into = ticket.stopped_at = None
    ticket.latitude = ticket.longitude = None
    ticket.division = ""
    ticket.is_urgent = ticket.is_confidential = False
    ticket.supervision_level = Ticket.Supervision.NONE
    move(
        ticket,
        Verb.SET_APART,
        (
            "text", "place", "answer", "citizen", "category", "merged_into", "stopped_at",
            "latitude", "longitude", "division",
            "is_urgent", "is_confidential", "supervision_level",
        ),
    )  # fmt: skip
    of_it = {"ticket": ticket}
    TicketEvent.objects.filter(**of_it).update(text="")
    Application.objects.filter(**of_it, status="waiting").update(status="lapsed")
    Application.objects.filter(**of_it).update(reason="", legal_basis="", decision="")
    OwnershipDecision.objects.filter(**of_it).update(
        reason="", place="", category=None, use_reason=""
    )
    NonAcceptance.objects.filter(**of_it).update(reason="", objection="")
    LadderStep.objects.filter(**of_it).update(words="", basis="")
    Rating.objects.filter(**of_it).update(comment="")
    LedgerEntry.objects.filter(**of_it).without_words()
    ticket.flaggings.update(reason="", document="", lift_reason="")
    # What the platform does not know yet it never hears; what it has is its own to set apart.
    acts = HandoverAct.objects.filter(handover__ticket=ticket)
    acts.filter(status__in=["waiting", "failed"]).delete()
    acts.update(text="")
    BatchItem.objects.filter(**of_it).update(note="")
    ImportedTicket.objects.filter(**of_it).update(brief="", note="")
    HandoverDifference.objects.filter(**of_it).update(ours="", theirs="")
    forget_months([ticket.pk])
    for model in GONE:
        model.objects.filter(**of_it).delete()
    if citizen is not None:
        said = ticket.source in {Ticket.Source.DIALOGUE, Ticket.Source.CONSOLE}
        withhold(citizen, keys=keys, before=ticket.filed_at if said else None)


def _held(report: WrongdoingReport, actor: Staff) -> WrongdoingReport:
    ensure_may(actor, Permission.HANDLE_WRONGDOING, report.agency)
    return (
        WrongdoingReport.objects.select_for_update(of=("self",))
        .select_related("agency", "account", "citizen")
        .get(pk=report.pk)
    )


def _stepped(
    report: WrongdoingReport, status: str, told: str, verb: str, actor: Staff, now: datetime
) -> None:
    if len(told.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明告知举报人的话。"), field="told")
    report.status, report.told, report.changed_at = status, told.strip()[:LONGEST_TEXT], now
    report.save(update_fields=["status", "told", "passed_to", "changed_at"])
    WrongdoingStep.objects.create(report=report, at=now, status=status, staff=actor)
    audit.record(actor, verb, report, now=now, agency=report.agency, after={"status": status})
    if report.citizen is not None:
        key = f"wrongdoing:{report.pk}:{status}"
        tell_apart(report.citizen, report.account, key=key, now=now)
