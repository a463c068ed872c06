"""From packs to the clock's rule: the nearest pack's steps, and the limits of all that hold."""

from collections.abc import Sequence

from minxin.supervision.rules.clock import Level, Limit, Rule
from minxin.supervision.rules.packs import Pack


def rule_of(stale: Sequence[Pack], zombie: Sequence[Pack] = ()) -> Rule | None:
    """The rule of an account bound by these packs, the nearest first; None when none binds it.

    Only the nearest zombie pack counts: a longer local limit must not be undercut by our proposal.
    """
    if not stale:
        return None
    steps = tuple((Level(step.value), days) for step, days in stale[0].ladder)
    limits = [Limit(pack.days, pack.id) for pack in stale if pack.days is not None]
    limits += [
        Limit(pack.days, pack.id, Level.ZOMBIE) for pack in zombie[:1] if pack.days is not None
    ]
    return Rule(steps, tuple(limits))
