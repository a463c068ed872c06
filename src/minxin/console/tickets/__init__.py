"""Tickets: the list, one with its timeline and what I can do now, its neighbours, replies in review, presets and
rules of handling, figures, answers to many."""

from minxin.console.tickets import (
    batches,
    calling_back,
    co_handling,
    declining,
    figures,
    handing,
    laddering,
    listing,
    malicious,
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
    *figures.urlpatterns,
    *batches.urlpatterns,
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
    *malicious.urlpatterns,
]
