"""What citizens asked: the words an answer was given to."""

import json
from datetime import date
from typing import Any

from minxin.agencies.models import Agency
from minxin.conversations.models import Message, Sender
from minxin.conversations.queries import messages_of

MOST_READ = 20_000
NEWEST = 30  # of a citizen's messages that are looked through


def asked_for(citizen_key: str, mark: str) -> str:
    """The newest of her messages whose reply holds `mark` (letters, digits and points); empty for none."""
    rows = messages_of(citizen_key).filter(sender=Sender.CITIZEN).order_by("-id")
    newest = rows.values_list("text", "reply")[:NEWEST]
    return next((text for text, reply in newest if text and reply and mark in reply), "")


def questions_between(agency: Agency, first: date, last: date) -> list[str]:
    """What citizens asked the accounts of an agency in these days, both included: the newest `MOST_READ` messages
    that were answered with a source, or that we said we could not answer. As they were typed."""
    rows = Message.objects.filter(
        account__agency=agency, sender=Sender.CITIZEN, said_at__date__gte=first,
        said_at__date__lte=last,
    ).exclude(reply=None)  # fmt: skip
    newest = rows.order_by("-id").values_list("text", "reply")[:MOST_READ]
    return [text for text, reply in newest if text and reply and _is_question(json.loads(reply))]


def _is_question(reply: Any) -> bool:
    return bool(reply.get("unknown")) or "来源：" in (reply.get("text") or "")
