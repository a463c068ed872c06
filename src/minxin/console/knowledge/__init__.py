"""Knowledge: entries, sheets brought in, unanswered questions, intents."""

from minxin.console.knowledge import entries, imports, intents, unanswered

urlpatterns = [
    *imports.urlpatterns,
    *entries.urlpatterns,
    *unanswered.urlpatterns,
    *intents.urlpatterns,
]
