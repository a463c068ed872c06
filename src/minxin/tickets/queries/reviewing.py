"""Replies on their way through review."""

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.queries import staff_who_may, staff_with
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.core.once import once
from minxin.tickets.models import ReplyDraft, Ticket
from minxin.tickets.queries.flags import may_read


def drafts_of(ticket: Ticket) -> list[ReplyDraft]:
    """All that was handed in for a ticket, the newest first."""

    def read() -> list[ReplyDraft]:
        rows = ticket.reply_drafts.select_related("submitted_by", "decided_by")
        return list(rows.order_by("-id"))

    return once(("drafts", ticket.pk), read)


def waiting_draft(ticket: Ticket) -> ReplyDraft | None:
    """The reply that waits for review."""
    rows = drafts_of(ticket)
    return next((each for each in rows if each.status == ReplyDraft.Status.WAITING), None)


def draft_to_edit(ticket: Ticket) -> ReplyDraft | None:
    """The last reply of this round that did not go: what its author goes on from."""
    rows = drafts_of(ticket)
    last = next((each for each in rows if each.round == ticket.reopened_times), None)
    return last if last is not None and last.status != ReplyDraft.Status.PASSED else None


def replies_to_review(staff: Staff) -> QuerySet[ReplyDraft]:
    """What waits for review by this person: in her branches, and not her own."""
    found: QuerySet[ReplyDraft] = ReplyDraft.objects.visible_to(staff, Permission.REVIEW_REPLIES)
    return found.filter(status=ReplyDraft.Status.WAITING).exclude(submitted_by=staff)


def replies_in_review(staff: Staff) -> QuerySet[ReplyDraft]:
    """As `replies_to_review`, with what a list shows of each, and her own: she sees that they wait."""
    found: QuerySet[ReplyDraft] = ReplyDraft.objects.visible_to(staff, Permission.REVIEW_REPLIES)
    return found.filter(status=ReplyDraft.Status.WAITING).select_related(
        "ticket__agency", "ticket__category", "submitted_by"
    )


def draft_for(staff: Staff, number: str) -> ReplyDraft:
    """The reply that waits for review with this ticket; `NotFound` for who may not review it."""
    found = replies_in_review(staff).filter(ticket__number=number)
    row = found.select_related("ticket__account", "ticket__citizen").first()
    if row is None:
        raise NotFound
    return row


def reviewers_of(ticket: Ticket, *, besides: Staff) -> list[Staff]:
    """Whom to tell that a reply waits: the reviewers of the agency, else those above, of those who may read
    the ticket; never its author."""
    own = staff_with(Permission.REVIEW_REPLIES, ticket.agency).exclude(pk=besides.pk)
    above = staff_who_may(Permission.REVIEW_REPLIES, ticket.agency).exclude(pk=besides.pk)
    may_all = [[each for each in rows if may_read(ticket, each)] for rows in (own, above)]
    return may_all[0] or may_all[1]
