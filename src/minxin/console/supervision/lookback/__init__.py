"""《存量回头看》: scans of published texts, what they found, word lists, the texts themselves."""

from minxin.console.supervision.lookback import hits, items, lists, scans

urlpatterns = [*scans.urlpatterns, *hits.urlpatterns, *lists.urlpatterns, *items.urlpatterns]
