"""Answers with their sources."""

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone

from minxin.core.errors import NotFound
from minxin.knowledge.queries import frequent_questions, public_answer
from minxin.knowledge.rules.steps import steps_of
from minxin.portal.base import Visit, page, public
from minxin.tickets.queries import open_count_of


@public
def answer(visit: Visit, entry_id: int) -> HttpResponse:
    """One answer; what has expired or was retired says so instead of being given."""
    found, is_current = public_answer(entry_id, timezone.localdate())
    if found is None:
        raise NotFound
    steps = steps_of(found.next_steps)
    return page(visit, "answer", answer=found, is_current=is_current, steps=steps)


@public
def home(visit: Visit) -> HttpResponse:
    """What one can do here, and what is often asked."""
    questions = frequent_questions(timezone.localdate(), visit.account.region_code)
    waiting = open_count_of(visit.citizen) if visit.citizen else 0
    return page(visit, "home", questions=questions, open_count=waiting)


urlpatterns = [
    path("", home, name="home"),
    path("answers/<int:entry_id>/", answer, name="answer"),
]
