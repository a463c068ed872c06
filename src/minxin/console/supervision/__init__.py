"""Supervision: the list of updates, one account's page, records of what was seen, candidates, rules; the
rectification of what was confirmed; campaigns and the checks in them."""

from minxin.console.supervision import (
    accounts,
    campaigns,
    candidates,
    check_table,
    checks,
    duties,
    finding,
    findings,
    hearings,
    lessons,
    listing,
    lookback,
    notify,
    overview,
    papers,
    rulebook,
    unit,
)

urlpatterns = [
    *listing.urlpatterns,
    *accounts.urlpatterns,
    *candidates.urlpatterns,
    *findings.urlpatterns,
    *finding.urlpatterns,
    *lessons.urlpatterns,
    *notify.urlpatterns,
    *lookback.urlpatterns,
    *rulebook.urlpatterns,
    *papers.urlpatterns,
    *campaigns.urlpatterns,
    *checks.urlpatterns,
    *hearings.urlpatterns,
    *check_table.urlpatterns,
    *unit.urlpatterns,
    *overview.urlpatterns,
    *duties.urlpatterns,
]
