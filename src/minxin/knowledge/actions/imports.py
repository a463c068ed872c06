"""Writing checked rows of a sheet, in steps so short that the gateway's writes go on in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.breath import breathe
from minxin.knowledge import queries
from minxin.knowledge.actions.entries import (
    FIELDS,
    EntryDraft,
    check_draft,
    compare_by_source,
    fresh_codes,
    ways_of,
)
from minxin.knowledge.actions.inheritance import follow_uppers
from minxin.knowledge.actions.validity import follow_entries
from minxin.knowledge.models import Entry, IndexChange, Variant

Row = tuple[Agency, EntryDraft]
CHUNK = 50  # rows an import writes in one transaction


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of rows: new entries, changed ones, and those that already stood there so."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


def import_entries(
    rows: Sequence[Row],
    *,
    actor: Actor,
    now: datetime,
    on_progress: Callable[[int], bool] | None = None,
) -> tuple[int, int]:
    """Write checked rows in chunks of `CHUNK`, each one short transaction with its audit entry;
    returns (created, known already).

    An entry with the same code, or for the same owner the same question, is updated, so an import that
    was broken off is simply repeated. Rows come from `importing.read_rows`, which says what is wrong
    before anything is written; a row over which the actor has no right refuses all of them.
    `on_progress` hears after each chunk how many rows are done; when it says False, that was the last.
    """
    ensure_importable(rows, actor=actor)
    created = known = 0
    for at in range(0, len(rows), CHUNK):
        chunk = rows[at : at + CHUNK]
        with transaction.atomic():
            taken = write_chunk(chunk, actor=actor, now=now)
        created, known = created + taken.created, known + taken.updated + taken.unchanged
        if at + CHUNK < len(rows):
            breathe()
        if on_progress is not None and not on_progress(at + len(chunk)):
            break
    return created, known


def ensure_importable(rows: Sequence[Row], *, actor: Actor) -> None:
    """Refuse the rows when one of them is not fit, or writes for an agency that is not the actor's."""
    for agency in {each.pk: each for each, _draft in rows}.values():
        ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    for _agency, draft in rows:
        check_draft(draft)
    for owner in Agency.objects.in_bulk(
        queries.owners_of(draft.code for _agency, draft in rows)
    ).values():
        ensure_may(actor, Permission.EDIT_KNOWLEDGE, owner)


def write_chunk(rows: Sequence[Row], *, actor: Actor, now: datetime) -> Taken:
    """Write a few rows with their audit entries. Call it in a transaction."""
    by_code = {
        entry.code: entry
        for entry in Entry.objects.filter(
            code__in=[draft.code for _agency, draft in rows if draft.code]
        )
    }
    by_question = {
        (entry.agency_id, entry.question): entry
        for entry in Entry.objects.filter(
            question__in={draft.question for _agency, draft in rows},
            agency__in={agency.pk for agency, _draft in rows},
        )
    }
    asked = _ways_known([*by_code.values(), *by_question.values()])
    fresh: list[Entry] = []
    known: dict[int, Entry] = {}
    ways: dict[int, tuple[Entry, list[str]]] = {}
    unchanged = 0
    for agency, draft in rows:
        entry = by_code.get(draft.code) or by_question.get((agency.pk, draft.question))
        wanted = ways_of(draft.variants)
        if entry is None:
            entry = Entry(code=draft.code, created_at=now)
            fresh.append(entry)
        elif entry.pk is not None:
            if entry.pk not in known and _stands_so(entry, agency, draft, wanted, asked):
                unchanged += 1
                continue
            known[entry.pk] = entry
        by_question[(agency.pk, draft.question)] = entry
        entry.agency, entry.updated_at = agency, now
        for field in FIELDS:
            setattr(entry, field, getattr(draft, field))
        compare_by_source(entry)
        ways[id(entry)] = (entry, wanted)
    nameless = [entry for entry in fresh if not entry.code]
    for entry, code in zip(
        nameless, fresh_codes([entry.agency for entry in nameless]), strict=True
    ):
        entry.code = code
    Entry.objects.bulk_create(fresh)
    # One statement; Django's bulk_update took eight times as long, with the database locked.
    Entry.objects.bulk_create(
        known.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*FIELDS, "normal_source", "normal_number", "agency", "updated_at"],
    )
    Variant.objects.filter(entry__in=known).delete()
    Variant.objects.bulk_create(
        Variant(entry=entry, text=text) for entry, texts in ways.values() for text in texts
    )
    IndexChange.objects.bulk_create(
        IndexChange(entry_id=entry.pk) for entry in (*fresh, *known.values())
    )
    follow_entries([*fresh, *known.values()], actor=actor, now=now)
    follow_uppers(list(known.values()), now=now)
    for agency in {each.pk: each for each, _draft in rows}.values():
        audit.record(
            actor,
            "knowledge.imported",
            agency,
            now=now,
            agency=agency,
            after={"rows": sum(each == agency for each, _draft in rows)},
        )
    return Taken(len(fresh), len(known), unchanged)


def _ways_known(entries: Sequence[Entry]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {entry.pk: set() for entry in entries}
    for number, text in Variant.objects.filter(entry__in=found).values_list("entry_id", "text"):
        found[number].add(text)
    return found


def _stands_so(
    entry: Entry, agency: Agency, draft: EntryDraft, ways: list[str], asked: dict[int, set[str]]
) -> bool:
    """Whether nothing would change."""
    return (
        entry.agency_id == agency.pk
        and all(getattr(entry, field) == getattr(draft, field) for field in FIELDS)
        and asked.get(entry.pk) == set(ways)
    )
