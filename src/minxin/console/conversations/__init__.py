"""Conversations: the inbox, all of them as a list, the outgoing queue."""

from minxin.console.conversations import (
    desk,
    inbox,
    outgoing,
    records,
    replies,
    search,
    suggestions,
)

urlpatterns = [
    *inbox.urlpatterns,
    *desk.urlpatterns,
    *replies.urlpatterns,
    *search.urlpatterns,
    *suggestions.urlpatterns,
    *records.urlpatterns,
    *outgoing.urlpatterns,
]
