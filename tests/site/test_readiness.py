"""Readiness tells whether a message could be recorded now, not only whether a row can be read."""

import pytest

from tests.support.databases import own_database

ASK = """
import json
from django.core.management import call_command
from django.db import connection
from minxin.site.health import Health
call_command("migrate", fake=True, verbosity=0, interactive=False)
health = Health(None)
told = [health.faults()]
{lock}
told.append(health.faults())
{free}
told.append(health.faults())
print(json.dumps(told))
"""
LOCK = """
import sqlite3
other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
"""
FREE = "other.execute('ROLLBACK')"
READ_ONLY = """
with connection.cursor() as cursor:
    cursor.execute("SET default_transaction_read_only = on")
"""
WRITABLE = """
with connection.cursor() as cursor:
    cursor.execute("SET default_transaction_read_only = off")
"""


@pytest.mark.slow
def test_a_database_that_is_locked_turns_it_red_until_it_is_free() -> None:
    with own_database("sqlite") as database:
        told = database.run(ASK.format(lock=LOCK, free=FREE))
    assert told == '[[], ["database: takes no writes (database is locked)"], []]'


ONLY_READ = """
options = connection.settings_dict["OPTIONS"]
usual = options["init_command"]
options["init_command"] = usual + ";PRAGMA query_only = on"  # as a file on a read-only disk answers
connection.close()
"""
READ_AND_WRITE = """
options["init_command"] = usual
connection.close()
"""


@pytest.mark.slow
def test_a_file_that_cannot_be_written_turns_it_red() -> None:
    with own_database("sqlite") as database:
        told = database.run(ASK.format(lock=ONLY_READ, free=READ_AND_WRITE))
    assert told == (
        '[[], ["database: takes no writes (attempt to write a readonly database)"], []]'
    )


@pytest.mark.slow
@pytest.mark.postgres
def test_a_database_that_only_reads_turns_it_red() -> None:
    with own_database("postgres") as database:
        told = database.run(ASK.format(lock=READ_ONLY, free=WRITABLE))
    assert told == '[[], ["database: read-only"], []]'
