"""Knowledge: entries, sheets brought in, synonyms, unanswered questions, intents."""

from minxin.console.knowledge import entries, imports, intents, own_model, synonyms, unanswered

urlpatterns = [
    *imports.urlpatterns,
    *synonyms.urlpatterns,
    *entries.urlpatterns,
    *unanswered.urlpatterns,
    *intents.urlpatterns,
    *own_model.urlpatterns,
]
