"""Conversations given to other agencies and got from them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import staff_who_may
from minxin.agencies.rules import Permission
from minxin.conversations.models import Dialogue, Handover


def handovers_visible_to(staff: Staff) -> QuerySet[Handover]:
    """Those that an agency of the branches this person may read gave or got."""
    found: QuerySet[Handover] = Handover.objects.visible_to(staff, Permission.READ_CONVERSATIONS)
    return found.select_related("dialogue", "from_agency", "to_agency", "asked_by")


def running_handover(dialogue: Dialogue) -> Handover | None:
    """The one that waits for the citizen's word or is under way."""
    rows = Handover.objects.filter(dialogue=dialogue, status__in=["asked", "open"])
    return rows.select_related("from_agency", "to_agency", "asked_by").first()


def takers(dialogue: Dialogue) -> list[Agency]:
    """The agencies that could go on with a conversation: in use, another than its own, with somebody of their
    own who answers conversations."""
    rows = Agency.objects.filter(
        is_active=True, memberships__role="agent", memberships__staff__is_active=True
    )
    return list(rows.exclude(pk__in=[dialogue.owner.pk, dialogue.account.agency_id]).distinct())


def handover_counts(
    agencies: Collection[int], *, since: datetime, until: datetime
) -> tuple[int, int]:
    """(given, got) by these agencies in a span, `until` not included: each counts for both sides, and what the
    citizen did not agree to for neither."""
    rows = Handover.objects.filter(asked_at__gte=since, asked_at__lt=until)
    rows = rows.exclude(status__in=[Handover.Status.ASKED, Handover.Status.DECLINED])
    wanted = list(agencies)
    return (
        rows.filter(from_agency__in=wanted).count(),
        rows.filter(to_agency__in=wanted).count(),
    )


def answerers(agency: Agency) -> list[Staff]:
    """Who is told that a conversation came."""
    return list(staff_who_may(Permission.ANSWER_CONVERSATIONS, agency))
