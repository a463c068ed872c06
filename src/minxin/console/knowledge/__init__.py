"""Knowledge: entries, documents, sheets, synonyms, unanswered questions, intents, what cites ended texts."""

from minxin.console.knowledge import (
    basis,
    entries,
    graded,
    imports,
    intents,
    offering,
    own_model,
    papers,
    papers_import,
    proposals,
    repeals,
    synonyms,
    unanswered,
)

urlpatterns = [
    *imports.urlpatterns,
    *papers_import.urlpatterns,
    *papers.urlpatterns,
    *synonyms.urlpatterns,
    *offering.urlpatterns,
    *proposals.urlpatterns,
    *graded.urlpatterns,
    *entries.urlpatterns,
    *unanswered.urlpatterns,
    *intents.urlpatterns,
    *basis.urlpatterns,
    *repeals.urlpatterns,
    *own_model.urlpatterns,
]
