"""Reminders: the ways out of the console, where each is reached, how much is asked of units."""

from minxin.console.reminders import asked, burden, channels, mine

urlpatterns = [
    *burden.urlpatterns,
    *asked.urlpatterns,
    *channels.urlpatterns,
    *mine.urlpatterns,
]
