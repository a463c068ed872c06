"""Writes of staff: people, their roles and passwords."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit, models, queries
from minxin.agencies.actions.checking import validate
from minxin.agencies.models import Agency, Membership, Staff, UsedPassword
from minxin.agencies.rules import REMEMBERED, Permission, Role, conflict
from minxin.core.actors import Actor
from minxin.core.errors import NotFound, Refused


@transaction.atomic
def add_staff(
    *,
    username: str,
    name: str,
    agency: Agency,
    role: Role | models.Role,
    password: str | None = None,
    email: str = "",
    must_change_password: bool = True,
    accept_any_password: bool = False,
    actor: Actor,
    now: datetime,
) -> Staff:
    """Let a person sign in, with a first role in an agency.

    Without a password nobody can sign in as this person until `reset_password`. Only the demo
    city passes `accept_any_password`: whoever starts it chooses MINXIN_DEMO_PASSWORD, which does
    not grow old either.
    """
    queries.ensure_may(actor, Permission.EDIT_STAFF, agency)
    staff = Staff(
        username=username.strip().lower(),
        name=name.strip(),
        email=email.strip(),
        must_change_password=must_change_password,
        joined_at=now,
    )
    validate(staff)
    if Staff.objects.filter(username=staff.username).exists():
        raise Refused(_("这个登录名已经有人使用。"), field="username")
    if password is None:
        staff.set_unusable_password()
    elif accept_any_password:
        staff.set_password(password)
    else:
        _set_password(staff, password, now)
    staff.save(force_insert=True)
    if staff.password_set_at is not None:
        _remember_password(staff, now)
    Membership.objects.create(staff=staff, agency=agency, role=role.value)
    audit.record(
        actor,
        "staff.added",
        staff,
        after={
            "username": staff.username,
            "name": staff.name,
            "role": role.value,
            "agency": str(agency),
        },
        now=now,
    )
    return staff


@transaction.atomic
def update_staff(staff: Staff, *, name: str, email: str, actor: Actor, now: datetime) -> None:
    """Correct a person's name or address; nothing is written when nothing changed."""
    _ensure_may_edit(actor, staff)
    before = {"name": staff.name, "email": staff.email}
    after = {"name": name.strip(), "email": email.strip()}
    if before == after:
        return
    staff.name, staff.email = after["name"], after["email"]
    validate(staff)
    staff.save(update_fields=["name", "email"])
    audit.record(actor, "staff.updated", staff, before=before, after=after, now=now)


@transaction.atomic
def grant_role(
    staff: Staff, agency: Agency, role: Role | models.Role, *, actor: Actor, now: datetime
) -> Membership:
    """Give a person a role in an agency and everything below it.

    Nobody gives herself a role, and duties that check each other stay with different people
    (`rules.CONFLICTS`). Granting what she has changes nothing.
    """
    queries.ensure_may(actor, Permission.EDIT_STAFF, agency)
    if _is_same(actor, staff):
        raise Refused(_("不能给自己授予角色，请由另一位管理员办理。"))
    if not staff.is_active:
        raise Refused(_("这位人员已离岗，请先恢复。"))
    Staff.objects.select_for_update().get(pk=staff.pk)  # two grants at once see each other
    clash = conflict(queries.roles_of(staff), Role(role.value))
    if clash is not None:
        raise Refused(
            _("职责须分离：%(held)s不能同时担任%(wanted)s，请指定另一位人员。")
            % {"held": _label(clash), "wanted": _label(role)},
            field="role",
        )
    membership, is_new = Membership.objects.get_or_create(
        staff=staff, agency=agency, role=role.value
    )
    if is_new:
        after = {"role": role.value, "agency": str(agency)}
        audit.record(actor, "role.granted", staff, agency=agency, after=after, now=now)
    return membership


