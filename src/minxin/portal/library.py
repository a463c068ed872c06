"""Policies and questions to leaf through: by topic, by words, and each document as a whole."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import path as route
from django.utils import timezone
from django.views.decorators.http import require_safe

from minxin.core.errors import NotFound
from minxin.knowledge.queries import library as shelves
from minxin.knowledge.queries import public_document
from minxin.knowledge.queries.documents import contents_of
from minxin.portal.base import Visit, page, public

PAGE = 15
PASSAGES = 200  # of a document on one page: a long statute has more than two thousand
LONGEST = 60
UNSORTED = "-"  # in the address: what has no topic


@public
def library(visit: Visit) -> HttpResponse:
    """The topics; or what holds of one of them, or of all, with these words in it."""
    given, on, region = visit.request.GET, timezone.localdate(), visit.account.region_code
    path = visit.account.agency.path
    words = given.get("q", "").strip()[:LONGEST]
    asked = given.get("topic", "").strip()[:40]
    topic = None if not asked else "" if asked == UNSORTED else asked
    if topic is None and not words:
        latest = shelves.public_documents(on, region)[:5]
        return page(visit, "library", topics=shelves.topics(on, region, path), latest=latest)
    questions = shelves.public_questions(on, region, topic=topic, words=words, path=path)
    documents = shelves.public_documents(on, region, topic=topic, words=words)
    kept = {"topic": asked, "q": words}
    mentions = shelves.mentions(on, region, words, topic)
    counts = {"questions": questions.count(), "documents": documents.count() or len(mentions)}
    kind = given.get("kind", "")
    if kind not in counts:
        kind = "questions" if counts["questions"] or not counts["documents"] else "documents"
    rows = questions if kind == "questions" else documents
    return page(
        visit,
        "library_found",
        words=words,
        topic=topic,
        asked=asked,
        kind=kind,
        counts=counts,
        kept="".join(f"&{urlencode({name: value})}" for name, value in kept.items() if value),
        shown=Paginator(rows, PAGE).get_page(given.get("page", "1")),
        mentions=mentions if kind == "documents" else [],
    )


@public
def document(visit: Visit, document_id: int) -> HttpResponse:
    """A document along its structure, `PASSAGES` at a time, with what belongs to it."""
    contents, count = contents_of(document_id)
    last = max(1, -(-count // PASSAGES))
    number = _page_of(visit.request.GET.get("at", ""), visit.request.GET.get("page", ""), last)
    within = range((number - 1) * PASSAGES, number * PASSAGES)
    on = timezone.localdate()
    found = public_document(document_id, on, within=within)
    if found is None:
        raise NotFound
    return page(
        visit,
        "document",
        document=found,
        contents=contents if len(contents) > 1 else [],
        number=number,
        last=last,
        relatives=shelves.relatives(document_id, on, visit.account.region_code),
    )


def _page_of(position: str, number: str, last: int) -> int:
    """The page that holds a position, or the page asked for; the first where neither makes sense."""
    if position.isdecimal() and len(position) < 8:
        return min(int(position) // PASSAGES + 1, last)
    if number.isdecimal() and len(number) < 8:
        return max(1, min(int(number), last))
    return 1


urlpatterns = [
    route("library/", require_safe(library), name="library"),
    route("documents/<int:document_id>/", require_safe(document), name="document"),
]
