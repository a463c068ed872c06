"""Writes of settings: channels, where a person is reached, how often. Secrets never reach the audit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.channels import CHANNELS
from minxin.agencies.models import Agency, Pace, ReminderChannel, Staff, StaffReach
from minxin.agencies.queries import ensure_may, ensure_may_everywhere
from minxin.agencies.reminder_queries import open_to, pace, reach_of
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.wecom import is_good_key

SHORTEST_SECRET = 16
_MEMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")
Kind = ReminderChannel.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDraft:
    """What is said of a channel; an empty secret keeps the one that is there."""

    kind: str
    name: str
    base_url: str = ""
    identity: str = ""
    number: int | None = None
    sender: str = ""
    secret: str = ""
    is_active: bool = True


@transaction.atomic
def keep_channel(
    channel: ReminderChannel | None,
    draft: ChannelDraft,
    *,
    agency: Agency,
    actor: Actor,
    now: datetime,
) -> ReminderChannel:
    """Enter a channel or change one. Raises `Refused` with the field that is wrong."""
    ensure_may(actor, Permission.EDIT_ACCOUNTS, agency)
    if channel is not None:
        ensure_may(actor, Permission.EDIT_ACCOUNTS, channel.agency)
    secret = _secret(draft)
    _ensure_good(channel, draft, secret, agency)
    before = _said(channel) if channel else None
    kept = channel or ReminderChannel(created_at=now)
    kept.agency, kept.kind, kept.name = agency, draft.kind, draft.name.strip()
    kept.base_url = draft.base_url.strip().rstrip("/")
    kept.identity, kept.number = draft.identity.strip(), draft.number
    kept.sender, kept.is_active = draft.sender.strip(), draft.is_active
    if secret:
        kept.secret = secret
    kept.token, kept.token_until, kept.trouble, kept.trouble_at = None, None, "", None
    kept.save()
    after = {**_said(kept), "replaced": ["secret"] if secret else []}
    audit.record(actor, "reminder_channel.kept", kept, before=before, after=after, now=now)
    return kept


def _said(channel: ReminderChannel) -> dict[str, object]:
    names = ("kind", "name", "base_url", "identity", "number", "sender", "is_active")
    return {name: getattr(channel, name) for name in names}


def _secret(draft: ChannelDraft) -> str:
    """What was typed; of a robot's whole address only its key."""
    secret = draft.secret.strip()
    if draft.kind == Kind.WECOM_ROBOT and secret.startswith("http"):
        return parse_qs(urlsplit(secret).query).get("key", [""])[0]
    return secret


def _ensure_good(
    channel: ReminderChannel | None, draft: ChannelDraft, secret: str, agency: Agency
) -> None:
    way = CHANNELS.get(draft.kind)
    if way is None:
        raise Refused(_("请选择一种方式。"), field="kind")
    if not draft.name.strip():
        raise Refused(_("请填写名称。"), field="name")
    others = ReminderChannel.objects.filter(agency=agency, name=draft.name.strip())
    if channel is not None:
        others = others.exclude(pk=channel.pk)
    if others.exists():
        raise Refused(_("这个单位已有同名的提醒渠道。"), field="name")
    is_kept = channel is not None and channel.kind == draft.kind and bool(channel.secret)
    given = {
        "identity": draft.identity.strip(),
        "number": draft.number,
        "sender": draft.sender.strip(),
        "base_url": draft.base_url.strip(),
        "secret": secret or is_kept,
    }
    for name in ("identity", "number", "base_url", "sender", "secret"):
        if name in way.needs and not given[name]:
            raise Refused(_("这种方式需要填写这一项。"), field=name)
    _ensure_address(draft.kind, draft.base_url.strip())
    if draft.kind == Kind.WECOM_ROBOT and secret and not is_good_key(secret):
        raise Refused(_("请填写群机器人的完整地址，或地址里key=后面的内容。"), field="secret")
    if draft.kind == Kind.WEBHOOK and secret and len(secret) < SHORTEST_SECRET:
        words = _("签名密钥至少 %(n)s 个字符。")
        raise Refused(words % {"n": SHORTEST_SECRET}, field="secret")


def _ensure_address(kind: str, address: str) -> None:
    if not address:
        return
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
        parts = urlsplit("")
    if kind == Kind.EMAIL:
        if not is_whole or parts.scheme not in {"smtp", "smtps", "smtp+tls"}:
            raise Refused(
                _("邮件服务器地址写成smtps://主机:465、smtp+tls://主机:587或smtp://主机:25。"),
                field="base_url",
            )
    elif not is_whole or parts.scheme not in {"http", "https"}:
        raise Refused(_("接口地址要以 http:// 或 https:// 开头。"), field="base_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachDraft:
    """Where and when a person wants to be reached; empty hours are the office's."""

    channel: ReminderChannel | None
    address: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    works_days_off: bool = False
    urgent_any_time: bool = False


@transaction.atomic
def keep_reach(staff: Staff, draft: ReachDraft, *, actor: Staff, now: datetime) -> StaffReach:
    """Say where one is reached: everybody for herself. Raises `Refused` with the field."""
    if actor.pk != staff.pk:
        raise Refused(_("提醒设置只能由本人修改。"))
    if (draft.quiet_from is None) != (draft.quiet_until is None):
        raise Refused(_("免打扰的开始和结束要一起填，或者都留空。"), field="quiet_until")
    reach = reach_of(staff)
    address = draft.address.strip()
    if draft.channel is not None:
        if not open_to(staff).filter(pk=draft.channel.pk).exists():
            raise Refused(_("这种方式不适用于您的单位。"), field="channel")
        address = _address(staff, draft.channel.kind, address)
    before = {"channel": str(reach.channel or ""), "is_reached": reach.channel_id is not None}
    reach.channel, reach.address, reach.trouble = draft.channel, address, ""
    reach.quiet_from, reach.quiet_until = draft.quiet_from, draft.quiet_until
    reach.works_days_off, reach.urgent_any_time = draft.works_days_off, draft.urgent_any_time
    reach.save()
    after = {"channel": str(draft.channel or ""), "is_reached": draft.channel is not None}
    audit.record(actor, "reach.kept", staff, before=before, after=after, now=now)
    return reach


def _address(staff: Staff, kind: str, address: str) -> str:
    if kind == Kind.EMAIL:
        address = address or staff.email
        try:
            validate_email(address)
        except ValidationError:
            raise Refused(_("请填写一个电子邮箱。"), field="address") from None
        return address
    address = address or staff.username
    if not _MEMBER.fullmatch(address):
        raise Refused(_("接收账号由字母、数字和 . _ - @ 组成，不超过 64 个字符。"), field="address")
    return address


PACE = (
    "digest_at", "quiet_from", "quiet_until", "reminders_a_week", "fields_a_week", "escalate_after",
)  # fmt: skip


@transaction.atomic
def keep_pace(values: dict[str, object], *, actor: Actor, now: datetime) -> Pace:
    """Say how often all are asked. `values` by the names of `PACE`; raises `Refused` with the field."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    kept = pace()
    before = {name: getattr(kept, name) for name in PACE}
    for name in PACE:
        setattr(kept, name, values[name])
    try:
        kept.clean_fields(exclude=["id"])
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise Refused(words[0], field=field) from error
    kept.pk = 1
    kept.save()
    after = {name: getattr(kept, name) for name in PACE}
    if after != before:
        audit.record(actor, "pace.kept", kept, before=before, after=after, now=now)
    return kept
