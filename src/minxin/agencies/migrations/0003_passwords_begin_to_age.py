"""Passwords set before their age was noted count from now on; those of the demo city do not age."""

from typing import Any

from django.conf import settings
from django.db import migrations
from django.utils import timezone


def begin(apps: Any, editor: Any) -> None:
    """Nobody is turned away on the day of the upgrade."""
    if not settings.MINXIN_EMBEDDED:
        staff = apps.get_model("agencies", "Staff").objects.filter(password_set_at=None)
        staff.exclude(password__startswith="!").update(password_set_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("agencies", "0002_passwords_grow_old")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
