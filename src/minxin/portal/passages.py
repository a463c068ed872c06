"""What was quoted, where it stands."""

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone

from minxin.core.errors import NotFound
from minxin.knowledge.queries import public_document
from minxin.knowledge.queries.documents import PublicPassage
from minxin.portal.base import Visit, page, public

AROUND = 2  # passages on either side where there is no article to show as a whole


@public
def passage(visit: Visit, document_id: int, position: int) -> HttpResponse:
    """A passage marked among those around it; what does not hold today says so above it."""
    document = public_document(document_id, timezone.localdate())
    if document is None:
        raise NotFound
    marked = next((each for each in document.passages if each.position == position), None)
    if marked is None or not marked.citation:  # headings are not quoted
        raise NotFound
    near = [each for each in document.passages if _is_near(each, marked)]
    return page(visit, "passage", document=document, marked=marked, near=near)


def _is_near(each: PublicPassage, marked: PublicPassage) -> bool:
    if marked.article:
        return each.article == marked.article
    return bool(each.citation) and abs(each.position - marked.position) <= AROUND


urlpatterns = [
    path("passages/<int:document_id>/<int:position>/", passage, name="passage"),
]
