"""Graded sets run against what would be answered: reads only, before anything takes effect."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from minxin.agencies.models import Agency, Staff
from minxin.knowledge.models import GradedQuestion, GradedSet
from minxin.knowledge.queries.graded import Status, current_set, newest_sets, sets_visible_to
from minxin.knowledge.rules import Lookup
from minxin.knowledge.rules.trials import Curve, Judged, Trial, curve_of, drift_of, trial_of

MOST_SETS = 5  # each at most `actions.graded.MOST` questions: a page must not hold up the process

Look = Callable[[str], Lookup]


@dataclass(frozen=True, slots=True)
class Touched:
    """A frozen set whose answers a change may touch. `at`: the agency by whose words and threshold it is run;
    `is_open`: who asks may read its questions, not only how many change."""

    set: GradedSet
    at: Agency
    is_open: bool


def touched_by(agency: Agency, staff: Staff) -> list[Touched]:
    """The sets that say what a change of an agency does: the one that holds for it, and the newest of every agency
    below it, the highest first, at most `MOST_SETS`."""
    below = newest_sets(agency.path)
    inside = {each.pk for each in below}
    own = current_set(agency.path)
    found = [own] if own and own.pk not in inside else []
    found = [*found, *below][:MOST_SETS]
    mine = set(
        sets_visible_to(staff)
        .filter(pk__in=[each.pk for each in found])
        .values_list("pk", flat=True)
    )
    return [
        Touched(each, each.agency if each.pk in inside else agency, each.pk in mine)
        for each in found
    ]


def judged_of(found: GradedSet) -> Iterable[Judged]:
    """The questions of a frozen set with what was said of each; nothing of one that is not frozen."""
    if found.status != Status.FROZEN:
        return
    rows = found.questions.exclude(verdict="").order_by("number")
    drawn = GradedQuestion.Origin.ASKED
    for row in rows.iterator(chunk_size=500):
        entry = row.entry_id or 0
        yield Judged(row.number, row.text, entry, row.answer, row.verdict, row.origin == drawn)


def trial(found: GradedSet, now: Look, then: Look) -> Trial:
    """What the questions of a set hear now and would hear."""
    return trial_of((each, now(each.text), then(each.text)) for each in judged_of(found))


def drift(found: GradedSet, look: Look) -> Trial:
    """What of a set is answered otherwise today than when it was graded."""
    return drift_of((each, look(each.text)) for each in judged_of(found))


def curve(found: GradedSet, look: Look) -> Curve:
    """Coverage against wrongness on a set, of what `look` finds before any threshold of the city's own."""
    return curve_of([(each, look(each.text)) for each in judged_of(found)])
