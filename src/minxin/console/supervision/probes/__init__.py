"""互动拨测: the accounts with their last run, one account's runs step by step, the listed domains."""

from minxin.console.supervision.probes import domains, listing, runs

urlpatterns = [*listing.urlpatterns, *runs.urlpatterns, *domains.urlpatterns]
