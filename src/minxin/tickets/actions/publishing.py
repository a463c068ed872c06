"""The citizen allows that her answered ticket is shown, and takes that back; a person releases it."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.core.errors import Refused
from minxin.tickets import queries
from minxin.tickets.actions.steps import ensure_hers, held
from minxin.tickets.actions.telling import as_recorded
from minxin.tickets.models import Publication, Ticket
from minxin.tickets.rules import LONGEST_TEXT, OVER, SHORTEST_TEXT
from minxin.tickets.rules.publishing import coarse, what_gives_away


@transaction.atomic
def allow_publishing(ticket: Ticket, *, actor: Citizen, now: datetime) -> None:
    """She agrees; twice changes nothing. What she had taken back waits for a person anew."""
    ensure_hers(ticket, actor)
    fresh = held(ticket)
    if not queries.may_be_public(fresh):
        raise Refused(_("这类诉求不公开。"))
    known = Publication.objects.filter(ticket=fresh).first()
    if known is not None and known.revoked_at is None:
        return
    fields = {
        "consented_at": now,
        "revoked_at": None,
        "status": Publication.Status.WAITING,
        "decided_by": None,
        "decided_at": None,
        "reason": "",
    }
    Publication.objects.update_or_create(
        ticket=fresh, defaults=fields, create_defaults={**fields, "code": secrets.token_urlsafe(12)}
    )
    audit.record(
        as_recorded(fresh, actor), "ticket.publishing_allowed", fresh, now=now, agency=fresh.agency
    )


@transaction.atomic
def revoke_publishing(ticket: Ticket, *, actor: Citizen, now: datetime) -> None:
    """She takes it back: from now on nobody reads it in public. Twice changes nothing."""
    ensure_hers(ticket, actor)
    found = _held_publication(ticket)
    if found is None or found.revoked_at is not None:
        return
    _forget(found, now)
    audit.record(
        as_recorded(ticket, actor),
        "ticket.publishing_revoked",
        ticket,
        now=now,
        agency=ticket.agency,
    )


@transaction.atomic
def release(
    publication: Publication, *, text: str, answer: str, place: str, actor: Staff, now: datetime
) -> None:
    """Show these words to everybody. Refused while they hold somebody's number, after she took her consent
    back, when another person has decided already, or the ticket is not answered (any more)."""
    found = _to_decide(publication, actor)
    text, answer, place = text.strip(), answer.strip(), place.strip()
    for field, words in (("text", text), ("answer", answer)):
        if len(words) < SHORTEST_TEXT:
            raise Refused(_("公开的文字不能空着。"), field=field)
        if len(words) > LONGEST_TEXT:
            raise Refused(
                _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field=field
            )
    for field, words in (("text", text), ("answer", answer), ("place", place)):
        if given := what_gives_away(words):
            raise Refused(
                _("公开的文字里还有号码（%(words)s），请隐去。") % {"words": "、".join(given)},
                field=field,
            )
    found.text, found.answer, found.place = text, answer, place[:200]
    found.latitude, found.longitude = coarse(found.ticket.latitude, found.ticket.longitude)
    found.answered_at = found.ticket.answered_at
    found.status = Publication.Status.RELEASED
    _decide(found, actor, now)
    audit.record(
        actor, "ticket.published", found.ticket, now=now, agency=found.ticket.agency,
        after={"code": found.code},
    )  # fmt: skip


@transaction.atomic
def refuse_publishing(
    publication: Publication, *, reason: str, actor: Staff, now: datetime
) -> None:
    """Not to be shown, or not any longer, for a reason; also what was released is taken down so."""
    found = _to_decide(publication, actor, also=Publication.Status.RELEASED)
    reason = reason.strip()
    if len(reason) < SHORTEST_TEXT:
        raise Refused(_("请写明不公开的理由。"), field="reason")
    before = found.status
    found.text = found.answer = found.place = ""
    found.latitude = found.longitude = None
    found.status, found.reason = Publication.Status.REFUSED, reason[:500]
    _decide(found, actor, now)
    audit.record(
        actor, "ticket.publishing_refused", found.ticket, now=now, agency=found.ticket.agency,
        reason=reason, before={"status": before},
    )  # fmt: skip


def revoke_all_of(citizen_key: str, *, now: datetime) -> None:
    """She has left and could not take anything back any more: what was shown of hers is taken down."""
    rows = Publication.objects.filter(ticket__citizen=citizen_key, revoked_at=None)
    for found in rows.select_for_update():
        _forget(found, now)


def _forget(found: Publication, now: datetime) -> None:
    found.revoked_at = now
    found.text = found.answer = found.place = ""
    found.latitude = found.longitude = None
    found.save()


def _decide(found: Publication, actor: Staff, now: datetime) -> None:
    found.decided_by, found.decided_at = actor, now
    found.save()


def _held_publication(ticket: Ticket) -> Publication | None:
    found: Publication | None = (
        Publication.objects.filter(ticket=ticket).select_for_update(of=("self",)).first()
    )
    return found


def _to_decide(publication: Publication, actor: Staff, also: str = "") -> Publication:
    """The publication as it is now, locked, if this person may decide it now."""
    ticket = held(publication.ticket)
    ensure_may(actor, Permission.ASSIGN_TICKETS, ticket.agency)
    found = _held_publication(ticket)
    if found is None or found.revoked_at is not None:
        raise Refused(_("市民已撤回公开的同意，不再公开。"))
    if found.status not in {Publication.Status.WAITING, also}:
        raise Refused(
            _("%(name)s已经处理过：%(state)s。请刷新后再看。")
            % {
                "name": found.decided_by.name if found.decided_by else "",
                "state": found.get_status_display(),
            }
        )
    if ticket.status not in OVER or not queries.may_be_public(ticket):
        raise Refused(_("这件工单现在不能公开：没有答复，或者性质不在公开范围。"))
    found.ticket = ticket
    return found
