"""A reply is read by another person before it goes (ADR 20)."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.words import within
from minxin.tickets import queries
from minxin.tickets.actions.co_handling import ensure_all_back
from minxin.tickets.actions.handling import answer, ensure_is_lead, good_reply, send_answer
from minxin.tickets.actions.ledger import enter, run_again
from minxin.tickets.actions.replies import override_of, void_drafts
from minxin.tickets.actions.steps import (
    audit_move,
    copy_to,
    ensure_follows,
    held_for,
    locked_for,
    move,
    note_step,
)
from minxin.tickets.models import ReplyDraft, Ticket
from minxin.tickets.rules import LONGEST_WORDS, SHORTEST_TEXT, Verb, ledger


def reply(
    ticket: Ticket, text: str, *, link: str, actor: Actor, now: datetime, override: str = ""
) -> bool:
    """Answer, or hand the answer in where another person reads it first; whether it went.

    Raises as `answer` and `submit_reply` do.
    """
    if isinstance(actor, Staff) and queries.must_be_reviewed(ticket, actor):
        submit_reply(ticket, text, actor=actor, now=now, override=override)
        return False
    answer(ticket, text, link=link, actor=actor, now=now, override=override)
    return True


@transaction.atomic
def submit_reply(
    ticket: Ticket, text: str, *, actor: Staff, now: datetime, override: str = ""
) -> ReplyDraft:
    """Hand a reply in for review; what waited before is void. Who writes it has taken the ticket, and the
    clock runs on until the answer goes. The same words again are `AlreadyDone`."""
    ensure_may(actor, Permission.ANSWER_TICKETS, ticket.agency)
    text = good_reply(text)
    fresh = held_for(ticket, actor, Permission.ANSWER_TICKETS)
    waiting = queries.waiting_draft(fresh)
    if waiting is not None and waiting.text == text:
        raise AlreadyDone(_("这份答复已经送审，正在等待审核。"))
    ensure_follows(fresh, Verb.SUBMIT_REPLY)
    ensure_is_lead(fresh)
    ensure_all_back(fresh)
    reviewers = queries.reviewers_of(fresh, besides=actor)
    if not reviewers:
        raise Refused(_("现在没有其他人能审核这份答复，请联系管理员。"))
    reading = queries.read_answer(fresh, text, now=now)
    reason = override_of(reading, override)
    void_drafts(fresh, now)
    run_again(fresh, actor=actor, now=now)
    if ledger.signed_at(queries.ledger_rows(fresh)) is None:
        enter(fresh, ledger.Kind.SIGN, actor=actor, now=now)
        note_step(fresh, Verb.SIGN, actor, now, text="")
    made = ReplyDraft.objects.create(
        ticket=fresh, round=fresh.reopened_times, text=text, sha256=hashlib.sha256(text.encode()).hexdigest(),
        score=reading.score, override=reason, submitted_by=actor, submitted_at=now,
    )  # fmt: skip
    before = move(fresh, Verb.SUBMIT_REPLY)
    note_step(fresh, Verb.SUBMIT_REPLY, actor, now, text=text, is_public=False)
    audit_move(fresh, "ticket.reply_submitted", actor, now, before)
    words = gettext_noop("工单 %(number)s 的答复等待审核") % {"number": fresh.number}
    link = f"/console/replies/review/{fresh.number}/"
    notify_staff(reviewers, kind="ticket", text=words, link=link, now=now)
    copy_to(fresh, ticket)
    return made


@transaction.atomic
def pass_reply(ticket: Ticket, *, sha256: str, link: str, actor: Staff, now: datetime) -> None:
    """The reply goes to the citizen, word for word as the reviewer read it (`sha256`)."""
    fresh = locked_for(ticket, Verb.APPROVE_REPLY, actor, Permission.REVIEW_REPLIES)
    row = _to_decide(fresh, sha256, actor)
    row.status = ReplyDraft.Status.PASSED
    _decide(row, actor, now)
    note_step(fresh, Verb.APPROVE_REPLY, actor, now, text="", is_public=False)
    send_answer(
        fresh, row.text, Verb.APPROVE_REPLY, link=link, override=row.override,
        author=row.submitted_by, actor=actor, now=now,
    )  # fmt: skip
    audit.record(
        actor, "ticket.reply_passed", fresh, now=now, agency=fresh.agency,
        after={"sha256": row.sha256, "author": row.submitted_by.name},
    )  # fmt: skip
    _tell_author(fresh, row, gettext_noop("工单 %(number)s 的答复已审核发出"), now)
    copy_to(fresh, ticket)


@transaction.atomic
def send_back(ticket: Ticket, *, sha256: str, reason: str, actor: Staff, now: datetime) -> None:
    """The reply does not go; its author reads why."""
    fresh = locked_for(ticket, Verb.SEND_BACK, actor, Permission.REVIEW_REPLIES)
    reason = within(reason, LONGEST_WORDS, field="reason")
    if len(reason) < SHORTEST_TEXT:
        raise Refused(_("请写明退回的理由，送审人会按它修改。"), field="reason")
    row = _to_decide(fresh, sha256, actor)
    row.status, row.reason = ReplyDraft.Status.SENT_BACK, reason
    _decide(row, actor, now)
    before = move(fresh, Verb.SEND_BACK)
    note_step(fresh, Verb.SEND_BACK, actor, now, text=reason, is_public=False)
    audit.record(
        actor, "ticket.reply_sent_back", fresh, now=now, agency=fresh.agency,
        before={"status": before}, after={"status": fresh.status, "sha256": row.sha256},
        reason=reason,
    )  # fmt: skip
    _tell_author(fresh, row, gettext_noop("工单 %(number)s 的答复被退回修改，理由见工单"), now)
    copy_to(fresh, ticket)


@transaction.atomic
def take_back_reply(ticket: Ticket, *, actor: Staff, now: datetime) -> None:
    """Who may answer takes a reply out of review again; nothing of it went."""
    fresh = locked_for(ticket, Verb.TAKE_BACK, actor, Permission.ANSWER_TICKETS)
    void_drafts(fresh, now)
    before = move(fresh, Verb.TAKE_BACK)
    note_step(fresh, Verb.TAKE_BACK, actor, now, text="", is_public=False)
    audit_move(fresh, "ticket.reply_taken_back", actor, now, before)
    copy_to(fresh, ticket)


def _to_decide(ticket: Ticket, sha256: str, actor: Staff) -> ReplyDraft:
    row = queries.waiting_draft(ticket)
    if row is None or row.sha256 != sha256:
        raise Refused(_("这份答复刚刚被修改，请重新看过再决定。"))
    if row.submitted_by_id == actor.pk:
        raise Refused(_("不能审核自己送审的答复，请由其他人审核。"))
    return row


def _decide(row: ReplyDraft, actor: Staff, now: datetime) -> None:
    row.decided_by, row.decided_at = actor, now
    row.save(update_fields=["status", "reason", "decided_by", "decided_at"])


def _tell_author(ticket: Ticket, row: ReplyDraft, words: str, now: datetime) -> None:
    link = f"/console/tickets/{ticket.number}/#replies"
    told = words % {"number": ticket.number}
    notify_staff([row.submitted_by], kind="ticket", text=told, link=link, now=now)
