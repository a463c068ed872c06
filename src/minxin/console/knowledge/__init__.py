"""Knowledge: entries, sheets brought in, synonyms, unanswered questions, intents, what cites ended texts."""

from minxin.console.knowledge import (
    basis,
    entries,
    imports,
    intents,
    own_model,
    repeals,
    synonyms,
    unanswered,
)

urlpatterns = [
    *imports.urlpatterns,
    *synonyms.urlpatterns,
    *entries.urlpatterns,
    *unanswered.urlpatterns,
    *intents.urlpatterns,
    *basis.urlpatterns,
    *repeals.urlpatterns,
    *own_model.urlpatterns,
]
