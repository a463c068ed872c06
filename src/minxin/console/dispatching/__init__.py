"""Dispatching: the queue of tickets that wait for an agency, the rules, how sure the system must be."""

from minxin.console.dispatching import model, queue, rules, thresholds

urlpatterns = [*queue.urlpatterns, *rules.urlpatterns, *model.urlpatterns, *thresholds.urlpatterns]
