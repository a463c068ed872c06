"""What citizens asked: the words an answer was given to."""

from minxin.conversations.models import Sender
from minxin.conversations.queries import messages_of

NEWEST = 30  # of a citizen's messages that are looked through


def asked_for(citizen_key: str, mark: str) -> str:
    """The newest of her messages whose reply holds `mark` (letters, digits and points); empty for none."""
    rows = messages_of(citizen_key).filter(sender=Sender.CITIZEN).order_by("-id")
    newest = rows.values_list("text", "reply")[:NEWEST]
    return next((text for text, reply in newest if text and reply and mark in reply), "")
