"""Tickets about one matter, handled as one: merged under a lead, followed by others."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.conversations.contents import TextContent
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused
from minxin.core.words import within
from minxin.tickets.actions.steps import (
    copy_to,
    ensure_follows,
    ensure_may_read,
    note_step,
    tell_agency,
)
from minxin.tickets.actions.telling import tell_citizen
from minxin.tickets.models import Follower, Ticket, TicketEvent
from minxin.tickets.queries import neighbours
from minxin.tickets.rules import LONGEST_WORDS, OPEN, Verb
from minxin.tickets.rules.neighbours import SHARED_NATURES


@transaction.atomic
def merge(ticket: Ticket, lead: Ticket, *, reason: str, actor: Actor, now: datetime) -> None:
    """Handle a ticket with the lead: her progress and answer are the lead's from now on, her promise stays.

    What was merged into the ticket goes with it. Two merges at once cannot make a circle: both rows are
    locked, in the order of their numbers, before anything is decided. Reports of wrongdoing are merged
    with nothing: the answer would tell others of them.
    """
    if ticket.pk == lead.pk:
        raise Refused(_("不能并入自己。"), field="lead")
    fresh, head = _both(ticket, lead)
    for each in (ticket, lead, fresh, head):
        ensure_may(actor, Permission.ANSWER_TICKETS, each.agency)
        ensure_may_read(each, actor)
    if fresh.merged_into_id == head.pk:
        raise AlreadyDone(_("已经并入这件工单。"))
    _ensure_can_merge(fresh, head)
    reason = _reason(reason)
    children = list(Ticket.objects.select_for_update(of=("self",)).filter(merged_into=fresh))
    for each in [fresh, *children]:
        each.merged_into = head
        each.save(update_fields=["merged_into"])
        note_step(each, Verb.MERGE, actor, now, text="")
        tell(each, "merged", MERGED, actor, now)
        audit.record(
            actor, "ticket.merged", each, now=now, agency=each.agency,
            after={"into": head.number}, reason=reason,
        )  # fmt: skip
    note_step(head, Verb.MERGE, actor, now, text=f"{fresh.number}：{reason}", is_public=False)
    if head.agency_id != fresh.agency_id:
        tell_agency(head, _("工单 %(number)s 有新的合并工单") % {"number": head.number}, now)
    copy_to(fresh, ticket)


def _ensure_can_merge(ticket: Ticket, lead: Ticket) -> None:
    if ticket.merged_into_id is not None:
        raise Refused(_("这件工单已并入另一件，请先恢复单独办理。"))
    if lead.merged_into_id is not None:
        raise Refused(
            _("%(number)s 已并入另一件工单，请并入那一件。") % {"number": lead.number}, field="lead"
        )
    if not {ticket.nature, lead.nature} <= SHARED_NATURES:
        raise Refused(_("举报不与其他工单合并。"), field="lead")
    if ticket.is_confidential or lead.is_confidential:
        raise Refused(_("保密的工单不与其他工单合并。"), field="lead")
    ensure_follows(ticket, Verb.MERGE)
    if lead.status not in OPEN:
        raise Refused(
            _("%(number)s 已经答复，不能再并入工单。") % {"number": lead.number}, field="lead"
        )


@transaction.atomic
def unmerge(ticket: Ticket, *, reason: str, actor: Actor, now: datetime) -> None:
    """Undo a merge: the ticket is handled by itself again, with the promise it always had. What was merged
    with it into the lead stays there."""
    if ticket.merged_into is None:
        raise AlreadyDone(_("这件工单没有并入其他工单。"))
    fresh, head = _both(ticket, ticket.merged_into)
    ensure_may(actor, Permission.ANSWER_TICKETS, fresh.agency)
    if fresh.merged_into_id is None:
        raise AlreadyDone(_("这件工单没有并入其他工单。"))
    if fresh.merged_into_id != head.pk:
        raise Refused(_("工单刚刚被改动，请刷新后再看。"))
    ensure_follows(fresh, Verb.UNMERGE)
    reason = _reason(reason)
    fresh.merged_into = None
    fresh.save(update_fields=["merged_into"])
    note_step(fresh, Verb.UNMERGE, actor, now, text="")
    note_step(head, Verb.UNMERGE, actor, now, text=f"{fresh.number}：{reason}", is_public=False)
    tell(fresh, "unmerged", UNMERGED, actor, now)
    audit.record(
        actor, "ticket.unmerged", fresh, now=now, agency=fresh.agency,
        before={"into": head.number}, reason=reason,
    )  # fmt: skip
    copy_to(fresh, ticket)


@transaction.atomic
def follow(ticket: Ticket, *, actor: Citizen, now: datetime) -> Follower:
    """A citizen has met with the same: she is told what happens. Pressed twice, she follows once.

    Raises `NotFound` where the ticket is not one that may be shared with her.
    """
    known = Follower.objects.filter(ticket=ticket, citizen=actor).first()
    if known is not None:
        return known
    fresh = neighbours.to_follow(ticket.number, actor.account)
    if fresh.citizen_id == actor.pk:
        raise Refused(_("这是您自己提交的诉求。"))
    try:
        with transaction.atomic():
            made = Follower.objects.create(ticket=fresh, citizen=actor, followed_at=now)
    except IntegrityError:
        return Follower.objects.get(ticket=fresh, citizen=actor)
    audit.record(actor, "ticket.followed", fresh, now=now, agency=fresh.agency)
    return made


@transaction.atomic
def stop_following(follower: Follower, *, actor: Citizen, now: datetime) -> None:
    """She is told nothing more; twice does no harm."""
    gone, _kinds = Follower.objects.filter(pk=follower.pk, citizen=actor).delete()
    if gone:
        ticket = follower.ticket
        audit.record(actor, "ticket.unfollowed", ticket, now=now, agency=ticket.agency)


MERGED, UNMERGED = "merged", "unmerged"


def _words(kind: str, number: str) -> str:
    if kind == MERGED:
        return _(
            "您的诉求 %(number)s 与其他市民反映的是同一件事，已合并办理。进展和答复都能在“我的诉求”里看到，承诺时间不变。"
        ) % {"number": number}
    return _("您的诉求 %(number)s 恢复单独办理，承诺时间不变，答复写在“我的诉求”里。") % {
        "number": number
    }


def tell(ticket: Ticket, name: str, kind: str, actor: Actor, now: datetime) -> None:
    """Tell the citizen that her ticket was merged, or is by itself again."""
    times = TicketEvent.objects.filter(ticket=ticket, verb=name).count()
    key = f"ticket:{ticket.pk}:{name}:{times}"
    tell_citizen(ticket, TextContent(_words(kind, ticket.number)), key=key, actor=actor, now=now)


def _both(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Both as they are now, locked in the order of their numbers: whoever comes second waits."""
    rows = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("agency", "account", "citizen", "category")
        .filter(pk__in=[one.pk, other.pk])
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    return found[one.pk], found[other.pk]


def _reason(reason: str) -> str:
    reason = within(reason, LONGEST_WORDS, field="reason")
    if not reason:
        raise Refused(_("请写明理由。"), field="reason")
    return reason
