"""Finding what two agencies say otherwise, in the worker at night. Working twice does no harm."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from django.utils import timezone
from django_tasks import task

from minxin.core.breath import breathe
from minxin.knowledge.actions.conflicts import close_agreed, note_conflicts
from minxin.knowledge.conflicting import Found, find
from minxin.knowledge.models import AnswerConflict
from minxin.knowledge.queries.conflicts import OPEN, entry_sides, passage_sides

AT_ONCE = 20  # rows in one transaction
MOST = 1_000  # found in one night: what is beyond waits for the next, when these are settled


@task()
def keep_conflicts() -> None:
    """The task queue's way in."""
    work()


def wake() -> None:
    """Let a worker compare what agencies say."""
    keep_conflicts.enqueue()


def work(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Compare what is given as current today; how many conflicts are new. What agrees by now is closed first."""
    now = clock()
    today = timezone.localdate(now)
    rows = AnswerConflict.objects.filter(status__in=OPEN).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True))
    for at in range(0, len(numbers), AT_ONCE):
        close_agreed(AnswerConflict.objects.filter(pk__in=numbers[at : at + AT_ONCE]), now=now)
        breathe()
    new, waiting = 0, list[Found]()
    for found in islice(find(entry_sides(today), passage_sides(today), breathe), MOST):
        waiting.append(found)
        if len(waiting) == AT_ONCE:
            new += note_conflicts(waiting, now=now)
            waiting = []
    return new + note_conflicts(waiting, now=now)
