"""The table of the shared cache, in which wrong codes at sign-in are counted for all processes."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def make(apps: Any, schema_editor: Any) -> None:
    """As `createcachetable` does; nothing when it is there."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_passwords_begin_to_age")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
