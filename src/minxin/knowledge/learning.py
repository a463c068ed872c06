"""The learning loop's work, in the worker at night: new questions find their intents, counts follow.

Nothing here runs in the web process. Waking twice does no harm: a question has one place, counts are
computed anew. An intent's questions are never moved by it.
"""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django_tasks import task

from minxin.agencies.models import Agency
from minxin.core.breath import breathe
from minxin.knowledge.actions.intents import Placing, count_intents, place_question
from minxin.knowledge.clustering import Grouping
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import Entry, Intent, UnansweredQuestion
from minxin.knowledge.queries import intents as queries

CHUNK = 200
NEAREST = 3


@task()
def keep_intents() -> None:
    """The task queue's way in."""
    work()


def wake() -> None:
    """Let a worker put the new questions together and count."""
    keep_intents.enqueue()


def work(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Place every open question that has no intent, then count all intents; how many were placed."""
    index = LiveIndex()
    index.build()
    topics = dict(
        Entry.objects.exclude(topic="")
        .filter(status=Entry.Status.PUBLISHED)
        .values_list("id", "topic")
    )
    placed = 0
    for agency_id in queries.agencies_with_new_questions():
        placed += _place_all(agency_id, index, topics, clock)
    _count_all(index, clock)
    return placed


def _place_all(
    agency_id: int, index: LiveIndex, topics: dict[int, str], clock: Callable[[], datetime]
) -> int:
    grouping = Grouping()
    for question, intent, text, topic in queries.placed_of(agency_id):
        grouping.put(question, intent, text, topic)
    new = UnansweredQuestion.objects.filter(
        agency_id=agency_id, place=None, status=UnansweredQuestion.Status.OPEN
    )
    count = 0
    for number, asked in enumerate(list(new.select_related("agency").order_by("id"))):
        nearest = _nearest(index, asked.text, asked.agency, clock())
        topic = next((topics[near] for near in nearest if near in topics), "")
        found = grouping.place(asked.text, topic)
        placing = Placing(
            asked.pk, found.intent if found else None, topic, found.likeness if found else 1.0
        )
        where = place_question(placing, now=clock())
        if where is not None:
            grouping.put(asked.pk, where, asked.text, topic)
            count += 1
        if number % CHUNK == CHUNK - 1:
            breathe()
    return count


def _count_all(index: LiveIndex, clock: Callable[[], datetime]) -> None:
    rows = Intent.objects.exclude(status=Intent.Status.MERGED).select_related("agency")
    found = list(rows.order_by("id"))
    for at in range(0, len(found), CHUNK):
        some = found[at : at + CHUNK]
        near = {each.pk: _nearest(index, each.title, each.agency, clock()) for each in some}
        count_intents([each.pk for each in some], near=near, now=clock())
        breathe()


def _nearest(index: LiveIndex, text: str, agency: Agency, now: datetime) -> list[int]:
    """The entries that answer a question put to an agency's account or are near it, the best first."""
    found = index.lookup(
        text, on=timezone.localdate(now), region=agency.region_code, agency_id=agency.pk
    )
    first = [found.answer.entry_id] if found.answer else []
    return [*first, *(each.entry_id for each in found.near)][:NEAREST]
