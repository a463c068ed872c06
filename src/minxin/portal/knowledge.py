"""Answers with their sources."""

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone

from minxin.core.errors import NotFound
from minxin.knowledge.queries import frequent_questions, public_answer
from minxin.knowledge.queries.graded import published_accuracy
from minxin.knowledge.queries.ratings import word_of
from minxin.knowledge.rules import is_held
from minxin.knowledge.rules.steps import steps_of
from minxin.knowledge.rules.told import NAME, pieces_of
from minxin.portal.base import Visit, page, public
from minxin.tickets.queries import open_count_of


@public
def answer(visit: Visit, entry_id: int) -> HttpResponse:
    """One answer, what the conversation told of it marked; what has expired or was retired says so instead of
    being given."""
    today = timezone.localdate()
    found, is_current = public_answer(entry_id, today)
    if found is None:
        raise NotFound
    return page(
        visit,
        "answer",
        answer=found,
        is_current=is_current,
        is_held=is_held(found, today),
        pieces=pieces_of(found.text, visit.request.GET.get(NAME, "")),
        steps=steps_of(found.next_steps),
        mark=f"e{entry_id}",
        said=word_of(visit.citizen, entry_id=entry_id),
    )


@public
def home(visit: Visit) -> HttpResponse:
    """What one can do here, and what is often asked."""
    questions = frequent_questions(timezone.localdate(), visit.account.region_code)
    waiting = open_count_of(visit.citizen) if visit.citizen else 0
    accuracy = published_accuracy(visit.account.agency.path)
    return page(visit, "home", questions=questions, open_count=waiting, accuracy=accuracy)


urlpatterns = [
    path("", home, name="home"),
    path("answers/<int:entry_id>/", answer, name="answer"),
]
