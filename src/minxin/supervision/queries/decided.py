"""What a person decided of a place in a text holds for the same sentence in the text's next version."""

from __future__ import annotations

from collections.abc import Iterable

from minxin.supervision.models import Hit
from minxin.supervision.rules.looking import sentence, whole
from minxin.supervision.rules.rectification import ENDED

Place = tuple[int, str, str, int]  # item, what was found, its sentence, where in it


def text_of(hit: Hit) -> str:
    """The text that the hit stands in; empty when it is kept no more."""
    if hit.version == hit.item.version:
        return whole(hit.item.title, hit.item.text)
    earlier = hit.item.versions.filter(version=hit.version).first()
    return whole(earlier.title, earlier.text) if earlier else ""


def follow_decisions(found: Iterable[tuple[Hit, str]]) -> None:
    """Let new hits of edited items, each with its text, have what was decided of the same place before.

    What was dismissed stays dismissed; what was confirmed belongs to its finding while that is not
    ended. After it ended, or where the sentence is another, a person is asked again.
    """
    edited = [(hit, text) for hit, text in found if hit.version > 1]
    if not edited:
        return
    decided = _decided({hit.item_id for hit, _text in edited})
    for hit, text in edited:
        before = decided.get(_place(hit, text))
        if before is None or before.version >= hit.version:
            continue
        is_over = before.finding is not None and before.finding.state in ENDED
        if before.status == Hit.Status.CONFIRMED and (before.finding is None or is_over):
            continue
        hit.follows, hit.status, hit.finding = before, before.status, before.finding
        hit.decided_by_id, hit.decided_at = before.decided_by_id, before.decided_at
        hit.reason = before.reason


def _decided(items: set[int]) -> dict[Place, Hit]:
    """The newest decision of each place of these items."""
    rows = Hit.objects.filter(
        item__in=items, status__in=[Hit.Status.CONFIRMED, Hit.Status.DISMISSED]
    ).select_related("item", "finding")
    return {_place(hit, text_of(hit)): hit for hit in rows.order_by("version", "pk")}


def _place(hit: Hit, text: str) -> Place:
    return hit.item_id, hit.key, *sentence(text, hit.offset, hit.length)
