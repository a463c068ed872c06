"""What the city's knowledge would answer, beside the box: with its source, and why this one."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.conversations import actions, queries
from minxin.knowledge.index.shared import fresh_index
from minxin.knowledge.queries import public_answer
from minxin.knowledge.rules import CERTAIN, SURE, Answer, Lookup
from minxin.knowledge.synonyms import tokens
from minxin.text import bare, mask, normal

MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer to put into the box. `why` names what it has in common with what was asked."""

    entry_id: int
    question: str
    body: str
    text: str
    source: str
    why: str


def suggestions_for(
    words: list[str], *, on: date, region: str, agency_id: int = 0
) -> list[Suggestion]:
    """What knowledge says to the newest of a citizen's words to which it says anything; at most three."""
    live = fresh_index()
    for asked in words:
        found = live.lookup(asked, on=on, region=region, agency_id=agency_id)
        chosen = _chosen(found, on)
        if chosen:
            return [_suggestion(answer, asked, likeness) for answer, likeness in chosen]
    return []


def _chosen(found: Lookup, on: date) -> list[tuple[Answer, float]]:
    chosen = [(found.answer, found.confidence)] if found.answer else []
    for near in found.near:
        answer, is_current = public_answer(near.entry_id, on)
        if answer is not None and is_current:
            chosen.append((answer, 0.0))
    return chosen[:MOST]


def _suggestion(answer: Answer, asked: str, likeness: float) -> Suggestion:
    source = _source(answer)
    body = _cut(answer.text.strip(), actions.LONGEST - len(source) - 2)
    return Suggestion(
        answer.entry_id,
        answer.question,
        body,
        f"{body}\n\n{source}",
        source,
        _why(answer, asked, likeness),
    )


def _why(answer: Answer, asked: str, likeness: float) -> str:
    shared = tokens(bare(normal(asked))) & tokens(bare(normal(answer.question)))
    words = "、".join(
        sorted((each for each in shared if len(each) > 1), key=lambda w: (-len(w), w))[:4]
    )
    if likeness >= CERTAIN:
        how = _("与市民问的是同一个问题")
    elif likeness >= SURE:
        how = _("与市民问的很接近")
    else:
        how = _("相近问题，请看清再用")
    return _("%(how)s，都说到：%(words)s") % {"how": how, "words": words} if words else how


def _source(answer: Answer) -> str:
    """`来源：《…》文号（机关）`, as citizens hear it."""
    title = answer.source_title.strip("《》")
    issued = f"（{answer.issuing_agency}）" if answer.issuing_agency else ""
    return f"来源：《{title}》{answer.document_number}{issued}"


def _cut(text: str, room: int) -> str:
    """At a sentence's end, where it is too long for one message."""
    if len(text) <= room:
        return text
    kept = text[: room - 2]
    end = max(kept.rfind(mark) for mark in "。！？；\n")
    return kept[: end + 1] + "……" if end > room // 3 else kept + "……"


@require_safe
@allowed(Permission.ANSWER_CONVERSATIONS)
def suggestions(request: HttpRequest, key: str) -> HttpResponse:
    """What knowledge says to what the citizen asked last."""
    staff, now = staff_of(request), timezone.now()
    dialogue = queries.dialogue_for(staff, Permission.ANSWER_CONVERSATIONS, key)
    words = queries.last_words(dialogue)
    agency = dialogue.account.agency
    found = suggestions_for(
        words, on=timezone.localdate(now), region=agency.region_code, agency_id=agency.pk
    )
    context = {"suggestions": found, "asked": mask(words[0])[:60] if words else ""}
    return render(request, "console/parts/inbox_suggestions.html", context)


urlpatterns = [path("inbox/<str:key>/suggestions/", suggestions, name="conversation_suggestions")]
