"""What accounts owe, and what looking back found of them, as indicators see it: a few queries for many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from minxin.accounts.models import Account
from minxin.supervision.indicators.base import Content, Found
from minxin.supervision.models import Hit, PublishedItem
from minxin.supervision.rules.duties import Duties
from minxin.supervision.rules.looking import indicator_of
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.rectification import ENDED


def content_of(numbers: Iterable[int]) -> Mapping[int, Content]:
    """How many texts are kept of accounts, and the hits that wait or whose finding is not ended."""
    wanted = list(numbers)
    items: dict[int, int] = dict(
        PublishedItem.objects.filter(account__in=wanted)
        .values_list("account_id")
        .annotate(n=Count("pk"))
        .order_by()
        .values_list("account_id", "n")
    )
    found: dict[int, dict[str, Found]] = {}
    for row in _hits(wanted):
        indicator = indicator_of(row["scan__word_list__kind"], Severity(row["severity"]))
        mine = found.setdefault(row["item__account_id"], {})
        before = mine.get(indicator, Found())
        if row["status"] == Hit.Status.OPEN:
            mine[indicator] = Found(before.waiting + row["n"], before.confirmed)
        else:
            mine[indicator] = Found(before.waiting, before.confirmed + row["n"])
    return {number: Content(items.get(number, 0), found.get(number, {})) for number in wanted}


def _hits(numbers: list[int]) -> Any:
    ended = [each.value for each in ENDED]
    standing = Q(status=Hit.Status.OPEN) | (
        Q(status=Hit.Status.CONFIRMED) & ~Q(finding__state__in=ended)
    )
    rows = Hit.objects.filter(standing, item__account__in=numbers)
    return (
        rows.values("item__account_id", "scan__word_list__kind", "severity", "status")
        .annotate(n=Count("pk"))
        .order_by()
    )


def duties_of(accounts: Sequence[Account], *, now: datetime) -> Mapping[int, Duties]:
    """What accounts owe and owed, by their numbers."""
    return {account.pk: Duties(now) for account in accounts}
