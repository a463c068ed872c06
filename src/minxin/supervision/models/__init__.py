"""Tables of the room."""

from minxin.supervision.models.backtests import CHANGES, BackTest, BackTestDifference
from minxin.supervision.models.campaigns import (
    Campaign,
    CampaignInspector,
    Check,
    Correction,
    Inspection,
    Population,
)
from minxin.supervision.models.duties import DutyEvent, RelayAssignment, RelayTask
from minxin.supervision.models.findings import ORIGINS, STATES, Finding
from minxin.supervision.models.items import (
    Exemption,
    Hit,
    ItemVersion,
    PublishedItem,
    Scan,
    Term,
    WordList,
)
from minxin.supervision.models.links import LinkLook
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
    AreaMap,
    Candidate,
    Coverage,
    Evaluation,
    Evidence,
    Trace,
)

__all__ = [
    "ACTS",
    "CHANGES",
    "GRADES",
    "KINDS",
    "LEVELS",
    "MEASURES",
    "ORIGINS",
    "SEVERITIES",
    "SOURCES",
    "STATES",
    "AreaMap",
    "BackTest",
    "BackTestDifference",
    "Campaign",
    "CampaignInspector",
    "Candidate",
    "Check",
    "Correction",
    "Coverage",
    "Defence",
    "DutyEvent",
    "Evaluation",
    "Evidence",
    "Exemption",
    "Feedback",
    "Finding",
    "Hit",
    "Inspection",
    "ItemVersion",
    "LedgerStep",
    "LinkLook",
    "NoticeLine",
    "Population",
    "PublishedItem",
    "RectificationNotice",
    "RelayAssignment",
    "RelayTask",
    "Scan",
    "Term",
    "Trace",
    "WordList",
]
