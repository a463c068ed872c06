"""What a change of words or thresholds would do to the graded sets, shown before it is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies.models import Agency, Staff
from minxin.knowledge.index.following import attentively
from minxin.knowledge.index.shared import fresh_index
from minxin.knowledge.queries import trials as queries
from minxin.knowledge.queries.trials import Look, Touched
from minxin.knowledge.rules import Lookup
from minxin.knowledge.rules.trials import Kind, Trial

SHOWN = 100  # of the differences of a set
_SALT = "minxin.console.knowledge.trials"


def heard_words(found: Lookup) -> str:
    """What a question hears, in a few words."""
    if found.answer:
        text = found.answer.question or found.answer.text
        return _("答：%(question)s") % {"question": text if len(text) <= 60 else f"{text[:59]}…"}
    if found.held:
        return _("依据正在核对，不答：%(question)s") % {"question": found.held.question}
    if found.choices:
        return _("反问：%(words)s") % {"words": "、".join(each.words for each in found.choices)}
    if found.near:
        near = "、".join(each.question for each in found.near)
        return _("相近问题：%(near)s") % {"near": near}
    return _("没有答案")


def kind_words(kind: Kind) -> str:
    """What a change does to a question, in words."""
    words = {
        Kind.WORSE: _("变差"),
        Kind.BETTER: _("变好"),
        Kind.UNKNOWN: _("没有评定过"),
        Kind.EQUAL: _("一样好"),
    }
    return words[kind]


Row = tuple[int, str, str, str, str, str]  # number, question, now, then, kind, its words


def rows_of(run: Trial) -> list[Row]:
    """The differences for a page."""
    return [
        (each.number, each.text, heard_words(each.now), heard_words(each.then), each.kind.value,
         kind_words(each.kind))
        for each in run.differences[:SHOWN]
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """One set that was run, for a page; no rows where only the numbers may be read."""

    touched: Touched
    trial: Trial
    rows: list[Row]

    @property
    def is_cut(self) -> bool:
        return len(self.trial.differences) > SHOWN


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What was run, and the token that says a person saw it."""

    ran: list[Ran]
    token: str


def what_if_of(
    staff: Staff, agency: Agency, of: tuple[Any, ...], change: Callable[[Agency], dict[str, Any]]
) -> WhatIf:
    """Run the sets that a change of an agency touches. `of`: what the change is, word for word; `change`: how
    `LiveIndex.looking` is told of it, for one agency at or below."""
    index, today, ran = fresh_index(), timezone.localdate(), []
    with attentively() as pauses:
        for touched in queries.touched_by(agency, staff):
            at = touched.at
            where: dict[str, Any] = {"on": today, "region": at.region_code}
            now = index.looking(at.path, **where)
            then = index.looking(at.path, **where, **change(at))
            run = queries.trial(touched.set, paced(now, pauses.breathe), then)
            ran.append(Ran(touched, run, rows_of(run) if touched.is_open else []))
    facts = {
        "graded_sets": len(ran),
        "graded_questions": sum(each.trial.size for each in ran),
        "better": sum(each.trial.better for each in ran),
        "worse": sum(each.trial.worse for each in ran),
        "ungraded": sum(each.trial.unknown for each in ran),
    }
    token = signing.dumps({"by": staff.pk, "of": repr(of), "facts": facts}, salt=_SALT)
    return WhatIf(ran, token)


def paced(look: Look, breathe: Callable[[], None]) -> Look:
    """Look, and let the others of this process have their turn."""

    def looked(text: str) -> Lookup:
        breathe()
        return look(text)

    return looked


def seen(request: HttpRequest, of: tuple[Any, ...]) -> dict[str, int] | None:
    """What was shown to this person of this very change, or None: then it is shown first."""
    try:
        token = signing.loads(request.POST.get("seen", ""), salt=_SALT, max_age=3600)
    except signing.BadSignature:
        return None
    if token["by"] != request.user.pk or token["of"] != repr(of):
        return None
    facts: dict[str, int] = token["facts"]
    return facts
