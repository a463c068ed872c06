"""What a person chose, kept beside what was proposed: every choice teaches the router."""

from datetime import datetime

from minxin.agencies.models import Agency, Staff
from minxin.core.actors import Actor
from minxin.tickets.models import Correction, Dispatch, Ticket

Status = Dispatch.Status


def note_choice(ticket: Ticket, agency: Agency, how: str, *, actor: Actor, now: datetime) -> None:
    """Note where a person sent a ticket that the caller holds locked; the system's own acts teach nothing."""
    row = Dispatch.objects.select_for_update().filter(ticket=ticket).first()
    if isinstance(actor, Staff):
        best = row.proposals[0] if row and row.proposals else {}
        is_asked = row is not None and row.status in {Status.ASKED, Status.WAITING}
        Correction.objects.create(
            ticket=ticket, at=now, staff=actor, chosen=agency,
            how=Correction.How.DISPATCHED if is_asked and how == Correction.How.ASSIGNED else how,
            proposed_id=best.get("agency"), confidence=best.get("confidence"),
            source=best.get("source", ""),
        )  # fmt: skip
    if row is None:
        return
    row.agency = agency
    if row.status in {Status.ASKED, Status.WAITING}:
        row.decided_at = now
        row.decided_by = actor if isinstance(actor, Staff) else None
        row.status = Status.CHOSEN if isinstance(actor, Staff) else Status.ASSIGNED
    row.save(update_fields=["agency", "status", "decided_at", "decided_by"])
