"""Words that belong elsewhere: taken out of a conversation, the rows stay."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.conversations.models import Dialogue, Message, Outgoing
from minxin.conversations.queries import messages_of

# How far back what she told in several messages is taken out.
TOLD_WITHIN = timedelta(hours=2)


@transaction.atomic
def withhold(citizen_key: str, *, keys: str = "", before: datetime | None = None) -> int:
    """Take words out of a conversation: of what was sent under keys that begin so, and of what she said,
    and was said to her, in the two hours `before` a moment; how many messages.

    The audit entry is that of the action that moves the words elsewhere.
    """
    gone = 0
    if keys:
        rows = Outgoing.objects.filter(citizen=citizen_key, key__startswith=keys)
        numbers = list(rows.exclude(message=None).values_list("message", flat=True))
        rows.exclude(status=Outgoing.Status.SENT).update(
            status=Outgoing.Status.CANCELLED, error=_("内容已转专人登记")
        )
        rows.update(content={"kind": "text", "text": ""}, otherwise=None)
        gone += Message.objects.filter(pk__in=numbers).update(text=None, data=None, reply=None)
    if before is not None:
        said = messages_of(citizen_key).filter(
            said_at__gt=before - TOLD_WITHIN, said_at__lte=before + timedelta(seconds=1)
        )
        gone += said.update(text=None, data=None, reply=None)
        Dialogue.objects.filter(pk=citizen_key).update(form=None)
    Dialogue.objects.filter(pk=citizen_key).update(last_text="")
    return gone
