"""Tickets: the list, one with its timeline and what I can do now, its neighbours, presets."""

from minxin.console.tickets import declining, listing, neighbours, one, presets, wrongdoing

urlpatterns = [
    *listing.urlpatterns,
    *one.urlpatterns,
    *neighbours.urlpatterns,
    *presets.urlpatterns,
    *declining.urlpatterns,
    *wrongdoing.urlpatterns,
]
