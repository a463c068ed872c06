"""Where knowledge came from: the reply, for who may look there."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from minxin.agencies.models import Staff
from minxin.conversations.queries import message_for
from minxin.core.errors import NotFound
from minxin.knowledge.models import Entry, EntryProposal
from minxin.knowledge.queries.proposals import origins_of
from minxin.tickets.queries import ticket_for
from minxin.tickets.queries.learning import ticket_number_of


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something came from; `url` is empty for who may not look there."""

    words: str
    url: str


def origin_of(staff: Staff, row: EntryProposal) -> Origin:
    """The reply a proposal was made of, for this person."""
    try:
        if row.origin_kind == EntryProposal.Origin.CONVERSATION:
            message = message_for(staff, row.origin)
            address = reverse("console:conversation", args=[message.citizen_id])
            return Origin(_("会话里的答复"), f"{address}?at={row.origin}")
        number = ticket_for(staff, ticket_number_of(row.origin)).number
        return Origin(_("工单 %(number)s 的答复") % {"number": number},
                      reverse("console:ticket", args=[number]))  # fmt: skip
    except NotFound:
        return Origin(
            _("来自%(kind)s里的答复，您看不到原文") % {"kind": row.get_origin_kind_display()}, ""
        )


def origins_shown(staff: Staff, entry: Entry) -> list[dict[str, Any]]:
    """Of an entry: the replies from which something came into it."""
    return [{"row": each, "origin": origin_of(staff, each)} for each in origins_of(entry)]
