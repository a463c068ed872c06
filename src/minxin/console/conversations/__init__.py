"""Conversations: the inbox, all of them as a list, the outgoing queue."""

from minxin.console.conversations import inbox, outgoing, records

urlpatterns = [*inbox.urlpatterns, *records.urlpatterns, *outgoing.urlpatterns]
