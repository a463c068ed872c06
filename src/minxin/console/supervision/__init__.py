"""Supervision: the list of updates, one account's page, records of what was seen, candidates, campaigns
and the checks in them."""

from minxin.console.supervision import (
    accounts,
    campaigns,
    candidates,
    check_table,
    checks,
    hearings,
    listing,
    unit,
)

urlpatterns = [
    *listing.urlpatterns,
    *accounts.urlpatterns,
    *candidates.urlpatterns,
    *campaigns.urlpatterns,
    *checks.urlpatterns,
    *hearings.urlpatterns,
    *check_table.urlpatterns,
    *unit.urlpatterns,
]
