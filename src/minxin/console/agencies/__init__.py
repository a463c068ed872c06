"""Agencies, the people in them, the calendar they work by."""

from minxin.console.agencies import calendar, divisions, hours, people, tree

urlpatterns = [
    *divisions.urlpatterns,
    *tree.urlpatterns,
    *people.urlpatterns,
    *calendar.urlpatterns,
    *hours.urlpatterns,
]
