"""Which words mean the same: added, changed, taken out of use. Every index follows within two seconds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.knowledge.models import IndexChange, SynonymSet
from minxin.knowledge.queries.synonyms import SYNONYMS_CHANGED, rule_of, synonyms_around
from minxin.knowledge.synonyms.checking import checked, read_words


@dataclass(frozen=True, slots=True)
class SynonymDraft:
    """A set as somebody wrote it; the words of `others` in any way apart."""

    word: str
    others: str
    both_ways: bool = True
    is_active: bool = True


@transaction.atomic
def add_synonyms(
    draft: SynonymDraft,
    *,
    agency: Agency,
    actor: Actor,
    now: datetime,
    tried: dict[str, int] | None = None,
) -> SynonymSet:
    """A new set of an agency; `Refused` with the field where it would make wrong answers. `tried`: what the run
    against the graded sets showed, kept in the audit."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    row = SynonymSet(agency=agency, version=0)
    _put(row, draft, now)
    audit.record(
        actor, "synonyms.added", row, now=now, agency=agency, after=_facts(row) | (tried or {})
    )
    return row


@transaction.atomic
def change_synonyms(
    row: SynonymSet,
    draft: SynonymDraft,
    *,
    actor: Actor,
    now: datetime,
    tried: dict[str, int] | None = None,
) -> None:
    """Other words from now on, or none (`is_active`); the audit keeps every version."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, row.agency)
    before = _facts(row)
    _put(row, draft, now)
    audit.record(
        actor,
        "synonyms.changed",
        row,
        now=now,
        agency=row.agency,
        before=before,
        after=_facts(row) | (tried or {}),
    )


def check_synonyms(draft: SynonymDraft, agency: Agency, *, besides: int | None = None) -> None:
    """Refuse a set that cannot be kept, before anything is tried with it."""
    _checked(draft, agency, besides)


def _checked(
    draft: SynonymDraft, agency: Agency, besides: int | None
) -> tuple[str, tuple[str, ...]]:
    around = synonyms_around(agency).exclude(pk=besides or 0)
    word = "".join(read_words(draft.word))
    same = SynonymSet.objects.filter(agency=agency, word=word).exclude(pk=besides or 0)
    if word and same.exists():
        raise Refused(
            _("本单位已有“%(word)s”这一组，请修改那一组。") % {"word": word}, field="word"
        )
    return checked(draft.word, read_words(draft.others), map(rule_of, around))


def _put(row: SynonymSet, draft: SynonymDraft, now: datetime) -> None:
    row.word, others = _checked(draft, row.agency, row.pk)
    row.others = " ".join(others)
    row.both_ways, row.is_active = draft.both_ways, draft.is_active
    row.version += 1
    row.changed_at = now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody else kept the same word after it was looked for
        words = _("本单位刚有人保存了“%(word)s”这一组，请修改那一组。")
        raise Refused(words % {"word": row.word}, field="word") from None
    IndexChange.objects.create(entry_id=SYNONYMS_CHANGED)


def _facts(row: SynonymSet) -> dict[str, Any]:
    return {
        "word": row.word,
        "others": row.others,
        "both_ways": row.both_ways,
        "is_active": row.is_active,
        "version": row.version,
    }
