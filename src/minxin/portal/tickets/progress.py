"""Progress as a parcel's: what is now, what comes next, by when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.tickets import queries
from minxin.tickets.rules import OPEN, OVER
from minxin.tickets.rules.progress import Stage, is_reached, stage_of

WORDS = {
    Stage.FILED: gettext_lazy("提交"),
    Stage.ACCEPTED: gettext_lazy("受理"),
    Stage.HANDLED: gettext_lazy("办理"),
    Stage.ANSWERED: gettext_lazy("答复"),
    Stage.CLOSED: gettext_lazy("办结"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One stage as it is drawn."""

    words: str
    is_done: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """The five stages (none for what left the way), and three lines: what is now, what comes next ("" for nothing), by when."""

    stages: tuple[Shown, ...]
    now: str
    next: str
    until: datetime | None


def progress_of(ticket: Any, now: datetime) -> Progress:
    """How her ticket stands, said to her."""
    here = stage_of(ticket.status)
    stages = tuple(
        Shown(str(WORDS[each]), is_reached(ticket.status, each) and each != here, each == here)
        for each in (Stage if here is not None else ())
    )
    told, following, until = _lines(ticket, now)
    return Progress(stages, told, following, until)


def _lines(ticket: Any, now: datetime) -> tuple[str, str, datetime | None]:
    names = {"agency": ticket.agency.name}
    answer = _("答复写在这一页")
    if ticket.status in OPEN and ticket.stopped_at is not None:
        if queries.asked_of_citizen(ticket) is not None:
            return _("等您补充，办理时限暂停计时"), _("您补充后接着办理"), ticket.supplement_by
        return _("暂停计时，原因见时限台账"), answer, None
    match ticket.status:
        case "submitted":
            return _("已收到，等%(agency)s受理") % names, _("受理后开始办理"), ticket.due_at
        case "returning" | "disputed":
            return _("正在确定由哪个单位办理"), answer, ticket.due_at
        case "reopened":
            return _("%(agency)s重新办理中") % names, answer, ticket.due_at
        case "answered":
            ends = queries.reopening_ends(ticket)
            if queries.can_be_rated(ticket):
                return _("已答复"), _("请您评价；没有解决的，可以要求重新办理"), ends
            can = queries.can_be_reopened(ticket, now=now)
            return (
                _("已答复"),
                _("没有解决的，可以要求重新办理") if can else "",
                ends if can else None,
            )
        case "withdrawn":
            return _("您已撤回，不再办理"), "", None
        case "ended":
            return _("已终止办理，原因见上面"), "", None
        case "declined":
            return _("不予受理，原因和应找的渠道见上面"), "", None
    if ticket.status in OVER:
        return _("已办结"), "", None
    return _("%(agency)s正在办理") % names, answer, ticket.due_at
