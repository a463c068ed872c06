"""Tickets: the list, one with its timeline and what I can do now, presets."""

from minxin.console.tickets import listing, one, presets

urlpatterns = [*listing.urlpatterns, *one.urlpatterns, *presets.urlpatterns]
