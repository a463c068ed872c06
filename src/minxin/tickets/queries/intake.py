"""What a text is about."""

from django.db.models import QuerySet

from minxin.accounts.models import Account
from minxin.agencies.queries import divisions
from minxin.core.divisions import Division
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


def districts(account: Account) -> list[Division]:
    """The divisions among which a citizen of an account's area chooses; none where it has no area."""
    code = account.region_code or account.agency.region_code
    return divisions().below(code) if code else []


def division_name(code: str) -> str:
    """A division from the province down; the code where nobody knows its name, "" for none."""
    return (divisions().full_name(code) or code) if code else ""
