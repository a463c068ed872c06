"""Reads: rules that were tried, and what they would have changed."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.queries import permissions_of
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.supervision.models import BackTest, BackTestDifference


def backtests_for(staff: Staff) -> QuerySet[BackTest]:
    """The tests a person may see: rules concern the whole area, so all who may keep rules anywhere."""
    if Permission.EDIT_RULES not in permissions_of(staff):
        return BackTest.objects.none()
    return BackTest.objects.select_related("started_by", "adopted_by")


def backtest_for(staff: Staff, number: int) -> BackTest:
    """One of them; raises `NotFound`."""
    found = backtests_for(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def differences_for(staff: Staff, test: BackTest) -> QuerySet[BackTestDifference]:
    """The accounts for which the tried rule changes something."""
    rows: QuerySet[BackTestDifference] = BackTestDifference.objects.visible_to(
        staff, Permission.EDIT_RULES
    )
    return rows.filter(test=test).select_related("account__agency")


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """So many accounts with one kind of change."""

    change: str
    accounts: int


def changes_of(test: BackTest) -> list[ChangeCount]:
    """How many accounts fare differently, by kind."""
    rows = test.differences.order_by().values_list("change").annotate(n=Count("pk"))
    return [ChangeCount(change, count) for change, count in sorted(rows)]