@transaction.atomic
def withdraw_role(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Take a role away, at once. The last administrator of an agency stays."""
    agency, staff = membership.agency, membership.staff
    queries.ensure_may(actor, Permission.EDIT_STAFF, agency)
    if membership.role == Role.ADMINISTRATOR:
        _ensure_somebody_administers(agency, without=staff)
    before = {"role": membership.role, "agency": str(agency)}
    membership.delete()
    audit.record(actor, "role.withdrawn", staff, agency=agency, before=before, now=now)


@transaction.atomic
def deactivate_staff(staff: Staff, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """End a person's access at once. The person's name stays on what was done."""
    _ensure_may_edit(actor, staff)
    if _is_same(actor, staff):
        raise Refused(_("不能停用自己的登录，请由另一位管理员办理。"))
    for membership in queries.memberships_of(staff).filter(role=Role.ADMINISTRATOR):
        _ensure_somebody_administers(membership.agency, without=staff)
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    audit.record(
        actor,
        "staff.deactivated",
        staff,
        before={"is_active": True},
        after={"is_active": False},
        reason=reason,
        now=now,
    )


@transaction.atomic
def reactivate_staff(staff: Staff, *, actor: Actor, now: datetime) -> None:
    """Let a person who came back sign in again: the old password opens nothing but the page on which
    it is changed, and does not count as a new one."""
    _ensure_may_edit(actor, staff)
    staff.is_active, staff.must_change_password = True, True
    staff.save(update_fields=["is_active", "must_change_password"])
    audit.record(
        actor,
        "staff.reactivated",
        staff,
        before={"is_active": False},
        after={"is_active": True},
        now=now,
    )


@transaction.atomic
def reset_password(staff: Staff, password: str, *, actor: Actor, now: datetime) -> None:
    """Set a password for somebody else, none of her last five, to be changed at the next sign-in."""
    _ensure_may_edit(actor, staff)
    _set_password(staff, password, now)
    staff.must_change_password = True
    staff.save(update_fields=["password", "password_set_at", "must_change_password"])
    _remember_password(staff, now)
    audit.record(actor, "staff.password_reset", staff, now=now)


@transaction.atomic
def change_password(staff: Staff, password: str, *, actor: Actor, now: datetime) -> None:
    """Change one's own password; none of the last five counts as a new one."""
    if not _is_same(actor, staff):
        raise NotFound
    _set_password(staff, password, now)
    staff.must_change_password = False
    staff.save(update_fields=["password", "password_set_at", "must_change_password"])
    _remember_password(staff, now)
    audit.record(actor, "staff.password_changed", staff, now=now)


@transaction.atomic
def note_sign_in(staff: Staff, verb: str, *, now: datetime) -> None:
    """Audit a sign-in, a sign-out, a failed try, a second factor set up or removed."""
    audit.record(staff, verb, staff, now=now)


@transaction.atomic
def choose_language(staff: Staff, language: str, *, actor: Actor, now: datetime) -> None:
    """Remember in which language a person reads the console."""
    if not _is_same(actor, staff):
        raise NotFound
    before, staff.language = staff.language, language
    validate(staff)
    staff.save(update_fields=["language"])
    audit.record(actor, "staff.language_chosen", staff, before=before, after=language, now=now)


@transaction.atomic
def choose_agency(staff: Staff, agency: Agency | None, *, actor: Actor, now: datetime) -> None:
    """Remember whose work a person wants to see; None: that of all her agencies."""
    if not _is_same(actor, staff) or (agency and agency not in queries.agencies_of(staff)):
        raise NotFound
    if staff.acts_for == agency:
        return
    before, staff.acts_for = staff.acts_for, agency
    staff.save(update_fields=["acts_for"])
    audit.record(
        actor,
        "staff.agency_chosen",
        staff,
        before=str(before or ""),
        after=str(agency or ""),
        now=now,
    )


def _is_same(actor: Actor, staff: Staff) -> bool:
    return actor.actor_kind == staff.actor_kind and actor.actor_id == staff.actor_id


def _ensure_may_edit(actor: Actor, staff: Staff) -> None:
    """A person is kept by who keeps every agency she has a role in: a district's administrator
    does not take over the password of somebody who also works for the city."""
    homes = [membership.agency for membership in queries.memberships_of(staff)]
    if not homes:
        queries.ensure_may_everywhere(actor, Permission.EDIT_STAFF)
    for agency in homes:
        queries.ensure_may(actor, Permission.EDIT_STAFF, agency)


def _ensure_somebody_administers(agency: Agency, *, without: Staff) -> None:
    others = queries.staff_who_may(Permission.EDIT_STAFF, agency).exclude(pk=without.pk)
    if not others.exists():
        raise Refused(_("这是该机构最后一位管理员，请先指定另一位。"))


def _set_password(staff: Staff, password: str, now: datetime) -> None:
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise Refused("".join(error.messages), field="password") from error
    staff.set_password(password)
    staff.password_set_at = now


def _remember_password(staff: Staff, now: datetime) -> None:
    UsedPassword.objects.create(staff=staff, password=staff.password, set_at=now)
    kept = list(staff.used_passwords.values_list("pk", flat=True)[:REMEMBERED])
    staff.used_passwords.exclude(pk__in=kept).delete()


def _label(role: Role | models.Role) -> str:
    return str(models.Role(role.value).label)
