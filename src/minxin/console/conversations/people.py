"""The left pane of the inbox: the queues with their numbers, and who stands in the chosen one."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from minxin.agencies.queries import acting_for, agencies_of
from minxin.citizens.queries import profiles
from minxin.console.base import sight, staff_of
from minxin.conversations import queries
from minxin.conversations.models import Tag
from minxin.conversations.rules import Queue, shade_of

SHOWN = 200
KEPT = ("view", "q", "agency", "tag")

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


def people_of(request: HttpRequest) -> dict[str, Any]:
    """What the left pane shows: a queue, narrowed by the words, the agency and the tag that were chosen."""
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
    rows = list(found[: SHOWN + 1])
    has_more, rows = len(rows) > SHOWN, rows[:SHOWN]
    names = profiles(row.citizen_id for row in rows)
    tags = queries.tags_of_many(names)
    kept = {"q": words, "agency": agency, "tag": tag}
    numbers = {
        Queue.WAITING: counts.waiting,
        Queue.MINE: counts.mine,
        Queue.AGENCY: counts.agency,
        Queue.CITIZEN: counts.citizen,
    }
    return {
        "rows": [
            {
                "dialogue": row,
                "name": names[row.citizen_id].shown_name,
                "tags": tags_shown(tags.get(row.citizen_id, [])),
            }
            for row in rows
        ],
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
        "nothing": next(empty for each, _, empty in QUEUES if each is queue),
        "is_narrowed": bool(words or agency or tag),
        "branches": counts.branches,
        "agency": agency,
        "tag": tag,
        "tag_names": queries.tag_names(seen),
        "list_query": _query({"view": "" if queue is Queue.ALL else queue.value, **kept}),
        "selected": request.GET.get("selected", ""),
    }


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
