"""Knowledge: entries, documents, sheets, synonyms, unanswered questions, intents, what cites ended texts."""

from minxin.console.knowledge import (
    basis,
    conflicts,
    entries,
    graded,
    imports,
    inherited,
    intents,
    offering,
    own_model,
    papers,
    papers_import,
    proposals,
    repeals,
    synonyms,
    thresholds,
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
    *inherited.urlpatterns,
    *thresholds.urlpatterns,
    *entries.urlpatterns,
    *unanswered.urlpatterns,
    *intents.urlpatterns,
    *basis.urlpatterns,
    *repeals.urlpatterns,
    *conflicts.urlpatterns,
    *own_model.urlpatterns,
]
