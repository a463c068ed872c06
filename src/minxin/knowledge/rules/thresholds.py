"""From how sure on an answer is given, branch by branch of the agencies. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from minxin.knowledge.rules.answers import NEAR_QUESTIONS, SURE, Lookup, Near

# Below what is shipped nothing was ever given, so nobody ever graded it.
LEAST, MOST = SURE, 0.99


def nearest(kept: Mapping[str, float], path: str) -> float:
    """The threshold of the agency at a path: its own or that of the nearest above it, else what is shipped.

    >>> nearest({"/1/": 0.6, "/1/2/": 0.5}, "/1/2/3/")
    0.5
    """
    above = [each for each in kept if path.startswith(each)]
    return kept[max(above, key=len)] if above else SURE


def at_least(found: Lookup, sure: float) -> Lookup:
    """What may be said of what was found: an answer less sure than `sure` is only offered as a near question,
    readings that are not sure enough are not asked about."""
    if found.confidence >= sure or (found.answer is None and not found.choices):
        return found
    near = found.near
    if found.answer is not None:
        near = (Near(found.answer.entry_id, found.answer.question), *near)[:NEAR_QUESTIONS]
    return replace(found, answer=None, near=near, choices=())
