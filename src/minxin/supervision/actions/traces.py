"""What sources tell is kept: traces, looks, and attempts that failed. Keeping twice changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from minxin.accounts.models import Account
from minxin.supervision.models import Coverage, Trace
from minxin.supervision.rules.sources import Kind, Source

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Item:
    """Something that an account published, as one source tells it."""

    account_id: int
    source: Source
    kind: Kind
    published_at: datetime
    external_id: str
    title: str = ""
    url: str = ""
    is_day_only: bool = False


@transaction.atomic
def keep_traces(items: Iterable[Item], *, now: datetime) -> None:
    """Keep what is new; what a source told before stays as it was."""
    rows = [
        Trace(
            account_id=each.account_id,
            source=each.source.value,
            kind=each.kind.value,
            published_at=each.published_at,
            is_day_only=each.is_day_only,
            title=_clean(each.title, 200),
            url=_clean(each.url, 500),
            external_id=_clean(each.external_id, 120),
            recorded_at=now,
        )
        for each in items
    ]
    Trace.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)


def _clean(text: str, most: int) -> str:
    return text.replace("\0", "").strip()[:most]


@transaction.atomic
def keep_look(
    account: Account, source: Source, *, since: datetime, until: datetime, now: datetime
) -> Coverage:
    """Note that a source was asked about a time, with success. It joins the look it touches."""
    rows = Coverage.objects.filter(account=account, source=source.value)
    touching = list(rows.filter(since__lte=until, until__gte=since).order_by("since"))
    if not touching:
        return Coverage.objects.create(
            account=account, source=source.value, since=since, until=until, asked_at=now
        )
    first = touching[0]
    first_since = min(since, first.since)
    Coverage.objects.filter(pk__in=[each.pk for each in touching[1:]]).delete()
    first.since = first_since
    first.until = max(until, *(each.until for each in touching))
    first.asked_at = max(now, *(each.asked_at for each in touching))
    first.failed_at, first.failure = None, ""
    first.save()
    return first


@transaction.atomic
def note_failure(account: Account, source: Source, words: str, *, now: datetime) -> None:
    """A source could not be asked: the newest look says so and is no longer for it."""
    newest = (
        Coverage.objects.filter(account=account, source=source.value).order_by("-until").first()
    )
    if newest is None:
        newest = Coverage(account=account, source=source.value, since=now, until=now, asked_at=now)
    newest.failed_at, newest.failure = now, words[:300]
    newest.save()


# Events ----------------------------------------------------------------------------------------


def items_of_events(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """What the events among message rows say was published; failures and running jobs say nothing."""
    found = []
    for row in rows:
        read = _READERS.get(row["kind"])
        if read is not None and (item := read(row, row["data"] or {})) is not None:
            found.append(item)
    return found


def _mass(row: Mapping[str, Any], data: Mapping[str, Any]) -> Item | None:
    """MASSSENDJOBFINISH: `send success` is the one status of a message that went out."""
    if data.get("status") != "send success" or data.get("message_id") is None:
        return None
    return Item(
        account_id=row["account_id"],
        source=Source.MASS_EVENT,
        kind=Kind.PUSHED,
        published_at=row["said_at"],
        external_id=str(data["message_id"]),
        url=_first_address(data.get("articles")),
    )


def _published(row: Mapping[str, Any], data: Mapping[str, Any]) -> Item | None:
    """PUBLISHJOBFINISH: publish_status 0 is published."""
    if str(data.get("status")) != "0":
        return None
    number = data.get("article_id") or data.get("publish_id")
    if not number:
        return None
    return Item(
        account_id=row["account_id"],
        source=Source.PUBLISH_EVENT,
        kind=Kind.PUBLISHED,
        published_at=row["said_at"],
        external_id=str(number),
        url=_first_address(data.get("detail")),
    )


_READERS = {"MassSent": _mass, "Published": _published}


def _first_address(value: Any) -> str:
    """The first article's address, however deep WeChat nests it."""
    if isinstance(value, Mapping):
        for name in ("article_url", "ArticleUrl"):
            if isinstance(value.get(name), str):
                return str(value[name])
        value = list(value.values())
    if isinstance(value, list | tuple):
        return next((url for each in value if (url := _first_address(each))), "")
    return ""
