"""The left pane of the inbox: the queues with their numbers, and who stands in the chosen one.

Two hundred lines cost the web process more to write than to find, and most are as they were a second ago: a
line that was written is kept by all that stands in it.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from minxin.agencies.queries import acting_for, agencies_of
from minxin.citizens.queries import names as names_of
from minxin.console.base import sight, staff_of
from minxin.conversations import queries
from minxin.conversations.models import Tag
from minxin.conversations.queries.comments import open_comments
from minxin.conversations.rules import Queue, shade_of

SHOWN = 200
KEPT = ("view", "q", "agency", "tag")
LINES_KEPT = 8192  # of some 900 characters each

# What stands in the bar, in its order; the words of an empty one say why it is empty.
QUEUES = (
    (Queue.WAITING, gettext_lazy("等人工"), gettext_lazy("没有市民在等人工。")),
    (Queue.MINE, gettext_lazy("我的"), gettext_lazy("您现在没有接待会话。")),
    (Queue.AGENCY, gettext_lazy("本单位"), gettext_lazy("本单位没有进行中的会话。")),
    (Queue.CITIZEN, gettext_lazy("等市民"), gettext_lazy("没有在等市民回话的会话。")),
    (Queue.UNREAD, gettext_lazy("未读"), gettext_lazy("没有未读的会话。")),
    (Queue.ALL, gettext_lazy("全部"), gettext_lazy("还没有会话。")),
    (Queue.CLOSED, gettext_lazy("已结束"), gettext_lazy("还没有结束的会话。")),
)


def people_of(request: HttpRequest, *, selected: str | None = None) -> dict[str, Any]:
    """What the left pane shows: a queue, narrowed by the words, the agency and the tag that were chosen;
    `selected`: the conversation that is open, otherwise as the address says."""
    staff, now = staff_of(request), timezone.now()
    seen = sight(request)
    view = request.GET.get("view", "")
    queue = Queue(view) if view in set(Queue) else Queue.ALL
    words = request.GET.get("q", "").strip()
    chosen = acting_for(staff)
    home = [chosen.pk] if chosen else [agency.pk for agency in agencies_of(staff)]
    counts = queries.queue_counts(seen, agencies=home, now=now)
    found = queries.inbox(seen, now=now)
    found = queries.in_queue(found, queue, staff=staff, agencies=home, now=now)
    if words:
        found = found.filter(last_text__icontains=words)
    agency = request.GET.get("agency", "")
    if agency.isdecimal() and len(agency) < 12:
        found = queries.of_agencies(found, [int(agency)])
    else:
        agency = ""
    tag = request.GET.get("tag", "").strip()
    if tag:
        found = queries.with_tag(found, tag)
    rows = queries.standing(found, SHOWN + 1)
    has_more, rows = len(rows) > SHOWN, rows[:SHOWN]
    names = names_of(row.key for row in rows)
    tags = queries.tag_words_of_many(names)
    kept = {"q": words, "agency": agency, "tag": tag}
    numbers = {
        Queue.WAITING: counts.waiting,
        Queue.MINE: counts.mine,
        Queue.AGENCY: counts.agency,
        Queue.CITIZEN: counts.citizen,
    }
    list_query = _query({"view": "" if queue is Queue.ALL else queue.value, **kept})
    selected = request.GET.get("selected", "") if selected is None else selected
    today, language = timezone.localdate(now), get_language() or ""
    lines = [
        _line(
            Person(
                row,
                names[row.key],
                tuple(tags.get(row.key, [])),
                is_selected=row.key == selected,
            ),
            list_query,
            today,
            language,
        )
        for row in rows
    ]
    return {
        "people": lines,
        "q": words,
        "has_more": has_more,
        "most": SHOWN,
        "view": queue.value,
        "queues": [
            {
                "value": each.value,
                "name": name,
                "number": numbers.get(each),
                "query": _query({"view": each.value, **kept}),
            }
            for each, name, _ in QUEUES
        ],
        "comments": open_comments(seen),
        "nothing": next(empty for each, _, empty in QUEUES if each is queue),
        "is_narrowed": bool(words or agency or tag),
        "branches": counts.branches,
        "agency": agency,
        "tag": tag,
        "tag_names": queries.tag_names(seen),
        "list_query": list_query,
    }


@dataclass(frozen=True, slots=True)
class Person:
    """All that a line of the list shows."""

    row: queries.Standing
    name: str
    tags: tuple[str, ...]
    is_selected: bool


@functools.lru_cache(maxsize=LINES_KEPT)
def _line(person: Person, list_query: str, today: date, language: str) -> SafeString:
    """A line as the page has it; `today` and `language` decide how its time reads."""
    tags = [{"name": name, "shade": shade_of(name)} for name in person.tags]
    context = {
        "row": person.row,
        "name": person.name,
        "tags": tags,
        "is_selected": person.is_selected,
        "list_query": list_query,
    }
    return render_to_string("console/parts/inbox_person.html", context)


def tags_shown(tags: Iterable[Tag]) -> list[dict[str, Any]]:
    """Tags with the shade that their word has."""
    return [{"id": tag.pk, "name": tag.name, "shade": shade_of(tag.name)} for tag in tags]


def kept_query(request: HttpRequest) -> str:
    """What was chosen in the left pane, as the addresses of the page around a fragment carry it."""
    around = urlsplit(request.headers.get("HX-Current-URL", "")).query
    asked = QueryDict(around) if around else request.GET
    return _query({name: asked.get(name, "")[:200] for name in KEPT})


def _query(values: dict[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})
