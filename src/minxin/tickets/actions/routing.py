"""A ticket finds its agency: by a rule as it is filed, else by the router a moment later, else by a person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency
from minxin.agencies.queries import staff_with
from minxin.agencies.rules import Permission
from minxin.core.actors import System
from minxin.core.errors import Refused
from minxin.tickets.actions.handling import assign
from minxin.tickets.actions.steps import held, move, note_step
from minxin.tickets.models import Dispatch, Ticket
from minxin.tickets.queries import routing as queries
from minxin.tickets.queries.routing import Proposed
from minxin.tickets.rules import Verb
from minxin.tickets.rules.routing import Candidate, Decided, may_assign

ROUTER = System("router")
Status = Dispatch.Status
AT_ONCE = 50


def note_filed(ticket: Ticket, decided: Decided | None, *, now: datetime) -> None:
    """Note with a new ticket, in the transaction of filing it, that a rule decided it (its agency is set
    by then) or that the router is to look at it."""
    if decided is None:
        Dispatch.objects.create(ticket=ticket, made_at=now)
        return
    by_rule = Candidate(decided.rule.agency, None, "rule", decided.words)
    Dispatch.objects.create(
        ticket=ticket, made_at=now, status=Status.ASSIGNED, source="rule",
        rule_id=decided.rule.number, proposals=_kept((by_rule,)), agency=ticket.agency,
        proposed_at=now, decided_at=now,
    )  # fmt: skip
    before = move(ticket, Verb.ASSIGN)
    note_step(ticket, Verb.ASSIGN, ROUTER, now, text="", agency=ticket.agency)
    reason = _why(by_rule, decided.rule.name)
    note_step(ticket, Verb.NOTE, ROUTER, now, text=reason, is_public=False, agency=ticket.agency)
    audit.record(
        ROUTER, "ticket.routed", ticket, now=now, agency=ticket.agency, before={"status": before},
        after={"status": ticket.status, "agency": ticket.agency.code}, reason=reason,
    )  # fmt: skip


def _kept(candidates: tuple[Candidate, ...]) -> list[dict[str, object]]:
    return [
        {"agency": each.agency, "confidence": each.confidence, "source": each.source,
         "words": list(each.words)}
        for each in candidates
    ]  # fmt: skip


def _why(candidate: Candidate, rule: str = "") -> str:
    words = "、".join(candidate.words) or "—"
    if candidate.source == "rule":
        return _("系统按派单规则“%(rule)s”派单，依据：%(words)s。") % {"rule": rule, "words": words}
    return _("系统派单，把握 %(percent)s%%，来自%(source)s，依据：%(words)s。") % {
        "percent": int((candidate.confidence or 0) * 100),
        "source": dict(Dispatch.Source.choices)[candidate.source],
        "words": words,
    }


def route_waiting(*, now: datetime) -> int:
    """Look at the tickets that wait, the oldest first, each in a transaction of its own; how many."""
    rows = queries.waiting_for_proposals(AT_ONCE)
    by = queries.standing(now=now)
    for row in rows:
        route(row, queries.proposed_for(row.ticket, by), now=now)
    return len(rows)


@transaction.atomic
def route(row: Dispatch, proposed: Proposed, *, now: datetime) -> None:
    """Assign as surely as the region asks, audited with the reason; else ask a dispatcher. Once per ticket."""
    ticket = held(row.ticket)
    fresh = Dispatch.objects.select_for_update().get(pk=row.pk)
    if fresh.status != Status.WAITING:
        return
    if ticket.status != Ticket.Status.SUBMITTED or ticket.merged_into_id is not None:
        fresh.status = Status.LEFT
        fresh.save(update_fields=["status"])
        return
    fresh.proposals, fresh.proposed_at = _kept(proposed.candidates), now
    fresh.version, fresh.listed_id = proposed.version, proposed.listed
    fresh.has_model = proposed.has_model
    fresh.rule_id = proposed.decided.rule.number if proposed.decided else None
    best = proposed.best
    fresh.source = best.source if best else ""
    fresh.save()
    name = proposed.decided.rule.name if proposed.decided else ""
    if best is not None and may_assign(
        best, threshold=queries.threshold_for(ticket.account), nature=ticket.nature,
        is_confidential=ticket.is_confidential,
    ):  # fmt: skip
        agency = Agency.objects.filter(pk=best.agency).first()
        if agency is not None and agency.is_active:
            assign(ticket, agency, reason=_why(best, name), actor=ROUTER, now=now)
            return
    fresh.status = Status.ASKED
    fresh.save(update_fields=["status"])
    words = gettext_noop("工单 %(number)s 等待派单") % {"number": ticket.number}
    people = staff_with(Permission.ASSIGN_TICKETS, ticket.agency)
    notify_staff(people, kind="ticket", text=words, link="/console/dispatching/", now=now)


def ensure_proposed(row: Dispatch, agency: Agency) -> None:
    """Refuses an agency that stands in none of the proposals: the page offered something else."""
    if agency.pk not in {each["agency"] for each in row.proposals}:
        raise Refused(_("这个单位不在建议里。请打开工单，在“交办给其他单位”里选。"))
