"""A reply of staff and what it answered."""

from minxin.conversations.models import Dialogue, Message, Sender
from minxin.conversations.queries import messages_of
from minxin.conversations.rules.cards import Voice, card_of
from minxin.core.errors import NotFound

_BEFORE = 40  # messages before a reply that are looked through
_MOST = 5


def replied(dialogue: Dialogue, number: int) -> tuple[Message, list[str]]:
    """What a member of staff wrote, and her words since staff had spoken before, the newest first; `NotFound`
    where it is no reply of staff in words, or its text was erased."""
    rows = messages_of(dialogue.citizen_id)
    found = rows.filter(pk=number, sender=Sender.STAFF).first()
    if found is None or not found.text:
        raise NotFound
    before = rows.filter(id__lt=number).exclude(sender=Sender.MACHINE).order_by("-id")
    words: list[str] = []
    for sender, kind, text, data in before.values_list("sender", "kind", "text", "data")[:_BEFORE]:
        if sender == Sender.STAFF:
            if words:
                break
            continue  # a reply in two messages
        card = card_of(kind, data)
        heard = card.words if isinstance(card, Voice) else text
        if kind in {"Text", "Voice"} and heard and len(words) < _MOST:
            words.append(heard)
    return found, words
