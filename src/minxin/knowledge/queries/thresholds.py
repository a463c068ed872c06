"""From how sure on answers are given, for indexes and for those who set it."""

from django.db.models import QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.knowledge.models import AnswerThreshold

# The number that an `IndexChange` names when a threshold changed: no entry has it.
THRESHOLDS_CHANGED = -1


def thresholds() -> dict[str, float]:
    """Those that were set, by the path of their agency."""
    return dict(AnswerThreshold.objects.values_list("agency__path", "sure"))


def thresholds_visible_to(staff: Staff) -> QuerySet[AnswerThreshold]:
    """Those of the agencies whose knowledge this person edits."""
    found: QuerySet[AnswerThreshold] = AnswerThreshold.objects.visible_to(
        staff, Permission.EDIT_KNOWLEDGE
    )
    return found.select_related("agency", "changed_by", "chosen_on")
