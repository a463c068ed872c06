"""Knowledge: entries, sheets brought in, synonyms, unanswered questions, intents."""

from minxin.console.knowledge import entries, imports, intents, synonyms, unanswered

urlpatterns = [
    *imports.urlpatterns,
    *synonyms.urlpatterns,
    *entries.urlpatterns,
    *unanswered.urlpatterns,
    *intents.urlpatterns,
]
