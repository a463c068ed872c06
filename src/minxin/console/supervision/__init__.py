"""Supervision: the list of updates, one account's page, records of what was seen, candidates; and the
rectification of what was confirmed."""

from minxin.console.supervision import (
    accounts,
    candidates,
    finding,
    findings,
    lessons,
    listing,
    notify,
    papers,
    rulebook,
)

urlpatterns = [
    *listing.urlpatterns,
    *accounts.urlpatterns,
    *candidates.urlpatterns,
    *findings.urlpatterns,
    *finding.urlpatterns,
    *lessons.urlpatterns,
    *notify.urlpatterns,
    *rulebook.urlpatterns,
    *papers.urlpatterns,
]
