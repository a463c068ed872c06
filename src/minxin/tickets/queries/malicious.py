"""What was called malicious, by whom it may be decided, and what its citizen may do about it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from minxin.agencies.models import Agency, Membership, Staff
from minxin.agencies.queries import memberships_of, staff_who_may
from minxin.agencies.rules import Permission
from minxin.core.once import once
from minxin.tickets.models import MaliciousMark, Ticket
from minxin.tickets.queries.flags import may_read
from minxin.tickets.rules.malicious import complained_about, is_partial

Status = MaliciousMark.Status
# What waits for a decision: whether it is, or whether the citizen is right that it is not.
TO_CONFIRM = Q(status=Status.PROPOSED)
TO_HEAR = Q(status=Status.HOLDS, appealed_at__isnull=False, outcome="")


def malicious_marks(
    staff: Staff, permission: Permission = Permission.CONFIRM_MALICIOUS
) -> QuerySet[MaliciousMark]:
    """Those of the branches over which a person may decide."""
    rows: QuerySet[MaliciousMark] = MaliciousMark.objects.visible_to(staff, permission)
    return rows.select_related(
        "ticket__agency", "ticket__account", "proposed_by", "decided_by", "appeal_decided_by"
    )


def malicious_to_decide(staff: Staff) -> QuerySet[MaliciousMark]:
    """Those that wait and in which she took no part so far."""
    return (
        malicious_marks(staff)
        .filter(TO_CONFIRM | TO_HEAR)
        .exclude(proposed_by=staff)
        .exclude(decided_by=staff)
    )


def malicious_of(ticket: Ticket) -> QuerySet[MaliciousMark]:
    """What was said of a ticket, the newest first."""
    return ticket.malicious_marks.select_related(
        "agency", "proposed_by", "decided_by", "appeal_decided_by"
    )


def marks_said_of(ticket: Ticket) -> list[MaliciousMark]:
    """The same, read."""
    return once(("malicious", ticket.pk), lambda: list(malicious_of(ticket)))


def living_mark(ticket: Ticket) -> MaliciousMark | None:
    """What waits for a decision, or holds."""
    alive = {Status.PROPOSED.value, Status.HOLDS.value}
    return next((each for each in marks_said_of(ticket) if each.status in alive), None)


def confirmed_mark(ticket: Ticket) -> MaliciousMark | None:
    """The latest that was confirmed, whatever became of it: what its citizen was told."""
    rows = malicious_of(ticket).filter(
        status__in=[Status.HOLDS, Status.LIFTED, Status.EXPIRED], decided_at__isnull=False
    )
    return rows.first()


def was_acquitted(ticket: Ticket) -> bool:
    """Whether an appeal of this ticket was upheld: it is not called malicious again."""
    return any(each.status == Status.LIFTED for each in marks_said_of(ticket))


def is_partial_about(ticket: Ticket, staff: Staff) -> bool:
    """Whether a person belongs to an agency that the ticket may complain about."""
    own = [each.agency.path for each in memberships_of(staff)]
    return is_partial(own, _complained(ticket))


def impartial_deciders(ticket: Ticket, *, besides: Collection[int | None] = ()) -> list[Staff]:
    """Who may decide over a ticket, may read it and belongs to no agency that it may complain about; without
    those of the primary keys `besides`, who took part already."""
    able = staff_who_may(Permission.CONFIRM_MALICIOUS, ticket.agency).exclude(
        pk__in=[each for each in besides if each is not None]
    )
    people = [each for each in able if may_read(ticket, each)]
    against = _complained(ticket)
    own: dict[int, list[str]] = defaultdict(list)
    rows = Membership.objects.filter(staff__in=people).order_by()
    for staff, path in rows.values_list("staff", "agency__path"):
        own[staff].append(path)
    return [each for each in people if not is_partial(own[each.pk], against)]


def _complained(ticket: Ticket) -> frozenset[str]:
    """The paths of the agencies that a ticket may complain about. Reads all agencies: once a decision."""
    named = (
        Agency.objects.exclude(parent=None)
        .filter(is_active=True)
        .order_by()
        .values_list("path", "name", "short_name")
    )
    return complained_about(
        ticket.nature, ticket.agency.path, ticket.text, ((path, names) for path, *names in named)
    )


def can_appeal(ticket: Ticket, *, now: datetime) -> bool:
    """Whether its citizen may still appeal: once, until the day she was told."""
    row = living_mark(ticket)
    return (
        row is not None
        and row.status == Status.HOLDS
        and row.appealed_at is None
        and row.appeal_by is not None
        and now <= row.appeal_by
    )


def marks_elsewhere(ticket: Ticket, staff: Staff) -> QuerySet[MaliciousMark]:
    """What holds of other tickets of the same citizen, for who may decide there too: shown, with no
    consequence. Nothing that would tell whose an anonymous or confidential ticket is."""
    rows = malicious_marks(staff).filter(status=Status.HOLDS)
    if ticket.citizen_id is None or ticket.is_anonymous or ticket.is_confidential:
        return rows.none()
    return rows.filter(
        ticket__citizen=ticket.citizen_id,
        ticket__is_anonymous=False,
        ticket__is_confidential=False,
    ).exclude(ticket=ticket)


def expired_marks(now: datetime) -> QuerySet[MaliciousMark]:
    """Marks whose days are over, also of those whose appeal nobody decided so far."""
    rows = MaliciousMark.objects.filter(status=Status.HOLDS, expires_at__lte=now)
    return rows.order_by("expires_at", "pk")
