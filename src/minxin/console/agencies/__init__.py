"""Agencies, the people in them, the keys they give, the calendar they work by."""

from minxin.console.agencies import calendar, divisions, hours, keys, people, tree

urlpatterns = [
    *divisions.urlpatterns,
    *tree.urlpatterns,
    *people.urlpatterns,
    *keys.urlpatterns,
    *calendar.urlpatterns,
    *hours.urlpatterns,
]
