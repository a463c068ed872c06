"""The audit: one entry per write, appended in the transaction of the write, chained by hashes.

GB/T 22239-2019 8.1.4.3 asks for a record of who did what when and with what success, kept from
change. Each entry's `chain` is SHA-256 over the chain of the entry before it and its own content,
so whoever changes or removes a row breaks every chain that follows, and `verify_chain` names the
first. (Who can rewrite the whole table can rewrite the whole chain: keep its head elsewhere too.)
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models, router, transaction

from minxin.agencies.models import Agency, AuditEntry, Membership, Staff
from minxin.agencies.rules import without_private
from minxin.core.actors import Actor
from minxin.text import mask

_START = "0" * 64
_LOCK = 0x4D584155444954  # "MXAUDIT", the number of PostgreSQL's advisory lock
_CHUNK = 2000


def record(
    actor: Actor,
    verb: str,
    subject: models.Model | str,
    *,
    now: datetime,
    agency: Agency | None = None,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> AuditEntry:
    """Append one entry. Call it inside the transaction of the write it tells of.

    `verb` is `<noun>.<past participle>`. Without `agency` the entry belongs to the agency that the
    subject itself belongs to. `before` and `after` may be any JSON; what stands in them under a
    private key (`rules.PRIVATE`) is replaced, so credentials and contact data never get here.
    Numbers and addresses of people that somebody typed into `reason` are masked.
    """
    database = router.db_for_write(AuditEntry)
    with transaction.atomic(using=database):
        _wait_for_the_others(database)
        chains = AuditEntry.objects.using(database).order_by("-id").values_list("chain", flat=True)
        entry = AuditEntry(
            at=now,
            actor_kind=actor.actor_kind,
            actor_id=actor.actor_id,
            actor_name=actor.actor_name[:60],
            agency_path=_path_of(agency or subject),
            verb=verb,
            subject_kind="" if isinstance(subject, str) else subject._meta.label_lower,
            subject_id="" if isinstance(subject, str) else str(subject.pk),
            subject_label=str(subject).replace("\0", "")[:200],
            before=_as_json(before),
            after=_as_json(after),
            reason=mask(reason.replace("\0", ""))[:300],
        )
        entry.chain = _link(chains.first() or _START, entry)
        entry.save(using=database, force_insert=True)
    return entry


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify_chain` found: how many entries hold, and the id of the first that does not."""

    entries: int
    broken_at: int | None
    head: str

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None


def verify_chain() -> Verdict:
    """Walk the whole audit and compute every chain again; stops at the first that differs."""
    chain, seen, last = _START, 0, 0
    while rows := list(AuditEntry.objects.filter(id__gt=last).order_by("id")[:_CHUNK]):
        for entry in rows:
            if _link(chain, entry) != entry.chain:
                return Verdict(entries=seen, broken_at=entry.pk, head=chain)
            chain, seen, last = entry.chain, seen + 1, entry.pk
    return Verdict(entries=seen, broken_at=None, head=chain)


def _wait_for_the_others(database: str) -> None:
    """One writer of the audit at a time, until the transaction ends.

    SQLite has one writer anyway (transactions start IMMEDIATE). PostgreSQL lets go of the lock at
    commit; the next statement then sees the row just committed.
    """
    connection = connections[database]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _link(previous: str, entry: AuditEntry) -> str:
    content = json.dumps(
        [
            previous,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.actor_kind,
            entry.actor_id,
            entry.actor_name,
            entry.agency_path,
            entry.verb,
            entry.subject_kind,
            entry.subject_id,
            entry.subject_label,
            entry.before,
            entry.after,
            entry.reason,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def _as_json(value: Any) -> Any:
    if value is None:
        return None
    return without_private(json.loads(json.dumps(value, default=_plain)))


def _plain(value: Any) -> Any:
    """What JSON does not know: dates and numbers as Django writes them, the rest by its name."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    try:
        return DjangoJSONEncoder().default(value)
    except TypeError:
        return str(value)


def _path_of(subject: models.Model | str) -> str:
    match subject:
        case str():
            return ""
        case Agency():
            return subject.path
        case Staff():
            homes = Membership.objects.filter(staff=subject).order_by("id")
            return homes.values_list("agency__path", flat=True).first() or ""
        case _:
            owner = getattr(subject, "agency", None) or getattr(subject, "account", None)
            return _path_of(owner) if isinstance(owner, models.Model) else ""
