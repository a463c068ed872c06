"""Tickets: the list, one with its timeline and what I can do now, its neighbours, replies in review, presets and
rules of handling."""

from minxin.console.tickets import (
    calling_back,
    co_handling,
    declining,
    laddering,
    listing,
    neighbours,
    one,
    policies,
    presets,
    reviewing,
    sampling,
    wrongdoing,
)

urlpatterns = [
    *listing.urlpatterns,
    *one.urlpatterns,
    *neighbours.urlpatterns,
    *reviewing.urlpatterns,
    *calling_back.urlpatterns,
    *sampling.urlpatterns,
    *presets.urlpatterns,
    *policies.urlpatterns,
    *declining.urlpatterns,
    *co_handling.urlpatterns,
    *wrongdoing.urlpatterns,
    *laddering.urlpatterns,
]
