"""What was decided about the handling of tickets, and what follows for an agency."""

from dataclasses import dataclass
from typing import Any

from minxin.agencies.models import Agency
from minxin.agencies.rules import ancestor_paths
from minxin.core.actors import Actor, System
from minxin.tickets.models import HandlingPolicy, Ticket
from minxin.tickets.rules.policies import DEFAULTS, NAMES, Policy, effective, policy


def policy_of(agency: Agency) -> Policy:
    """What holds for an agency, now."""
    return policy(_decided(agency), agency.path)


def must_be_reviewed(ticket: Ticket, actor: Actor) -> bool:
    """Whether a reply of this actor goes only after another person read it. What another system
    answered was decided there."""
    return not isinstance(actor, System) and policy_of(ticket.agency).needs_review


@dataclass(frozen=True, slots=True)
class Setting:
    """One rule of handling at an agency: its `own` decision (None: none), what holds there if it has
    none (`inherited`), and whose that is (None: nobody's)."""

    name: str
    own: Any
    inherited: Any
    source: Agency | None


def settings_of(agency: Agency) -> list[Setting]:
    """All rules of handling, as an agency's page shows them."""
    decided = _decided(agency)
    own = dict(decided).get(agency.path, {})
    above = effective([each for each in decided if each[0] != agency.path], agency.path)
    sources = {
        each.path: each for each in Agency.objects.filter(path__in=[w for w, _v in above.values()])
    }
    found = []
    for name in NAMES:
        where, value = above.get(name, ("", getattr(DEFAULTS, name)))
        found.append(Setting(name, own.get(name), value, sources.get(where)))
    return found


def _decided(agency: Agency) -> list[tuple[str, dict[str, Any]]]:
    rows = HandlingPolicy.objects.filter(agency__path__in=ancestor_paths(agency.path))
    return [(row.pop("agency__path"), row) for row in rows.values("agency__path", *NAMES)]
