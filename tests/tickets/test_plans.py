"""The pages that agents live in find their tickets through an index, on both databases."""

import json

import pytest

from tests.support.databases import EITHER_DATABASE, own_database

FILES = """
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
"""
FILL = "from minxin.cli.bench.tickets_model import fill, sign_in; fill(400); sign_in()"
LOOK = """
from django.db import connection
from minxin.cli.bench.tickets_plans import look
if connection.vendor == "postgresql":
    connection.cursor().execute("SET enable_seqscan = off")
look({city!r})
"""


@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_no_page_reads_all_tickets(kind: str) -> None:
    """PostgreSQL reads a table of four hundred rows in full because it is small: told not to, it does so
    only where no index would serve."""
    with own_database(kind) as database:
        database.run(FILES)
        city = database.run(FILL)
        seen = json.loads(database.run(LOOK.format(city=city)))

    assert seen["without_index"] == []
    opened = [words for words in seen["words"] if "queries" in words]
    assert len(opened) > 20
    assert not [words for words in opened if ": 0 queries" in words]


def test_a_query_that_reads_all_is_told(db: None) -> None:
    from minxin.cli.bench.tickets_plans import read_in_full

    told = read_in_full("SELECT text FROM tickets_ticket WHERE reopened_times = 3")
    assert told == ["tickets_ticket"]
    assert read_in_full("SELECT id FROM tickets_ticket WHERE number = 'A'") == []
