"""诉求概况: the dashboard of tickets and the lists behind its numbers."""

from minxin.console.tickets.figures.page import urlpatterns

__all__ = ["urlpatterns"]
