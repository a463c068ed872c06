"""Knowledge: entries, documents, sheets brought in, synonyms, unanswered questions, intents."""

from minxin.console.knowledge import (
    entries,
    imports,
    intents,
    own_model,
    papers,
    papers_import,
    synonyms,
    unanswered,
)

urlpatterns = [
    *imports.urlpatterns,
    *papers_import.urlpatterns,
    *papers.urlpatterns,
    *synonyms.urlpatterns,
    *entries.urlpatterns,
    *unanswered.urlpatterns,
    *intents.urlpatterns,
    *own_model.urlpatterns,
]
