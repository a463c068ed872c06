"""Whose tickets they are, and what happened to them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from minxin.agencies.models import ApiKey, Staff
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.core.errors import NotFound
from minxin.core.ids import normal_ticket_number
from minxin.text import mask
from minxin.tickets.models import Ticket, TicketEvent
from minxin.tickets.rules import (
    OPEN,
)


def tickets_visible_to(
    staff: Staff | ApiKey, permission: Permission = Permission.READ_TICKETS
) -> QuerySet[Ticket]:
    """The tickets of the branches over which a person has a permission."""
    found: QuerySet[Ticket] = Ticket.objects.visible_to(staff, permission)
    return found.select_related("agency", "category", "account")


def ticket_for(
    staff: Staff | ApiKey, number: str, permission: Permission = Permission.READ_TICKETS
) -> Ticket:
    """One of them; `NotFound` otherwise."""
    found = tickets_visible_to(staff, permission).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def of_citizen(citizen: Citizen) -> QuerySet[Ticket]:
    """A citizen's own tickets, the newest first."""
    return Ticket.objects.filter(citizen=citizen).select_related("agency", "category")


def beside_conversation(citizen: Citizen) -> QuerySet[Ticket]:
    """Those of her tickets that staff who talk to her may know to be hers: no confidential, no anonymous."""
    return of_citizen(citizen).filter(is_confidential=False, is_anonymous=False)


# How a citizen narrows her list: what waits for an answer, what has one, what is over.
STATES: dict[str, tuple[str, ...]] = {
    "open": tuple(sorted(OPEN)),
    "answered": ("answered",),
    "closed": ("closed", "archived", "withdrawn", "declined", "ended"),
}


def found_for_citizen(citizen: Citizen, *, words: str = "", state: str = "") -> QuerySet[Ticket]:
    """Her own tickets in which some words stand (or that have this number), in one of `STATES`."""
    found = of_citizen(citizen)
    if state in STATES:
        found = found.filter(status__in=STATES[state])
    words = words.strip()[:100]
    if words:
        anywhere = Q(text__icontains=words) | Q(place__icontains=words) | Q(answer__icontains=words)
        found = found.filter(
            anywhere | Q(number__icontains=words) | Q(agency__name__icontains=words)
        )
    return found


def open_count_of(citizen: Citizen) -> int:
    """How many of her tickets wait for an answer."""
    return Ticket.objects.filter(citizen=citizen, status__in=OPEN).count()


def by_number_for_citizen(number: str, citizen: Citizen) -> Ticket:
    """Her own ticket of this number, however she writes it; `NotFound` for anybody else's."""
    normal = normal_ticket_number(number)
    found = of_citizen(citizen).filter(number=normal).first() if normal else None
    if found is None:
        raise NotFound
    return found


def latest_change() -> int:
    """A number that grows whenever something happens to a ticket."""
    return int(TicketEvent.objects.aggregate(last=Max("id"))["last"] or 0)


# What goes on inside is not told to the citizen: her ticket is in the agency's hands all the while.
_SHOWN = {"reviewing": "signed", "archived": "closed"}


def shown_status(ticket: Ticket) -> str:
    """The state as a citizen is told it: nothing of a review or of our files."""
    return _SHOWN.get(ticket.status, ticket.status)


def shown_status_label(ticket: Ticket) -> str:
    """The same, in words."""
    return str(Ticket.Status(shown_status(ticket)).label)


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of a ticket, as a citizen or staff may read it."""

    at: datetime
    verb: str
    title: str
    who: str
    text: str
    is_public: bool


TITLES = {
    "filed": "已提交",
    "accepted": "已受理",
    "assigned": "已交办",
    "signed": "已签收",
    "return_asked": "申请退单",
    "return_granted": "同意退单",
    "return_refused": "不同意退单",
    "disputed": "申请裁定",
    "arbitrated": "争议裁定",
    "extension_asked": "申请延期",
    "extended": "已延期",
    "extension_refused": "不同意延期",
    "withdrawn": "已撤回",
    "supplemented": "补充内容",
    "time_asked": "申请延长补充时间",
    "reply_submitted": "送审答复",
    "reply_taken_back": "撤回送审",
    "reply_sent_back": "退回修改",
    "reply_passed": "审核通过",
    "called_back": "回访",
    "redone": "回访后重办",
    "archived": "已归档",
    "answered": "已答复",
    "closed": "已办结",
    "reopened": "重新办理",
    "rated": "已评价",
    "noted": "内部记录",
    "merged": "合并办理",
    "mirrored": "承接平台进展",
    "urged": "催办",
    "unmerged": "恢复单独办理",
    "not_accepted": "不予受理",
    "objected": "提出异议",
    "co_handled": "协办",
    "moved": "转专人登记",
    "flagged": "标记",
    "unflagged": "解除标记",
    "malicious_proposed": "提出恶意认定",
    "malicious_refused": "不予认定为恶意",
    "ended": "终止办理",
    "appealed": "提出申诉",
    "restored": "申诉成立，接着办理",
    "appeal_refused": "申诉不成立",
    "talk_proposed": "建议约谈",
}


def steps(ticket: Ticket, *, is_public_only: bool) -> list[Step]:
    """What happened to a ticket, the newest first."""
    rows = ticket.events.select_related("agency", "staff").order_by("-id")
    if is_public_only:
        rows = rows.filter(is_public=True)
    found = []
    for row in rows:
        who = row.agency.name if row.agency else ""
        if not is_public_only and row.staff:
            who = f"{who} {row.staff.name}".strip()
        title = TITLES.get(row.verb, row.verb)
        found.append(Step(row.at, row.verb, title, who, row.text, row.is_public))
    return found


def in_brief(ticket: Ticket, length: int = 40) -> str:
    """The ticket's text for lists: private data masked, cut."""
    text = mask(" ".join(ticket.text.split()))
    return text if len(text) <= length else text[: length - 1] + "…"
