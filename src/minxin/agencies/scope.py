"""Who may see what: every read that a member of staff sees starts here."""

from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from django.apps import apps
from django.db import models
from django.db.models import Q

from minxin.agencies.rules import Permission, narrowed, outermost, roles_with
from minxin.core.once import once

if TYPE_CHECKING:
    from minxin.agencies.keys import ApiKey
    from minxin.agencies.models import Staff

# Up to so many agencies are named one by one, which lets the database go through an index of what is theirs.
MOST_NAMED = 300
_M = TypeVar("_M", bound=models.Model)


def paths_of(staff: "Staff | ApiKey", permission: Permission) -> tuple[str, ...]:
    """The branches of the tree in which this person has a permission, outermost first, sorted.

    A partner's key has one branch. Nothing for who has left, and nothing through an agency that is no longer in use. A branch that
    lies inside another of the answer is left out.
    """
    if staff.actor_kind == "key":
        return staff.paths(permission)  # type: ignore[union-attr]
    staff = cast("Staff", staff)
    if not staff.is_active or staff.pk is None:
        return ()
    roles = roles_with(permission)
    paths = outermost(path for role, _agency, path in held_by(staff) if role in roles)
    return narrowed(paths, staff.sees_only) if staff.sees_only else paths


def held_by(staff: "Staff") -> list[tuple[str, int, str]]:
    """The roles a person holds in agencies in use: each with the agency and its path."""

    def read() -> list[tuple[str, int, str]]:
        rows = staff.memberships.filter(agency__is_active=True)
        return list(rows.values_list("role", "agency_id", "agency__path"))

    return once(("held", staff.pk), read)


class ScopedQuerySet(models.QuerySet[_M]):
    """A queryset narrowed to the branches of the agency tree in which a person has a permission.

    `agency_path` is the lookup from the model to the path of the agency that owns the row.
    """

    agency_path = "agency__path"

    def visible_to(self, staff: "Staff | ApiKey", permission: Permission) -> Self:
        """The rows this person may see under this permission; none without it."""
        return self.under(paths_of(staff, permission))

    def under(self, paths: tuple[str, ...]) -> Self:
        """The rows of these branches of the tree; none for no branch."""
        if not paths:
            return self.none()
        allowed = Q()
        for path in paths:
            allowed |= Q(**{f"{self.agency_path}__startswith": path})
        return self.filter(allowed)


def numbers_under(paths: tuple[str, ...]) -> list[int] | None:
    """The agencies of these branches; None where they are more than `MOST_NAMED`."""

    def read() -> list[int]:
        agencies = apps.get_model("agencies", "Agency").objects  # its module needs this one
        rows = agencies.under(paths).order_by().values_list("pk", flat=True)
        return list(rows[: MOST_NAMED + 1])

    found = once(("under", paths), read)
    return found if len(found) <= MOST_NAMED else None


def scoped(agency_path: str) -> Any:
    """A manager whose querysets have `visible_to`, for a model that reaches its agency another way."""
    queryset: Any = type("ScopedQuerySet", (ScopedQuerySet,), {"agency_path": agency_path})
    return queryset.as_manager()
