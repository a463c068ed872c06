"""All reads: what a person may do and see, the tree, the calendar, the audit, notices."""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db.models import Model, QuerySet

from minxin.agencies.calendars import (
    Calendars,
    calendar_days_for,
    calendar_days_of,
    calendars_at_hand,
    hours_of,
    working_calendar,
)
from minxin.agencies.models import (
    Agency,
    AgencyQuerySet,
    ApiKey,
    AuditEntry,
    AuditQuerySet,
    LocalDivision,
    Membership,
    Staff,
    StaffNotice,
)
from minxin.agencies.rules import (
    PERMISSIONS,
    Permission,
    Role,
    ancestor_paths,
    is_root,
    is_too_old,
    is_within,
    roles_with,
)
from minxin.agencies.scope import held_by, paths_of
from minxin.core.actors import Actor, System
from minxin.core.divisions import Divisions
from minxin.core.errors import NotFound
from minxin.core.once import once

__all__ = [
    "Calendars",
    "acting_for",
    "agencies_for",
    "agencies_of",
    "agency_for",
    "ancestors_of",
    "audit_visible_to",
    "calendar_days_for",
    "calendar_days_of",
    "calendars_at_hand",
    "divisions",
    "ensure_may",
    "ensure_may_everywhere",
    "home_of",
    "hours_of",
    "key_shown",
    "keys_visible_to",
    "last_audit_of",
    "latest_notice",
    "local_divisions",
    "may",
    "may_everywhere",
    "memberships_of",
    "notices_of",
    "paths_of",
    "permissions_of",
    "roles_of",
    "root_agency",
    "sight_of",
    "staff_for",
    "staff_in_role",
    "staff_visible_to",
    "staff_who_may",
    "staff_with",
    "subtree_of",
    "working_calendar",
]


# What a person may do ------------------------------------------------------------------------


def may(staff: Staff | ApiKey, permission: Permission, agency: Agency | None = None) -> bool:
    """Whether a person has a permission over an agency; without one, over any at all."""
    paths = paths_of(staff, permission)
    return bool(paths) if agency is None else is_within(agency.path, paths)


def may_everywhere(staff: Staff, permission: Permission) -> bool:
    """Whether a person has a permission over a whole tree: what concerns every agency needs it."""
    return any(is_root(path) for path in paths_of(staff, permission))


def ensure_may(actor: Actor, permission: Permission, agency: Agency | None = None) -> None:
    """Every action of staff starts here: raises `NotFound` unless this actor may.

    The system may; a partner's key may what it was given; a citizen never has a permission of staff.
    """
    if isinstance(actor, System):
        return
    if not isinstance(actor, Staff | ApiKey) or not may(actor, permission, agency):
        raise NotFound


def ensure_may_everywhere(actor: Actor, permission: Permission) -> None:
    """As `ensure_may`, for what concerns every agency."""
    if isinstance(actor, System):
        return
    if not isinstance(actor, Staff) or not may_everywhere(actor, permission):
        raise NotFound


def permissions_of(staff: Staff) -> frozenset[Permission]:
    """All a person may do anywhere: what decides which entries a menu has."""
    if not staff.is_active:
        return frozenset()
    held = {role for role, _agency, _path in held_by(staff)}
    return frozenset().union(*(PERMISSIONS[Role(role)] for role in held))


def roles_of(staff: Staff) -> frozenset[Role]:
    """The roles a person holds, in whichever agency."""
    return frozenset(Role(role) for role in staff.memberships.values_list("role", flat=True))


def memberships_of(staff: Staff) -> QuerySet[Membership]:
    """A person's roles with their agencies, the oldest first."""
    return staff.memberships.select_related("agency").order_by("id")


def home_of(staff: Staff) -> Agency | None:
    """The agency of a person's oldest membership; None for who has none."""
    first = next(iter(_memberships(staff)), None)
    return first.agency if first else None


def agencies_of(staff: Staff) -> list[Agency]:
    """The agencies in use in which a person has a role, that of the oldest role first."""
    rows = [each for each in _memberships(staff) if each.agency.is_active]
    return list({row.agency_id: row.agency for row in rows}.values())


def _memberships(staff: Staff) -> list[Membership]:
    return once(("memberships", staff.pk), lambda: list(memberships_of(staff)))


def acting_for(staff: Staff) -> Agency | None:
    """The one of her agencies whose work a person chose to see; None for all of them."""
    if staff.acts_for_id is None:
        return None
    mine = agencies_of(staff)
    found = [agency for agency in mine if agency.pk == staff.acts_for_id]
    return found[0] if found and len(mine) > 1 else None


def sight_of(staff: Staff) -> Staff:
    """The person as lists and counts see her: narrowed to the agency she chose, when she chose one.

    For reading many things at once. What she may open and do follows from all her roles, so that a
    link from a notice leads there whatever she looks at.
    """
    chosen = acting_for(staff)
    if chosen is None:
        return staff
    seen = copy.copy(staff)
    seen.sees_only = chosen.path
    return seen


# Staff ---------------------------------------------------------------------------------------


def staff_who_may(permission: Permission, agency: Agency) -> QuerySet[Staff]:
    """Who has a permission over an agency, through it or any above it."""
    return _holders(permission, ancestor_paths(agency.path))


def staff_with(permission: Permission, agency: Agency) -> QuerySet[Staff]:
    """Who has a permission through this very agency: the people to tell of its work."""
    return _holders(permission, (agency.path,))


