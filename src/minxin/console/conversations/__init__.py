"""Conversations: the inbox, all of them as a list, the outgoing queue."""

from minxin.console.conversations import (
    comment_articles,
    comments,
    desk,
    handovers,
    hours,
    inbox,
    media,
    outgoing,
    records,
    replies,
    safety,
    search,
    suggestions,
)

urlpatterns = [
    *comments.urlpatterns,
    *comment_articles.urlpatterns,
    *media.urlpatterns,
    *inbox.urlpatterns,
    *desk.urlpatterns,
    *handovers.urlpatterns,
    *hours.urlpatterns,
    *replies.urlpatterns,
    *safety.urlpatterns,
    *search.urlpatterns,
    *suggestions.urlpatterns,
    *records.urlpatterns,
    *outgoing.urlpatterns,
]
