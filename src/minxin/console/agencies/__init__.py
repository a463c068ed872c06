"""Agencies, the people in them, the calendar they work by."""

from minxin.console.agencies import calendar, people, tree

urlpatterns = [*tree.urlpatterns, *people.urlpatterns, *calendar.urlpatterns]
