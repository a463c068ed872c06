"""Taking a request in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.citizens.models import Citizen
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.ids import ticket_number
from minxin.tickets import queries
from minxin.tickets.actions.handing import hand_over, promise_of
from minxin.tickets.actions.ledger import enter
from minxin.tickets.actions.pictures import attach, remove_pictures_of
from minxin.tickets.actions.publishing import allow_publishing, revoke_all_of
from minxin.tickets.actions.routing import note_filed
from minxin.tickets.actions.steps import (
    note_step,
    tell_agency,
)
from minxin.tickets.actions.telling import as_recorded
from minxin.tickets.actions.wrongdoing import refuse_wrongdoing
from minxin.tickets.models import (
    Category,
    Follower,
    Ticket,
    WrongdoingReport,
)
from minxin.tickets.queries import routing
from minxin.tickets.queries.handing import platform_for
from minxin.tickets.rules import (
    LONGEST_TEXT,
    SHORTEST_TEXT,
    Verb,
    is_on_earth,
    ledger,
    says_something,
)
from minxin.tickets.rules.routing import ALWAYS_ASKED, first


@transaction.atomic
def file(
    *,
    text: str,
    citizen: Citizen | None,
    account: Account,
    source: str,
    key: str,
    actor: Actor,
    now: datetime,
    category: Category | None = None,
    nature: str | None = None,
    place: str = "",
    division: str = "",
    coordinates: tuple[float, float] | None = None,
    is_anonymous: bool = False,
    is_confidential: bool = False,
    may_publish: bool = False,
    pictures: Sequence[str] = (),
    within: Agency | None = None,
) -> Ticket:
    """Take a request in and promise a date; the same `key` is filed once and gives the same ticket.

    What category and nature are not given are guessed from the text. `pictures` are the codes of what she
    has kept by `keep_picture`, at most `MOST_PICTURES`; `coordinates` latitude and longitude in degrees
    (WGS 84), `division` a code. A routing rule that is met names the agency. Where
    there is another way to route, the account's agency keeps the ticket until the router has looked at it,
    which happens elsewhere; else it is the category's, else the account's. The promise never changes
    afterwards. `within` an agency it stays, where one was named. Where requests
    are handed over, nothing is promised in our name and the city's platform gets the ticket.

    A report of wrongdoing by officials is never filed, whichever door it comes through: `Refused` with the
    way it goes instead (`report_wrongdoing` where the citizen can be asked).
    """
    known = Ticket.objects.filter(key=key).first()
    if known is not None:
        return known
    refuse_wrongdoing(text)
    text = text.strip()
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("请把情况说得具体一些：什么事、在哪里、什么时候。"), field="text")
    if not says_something(text):
        raise Refused(_("请用文字写明是什么事，只有表情或符号没法办理。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("内容太长，请控制在 %(limit)s 字以内。") % {"limit": LONGEST_TEXT}, field="text"
        )
    if coordinates and not is_on_earth(*coordinates):
        raise Refused(_("位置不正确，请重新获取，或只写明地点。"), field="latitude")
    guessed, guessed_nature = queries.guess(text)
    category = category or guessed
    nature = nature or guessed_nature
    agency = within or account.agency
    branch = within.path if within else ""
    request = routing.request_of(text, place, nature, category, account, now)
    decided = None if nature in ALWAYS_ASKED else first(routing.rules_on(), request)
    is_routed = decided is not None or routing.is_routing(now)
    proposed = None
    if decided is not None:
        proposed = Agency.objects.get(pk=decided.rule.agency)
    elif not is_routed and category and category.agency and category.agency.is_active:
        proposed = category.agency
    if proposed is not None and proposed.path.startswith(branch):
        agency = proposed
    due = queries.promise_for(nature, account, agency, now=now)
    platform = platform_for(citizen, account, agency, division)
    fields: dict[str, Any] = {
        "key": key,
        "account": account,
        "citizen": citizen,
        "agency": agency,
        "category": category,
        "nature": nature,
        "source": source,
        "text": text,
        "place": place.strip()[:200],
        "division": division[:12],
        "latitude": coordinates[0] if coordinates else None,
        "longitude": coordinates[1] if coordinates else None,
        "is_anonymous": is_anonymous,
        "is_confidential": is_confidential,
        "filed_at": now,
        "promised_at": due.at,
        "promised_words": promise_of(platform) if platform else due.words,
        "due_at": due.at,
        "is_due_provisional": due.is_provisional,
    }
    ticket, is_new = numbered(fields, now)
    if not is_new:
        return ticket
    note_step(ticket, Verb.FILE, actor, now, text="")
    if pictures and isinstance(actor, Citizen):
        attach(ticket, pictures, actor=actor)
    if may_publish and isinstance(actor, Citizen) and queries.may_be_public(ticket):
        allow_publishing(ticket, actor=actor, now=now)
    enter(
        ticket, ledger.Kind.START, actor=actor, now=now, due_at=due.at,
        reason=ticket.promised_words, legal_basis=due.basis,
    )  # fmt: skip
    audit.record(
        as_recorded(ticket, actor), "ticket.filed", ticket, now=now, agency=agency,
        after={"nature": nature},
    )  # fmt: skip
    if platform is not None:
        hand_over(ticket, platform, actor=actor, now=now)
        return ticket
    if is_routed:
        note_filed(ticket, decided, now=now)
    if decided is not None or not is_routed:
        words = gettext_noop("有新的诉求工单 %(number)s") % {"number": ticket.number}
        tell_agency(ticket, words, now)
    return ticket


def numbered(fields: dict[str, Any], now: datetime) -> tuple[Ticket, bool]:
    """The row with a number of its own; a repeat that came in between gets the first one's."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return Ticket.objects.create(number=ticket_number(now), **fields), True
        except IntegrityError:
            known = Ticket.objects.filter(key=fields["key"]).first()
            if known is not None:
                return known, False
    raise RuntimeError("five ticket numbers in a row were taken")


def unlink_citizen(citizen_key: str, *, now: datetime) -> int:
    """A citizen unfollowed: her tickets stay under their own retention, without her and her pictures;
    how many.

    The audit entry is that of `citizens.actions.unfollow`, which the door calls with this.
    """
    Follower.objects.filter(citizen=citizen_key).delete()
    WrongdoingReport.objects.filter(citizen=citizen_key).update(citizen=None)
    remove_pictures_of(citizen_key, now=now)
    revoke_all_of(citizen_key, now=now)
    return Ticket.objects.filter(citizen=citizen_key).update(citizen=None)
