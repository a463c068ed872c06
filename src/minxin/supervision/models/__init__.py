"""Tables of the room."""

from minxin.supervision.models.campaigns import (
    Campaign,
    CampaignInspector,
    Check,
    Correction,
    Inspection,
    Population,
)
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
    "Campaign",
    "CampaignInspector",
    "Candidate",
    "Check",
    "Correction",
    "Coverage",
    "Evaluation",
    "Evidence",
    "Finding",
    "Inspection",
    "Population",
    "Trace",
]
