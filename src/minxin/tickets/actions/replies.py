"""An answer is read before it goes, and the reading stays with it."""

from datetime import datetime

from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.text.replies import Reading
from minxin.tickets import queries
from minxin.tickets.models import ReplyCheck, ReplyDraft, Ticket


def override_of(reading: Reading, override: str) -> str:
    """Why a reply may go in spite of what holds it back; "" where nothing does. Refused without one of
    `ReplyCheck.Override`."""
    if not reading.blocks:
        return ""
    if override not in ReplyCheck.Override.values:
        words = "、".join(word for each in reading.blocks for word in each.words)
        raise Refused(
            _("答复没有发出：%(reason)s请删去“%(words)s”，或在下面选择放行理由再发。")
            % {"reason": _(reading.blocks[0].reason), "words": words},
            field="text",
        )
    return override


def void_drafts(ticket: Ticket, now: datetime) -> None:
    """What waits for review is void: it was edited, or the ticket went on without it."""
    ticket.reply_drafts.filter(status=ReplyDraft.Status.WAITING).update(
        status=ReplyDraft.Status.VOID, decided_at=now
    )


def keep_reading(
    ticket: Ticket, text: str, *, override: str, author: Actor, actor: Actor, now: datetime
) -> None:
    """Keep what is remarked on an answer that goes; refused where it holds a citizen's private data or
    another case's, unless one of `ReplyCheck.Override` is named, which is audited.

    `author` wrote it, `actor` lets it go. A step of `send_answer`, inside its transaction.
    """
    reading = queries.read_answer(ticket, text, now=now)
    reason = override_of(reading, override)
    kept = queries.as_kept(reading)
    ReplyCheck.objects.update_or_create(
        ticket=ticket,
        round=ticket.reopened_times,
        defaults={
            "at": now,
            "staff": author if isinstance(author, Staff) else None,
            "score": reading.score,
            "parts": reading.parts,
            "findings": kept,
            "override": reason,
        },
    )
    if reading.blocks:
        audit.record(
            actor,
            "ticket.reply_overridden",
            ticket,
            now=now,
            agency=ticket.agency,
            after={"kinds": [each.kind for each in reading.blocks]},
            reason=str(ReplyCheck.Override(reason).label),
        )
