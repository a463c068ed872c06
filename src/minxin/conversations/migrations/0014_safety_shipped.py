"""The phrases and numbers every city begins with; a city edits them and adds its own."""

from django.db import migrations
from django.utils import timezone

from minxin.conversations.rules.shipped_safety import HOTLINES, RULES


def ship(apps, schema_editor):
    now = timezone.now()
    hotlines = apps.get_model("conversations", "Hotline")
    for code, name, number, source in HOTLINES:
        given = {"name": name, "number": number, "source": source, "changed_at": now}
        hotlines.objects.get_or_create(code=code, region_code="", defaults=given)
    rules = apps.get_model("conversations", "SafetyRule")
    names = ("name", "phrases", "exceptions", "words", "hotlines")
    for code, *values in RULES:
        given = dict(zip(names, values, strict=True)) | {"changed_at": now}
        rules.objects.get_or_create(code=code, region_code="", defaults=given)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0013_safety")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
