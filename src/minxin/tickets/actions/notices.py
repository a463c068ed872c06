"""A citizen agrees to one notice of the survey, takes it back; it is used once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.tickets.actions.steps import ensure_hers
from minxin.tickets.actions.telling import as_recorded
from minxin.tickets.models import NoticeGrant, Ticket
from minxin.tickets.queries.notices import notice_offer, notice_template
from minxin.tickets.rules.notices import GRANT_FOR


@transaction.atomic
def agree_to_notice(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Keep her word and when she gave it; twice is once."""
    ensure_hers(ticket, actor)
    offer = notice_offer(ticket, now=now)
    if offer is None:
        raise Refused(_("这件诉求现在没有可以接收的回访通知，办理不受影响。"))
    if offer.is_agreed:
        return
    NoticeGrant.objects.update_or_create(
        ticket=ticket, round=ticket.reopened_times,
        defaults={
            "template": offer.template, "agreed_at": now, "used_at": None, "ended_at": None,
        },
    )  # fmt: skip
    _note(ticket, "ticket.notice_agreed", actor, now)


@transaction.atomic
def take_notice_back(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """She wants no notice any more; without one to take back nothing happens."""
    ensure_hers(ticket, actor)
    given = NoticeGrant.objects.filter(ticket=ticket, used_at=None, ended_at=None)
    if given.update(ended_at=now):
        _note(ticket, "ticket.notice_taken_back", actor, now)


def use_notice(ticket: Ticket, *, now: datetime) -> str:
    """The template of the notice she agreed to, which is used up by this; empty where she agreed to none, took
    it back, or said so too long ago."""
    template = notice_template(ticket)
    if not template:
        return ""
    given = NoticeGrant.objects.filter(
        ticket=ticket, round=ticket.reopened_times, template=template, used_at=None, ended_at=None,
        agreed_at__gt=now - GRANT_FOR,
    )  # fmt: skip
    return template if given.update(used_at=now) else ""


def _note(ticket: Ticket, verb: str, actor: Actor, now: datetime) -> None:
    audit.record(
        as_recorded(ticket, actor), verb, ticket, now=now, agency=ticket.agency,
        after={"round": ticket.reopened_times},
    )  # fmt: skip
