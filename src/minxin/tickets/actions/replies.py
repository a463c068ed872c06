"""An answer is read before it goes, and the reading stays with it."""

from datetime import datetime

from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.models import ReplyCheck, Ticket


def keep_reading(ticket: Ticket, text: str, *, override: str, actor: Actor, now: datetime) -> None:
    """Keep what is remarked on an answer that goes; refused where it holds a citizen's private data or
    another case's, unless one of `ReplyCheck.Override` is named, which is audited.

    A step of `answer`, inside its transaction.
    """
    reading = queries.read_answer(ticket, text, now=now)
    reason = override if override in ReplyCheck.Override.values else ""
    if reading.blocks and not reason:
        words = "、".join(word for each in reading.blocks for word in each.words)
        raise Refused(
            _("答复没有发出：%(reason)s请删去“%(words)s”，或在下面选择放行理由再发。")
            % {"reason": _(reading.blocks[0].reason), "words": words},
            field="text",
        )
    kept = queries.as_kept(reading)
    ReplyCheck.objects.update_or_create(
        ticket=ticket,
        round=ticket.reopened_times,
        defaults={
            "at": now,
            "staff": actor if isinstance(actor, Staff) else None,
            "score": reading.score,
            "parts": reading.parts,
            "findings": kept,
            "override": reason if reading.blocks else "",
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
