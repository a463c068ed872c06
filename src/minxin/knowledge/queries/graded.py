"""Reads of graded sets; who grades sees no word of the other before both are done."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import staff_who_may
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge.models import GradedQuestion, GradedSet
from minxin.knowledge.queries.synonyms import paths_above
from minxin.knowledge.rules.graded import Accuracy, accuracy_from, kappa

Status = GradedSet.Status


def sets_visible_to(staff: Staff) -> QuerySet[GradedSet]:
    """The sets of the agencies whose knowledge this person edits."""
    found: QuerySet[GradedSet] = GradedSet.objects.visible_to(staff, Permission.EDIT_KNOWLEDGE)
    return found.select_related("agency", "first_grader", "second_grader")


def set_for(staff: Staff, number: int) -> GradedSet:
    """One of them; `NotFound` otherwise."""
    found = sets_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def sets_of(agency: Agency) -> QuerySet[GradedSet]:
    """All versions of an agency."""
    found: QuerySet[GradedSet] = GradedSet.objects.filter(agency=agency)
    return found


def possible_graders(agency: Agency) -> list[Staff]:
    """Who edits the knowledge of an agency."""
    return list(staff_who_may(Permission.EDIT_KNOWLEDGE, agency))


def to_grade(found: GradedSet, staff: Staff) -> QuerySet[GradedQuestion]:
    """What one of the two has not graded yet, in its order; nothing for anybody else or when it is over."""
    rows: QuerySet[GradedQuestion] = found.questions.all()
    if found.status != Status.GRADING:
        return rows.none()
    if staff.pk not in {found.first_grader_id, found.second_grader_id}:
        return rows.none()
    return rows.exclude(grades__staff=staff)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of `size` questions each of the two graded, and how many wait for a third."""

    size: int
    first: int
    second: int
    differing: int

    @property
    def are_both_done(self) -> bool:
        return self.first == self.second == self.size


def progress_of(found: GradedSet) -> Progress:
    """How far a set is."""
    by = dict(
        found.questions.order_by()
        .filter(grades__isnull=False)
        .values_list("grades__staff")
        .annotate(Count("id"))
    )
    return Progress(
        found.questions.count(), by.get(found.first_grader_id, 0),
        by.get(found.second_grader_id, 0), differing(found).count(),
    )  # fmt: skip


def differing(found: GradedSet) -> QuerySet[GradedQuestion]:
    """Graded by both, differently, and not settled."""
    rows: QuerySet[GradedQuestion] = found.questions.filter(verdict="")
    return rows.annotate(said=Count("grades")).filter(said=2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the two said the same of `count` questions: how often, as a share, and Cohen's kappa."""

    count: int
    same: int
    kappa: float | None

    @property
    def share(self) -> float:
        return self.same / self.count if self.count else 0.0


def agreement_of(found: GradedSet) -> Agreement:
    """Of what both graded."""
    said: dict[int, dict[int, str]] = {}
    rows = found.questions.filter(grades__isnull=False).order_by()
    for question, staff, verdict in rows.values_list("id", "grades__staff", "grades__verdict"):
        said.setdefault(question, {})[staff] = verdict
    one, other = found.first_grader_id, found.second_grader_id
    pairs = [(each[one], each[other]) for each in said.values() if len(each) == 2]
    return Agreement(len(pairs), sum(a == b for a, b in pairs), kappa(pairs))


def accuracy_in(found: GradedSet) -> Accuracy:
    """What the verdicts of a set say: of all its questions that have one, those added by hand left out, which
    are no sample."""
    rows = found.questions.filter(origin=GradedQuestion.Origin.ASKED)
    counted = (
        rows.order_by()
        .values_list("verdict")
        .annotate(given=Count("id", filter=~Q(answer="")), quiet=Count("id", filter=Q(answer="")))
    )
    said: dict[tuple[bool, str], int] = {}
    for verdict, given, silent in counted:
        said[True, verdict], said[False, verdict] = given, silent
    return accuracy_from(said)


def questions_of(found: GradedSet) -> QuerySet[GradedQuestion]:
    """Its questions with both words; nobody reads them before it is over."""
    rows: QuerySet[GradedQuestion] = found.questions.prefetch_related("grades__staff")
    return rows.none() if found.status == Status.GRADING else rows


def current_set(path: str = "") -> GradedSet | None:
    """The frozen set that holds for an agency's path: the nearest above it, its newest version; without a path
    that of the highest agency that has one."""
    rows = GradedSet.objects.filter(status=Status.FROZEN).select_related("agency")
    if path:
        rows = rows.filter(agency__path__in=paths_above(path))
        return rows.order_by(Length("agency__path").desc(), "-number").first()
    return rows.order_by(Length("agency__path"), "agency_id", "-number").first()


@dataclass(frozen=True, slots=True)
class Published:
    """What may be told to everybody: whose answers, how many were graded until which day, and how many of a
    hundred were right with the interval. `is_enough` False: only that there are too few yet."""

    agency: str
    on: date
    given: int
    is_enough: bool
    right: float
    low: float
    high: float


def published_accuracy(path: str = "") -> Published | None:
    """Of the set that holds; None where there is none."""
    found = current_set(path)
    if found is None or found.ended_at is None:
        return None
    of = accuracy_in(found)
    low, high = of.interval
    return Published(
        agency=found.agency.name, on=timezone.localdate(found.ended_at), given=of.given,
        is_enough=of.is_enough, right=100 * of.share, low=100 * low, high=100 * high,
    )  # fmt: skip
