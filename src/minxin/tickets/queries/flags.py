"""What is special about tickets, and who may read a confidential one."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.tickets.models import ConfidentialReader, Flagging, Ticket

# How a list is narrowed to what is special: name, words, condition.
MARKS = (
    ("urgent", gettext_lazy("紧急"), Q(is_urgent=True)),
    ("supervised", gettext_lazy("督办"), Q(supervision_level__gt=0)),
    ("confidential", gettext_lazy("保密"), Q(is_confidential=True)),
    ("anonymous", gettext_lazy("匿名"), Q(is_anonymous=True)),
    ("merged", gettext_lazy("已并入其他工单"), Q(merged_into__isnull=False)),
    ("malicious", gettext_lazy("恶意"), Q(status="ended", malicious_marks__status="holds")),
)


def marked(tickets: QuerySet[Ticket], name: str) -> QuerySet[Ticket]:
    """Those with a mark of `MARKS`; none for a name that is none."""
    for known, _words, condition in MARKS:
        if known == name:
            return tickets.filter(condition)
    return tickets.none()


def marks_of(ticket: Ticket) -> list[str]:
    """What is special about a ticket, in words; the level of a supervision is its word."""
    found = []
    if ticket.is_urgent:
        found.append(str(Flagging.Flag.URGENT.label))
    if ticket.supervision_level:
        found.append(str(ticket.get_supervision_level_display()))
    if ticket.is_confidential:
        found.append(str(Flagging.Flag.CONFIDENTIAL.label))
    if ticket.is_anonymous:
        found.append(str(MARKS[3][1]))
    if ticket.status == Ticket.Status.ENDED and ticket.malicious_marks.filter(status="holds"):
        found.append(str(MARKS[5][1]))
    return found


def flaggings_of(ticket: Ticket) -> QuerySet[Flagging]:
    """Flags set and lifted, the newest first."""
    return ticket.flaggings.select_related("set_by", "lifted_by", "agency")


def holding(ticket: Ticket, flag: str) -> Flagging | None:
    """The flag that somebody set and nobody lifted yet."""
    return flaggings_of(ticket).filter(flag=flag, lifted_at=None).first()


def is_by_her_wish(ticket: Ticket) -> bool:
    """Whether a confidential ticket was made so by its citizen: only she could take that back."""
    return ticket.is_confidential and holding(ticket, Flagging.Flag.CONFIDENTIAL) is None


def may_read(ticket: Ticket, staff: Staff) -> bool:
    """Whether a person may read this ticket's words at all."""
    if not ticket.is_confidential:
        return True
    rows = Ticket.objects.filter(pk=ticket.pk)
    return bool(rows.visible_to(staff, Permission.READ_TICKETS).exists())


def readers_of(ticket: Ticket) -> QuerySet[ConfidentialReader]:
    """Who was named to read a confidential ticket."""
    return ticket.readers.select_related("staff", "named_by")


def is_discreet(ticket: Ticket) -> bool:
    """Whether what is written to the citizen must not tell staff who read conversations which ticket is
    hers, or what it says: confidential and anonymous ones."""
    return ticket.is_confidential or ticket.is_anonymous
