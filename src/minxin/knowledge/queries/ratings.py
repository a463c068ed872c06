"""What citizens said of answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from minxin.citizens.models import Citizen
from minxin.knowledge.models import AnswerRating


@dataclass(frozen=True, slots=True)
class Usefulness:
    """How many citizens found an answer of use, and how many did not."""

    useful: int = 0
    useless: int = 0


def usefulness_of(entries: Iterable[int]) -> dict[int, Usefulness]:
    """Of each of these entries that anybody rated."""
    rows = AnswerRating.objects.filter(entry__in=list(entries)).order_by().values_list("entry")
    counted = rows.annotate(
        useful=Count("id", filter=Q(is_useful=True)), useless=Count("id", filter=Q(is_useful=False))
    )
    return {entry: Usefulness(useful, useless) for entry, useful, useless in counted}


def word_of(citizen: Citizen | None, **what: int) -> bool | None:
    """What she said of an answer (`entry_id`, or `document_id` and `position`); None for nothing."""
    if citizen is None:
        return None
    rows = AnswerRating.objects.filter(citizen=citizen, **what)
    return rows.values_list("is_useful", flat=True).first()
