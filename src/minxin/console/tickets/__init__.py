"""Tickets: the list, one with its timeline and what I can do now, its neighbours, replies in review, presets and
rules of handling."""

from minxin.console.tickets import (
    calling_back,
    co_handling,
    declining,
    handing,
    laddering,
    listing,
    neighbours,
    one,
    policies,
    presets,
    publishing,
    reviewing,
    sampling,
    wrongdoing,
)

urlpatterns = [
    *handing.urlpatterns,
    *listing.urlpatterns,
    *one.urlpatterns,
    *neighbours.urlpatterns,
    *reviewing.urlpatterns,
    *calling_back.urlpatterns,
    *sampling.urlpatterns,
    *presets.urlpatterns,
    *publishing.urlpatterns,
    *policies.urlpatterns,
    *declining.urlpatterns,
    *co_handling.urlpatterns,
    *wrongdoing.urlpatterns,
    *laddering.urlpatterns,
]
