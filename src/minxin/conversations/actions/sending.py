"""Putting a message to a citizen into the outgoing queue."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from minxin.agencies.models import Staff
from minxin.citizens.models import Citizen
from minxin.conversations.contents import Content, channel_of, content_as_json, content_as_text
from minxin.conversations.models import Dialogue, Message, Outgoing, Sender
from minxin.conversations.rules import Priority
from minxin.core.actors import Actor


@transaction.atomic
def send(
    citizen: Citizen,
    content: Content,
    *,
    key: str,
    actor: Actor,
    now: datetime,
    priority: Priority = Priority.NORMAL,
    not_before: datetime | None = None,
    window_ends_at: datetime | None = None,
    otherwise: Sequence[Content] = (),
) -> Outgoing | None:
    """Put a message to a citizen into the outgoing queue; the same `key` is put in once.

    `otherwise`: what is sent instead, by another channel, when the first is closed to us (after the
    48 hours, say). `window_ends_at`: later than this it is not sent by the channel of `content`; of
    WeChat's own window the courier knows (`queue.beyond_window`).
    None when she has unfollowed and was erased: nobody is there to write to. Part of the caller's
    transaction; the worker delivers it. Not audited by itself: the message row is its record, and
    the action that sends has its own entry.
    """
    known = Outgoing.objects.filter(key=key).first()
    if known is not None:
        return known
    if citizen.openid is None:
        return None
    words = content_as_text(content)
    staff = actor if isinstance(actor, Staff) else None
    channel = channel_of(content)
    message = Message.objects.create(
        account_id=citizen.account_id,
        citizen=citizen,
        sender=Sender.STAFF if staff else Sender.MACHINE,
        kind="text",
        text=words,
        staff=staff,
        said_at=now,
        recorded_at=now,
    )
    outgoing = Outgoing.objects.create(
        key=key,
        account_id=citizen.account_id,
        citizen=citizen,
        message=message,
        channel=channel,
        priority=priority,
        content=content_as_json(content),
        otherwise=[content_as_json(one) for one in otherwise] or None,
        due_at=max(now, not_before or now),
        window_ends_at=window_ends_at,
        created_at=now,
    )
    Dialogue.objects.update_or_create(
        citizen=citizen,
        defaults={"account_id": citizen.account_id, "last_message_at": now},
        create_defaults={
            "account_id": citizen.account_id,
            "last_message_at": now,
            "last_text": words[:200],
        },
    )
    return outgoing
