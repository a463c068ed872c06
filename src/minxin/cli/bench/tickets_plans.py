"""How the queries behind the pages of tickets find their rows, by the database's own account."""

import json
import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minxin.cli.bench.tickets_load import DASHBOARDS, FIGURES, LISTS
from minxin.tickets.models import LedgerEntry, Ticket, TicketEvent, TicketFacts

LARGE = tuple(each._meta.db_table for each in (Ticket, TicketEvent, LedgerEntry, TicketFacts))


def look(city: str) -> None:
    """Open every page once and print as JSON what was read in full."""
    told = json.loads(city)
    found: dict[str, list[str]] = {"words": [], "without_index": []}
    for agent in told["agents"][:2]:  # the whole city's, an agency's
        client = Client()
        for name, value in agent["cookies"].items():
            client.cookies[name] = value
        newest = Ticket.objects.order_by("-filed_at").values_list("number", flat=True).first()
        pages = [f"/console/tickets/{each}" for each in LISTS]
        pages += [*DASHBOARDS, *FIGURES, f"/console/tickets/{newest}/"]
        for page in pages:
            _look(client, page, agent["name"], found)
    print(json.dumps(found))


def _look(client: Client, page: str, name: str, found: dict[str, list[str]]) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(page, headers={"host": "127.0.0.1"})
    if answer.status_code != 200:
        found["words"].append(f"{name} {page}: {answer.status_code}")
    queries = [each for each in asked.captured_queries if each["sql"].startswith("SELECT")]
    total = sum(float(each["time"]) for each in queries) * 1000
    found["words"].append(f"{name} {page}: {len(queries)} queries, {total:.0f} ms")
    for query in queries:
        took = float(query["time"]) * 1000
        if took >= 20:
            found["words"].append(f"  {took:.0f} ms {query['sql'][:1500]}")
        if scans := read_in_full(query["sql"]):
            found["without_index"].append(f"{page} {scans}: {query['sql'][:300]}")
            found["words"].append(f"  in full {scans}: {query['sql'][:1500]}")


def read_in_full(sql: str) -> list[str]:
    """The large tables that a query reads row by row, without any index."""
    if not any(table in sql for table in LARGE):
        return []
    words = _plan(sql)
    if connection.vendor == "postgresql":
        return [table for table in LARGE if re.search(rf"Seq Scan on {table}\b", words)]
    return [
        table
        for table in LARGE
        if re.search(rf'SCAN "?{table}"?(?! USING)', words)
        or re.search(rf"SCAN U\d+(?! USING)(?=.*{table})", words)
    ]


def _plan(sql: str) -> str:
    """The plan of a query whose values are written out, as both databases' logs have it."""
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'' if is_postgres else 'QUERY PLAN '}{sql.replace('%', '%%')}")
        rows: list[Any] = cursor.fetchall()
    return "\n".join(str(row[-1]) for row in rows)
