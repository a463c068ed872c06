"""What a citizen is told of a ticket.

Her conversation and the outgoing queue are read by other staff than her ticket. Of a confidential or an
anonymous ticket neither number nor words go there: she is told that there is news, and reads it on her page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.citizens.models import Citizen
from minxin.conversations.actions import send
from minxin.conversations.contents import Content, SmsContent, TextContent
from minxin.core.actors import Actor, System
from minxin.core.crypto import keyed_hash
from minxin.tickets.models import Ticket
from minxin.tickets.queries.flags import is_discreet

SYSTEM = System("tickets")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A citizen whose act is recorded without saying who she is."""

    actor_kind: str = "citizen"
    actor_id: str = ""
    actor_name: str = "市民（匿名）"


def as_recorded(ticket: Ticket, actor: Actor) -> Actor:
    """Who did something, as the audit may say it: of an anonymous ticket never which citizen."""
    return Unnamed() if ticket.is_anonymous and isinstance(actor, Citizen) else actor


def tell_citizen(
    ticket: Ticket,
    content: Content,
    *,
    key: str,
    actor: Actor,
    now: datetime,
    otherwise: Sequence[Content] = (),
    to: Citizen | None = None,
) -> None:
    """Write to the citizen of a ticket, or `to` another who waits with it; nothing where she has left."""
    citizen = to or ticket.citizen
    if citizen is None:
        return
    if not is_discreet(ticket):
        send(citizen, content, key=key, actor=actor, now=now, otherwise=otherwise)
        return
    tell_apart(
        citizen,
        ticket.account,
        key=f"ticket:{keyed_hash(key)}"[:80],
        now=now,
        by_text=any(isinstance(each, SmsContent) for each in otherwise),
    )


def tell_apart(
    citizen: Citizen, account: Account, *, key: str, now: datetime, by_text: bool = False
) -> None:
    """Tell a citizen that there is news, and neither of what nor what it says."""
    page = f"{settings.MINXIN_PUBLIC_URL}/m/{account.app_id}/tickets/"
    words = _("您的一件诉求有新的进展。内容不在聊天里显示，请点开查看。")
    instead = [SmsContent(_("您的一件诉求有新的进展，请查看：%(link)s") % {"link": page})]
    send(
        citizen,
        TextContent(f'{words}\n<a href="{page}">{_("查看我的诉求")}</a>'),
        key=key,
        actor=SYSTEM,
        now=now,
        otherwise=instead if by_text else (),
    )
