"""Entries and documents that stand get what their source and number are compared by."""

from typing import Any

from django.db import migrations

from minxin.knowledge.rules import comparable_number, title_key


def fill(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("knowledge", "Entry").objects.all()
    for entry in entries.iterator(chunk_size=500):
        entry.normal_source = title_key(entry.source_title)[:200]
        entry.normal_number = comparable_number(entry.document_number)[:80]
        entry.save(update_fields=["normal_source", "normal_number"])
    documents = apps.get_model("knowledge", "Document").objects.exclude(document_number="")
    for document in documents.iterator(chunk_size=500):
        document.normal_number = comparable_number(document.document_number)[:80]
        document.save(update_fields=["normal_number"])


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0010_validity")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
