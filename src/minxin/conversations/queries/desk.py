"""What colleagues see of each other's work in a conversation: who writes, notes, tags."""

import zlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Max, QuerySet
from django.db.models.lookups import Exact

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.conversations.models import (
    Beginning,
    Dialogue,
    Handover,
    Message,
    Note,
    Outgoing,
    Tag,
    Tagging,
    Writing,
)
from minxin.conversations.rules import WRITING
from minxin.core.errors import NotFound


def writers(dialogue: Dialogue, *, besides: Staff, now: datetime) -> list[Staff]:
    """Who else has words for this citizen in the box now, by name."""
    rows = Writing.objects.filter(dialogue=dialogue, at__gt=now - WRITING).exclude(staff=besides)
    return [row.staff for row in rows.select_related("staff").order_by("staff__name", "staff")]


def thread_state(dialogue: Dialogue, *, besides: Staff, now: datetime) -> tuple[object, ...]:
    """All by which a thread looks different from before: what was said and answered, sent and arrived, noted,
    who attends, who writes. Five queries by index."""
    key = dialogue.citizen_id
    said = (
        Message.objects.filter(
            Exact(Beginning("citizen"), key[:8]), citizen__gte=key, citizen__lte=key
        )
        .order_by("-id")
        .values_list("id", "reply", "text")[:3]
    )
    sent = Outgoing.objects.filter(citizen=key).order_by("-id").values_list("id", "status")[:20]
    noted = Note.objects.filter(dialogue=dialogue).aggregate(last=Max("id"))["last"]
    return (
        key,
        list(said),
        list(sent),
        noted,
        [staff.pk for staff in writers(dialogue, besides=besides, now=now)],
        dialogue.last_citizen_message_at,
        dialogue.attended_by_id,
        dialogue.closed_at,
    )


def latest_desk_change(*, now: datetime) -> int:
    """A number that changes whenever somebody begins or ends writing, or a note or a tag is put."""
    writing = Writing.objects.filter(at__gt=now - WRITING).order_by("dialogue", "staff")
    state = (
        list(writing.values_list("dialogue_id", "staff_id")),
        Note.objects.aggregate(last=Max("id")),
        Handover.objects.aggregate(last=Max("changed_at")),
        Tagging.objects.aggregate(last=Max("id"), count=Count("id")),
    )
    return zlib.crc32(repr(state).encode())


def paths_around(path: str) -> list[str]:
    """The path of an agency and those of all above it, the nearest first."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:count])}/" for count in range(len(parts), 0, -1)]


def tags_for(agency: Agency) -> QuerySet[Tag]:
    """The tags in use that conversations of an agency may carry: its own and those from above."""
    found: QuerySet[Tag] = Tag.objects.filter(
        agency__path__in=paths_around(agency.path), is_active=True
    )
    return found.order_by("name", "id")


def tags_of(dialogue: Dialogue) -> list[Tag]:
    """The tags that a conversation carries, in the order they were put."""
    rows = Tagging.objects.filter(dialogue=dialogue).select_related("tag")
    return [row.tag for row in rows.order_by("id")]


def tag_words_of_many(keys: Iterable[str]) -> dict[str, list[str]]:
    """The words of those tags for a page of a list, one query. The caller has checked who may see them."""
    rows = Tagging.objects.filter(dialogue__in=list(keys)).order_by("id")
    found: dict[str, list[str]] = {}
    for key, word in rows.values_list("dialogue_id", "tag__name"):
        found.setdefault(key, []).append(word)
    return found


def tags_visible_to(staff: Staff) -> QuerySet[Tag]:
    """The tags that conversations this person may read can carry; with `uses`, how many carry each."""
    paths = list(agencies_for(staff, Permission.READ_CONVERSATIONS).values_list("path", flat=True))
    around = {above for path in paths for above in paths_around(path)}
    found: QuerySet[Tag] = Tag.objects.filter(agency__path__in=sorted(around))
    return (
        found.select_related("agency")
        .annotate(uses=Count("taggings"))
        .order_by("agency__path", "name")
    )


def tag_for(staff: Staff, number: int) -> Tag:
    """One that this person may change, for she answers conversations in its agency; else `NotFound`."""
    found: Tag | None = (
        Tag.objects.visible_to(staff, Permission.ANSWER_CONVERSATIONS)
        .select_related("agency")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def with_tag(found: QuerySet[Dialogue], name: str) -> QuerySet[Dialogue]:
    """Those that carry a tag of this name, whichever agency's."""
    return found.filter(pk__in=Tagging.objects.filter(tag__name=name).values("dialogue"))


def tag_names(staff: Staff) -> list[str]:
    """The names of the tags that this person can look for, each once."""
    names = tags_visible_to(staff).values_list("name", flat=True)
    return sorted(set(names))
