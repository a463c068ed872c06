"""Tables of the room."""

from minxin.supervision.models.findings import ORIGINS, STATES, Finding
from minxin.supervision.models.rectification import (
    ACTS,
    MEASURES,
    Defence,
    Feedback,
    LedgerStep,
    NoticeLine,
    RectificationNotice,
)
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
    "ACTS",
    "GRADES",
    "KINDS",
    "LEVELS",
    "MEASURES",
    "ORIGINS",
    "SEVERITIES",
    "SOURCES",
    "STATES",
    "Candidate",
    "Coverage",
    "Defence",
    "Evaluation",
    "Evidence",
    "Feedback",
    "Finding",
    "LedgerStep",
    "NoticeLine",
    "RectificationNotice",
    "Trace",
]
