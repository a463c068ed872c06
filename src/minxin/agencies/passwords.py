"""What a password must have beside its length, and under which name wrong ones are counted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from minxin.agencies import queries
from minxin.agencies.models import Staff
from minxin.agencies.rules import REMEMBERED, classes_in


def name_to_count(request: Any, credentials: dict[str, Any] | None = None) -> str:
    """The name under which wrong passwords are counted (`AXES_USERNAME_CALLABLE`).

    Signing in finds a name in any case, so every spelling that a database may take for the same
    name counts as one: capitals, spaces around it, the long s and the dotless i too.
    """
    typed = credentials if credentials is not None else request.POST
    name = typed.get("username") or typed.get("login") or ""
    return str(name).strip().upper().casefold()


class KindsOfCharacters:
    """Three of four kinds: capital letters, small letters, digits, others.

    GB/T 22239-2019 8.1.4.1 a asks for complexity; three of four kinds is what level 3 reviews
    take it to mean.
    """

    def __init__(self, at_least: int = 3) -> None:
        self.at_least = at_least

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` when too few kinds are there."""
        if classes_in(password) < self.at_least:
            raise ValidationError(self.get_help_text(), code="password_too_uniform")

    def get_help_text(self) -> str:
        """What a form says beside the field."""
        return _("密码应包含大写字母、小写字母、数字和其他字符中的至少三种。")


class NotUsedBefore:
    """None of the person's last five passwords, the present one among them.

    GB/T 22239-2019 8.1.4.1 a asks that passwords be changed from time to time; one that comes back
    was not changed.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` when this person has used it lately."""
        if isinstance(user, Staff) and queries.has_used(user, password):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        """What a form says beside the field."""
        return _("不能使用最近 %(count)s 次用过的密码。") % {"count": REMEMBERED}
