"""Whether a citizen can be asked to hear of the survey by a notice, and whether she agreed."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from minxin.accounts.queries import obstacle
from minxin.accounts.rules import Capability
from minxin.tickets.models import NoticeGrant, Survey, Ticket
from minxin.tickets.queries.flags import is_discreet
from minxin.tickets.queries.policies import policy_of
from minxin.tickets.rules import OPEN
from minxin.tickets.rules.notices import still_holds, template_for
from minxin.tickets.rules.survey import ASK_UNTIL


@dataclass(frozen=True, slots=True)
class NoticeOffer:
    """So many days after closing she is asked; by which template; whether she agreed to one notice of it."""

    days: int
    template: str
    is_agreed: bool


def notice_template(ticket: Ticket) -> str:
    """The template of the survey in the account by which the ticket came; empty for none. Of a confidential or
    an anonymous ticket no notice tells."""
    if ticket.citizen_id is None or is_discreet(ticket):
        return ""
    return template_for(settings.MINXIN_SURVEY_TEMPLATE, ticket.account.app_id or "")


def notice_offer(ticket: Ticket, *, now: datetime) -> NoticeOffer | None:
    """What may be offered of this round; None where there is no survey, it was sent, or the account may not."""
    template = notice_template(ticket)
    is_to_come = ticket.status in OPEN or (
        ticket.status in {Ticket.Status.ANSWERED, Ticket.Status.CLOSED}
        and (ticket.closed_at is None or ticket.closed_at > now - ASK_UNTIL)
    )
    if not template or not is_to_come or obstacle(ticket.account, Capability.SUBSCRIBE_NOTICE):
        return None
    days = policy_of(ticket.agency).survey_after_days
    if not days or Survey.objects.filter(ticket=ticket, round=ticket.reopened_times).exists():
        return None
    given = NoticeGrant.objects.filter(
        ticket=ticket, round=ticket.reopened_times, template=template
    ).first()
    is_agreed = given is not None and still_holds(
        agreed_at=given.agreed_at, used_at=given.used_at, ended_at=given.ended_at, now=now
    )
    return NoticeOffer(days, template, is_agreed)
