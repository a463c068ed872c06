"""Inspections of replies: what is drawn from, who still judges, how far two people agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import staff_who_may
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.tickets.models import InspectedReply, ReplyDraft, ReplyInspection, TicketEvent
from minxin.tickets.rules.sampling import Agreement, agreement


def inspections_visible_to(staff: Staff) -> QuerySet[ReplyInspection]:
    """Inspections in the branches over which a person inspects."""
    found: QuerySet[ReplyInspection] = ReplyInspection.objects.visible_to(
        staff, Permission.INSPECT_REPLIES
    )
    return found.select_related("agency", "first_judge", "second_judge", "opened_by", "decided_by")


def inspection_for(staff: Staff, number: int) -> ReplyInspection:
    """One of them; `NotFound` otherwise."""
    found = inspections_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def answers_between(agency: Agency, first: date, last: date) -> list[int]:
    """The numbers of all answers that an agency and those below it sent on these days, each one that went; a
    merged ticket's copy of its lead's is not another, and confidential tickets are left out."""
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    rows = TicketEvent.objects.filter(
        verb="answered", staff__isnull=False, at__gte=begin, at__lt=end,
        ticket__agency__path__startswith=agency.path, ticket__is_confidential=False,
    )  # fmt: skip
    return list(rows.order_by("pk").values_list("pk", flat=True))


def possible_judges(agency: Agency) -> QuerySet[Staff]:
    """Who may inspect the replies of an agency."""
    return staff_who_may(Permission.INSPECT_REPLIES, agency).order_by("username")


def authors_among(events: Sequence[int]) -> set[int]:
    """Who let these answers go, or wrote those that were reviewed."""
    rows = TicketEvent.objects.filter(pk__in=events)
    found = {pk for pk in rows.values_list("staff", flat=True) if pk is not None}
    drafts = ReplyDraft.objects.filter(
        ticket__in=rows.values("ticket"), status=ReplyDraft.Status.PASSED
    )
    return found | set(drafts.values_list("submitted_by", flat=True))


def is_judge(inspection: ReplyInspection, staff: Staff) -> bool:
    """Whether a person is one of the two."""
    return staff.pk in (inspection.first_judge_id, inspection.second_judge_id)


def to_judge(inspection: ReplyInspection, staff: Staff) -> QuerySet[InspectedReply]:
    """What one of the two still has to judge, in order; nothing for anybody else."""
    rows = inspection.replies.select_related("event__ticket__agency", "event__ticket__account")
    if not is_judge(inspection, staff) or inspection.status != ReplyInspection.Status.OPEN:
        return rows.none()
    return rows.exclude(judgements__staff=staff)


def replies_to_judge(staff: Staff) -> int:
    """How many replies wait for a person's word, in all inspections that run."""
    mine = Q(inspection__first_judge=staff) | Q(inspection__second_judge=staff)
    rows = InspectedReply.objects.filter(mine, inspection__status=ReplyInspection.Status.OPEN)
    return rows.exclude(judgements__staff=staff).count()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an inspection is: words given by each of the two, and how many wait for a third person."""

    first: int
    second: int
    size: int
    differing: int
    faulty: int

    @property
    def is_complete(self) -> bool:
        return self.first == self.second == self.size and not self.differing


def progress_of(inspection: ReplyInspection) -> Progress:
    """Counted anew each time."""
    said = inspection.replies.aggregate(
        first=Count("judgements", filter=Q(judgements__staff=F("inspection__first_judge"))),
        second=Count("judgements", filter=Q(judgements__staff=F("inspection__second_judge"))),
    )
    return Progress(
        said["first"], said["second"], inspection.size, differing(inspection).count(),
        inspection.replies.filter(is_good=False).count(),
    )  # fmt: skip


def differing(inspection: ReplyInspection) -> QuerySet[InspectedReply]:
    """On which the two said different things and nobody decided yet."""
    return (
        inspection.replies.filter(is_good=None)
        .annotate(said=Count("judgements"))
        .filter(said=2)
        .select_related("event__ticket__agency")
        .prefetch_related("judgements__staff")
    )


def agreement_of(inspection: ReplyInspection) -> Agreement | None:
    """How far the two agreed, of what both have judged; None before there is any."""
    said: dict[int, dict[int, bool]] = {}
    rows = inspection.replies.values_list("pk", "judgements__staff", "judgements__is_good")
    for reply, staff, is_good in rows:
        if staff is not None:
            said.setdefault(reply, {})[staff] = is_good
    pairs = [
        (both[inspection.first_judge_id], both[inspection.second_judge_id])
        for _reply, both in sorted(said.items())
        if len(both) == 2
    ]
    return agreement(pairs) if pairs else None


def results_of(inspection: ReplyInspection) -> QuerySet[InspectedReply]:
    """The sample with every word on it, for the page and the sheet of one that is over."""
    return inspection.replies.select_related(
        "event__ticket__agency", "settled_by"
    ).prefetch_related("judgements__staff")
