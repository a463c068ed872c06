"""Knowledge: entries, sheets brought in, unanswered questions."""

from minxin.console.knowledge import entries, imports, unanswered

urlpatterns = [*imports.urlpatterns, *entries.urlpatterns, *unanswered.urlpatterns]
