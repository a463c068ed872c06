"""What a text is about."""

from django.db.models import QuerySet

from minxin.tickets.models import Category
from minxin.tickets.rules import (
    guess_nature,
    matching,
)


def categories() -> QuerySet[Category]:
    """What a ticket may be about."""
    return Category.objects.filter(is_active=True).select_related("agency")


def guess(text: str) -> tuple[Category | None, str]:
    """The category whose keywords fit best, and the nature; staff can change both."""
    scored = [(matching(text, each.keywords), each) for each in categories()]
    score, best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return (best if score else None), guess_nature(text)
