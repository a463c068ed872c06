"""Tables of the room."""

from minxin.supervision.models.findings import ORIGINS, STATES, Finding
from minxin.supervision.models.updates import (
    GRADES,
    KINDS,
    LEVELS,
    SEVERITIES,
    SOURCES,
    Candidate,
    Coverage,
    Evaluation,
    Evidence,
    Trace,
)

__all__ = [
    "GRADES",
    "KINDS",
    "LEVELS",
    "ORIGINS",
    "SEVERITIES",
    "SOURCES",
    "STATES",
    "Candidate",
    "Coverage",
    "Evaluation",
    "Evidence",
    "Finding",
    "Trace",
]
