"""What a worker or a command does when the router learns from the city's own history.

A ticket teaches to which agency it belonged in the end: where a person sent it, or who answered it.
Confidential tickets and reports of wrongdoing teach nothing, nor do those withdrawn or merged. Texts that
are nearly the same stand on one side: what is judged was not learnt from, nor was its like.
"""

import csv
import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django_tasks import task

from minxin.agencies.models import Agency
from minxin.core import jobs
from minxin.core.errors import Refused
from minxin.core.jobs import ClaimLost
from minxin.text import NearDuplicates, likeness, shingles
from minxin.text.classifier import FEWEST, Classifier, TooLittleHistory, folds, learn
from minxin.text.classifier.measuring import calibration_error, coverage, macro_f1
from minxin.tickets.actions import router as actions
from minxin.tickets.models import Category, Correction, RouterModel, Ticket
from minxin.tickets.queries.responsibilities import lines_in_force
from minxin.tickets.queries.router import adopted_router, file_of
from minxin.tickets.queries.routing import rules_on, text_of
from minxin.tickets.rules import OVER
from minxin.tickets.rules.responsibilities import lines_for
from minxin.tickets.rules.routing import Request, first

log = logging.getLogger("minxin.router")
Status = RouterModel.Status
MOST = 20_000  # tickets, the newest
HELD = 5  # one group in so many is judged, not learnt from
LIKE = 0.5  # texts that share so much are one group
PRECISION = 0.98
NEAR = 30  # candidates that are measured
LONGEST_CELL = 1_000_000
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text and the code of the agency it belonged to; `at`: when it was filed, None for given data."""

    text: str
    place: str
    agency: str
    at: datetime | None
    group: str = ""

    @property
    def read(self) -> str:
        return text_of(self.text, self.place)


# What there is to learn --------------------------------------------------------------------------


def teaching() -> QuerySet[Ticket]:
    """The tickets that teach, the newest first."""
    chosen = Exists(Correction.objects.filter(ticket=OuterRef("pk")))
    found: QuerySet[Ticket] = Ticket.objects.filter(
        Q(status__in=OVER) | chosen, is_confidential=False, merged_into=None,
        agency__is_active=True,
    )  # fmt: skip
    unsettled = ["returning", "disputed", "withdrawn", "declined", "ended"]
    return found.exclude(nature="report").exclude(status__in=unsettled).order_by("-filed_at", "-pk")


def history() -> list[Lesson]:
    """The city's own lessons, each in its group of near-duplicates."""
    rows = list(teaching().values_list("text", "place", "agency__code", "filed_at")[:MOST])
    groups = grouped([text for text, *_rest in rows])
    return [
        Lesson(text, place, code, at, f"own:{group}")
        for (text, place, code, at), group in zip(rows, groups, strict=True)
    ]


def grouped(texts: Sequence[str]) -> list[int]:
    """The same number for texts that are nearly the same, or nearly the same as one that is."""
    index = NearDuplicates()
    index.add(enumerate(texts))
    sets = [shingles(text) for text in texts]
    above = list(range(len(texts)))

    def top(at: int) -> int:
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    for at, text in enumerate(texts):
        for other in index.candidates(text, NEAR):
            if other < at and likeness(sets[at], sets[other]) >= LIKE:
                above[top(at)] = top(other)
    return [top(at) for at in range(len(texts))]


def given(folder: Path, now: datetime) -> tuple[list[Lesson], Counter[str]]:
    """Lessons from a set of labelled messages (`labelled.csv`: label, segmented_text, near_dup_group), and
    how many of which label belong to no agency here.

    A label is an agency's code or name, a category, or a matter for which the list in force has a line.
    Raises `Refused` when the file cannot be read.
    """
    path = folder / "labelled.csv" if folder.is_dir() else folder
    known = _agencies_called(now)
    found: list[Lesson] = []
    unknown = Counter[str]()
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                text = row["segmented_text"].replace(" ", "")
                code = known.get(row["label"])
                if code is None:
                    unknown[row["label"]] += 1
                elif text:
                    group = f"given:{row['near_dup_group'] or len(found)}"
                    found.append(Lesson(text, "", code, None, group))
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise Refused(_("读不了 %(path)s：%(error)s。") % {"path": path, "error": error}) from error
    finally:
        csv.field_size_limit(before)
    return found, unknown


def _agencies_called(now: datetime) -> dict[str, str]:
    _version, lines = lines_in_force(timezone.localtime(now).date())
    codes = dict(Agency.objects.filter(is_active=True).values_list("pk", "code"))
    known = {line.matter_path: codes[line.agency] for line in lines if not line.place}
    for name, code in Category.objects.filter(agency__is_active=True).values_list(
        "name", "agency__code"
    ):
        known[name] = code
    for code, name, short in Agency.objects.filter(is_active=True).values_list(
        "code", "name", "short_name"
    ):
        known |= {word: code for word in (code, name, short) if word}
    return known


# Learning and judging ----------------------------------------------------------------------------


def taught(lessons: Iterable[Lesson]) -> Classifier:
    """A classifier of lessons; raises `TooLittleHistory`."""
    rows = list(lessons)
    return learn(
        [row.read for row in rows], [row.agency for row in rows],
        groups=[row.group for row in rows],
    )  # fmt: skip


def judged(model: Classifier, rows: Sequence[Lesson]) -> dict[str, float | None]:
    """Figures of a model over lessons it has not learnt from."""
    chance = model.probabilities([row.read for row in rows])
    said = [model.labels[at] for at in chance.argmax(axis=1)]
    right = [row.agency for row in rows]
    hit = np.array([a == b for a, b in zip(said, right, strict=True)], np.float64)
    sure = chance.max(axis=1)
    return {
        "macro_f1": round(macro_f1(right, said), 4),
        "accuracy": round(float(hit.mean()), 4),
        "ece": round(calibration_error(sure, hit), 4),
        "coverage_at_98": round(coverage(sure, hit, PRECISION), 4),
    }


