"""Duties: what accounts have to relay, opinion events and requests for disclosure with their clocks."""

from minxin.console.supervision.duties import events, relays

urlpatterns = [*events.urlpatterns, *relays.urlpatterns]
