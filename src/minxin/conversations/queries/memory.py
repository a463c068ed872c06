"""What was just talked about: read from what was answered, kept nowhere else.

Nothing is copied: an entry's number stands in the reply to a citizen's message, and is found by her key, which is
another one in every account. It goes with the message when she unfollows or words are withheld.
"""

import json
from datetime import datetime

from minxin.conversations.models import Sender
from minxin.conversations.queries import messages_of

# So many of her messages back it may lie.
LOOKED_BACK = 6


def talked_about(citizen_key: str, *, before: int, since: datetime) -> int:
    """The entry that answered the newest of a citizen's last messages before one (`before`, its number), not
    older than `since`; 0 for none."""
    rows = (
        messages_of(citizen_key)
        .filter(id__lt=before, sender=Sender.CITIZEN, recorded_at__gte=since)
        .exclude(reply=None)
        .order_by("-id")
        .values_list("reply", flat=True)[:LOOKED_BACK]
    )
    for reply in rows:
        if about := json.loads(reply or "{}").get("about"):
            return int(about)
    return 0
