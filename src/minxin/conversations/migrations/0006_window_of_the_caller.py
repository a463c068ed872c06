from typing import Any

from django.db import migrations


def forget_computed_windows(apps: Any, schema_editor: Any) -> None:
    """Customer-service messages carried WeChat's 48 hours here; the column is now what the caller said."""
    outgoing = apps.get_model("conversations", "Outgoing")
    outgoing.objects.filter(channel="custom").update(window_ends_at=None)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_outcomes")]

    operations = [migrations.RunPython(forget_computed_windows, migrations.RunPython.noop)]
