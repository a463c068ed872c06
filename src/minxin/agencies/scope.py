"""Who may see what: every read that a member of staff sees starts here."""

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from minxin.agencies.rules import Permission

if TYPE_CHECKING:
    from minxin.agencies.models import Staff

_M = TypeVar("_M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[_M]):
    """A queryset narrowed to the branches of the agency tree in which a person has a permission.

    `agency_path` is the lookup from the model to the path of the agency that owns the row.
    """

    agency_path = "agency__path"

    def visible_to(self, staff: "Staff", permission: Permission) -> Self:
        """The rows this person may see under this permission; none without it."""
        from minxin.agencies.queries import paths_of

        allowed = Q()
        paths = paths_of(staff, permission)
        if not paths:
            return self.none()
        for path in paths:
            allowed |= Q(**{f"{self.agency_path}__startswith": path})
        return self.filter(allowed)


def scoped(agency_path: str) -> Any:
    """A manager whose querysets have `visible_to`, for a model that reaches its agency another way."""
    queryset = type("ScopedQuerySet", (ScopedQuerySet,), {"agency_path": agency_path})
    return queryset.as_manager()
