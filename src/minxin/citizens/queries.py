"""All reads: one citizen, those a person of staff may see, what lists show of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen, OutsideContact
from minxin.citizens.rules import CONSENT_VERSION, mask_name, mask_phone
from minxin.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Profile:
    """What a page may show of a citizen: masked, never the openid."""

    key: str
    shown_name: str
    masked_name: str
    masked_phone: str
    region_code: str
    has_consented: bool
    has_large_text: bool
    is_following: bool
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """A citizen's own contact fields, for her own pages only."""

    real_name: str = field(repr=False)
    phone: str = field(repr=False)


def by_key(key: str) -> Citizen:
    """The citizen of a key, with her account; raises `NotFound`."""
    found = Citizen.objects.select_related("account").filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def visible_to(staff: Staff, permission: Permission = Permission.READ_CONVERSATIONS) -> Any:
    """The followers of the accounts in whose branch a person has a permission."""
    return Citizen.objects.visible_to(staff, permission).select_related("account")


def citizen_for(
    staff: Staff, key: str, permission: Permission = Permission.READ_CONVERSATIONS
) -> Citizen:
    """One of them; raises `NotFound` when missing or out of this person's sight."""
    found: Citizen | None = visible_to(staff, permission).filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def has_consented(citizen: Citizen) -> bool:
    """Whether she agreed to the text that is in force."""
    return citizen.consented_at is not None and citizen.consent_version == CONSENT_VERSION


def is_following(citizen: Citizen) -> bool:
    """Whether she follows now, as far as the pushes tell."""
    if citizen.followed_at is None:
        return False
    return citizen.unfollowed_at is None or citizen.followed_at > citizen.unfollowed_at


def shown_as(name: str | None, key: str) -> str:
    """How a list names a citizen: her masked name, else the first digits of her key."""
    return mask_name(name) or _("市民%s") % key[:6]


def profile_of(citizen: Citizen) -> Profile:
    """What a page may show of her."""
    name = citizen.real_name or citizen.nickname
    return Profile(
        key=citizen.key,
        shown_name=shown_as(name, citizen.key),
        masked_name=mask_name(name),
        masked_phone=mask_phone(citizen.phone),
        region_code=citizen.region_code,
        has_consented=has_consented(citizen),
        has_large_text=citizen.has_large_text,
        is_following=is_following(citizen),
        is_erased=citizen.erased_at is not None,
    )


def profiles(keys: Iterable[str]) -> dict[str, Profile]:
    """Key -> profile, one query for a page of a list. The caller has checked who may see them."""
    return {key: profile_of(row) for key, row in Citizen.objects.in_bulk(list(keys)).items()}


def names(keys: Iterable[str]) -> dict[str, str]:
    """Key -> how a list names her; one query that unseals nothing but names. The caller has checked who may
    see them."""
    rows = Citizen.objects.filter(pk__in=list(keys)).values_list("key", "real_name", "nickname")
    return {key: shown_as(name or nickname, key) for key, name, nickname in rows}


def contact_of(citizen: Citizen) -> Contact:
    """What she left herself, to be shown to nobody but her (staff: `actions.reveal`)."""
    return Contact(real_name=citizen.real_name or "", phone=citizen.phone or "")


def masked_contact(left: Citizen | OutsideContact | None) -> Contact:
    """Name and number as lists show them; empty for nobody."""
    if left is None:
        return Contact("", "")
    return Contact(mask_name(left.real_name), mask_phone(left.phone))


def to_erase() -> Any:
    """Who has unfollowed and is not erased yet: a process that stopped may leave some behind."""
    return Citizen.objects.filter(unfollowed_at__isnull=False, erased_at=None).exclude(
        followed_at__gt=F("unfollowed_at")
    )
