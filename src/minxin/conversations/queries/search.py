"""Searching in all that was said, as far as a person may read it."""

import functools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.conversations.models import Message, Tagging
from minxin.text import Archive

FOLDER = "archive"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; `until` is not included."""

    words: str
    since: datetime | None = None
    until: datetime | None = None
    agency: Agency | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """How many messages fit, and those of one page, the newest first."""

    count: int
    messages: tuple[Message, ...]


def archive_folder() -> Path:
    """Where the index lies."""
    return Path(settings.MINXIN_HOME) / FOLDER


def archive() -> Archive:
    """The index, opened once per process and folder; it sees what others saved."""
    return _opened(archive_folder())


@functools.lru_cache(maxsize=4)
def _opened(folder: Path) -> Archive:
    return Archive(folder)


def search(staff: Staff, wanted: Wanted, *, limit: int, offset: int = 0) -> Found:
    """The messages this person may read in which all the words stand. The index narrows by accounts she may
    read; what is shown is read from the rows through `visible_to` once more."""
    accounts = Account.objects.visible_to(staff, Permission.READ_CONVERSATIONS)
    if wanted.agency is not None:
        accounts = accounts.filter(agency__path__startswith=wanted.agency.path)
    owners = None
    if wanted.tag:
        rows = Tagging.objects.filter(tag__name=wanted.tag, dialogue__account__in=accounts)
        owners = list(rows.values_list("dialogue_id", flat=True))
    count, ids = archive().search(
        wanted.words,
        sources=list(accounts.values_list("pk", flat=True)),
        owners=owners,
        since=None if wanted.since is None else int(wanted.since.timestamp()),
        until=None if wanted.until is None else int(wanted.until.timestamp()),
        limit=limit,
        offset=offset,
    )
    visible = Message.objects.visible_to(staff, Permission.READ_CONVERSATIONS)
    found = visible.filter(pk__in=ids).select_related("account", "citizen", "staff")
    return Found(count, tuple(found.order_by("-id")))


def is_searchable(*, newest: int) -> bool:
    """Whether everything up to a message is in the index; if not, a search may miss the latest words."""
    return archive().mark >= newest
