"""Supervision: the list of updates, one account's page, records of what was seen, candidates; and the
rectification of what was confirmed."""

from minxin.console.supervision import (
    accounts,
    candidates,
    finding,
    findings,
    lessons,
    listing,
    lookback,
    notify,
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
]
