"""What was quoted, where it stands."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone

from minxin.core.errors import NotFound
from minxin.knowledge.queries import public_document
from minxin.knowledge.queries.documents import PublicPassage
from minxin.knowledge.queries.ratings import word_of
from minxin.portal.base import Visit, page, public

AROUND = 2  # passages on either side where there is no article to show as a whole


@public
def passage(visit: Visit, document_id: int, position: int) -> HttpResponse:
    """A passage marked among those around it; what does not hold today says so above it."""
    document = public_document(document_id, timezone.localdate(), around=position)
    if document is None:
        raise NotFound
    marked = next((each for each in document.passages if each.position == position), None)
    if marked is None or not marked.citation:  # headings are not quoted
        raise NotFound
    near = _near(document.passages, marked)
    said = word_of(visit.citizen, document_id=document_id, position=position)
    mark = f"d{document_id}.{position}"
    return page(visit, "passage", document=document, marked=marked, near=near, mark=mark, said=said)


def _near(passages: Sequence[PublicPassage], marked: PublicPassage) -> list[PublicPassage]:
    """The article it belongs to: what stands together with it under the same number, for a document may
    count its articles anew in every chapter or appendix."""
    if not marked.article:
        return [
            each
            for each in passages
            if each.citation and abs(each.position - marked.position) <= AROUND
        ]
    at = next(place for place, each in enumerate(passages) if each.position == marked.position)
    first = last = at
    while first > 0 and passages[first - 1].article == marked.article:
        first -= 1
    while last + 1 < len(passages) and passages[last + 1].article == marked.article:
        last += 1
    return list(passages[first : last + 1])


urlpatterns = [
    path("passages/<int:document_id>/<int:position>/", passage, name="passage"),
]
