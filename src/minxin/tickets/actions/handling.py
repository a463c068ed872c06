"""What staff do with a ticket."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.conversations.contents import MenuContent, SmsContent
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused
from minxin.tickets import queries
from minxin.tickets.actions.applying import lapse
from minxin.tickets.actions.calling_back import plan_call_back
from minxin.tickets.actions.choices import note_choice
from minxin.tickets.actions.co_handling import ensure_all_back
from minxin.tickets.actions.flags import keep_in_sight
from minxin.tickets.actions.ledger import end_wait, enter, run_again
from minxin.tickets.actions.replies import keep_reading
from minxin.tickets.actions.steps import (
    audit_move,
    audit_reading,
    copy_to,
    cut,
    ensure_follows,
    ensure_may_read,
    held,
    held_for,
    locked_for,
    move,
    note_step,
    tell_agency,
)
from minxin.tickets.actions.telling import tell_citizen
from minxin.tickets.models import (
    Category,
    Correction,
    Nature,
    Ticket,
)
from minxin.tickets.rules import (
    LONGEST_TEXT,
    OVER,
    SHORTEST_TEXT,
    Verb,
    ledger,
)


@transaction.atomic
def accept(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Say that the request is taken in."""
    fresh = locked_for(ticket, Verb.ACCEPT, actor, Permission.ANSWER_TICKETS)
    before = move(fresh, Verb.ACCEPT)
    note_step(fresh, Verb.ACCEPT, actor, now, text="")
    audit_move(fresh, "ticket.accepted", actor, now, before)
    copy_to(fresh, ticket)


@transaction.atomic
def assign(ticket: Ticket, agency: Agency, *, reason: str, actor: Actor, now: datetime) -> None:
    """Give a ticket to the agency that handles it; the promise to the citizen stays."""
    ensure_may(actor, Permission.ASSIGN_TICKETS, ticket.agency)
    if not agency.is_active:
        raise Refused(_("这个单位已停用，请另选承办单位。"), field="agency")
    fresh = locked_for(ticket, Verb.ASSIGN, actor, Permission.ASSIGN_TICKETS)
    if agency.pk == fresh.agency_id and fresh.status == Ticket.Status.ASSIGNED:
        raise Refused(_("工单已经在这个单位，不需要再交办。"), field="agency")
    lapse(fresh, now)
    run_again(fresh, actor=actor, now=now)
    owner, fresh.agency = fresh.agency, agency
    keep_in_sight(fresh, actor=actor, now=now)
    before = move(fresh, Verb.ASSIGN, ("agency",))
    note_step(fresh, Verb.ASSIGN, actor, now, text="", agency=agency)
    note_choice(fresh, agency, Correction.How.ASSIGNED, actor=actor, now=now)
    if owner.pk != agency.pk:
        enter(fresh, ledger.Kind.TRANSFER, actor=actor, now=now)
    if reason.strip():
        note_step(fresh, Verb.NOTE, actor, now, text=reason.strip(), is_public=False, agency=owner)
    audit.record(
        actor,
        "ticket.assigned",
        fresh,
        now=now,
        agency=owner,
        before={"status": before, "agency": owner.code},
        after={"status": fresh.status, "agency": agency.code},
        reason=reason,
    )
    if owner.pk != agency.pk:
        tell_agency(
            fresh, gettext_noop("工单 %(number)s 交由本单位办理") % {"number": fresh.number}, now
        )
    copy_to(fresh, ticket)


@transaction.atomic
def answer(
    ticket: Ticket, text: str, *, link: str, actor: Actor, now: datetime, override: str = ""
) -> None:
    """Answer the citizen: she gets the words, `link` to the page, and choices to rate by.

    What must not go is held back, unless `override` names why it may (`ReplyCheck.Override`).
    The same words again are `AlreadyDone`: a second press sends nothing twice.
    """
    ensure_may(actor, Permission.ANSWER_TICKETS, ticket.agency)
    text = good_reply(text)
    fresh = held_for(ticket, actor, Permission.ANSWER_TICKETS)
    if fresh.status in OVER and fresh.answer == text:
        raise AlreadyDone(_("这份答复已经发出，没有重复发送。"))
    ensure_follows(fresh, Verb.ANSWER)
    ensure_is_lead(fresh)
    if queries.must_be_reviewed(fresh, actor):
        raise Refused(_("本单位的答复须先由其他人审核，请送审。"))
    send_answer(
        fresh, text, Verb.ANSWER, link=link, override=override, author=actor, actor=actor, now=now
    )
    copy_to(fresh, ticket)


def good_reply(text: str) -> str:
    """The words of a reply as they are kept; refused when there are none, or too many."""
    text = text.strip()
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("请填写答复内容。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("答复太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="text"
        )
    return text


def ensure_is_lead(ticket: Ticket) -> None:
    """Refuses a ticket that is answered with another."""
    if ticket.merged_into is not None:
        raise Refused(
            _("这件工单已并入 %(lead)s，请答复那一件；要单独答复，请先恢复单独办理。")
            % {"lead": ticket.merged_into.number}
        )


