"""What this room does by calling others: deliver reminders, try a channel."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.channels import CHANNELS, Later, Parcel, Refusal, Unsure
from minxin.agencies.models import ReminderChannel, Staff
from minxin.agencies.postman import Postman
from minxin.agencies.queries import ensure_may
from minxin.agencies.reminder_queries import open_to, reach_of
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused


def run_reminders(stop: threading.Event) -> None:
    """Deliver reminders until `stop` is set."""
    Postman(clock=timezone.now).run(stop)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test message, in words."""

    is_good: bool
    words: str


def try_channel(
    channel: ReminderChannel, address: str, *, actor: Staff, now: datetime,
    transport: httpx.BaseTransport | None = None,
) -> Tried:  # fmt: skip
    """Send a test message over a channel, by who keeps it; audited, counted in nobody's budget."""
    ensure_may(actor, Permission.EDIT_ACCOUNTS, channel.agency)
    address = address.strip()
    if CHANNELS[channel.kind].needs_address and not address:
        raise Refused(_("请填写把测试消息发给谁。"), field="address")
    tried = _try(channel, address, actor, now, transport)
    with transaction.atomic():
        rows = ReminderChannel.objects.filter(pk=channel.pk)
        rows.update(tested_at=now, **({"trouble": "", "trouble_at": None} if tried.is_good else {}))
        after = {"is_good": tried.is_good, "words": tried.words}
        audit.record(actor, "reminder_channel.tested", channel, after=after, now=now)
    return tried


def try_own(staff: Staff, *, now: datetime, transport: httpx.BaseTransport | None = None) -> Tried:
    """Send a test message to oneself, by one's own settings. Raises `Refused` when there are none."""
    reach = reach_of(staff)
    channel = reach.channel
    if channel is None or not open_to(staff).filter(pk=channel.pk).exists():
        raise Refused(_("请先选择提醒方式并保存。"))
    tried = _try(channel, reach.address, staff, now, transport)
    with transaction.atomic():
        if tried.is_good and reach.trouble:
            reach.trouble = ""
            reach.save(update_fields=["trouble"])
        after = {"is_good": tried.is_good, "words": tried.words}
        audit.record(staff, "reach.tested", staff, after=after, now=now)
    return tried


def _try(
    channel: ReminderChannel, address: str, actor: Staff, now: datetime,
    transport: httpx.BaseTransport | None,
) -> Tried:  # fmt: skip
    parcel = Parcel(
        key=f"test:{channel.pk}:{secrets.token_hex(8)}",
        title=_("民信测试消息"),
        text=_("这是一条测试消息，收到说明提醒可以送达，不需要处理。（%(at)s）")
        % {"at": f"{timezone.localtime(now):%m-%d %H:%M:%S}"},
        link=f"{settings.MINXIN_PUBLIC_URL}/console/",
        made_at=now.isoformat(),
        address=address,
        username=actor.username,
    )
    try:
        CHANNELS[channel.kind].send(channel, parcel, transport)
    except (Later, Unsure) as error:
        return Tried(is_good=False, words=str(error))
    except Refusal as refusal:
        return Tried(is_good=False, words=refusal.words)
    return Tried(is_good=True, words=_("测试消息已送出，请到接收端查看。"))
