"""What accounts published is kept as text, with its hash; a text that changed keeps its earlier ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.supervision.models import Hit, ItemVersion, PublishedItem, Trace
from minxin.supervision.rules.looking import fingerprint, plain

ITEMS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Article:
    """One article as somebody read it; `text` without HTML. `trace_id`: the number of its trace in
    the same source, where it has one."""

    account_id: int
    source: PublishedItem.Source
    external_id: str
    title: str
    text: str
    published_at: datetime
    url: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many articles were new, how many had changed, how many were there already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.new + other.new, self.changed + other.changed, self.same + other.same)


def keep_items(articles: Iterable[Article], *, now: datetime) -> Kept:
    """Keep what is new or has changed, some at a time. Keeping twice changes nothing."""
    kept = Kept()
    waiting: list[Article] = []
    for each in articles:
        waiting.append(each)
        if len(waiting) == ITEMS_AT_ONCE:
            kept += _keep_some(waiting, now)
            waiting = []
    return kept + _keep_some(waiting, now) if waiting else kept


@transaction.atomic
def _keep_some(articles: Sequence[Article], now: datetime) -> Kept:
    numbers = {each.account_id for each in articles}
    asked = {each.external_id[:140] for each in articles}
    rows = PublishedItem.objects.select_for_update().filter(
        account__in=numbers, external_id__in=asked
    )
    there = {(row.account_id, row.external_id): row for row in rows}
    traces = {
        (account, key): number
        for account, key, number in Trace.objects.filter(
            account__in=numbers, external_id__in={each.trace_id for each in articles} - {""}
        ).values_list("account_id", "external_id", "pk")
    }
    new: dict[tuple[int, str], PublishedItem] = {}
    changed = same = 0
    for each in articles:
        title, text = plain(each.title).replace("\n", " ")[:200], plain(each.text)
        key, sha256 = (each.account_id, each.external_id[:140]), fingerprint(title, text)
        row = there.get(key) or new.get(key)
        if row is None:
            new[key] = PublishedItem(
                account_id=each.account_id, trace_id=traces.get((each.account_id, each.trace_id)),
                source=each.source, external_id=key[1], title=title, text=text,
                url=each.url.strip()[:500], published_at=each.published_at, sha256=sha256,
                kept_at=now,
            )  # fmt: skip
        elif row.sha256 == sha256:
            same += 1
        elif key in new:
            row.title, row.text, row.sha256 = title, text, sha256
        else:
            _change(row, title, text, sha256, now)
            changed += 1
    PublishedItem.objects.bulk_create(new.values())
    return Kept(len(new), changed, same)


def _change(row: PublishedItem, title: str, text: str, sha256: str, now: datetime) -> None:
    ItemVersion.objects.create(
        item=row, version=row.version, title=row.title, text=row.text, sha256=row.sha256,
        kept_at=row.kept_at,
    )  # fmt: skip
    row.title, row.text, row.sha256, row.kept_at = title, text, sha256, now
    row.version += 1
    row.save()
    Hit.objects.filter(item=row, status=Hit.Status.OPEN).update(status=Hit.Status.GONE)


def import_items(
    account: Account, articles: Sequence[Article], *, actor: Staff, now: datetime
) -> Kept:
    """Keep the articles of an uploaded sheet, all of one account."""
    ensure_may(actor, Permission.RECORD_UPDATES, account.agency)
    if any(each.account_id != account.pk for each in articles):
        raise ValueError("an article of another account")
    kept = keep_items(articles, now=now)
    with transaction.atomic():
        after = {"new": kept.new, "changed": kept.changed, "same": kept.same}
        audit.record(actor, "items.imported", account, after=after, now=now)
    return kept
