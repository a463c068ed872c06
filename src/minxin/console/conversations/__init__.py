"""Conversations: the inbox, all of them as a list, the outgoing queue."""

from minxin.console.conversations import desk, inbox, outgoing, records

urlpatterns = [*inbox.urlpatterns, *desk.urlpatterns, *records.urlpatterns, *outgoing.urlpatterns]
