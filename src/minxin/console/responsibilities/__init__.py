"""The responsibility list: in force, version by version, its draft, sheets, arbitrations, matters."""

from minxin.console.responsibilities import decisions, draft, importing, listing, matters

urlpatterns = [
    *listing.urlpatterns,
    *draft.urlpatterns,
    *importing.urlpatterns,
    *decisions.urlpatterns,
    *matters.urlpatterns,
]
