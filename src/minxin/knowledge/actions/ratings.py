"""Whether an answer was of use: noted once per citizen and answer; what was not goes to the intents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from minxin.citizens.models import Citizen
from minxin.core.errors import NotFound
from minxin.knowledge.actions.unanswered import Asking, record_askings
from minxin.knowledge.models import AnswerRating, Entry, Passage
from minxin.knowledge.models.documents import Document


@dataclass(frozen=True, slots=True)
class Rated:
    """What was read: an entry, or a passage of a document by its place in it."""

    entry_id: int | None = None
    document_id: int | None = None
    position: int | None = None

    @property
    def mark(self) -> str:
        """As it stands in a tap of WeChat: `e12`, `d3.4`."""
        return f"e{self.entry_id}" if self.entry_id else f"d{self.document_id}.{self.position}"

    @classmethod
    def read(cls, mark: str) -> "Rated":
        """From such a mark; `NotFound` for anything else."""
        kind, rest = mark[:1], mark[1:]
        document, _, position = rest.partition(".")
        if kind == "e" and rest.isdecimal() and len(rest) < 19:
            return cls(entry_id=int(rest))
        if kind == "d" and document.isdecimal() and position.isdecimal() and len(rest) < 19:
            return cls(document_id=int(document), position=int(position))
        raise NotFound


@transaction.atomic
def rate_usefulness(
    what: Rated, *, is_useful: bool, agency_id: int, actor: Citizen, now: datetime, asked: str = ""
) -> None:
    """Note her word; her last one counts. What is not of use goes once to the unanswered questions in her own
    words (`asked`, private data masked there), or as the entry's question; a passage without words does not.

    `NotFound` when there is no such answer. Not audited: the row is its record.
    """
    question = _question_of(what)
    # One at a time for one citizen: a double tap is one word.
    citizen = Citizen.objects.select_for_update().get(pk=actor.pk)
    if citizen.erased_at is not None:
        raise NotFound
    named: dict[str, Any] = {
        "entry_id": what.entry_id, "document_id": what.document_id, "position": what.position,
    }  # fmt: skip
    rating, _made = AnswerRating.objects.get_or_create(
        citizen=citizen, **named,
        defaults={"agency_id": agency_id, "is_useful": is_useful, "rated_at": now},
    )  # fmt: skip
    rating.is_useful, rating.rated_at, rating.agency_id = is_useful, now, agency_id
    text = asked.strip() or question
    if not is_useful and text and not rating.is_counted:
        rating.is_counted = True
        record_askings([Asking(agency_id, text, citizen.pk, now, is_low_rated=True)], now=now)
    rating.save(update_fields=["is_useful", "rated_at", "agency", "is_counted"])


def _question_of(what: Rated) -> str:
    """The question an entry answers; empty for a passage. `NotFound` for what citizens cannot read."""
    if what.entry_id is not None:
        entry = Entry.objects.filter(pk=what.entry_id).exclude(status=Entry.Status.DRAFT).first()
        if entry is None:
            raise NotFound
        return entry.question
    passages = Passage.objects.filter(document=what.document_id, position=what.position or 0)
    if not passages.exclude(document__status=Document.Status.DRAFT).exists():
        raise NotFound
    return ""


def forget_rater(citizen_key: str) -> int:
    """She unfollowed: her words stay counted, and nobody's. How many."""
    return AnswerRating.objects.filter(citizen=citizen_key).update(citizen=None)
