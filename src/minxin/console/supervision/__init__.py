"""Supervision: the list of updates, one account's page, records of what was seen, candidates."""

from minxin.console.supervision import accounts, candidates, listing, overview

urlpatterns = [
    *listing.urlpatterns,
    *accounts.urlpatterns,
    *candidates.urlpatterns,
    *overview.urlpatterns,
]
