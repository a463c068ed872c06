"""All writes: meeting, contact with consent, settings, reveal, erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, ApiKey, Staff
from minxin.agencies.queries import ensure_may, may
from minxin.agencies.rules import Permission
from minxin.citizens import rules
from minxin.citizens.meeting import Meeting, Met, meet_many
from minxin.citizens.models import Citizen, OutsideContact
from minxin.citizens.queries import Contact
from minxin.core.actors import Actor, System
from minxin.core.errors import NotFound, Refused

__all__ = [
    "Meeting",
    "Met",
    "erase",
    "follow",
    "forget_contact",
    "forget_outside_contact",
    "keep_contact",
    "keep_nickname",
    "keep_outside_contact",
    "meet_many",
    "reveal",
    "reveal_to_partner",
    "set_large_text",
    "set_region",
    "unfollow",
]

RevealedField = Literal["nickname", "real_name", "phone"]
_REVEALED: tuple[RevealedField, ...] = ("nickname", "real_name", "phone")


# Following -----------------------------------------------------------------------------------


@transaction.atomic
def follow(citizen: Citizen, openid: str, *, actor: Actor, now: datetime) -> None:
    """She follows, again perhaps: her openid is known from now on. (Pushes go by `meet_many`.)"""
    citizen.openid, citizen.followed_at, citizen.erased_at = openid, now, None
    citizen.save(update_fields=["openid", "followed_at", "erased_at"])
    audit.record(actor, "citizen.followed", citizen, now=now)


@transaction.atomic
def unfollow(key: str, *, at: datetime, actor: Actor, now: datetime) -> bool:
    """She has unfollowed at `at`: erase her, unless she has followed again since.

    Returns whether she was erased. The door also erases conversation text and unlinks tickets.
    """
    citizen = Citizen.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if citizen is None or (citizen.followed_at is not None and citizen.followed_at > at):
        return False
    if citizen.unfollowed_at is None or citizen.unfollowed_at < at:
        citizen.unfollowed_at = at
        citizen.save(update_fields=["unfollowed_at"])
    erase(citizen, actor=actor, now=now)
    return True


@transaction.atomic
def erase(citizen: Citizen, *, actor: Actor, now: datetime) -> None:
    """Forget everything but the key: openid, names, telephone, consent, region, settings.

    What stays (the keyed hash, when it was first seen, when she unfollowed) names nobody; it tells
    a returning follower from a new one. Erasing twice changes nothing.
    """
    if citizen.erased_at is not None:
        return
    citizen.openid = citizen.nickname = citizen.real_name = citizen.phone = None
    citizen.region_code = citizen.consent_version = ""
    citizen.consented_at = citizen.texts_agreed_at = citizen.followed_at = None
    citizen.has_large_text = False
    citizen.erased_at = now
    citizen.save()
    audit.record(actor, "citizen.erased", citizen, now=now)


# What she leaves -----------------------------------------------------------------------------


@transaction.atomic
def keep_contact(
    citizen: Citizen,
    *,
    real_name: str,
    phone: str,
    consent_version: str,
    actor: Actor,
    now: datetime,
    agrees_to_texts: bool = False,
) -> None:
    """Keep a name and a telephone number that she left herself, with the consent she gave.

    `agrees_to_texts`: whether we may write to that number when WeChat no longer lets us.
    PIPL art. 14 and 17: consent is to a text she has seen; one to an older text does not count.
    Either field may be blank, which removes it. The audit tells which were left, not what.
    """
    _ensure_herself(citizen, actor)
    if consent_version != rules.CONSENT_VERSION:
        raise Refused(_("请阅读并同意最新的个人信息处理说明后再提交。"), field="consent_version")
    name = rules.good_name(real_name) if real_name.strip() else ""
    if name is None:
        raise Refused(_("姓名中有不能识别的字符，请核对。"), field="real_name")
    number = rules.good_phone(phone) if phone.strip() else ""
    if number is None:
        raise Refused(_("电话号码不正确，请填写手机号，或带区号的座机号。"), field="phone")
    citizen.real_name, citizen.phone = name or None, number or None
    citizen.consented_at, citizen.consent_version = now, consent_version
    citizen.texts_agreed_at = now if number and agrees_to_texts else None
    fields = ["real_name", "phone", "consented_at", "consent_version", "texts_agreed_at"]
    citizen.save(update_fields=fields)
    audit.record(
        actor,
        "citizen.contact_kept",
        citizen,
        after={
            "has_name": bool(name),
            "has_number": bool(number),
            "consent": consent_version,
            "texts": citizen.texts_agreed_at is not None,
        },
        now=now,
    )


@transaction.atomic
def forget_contact(citizen: Citizen, *, actor: Actor, now: datetime) -> None:
    """She withdraws her consent (PIPL art. 15): name and number go, at once."""
    _ensure_herself(citizen, actor)
    before = citizen.consent_version
    citizen.real_name = citizen.phone = citizen.consented_at = citizen.texts_agreed_at = None
    citizen.consent_version = ""
    fields = ["real_name", "phone", "consented_at", "consent_version", "texts_agreed_at"]
    citizen.save(update_fields=fields)
    audit.record(actor, "citizen.contact_forgotten", citizen, before={"consent": before}, now=now)


@transaction.atomic
def keep_nickname(citizen: Citizen, nickname: str, *, actor: Actor, now: datetime) -> None:
    """Keep the name she goes by in WeChat, which she let us see (snsapi_userinfo)."""
    _ensure_herself(citizen, actor)
    nickname = nickname.strip()[:64]
    if nickname == (citizen.nickname or ""):
        return
    citizen.nickname = nickname or None
    citizen.save(update_fields=["nickname"])
    audit.record(actor, "citizen.nickname_kept", citizen, now=now)


@transaction.atomic
def set_large_text(citizen: Citizen, is_on: bool, *, actor: Actor, now: datetime) -> None:
    """Remember whether she reads in large text."""
    _ensure_herself(citizen, actor)
    if citizen.has_large_text == is_on:
        return
    citizen.has_large_text = is_on
    citizen.save(update_fields=["has_large_text"])
    audit.record(actor, "citizen.large_text_set", citizen, after=is_on, now=now)


@transaction.atomic
def set_region(citizen: Citizen, region_code: str, *, actor: Actor, now: datetime) -> None:
    """Remember for which region she asks: answers of that region come first."""
    _ensure_herself(citizen, actor)
    region_code = region_code.strip()
    if region_code and not (region_code.isascii() and region_code.isdigit()):
        raise Refused(_("区划代码只含数字。"), field="region_code")
    if len(region_code) > 12:
        raise Refused(_("区划代码最多12位。"), field="region_code")
    before, citizen.region_code = citizen.region_code, region_code
    if before == region_code:
        return
    citizen.save(update_fields=["region_code"])
    audit.record(actor, "citizen.region_set", citizen, before=before, after=region_code, now=now)


def _ensure_herself(citizen: Citizen, actor: Actor) -> None:
    is_herself = actor.actor_kind == "citizen" and actor.actor_id == citizen.key
    if not (is_herself or isinstance(actor, System)):
        raise NotFound
    if citizen.erased_at is not None:
        raise NotFound


# Seeing what is masked -----------------------------------------------------------------------


@transaction.atomic
def reveal(
    citizen: Citizen,
    field: RevealedField,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    agency: Agency | None = None,
) -> str:
    """Show a member of staff one masked field, for a reason, and audit that.

    She must be in sight (conversations or tickets) and the person must be allowed to reveal, both
    over the same agency: the host of her account, or `agency`, through whose ticket she is seen
    (the door passes it only after it has read that ticket through `visible_to`). The audit holds
    who, which field and why, never the value. Returns "" when she left nothing.
    """
    owner = agency or citizen.account.agency
    if not isinstance(actor, Staff) or not _may_reveal(actor, owner):
        raise NotFound
    if field not in _REVEALED:
        raise NotFound
    reason = " ".join(reason.split())
    if len(reason) < 2:
        raise Refused(_("请填写查看的理由，理由会记入审计。"), field="reason")
    value = getattr(citizen, field) or ""
    audit.record(
        actor,
        "citizen.revealed",
        citizen,
        agency=owner,
        after={"field": field},
        reason=reason,
        now=now,
    )
    return value


def _may_reveal(staff: Staff, agency: Agency) -> bool:
    sees = may(staff, Permission.READ_CONVERSATIONS, agency) or may(
        staff, Permission.READ_TICKETS, agency
    )
    return sees and may(staff, Permission.REVEAL_CITIZENS, agency)


@transaction.atomic
def reveal_to_partner(
    left: Citizen | OutsideContact,
    *,
    agency: Agency,
    reason: str,
    actor: ApiKey | Staff,
    now: datetime,
) -> Contact:
    """Give name and number to whoever exchanges tickets of an agency and has that right; each is audited.

    The door has read the ticket through `visible_to`. Raises `NotFound` without the right.
    """
    ensure_may(actor, Permission.READ_TICKETS, agency)
    ensure_may(actor, Permission.REVEAL_CITIZENS, agency)
    after = {"field": ["real_name", "phone"]}
    audit.record(
        actor, "citizen.revealed", left, agency=agency, after=after, reason=reason, now=now
    )
    return Contact(left.real_name or "", left.phone or "")


@transaction.atomic
def keep_outside_contact(
    *,
    real_name: str,
    phone: str,
    agency: Agency,
    actor: Actor,
    now: datetime,
    instead: OutsideContact | None = None,
) -> OutsideContact | None:
    """Keep whom another system names with a request it passes on, `instead` of whom it named before; None
    when it names nobody.

    What it writes is kept as written, so that it can be given back as it came. The consent is that
    system's to hold. Raises `Refused` for what is too long to be a name or a number.
    """
    real_name, phone = real_name.strip(), phone.strip()
    if not real_name and not phone:
        return None
    if len(real_name) > 60:
        raise Refused(_("姓名中有不能识别的字符，请核对。"), field="name")
    if len(phone) > 40:
        raise Refused(_("电话号码不正确，请填写手机号，或带区号的座机号。"), field="phone")
    kept = instead or OutsideContact()
    kept.real_name, kept.phone, kept.kept_at = real_name or None, phone or None, now
    kept.save()
    after = {"has_name": bool(real_name), "has_number": bool(phone)}
    audit.record(actor, "citizen.outside_contact_kept", kept, agency=agency, after=after, now=now)
    return kept


@transaction.atomic
def forget_outside_contact(
    left: OutsideContact, *, agency: Agency, actor: Actor, now: datetime
) -> None:
    """Its time is over: name and number go, the empty row stays. Once."""
    named = Q(real_name__isnull=False) | Q(phone__isnull=False)
    gone = OutsideContact.objects.filter(named, pk=left.pk)
    if gone.update(real_name=None, phone=None):
        audit.record(actor, "citizen.outside_contact_forgotten", left, agency=agency, now=now)