def staff_in_role(role: Role, agency: Agency) -> QuerySet[Staff]:
    """Who has a role in this very agency."""
    holds = Membership.objects.filter(agency=agency, agency__is_active=True, role=role.value)
    return Staff.objects.filter(is_active=True, pk__in=holds.values("staff"))


def _holders(permission: Permission, paths: tuple[str, ...]) -> QuerySet[Staff]:
    holds = Membership.objects.filter(
        agency__path__in=paths, agency__is_active=True, role__in=roles_with(permission)
    )
    return Staff.objects.filter(is_active=True, pk__in=holds.values("staff"))


def staff_visible_to(
    staff: Staff, permission: Permission = Permission.READ_STAFF
) -> QuerySet[Staff]:
    """The people who have a role in a branch this person may see, each once."""
    there = Membership.objects.visible_to(staff, permission)
    return Staff.objects.filter(pk__in=there.values("staff"))


def staff_for(staff: Staff, permission: Permission, staff_id: int) -> Staff:
    """One of them; raises `NotFound` when missing or out of this person's sight."""
    found = staff_visible_to(staff, permission).filter(pk=staff_id).first()
    if found is None:
        raise NotFound
    return found


# The tree ------------------------------------------------------------------------------------


def agencies_for(staff: Staff, permission: Permission) -> AgencyQuerySet:
    """The agencies over which a person has a permission, parents before children."""
    return Agency.objects.visible_to(staff, permission)


def agency_for(staff: Staff, permission: Permission, agency_id: int) -> Agency:
    """One of them; raises `NotFound` when missing or out of this person's sight."""
    found = agencies_for(staff, permission).filter(pk=agency_id).first()
    if found is None:
        raise NotFound
    return found


def root_agency() -> Agency | None:
    """The top of the oldest tree: the city itself."""
    return Agency.objects.filter(parent=None).order_by("id").first()


def subtree_of(agency: Agency) -> AgencyQuerySet:
    """The agency and everything below it."""
    return Agency.objects.under((agency.path,))


def ancestors_of(agency: Agency) -> list[Agency]:
    """The agencies above this one, the root first: the trail of a page."""
    above = Agency.objects.filter(path__in=ancestor_paths(agency.path)[:-1])
    return sorted(above, key=lambda found: len(found.path))


# Keys of the open API ------------------------------------------------------------------------


def keys_visible_to(staff: Staff) -> QuerySet[ApiKey]:
    """The keys of the branches over which a person gives rights, the newest first."""
    found: QuerySet[ApiKey] = ApiKey.objects.visible_to(staff, Permission.EDIT_STAFF)
    return found.select_related("agency", "created_by")


def key_shown(token: str) -> ApiKey | None:
    """The key that a machine shows, whatever its state; None for none. Compared in constant time."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "mx" or len(token) > 100:
        return None
    found: ApiKey | None = ApiKey.objects.filter(mark=parts[1]).select_related("agency").first()
    known = found.digest if found else "0" * 64
    is_same = hmac.compare_digest(known, hashlib.sha256(token.encode()).hexdigest())
    return found if is_same else None


# Divisions -----------------------------------------------------------------------------------


def divisions(also: Iterable[str] = ()) -> Divisions:
    """The divisions that are known here: the national ones, our own, and every code that an agency has,
    or that is named in `also`."""
    used = Agency.objects.exclude(region_code="").values_list("region_code", flat=True)
    return Divisions(
        local=dict(LocalDivision.objects.values_list("code", "name")),
        bare=frozenset({*used.distinct().order_by(), *also}),
    )


def local_divisions(staff: Staff) -> QuerySet[LocalDivision]:
    """Our own divisions, for whoever keeps agencies somewhere; they hold for everybody."""
    may_see = may(staff, Permission.EDIT_AGENCIES)
    return LocalDivision.objects.all() if may_see else LocalDivision.objects.none()


# Passwords -----------------------------------------------------------------------------------


def password_is_too_old(staff: Staff, *, now: datetime) -> bool:
    """Whether a person has to choose a new password before anything else."""
    return is_too_old(staff.password_set_at, days=settings.MINXIN_PASSWORD_DAYS, now=now)


def has_used(staff: Staff, password: str) -> bool:
    """Whether it is this person's present password or one of those remembered."""
    if staff._state.adding:
        return False
    known = {staff.password, *staff.used_passwords.values_list("password", flat=True)}
    return any(check_password(password, each) for each in known)


# The audit and notices -----------------------------------------------------------------------


def audit_visible_to(staff: Staff) -> AuditQuerySet:
    """The audit of the branches a person audits, newest first."""
    return AuditEntry.objects.visible_to(staff, Permission.READ_AUDIT)


def last_audit_of(subject: Model, verb: str) -> AuditEntry | None:
    """The last time something was done to a thing; for a page that already may show the thing."""
    return AuditEntry.objects.filter(
        verb=verb, subject_kind=subject._meta.label_lower, subject_id=str(subject.pk)
    ).first()


def latest_notice() -> int:
    """A number that grows whenever somebody was told something."""
    return StaffNotice.objects.order_by("-id").values_list("id", flat=True).first() or 0


def notices_of(staff: Staff) -> QuerySet[StaffNotice]:
    """What a person was told, newest first; `read_at` is null for what is unread."""
    return staff.notices.order_by("-created_at", "-id")