def judged_without(rows: Sequence[Lesson], now: datetime) -> dict[str, float | None]:
    """The same of rules and list alone; what they say nothing of counts as wrong."""
    codes = dict(Agency.objects.values_list("pk", "code"))
    rules = rules_on()
    _version, lines = lines_in_force(timezone.localtime(now).date())
    said = []
    for row in rows:
        decided = first(rules, Request(row.text, row.place))
        found = [] if decided else lines_for(lines, text=row.text, place=row.place)
        agency = decided.rule.agency if decided else found[0].line.agency if found else None
        said.append(codes[agency] if agency else "")
    right = [row.agency for row in rows]
    hits = sum(a == b for a, b in zip(said, right, strict=True))
    accuracy = round(hits / len(rows), 4)
    f1 = round(macro_f1(right, said), 4)
    return {"macro_f1": f1, "accuracy": accuracy, "ece": None, "coverage_at_98": None}


@dataclass(frozen=True, slots=True)
class Trained:
    """A model of everything, and the table of before and after."""

    model: Classifier
    report: dict[str, Any]


def trained(lessons: Sequence[Lesson], former: RouterModel | None, now: datetime) -> Trained:
    """Learn twice: without one group in five, to be judged on it, then from everything.

    Before: rules and list, and what the model in use would know (the same way of learning, from what
    there was when it learnt, the judged groups left out too: it may have seen them). Raises
    `TooLittleHistory`.
    """
    fold = folds([row.group for row in lessons], HELD)
    kept = [row for row, at in zip(lessons, fold, strict=True) if at]
    held = [row for row, at in zip(lessons, fold, strict=True) if not at]
    table: list[dict[str, Any]] = []
    own = [row for row in held if row.at is not None]
    if own:
        table.append({"name": "without", "judged": len(own), **judged_without(own, now)})
    if former is not None and former.learnt_until is not None:
        known = [
            row
            for row in kept
            if (former.has_data if row.at is None else row.at <= former.learnt_until)
        ]
        try:
            table.append({"name": "former", "judged": len(held), **judged(taught(known), held)})
        except TooLittleHistory:
            log.info("the model in use cannot be learnt again: its lessons are gone")
    table.append({"name": "new", "judged": len(held), **judged(taught(kept), held)})
    report = {
        "table": table,
        "agencies": counted(lessons),
        "groups": len({row.group for row in lessons}),
    }
    return Trained(taught(lessons), report)


def counted(lessons: Sequence[Lesson]) -> list[dict[str, Any]]:
    """How many different lessons each agency has, and how many it lacks to be learnt, most first."""
    having = Counter(code for code, _group in {(row.agency, row.group) for row in lessons})
    names = dict(Agency.objects.filter(code__in=having).values_list("code", "name"))
    return [
        {"agency": names.get(code, code), "examples": count, "missing": max(FEWEST - count, 0)}
        for code, count in having.most_common()
    ]


# The job -----------------------------------------------------------------------------------------


@task()
def train_router(number: int) -> None:
    """The task queue's way in."""
    work(number)


def wake(row: RouterModel) -> None:
    """Tell a worker that a training waits; when that is lost, `wake_stalled` tells again."""
    train_router.enqueue(row.pk)


def wake_stalled(*, now: datetime) -> int:
    """Wake a training that should be moving and is not; how many."""
    moving = [Status.WAITING, Status.RUNNING]
    found = jobs.release_stalled(RouterModel, moving, now=now)
    for number in found:
        train_router.enqueue(number)
    return len(found)


def work(number: int, *, data: Path | None = None, clock: Clock = timezone.now) -> None:
    """Train one model as far as it goes; nothing when somebody else has it."""
    token = get_random_string(16)
    row = actions.claim_training(number, token=token, now=clock())
    if row is None:
        return
    try:
        _train(row, token, data, clock)
    except ClaimLost:
        log.info("%r was taken over by somebody else", row)
    except DatabaseError:
        raise  # the claim runs out, and the training is woken again
    except Refused as refusal:
        actions.end_training(row, Status.FAILED, token=token, now=clock(), note=refusal.message)
    except Exception as error:
        log.error("%r", row, exc_info=error)
        note = _("训练时程序出错，使用中的模型不变。可以再试一次。")
        actions.end_training(row, Status.FAILED, token=token, now=clock(), note=note)


def _train(row: RouterModel, token: str, data: Path | None, clock: Clock) -> None:
    began = clock()
    lessons = history()
    unknown: Counter[str] = Counter()
    if data is not None:
        more, unknown = given(data, began)
        lessons = [*lessons, *more]
    until = max((each.at for each in lessons if each.at), default=began)
    try:
        made = trained(lessons, adopted_router(), began)
    except (TooLittleHistory, ValueError):
        report = {"agencies": counted(lessons), "unknown": dict(unknown)}
        note = _("至少要有两个单位各有 %(fewest)s 件内容不同的工单，才能训练。") % {
            "fewest": FEWEST
        }
        actions.end_training(
            row, Status.TOO_LITTLE, token=token, now=clock(), report=report,
            examples=len(lessons), note=note,
        )  # fmt: skip
        return
    path = file_of(row.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.model.save(path)
    actions.end_training(
        row, Status.READY, token=token, now=clock(), examples=len(lessons), learnt_until=until,
        report=made.report | {"unknown": dict(unknown)},
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )  # fmt: skip