def send_answer(
    ticket: Ticket, text: str, verb: Verb, *, link: str, override: str, author: Actor, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The answer goes, by `ANSWER` or `APPROVE_REPLY`; a step of an act that holds the ticket locked."""
    ensure_all_back(ticket)
    keep_reading(ticket, text, override=override, author=author, actor=actor, now=now)
    ticket.answer, ticket.answered_at = text, now
    before = move(ticket, verb, ("answer", "answered_at"))
    note_step(ticket, Verb.ANSWER, actor, now, text=text)
    lapse(ticket, now)
    end_wait(ticket, actor=actor, now=now)
    plan_call_back(ticket, now)
    tell_citizen(
        ticket, answer_message(ticket, link), key=f"ticket:{ticket.pk}:answer:{ticket.reopened_times}",
        actor=actor, now=now, otherwise=by_text(ticket, link),
    )  # fmt: skip
    audit_move(ticket, "ticket.answered", actor, now, before)


def by_text(ticket: Ticket, link: str) -> tuple[SmsContent, ...]:
    """What goes to her telephone when WeChat no longer lets us write to her: only if she agreed."""
    if not settings.MINXIN_SMS_URL or ticket.citizen is None:
        return ()
    if not (ticket.citizen.phone and ticket.citizen.texts_agreed_at):
        return ()
    words = _("您的诉求%(number)s已由%(agency)s答复，查看：%(link)s") % {
        "number": ticket.number, "agency": ticket.agency.name, "link": link,
    }  # fmt: skip
    return (SmsContent(words),)


def answer_message(ticket: Ticket, link: str) -> MenuContent:
    """What a citizen reads when her ticket is answered."""
    brief = queries.in_brief(ticket, 30)
    head = _("您的诉求 %(number)s 有答复了。\n“%(brief)s”\n\n%(answer)s\n\n%(agency)s") % {
        "number": ticket.number,
        "brief": brief,
        "answer": cut(ticket.answer, 400),
        "agency": ticket.agency.name,
    }
    items = (
        (f"rate:{ticket.number}:satisfied", _("满意")),
        (f"rate:{ticket.number}:fairly_satisfied", _("基本满意")),
        (f"rate:{ticket.number}:dissatisfied", _("不满意")),
    )
    tail = _("点一下就能评价。") + f'<a href="{link}">' + _("查看全文和办理过程") + "</a>"
    return MenuContent(f"{head}\n", items, tail)


@transaction.atomic
def close(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Close an answered ticket."""
    fresh = locked_for(ticket, Verb.CLOSE, actor, Permission.ANSWER_TICKETS)
    fresh.closed_at = now
    before = move(fresh, Verb.CLOSE, ("closed_at",))
    note_step(fresh, Verb.CLOSE, actor, now, text="")
    audit_move(fresh, "ticket.closed", actor, now, before)
    copy_to(fresh, ticket)


@transaction.atomic
def note(ticket: Ticket, text: str, *, actor: Staff, now: datetime) -> None:
    """Leave a note for colleagues; the citizen does not see it."""
    ensure_may(actor, Permission.ANSWER_TICKETS, ticket.agency)
    if not text.strip():
        raise Refused(_("请填写内容。"), field="text")
    fresh = locked_for(ticket, Verb.NOTE, actor, Permission.ANSWER_TICKETS)
    if queries.was_just_noted(fresh, text.strip()[:LONGEST_TEXT], by=actor, now=now):
        raise AlreadyDone(_("这条记录已经保存，没有重复。"))
    note_step(fresh, Verb.NOTE, actor, now, text=text.strip()[:LONGEST_TEXT], is_public=False)
    audit.record(actor, "ticket.noted", fresh, now=now, agency=fresh.agency)


@transaction.atomic
def classify(
    ticket: Ticket, *, category: Category | None, nature: str, actor: Actor, now: datetime
) -> None:
    """Set category and nature right; the promise stays."""
    fresh = held(ticket)
    ensure_may(actor, Permission.ASSIGN_TICKETS, fresh.agency)
    ensure_may_read(fresh, actor)
    if nature not in Nature.values:
        raise Refused(_("请选择诉求性质。"), field="nature")
    before = {"category": str(fresh.category or ""), "nature": fresh.nature}
    after = {"category": str(category or ""), "nature": nature}
    if before == after:
        return
    fresh.category, fresh.nature = category, nature
    fresh.save(update_fields=["category", "nature"])
    audit.record(
        actor,
        "ticket.classified",
        fresh,
        now=now,
        agency=fresh.agency,
        before=before,
        after=after,
    )
    copy_to(fresh, ticket)


@transaction.atomic
def note_reading(ticket: Ticket, *, actor: Staff, now: datetime) -> None:
    """Audit that a person read a ticket's text unmasked: once per person, ticket and day."""
    ensure_may(actor, Permission.READ_TICKETS, ticket.agency)
    ensure_may_read(ticket, actor)
    audit_reading(ticket, ticket.agency, actor=actor, now=now)
