"""Rows of lists are what django-tables2 makes of them, cell by cell, without its time."""

from datetime import UTC, datetime
from typing import Any

import django_tables2 as tables
import pytest
from django.template import Context
from django.template.base import render_value_in_context
from django.test import RequestFactory

from minxin.console import rows
from minxin.console.lists import Table
from tests.console.conftest import SignIn, Work
from tests.console.test_lists import LISTS
from tests.support.city import City


def by_the_library(table: Any, context: Context) -> list[list[str]]:
    return [
        [render_value_in_context(cell, context) for _column, cell in row.items()]
        for row in table.paginated_rows
    ]


def ours(table: Any, context: Context) -> list[list[str]]:
    found = []
    for row in table.paginated_rows:
        cells = [rows._column(table, each, context)(row) for each in table.columns]
        found.append([each.partition(">")[2].removesuffix("</td>") for each in cells])
    return found


@pytest.mark.parametrize(("path", "permitted", "_other"), LISTS)
def test_every_list_shows_the_cells_of_the_library(
    city: City,
    work: Work,
    at_desk: SignIn,
    request: pytest.FixtureRequest,
    path: str,
    permitted: str,
    _other: str | None,
) -> None:
    person = getattr(city, permitted, None) or request.getfixturevalue(permitted)
    answer = at_desk(person).get(path)
    assert answer.status_code == 200
    table = (answer.context or {}).get("table")
    if table is None:
        pytest.skip("no table")
    context = Context({})
    assert ours(table, context) == by_the_library(table, context)


class Every(Table):
    """Each kind of column that lists have."""

    name = tables.Column(linkify=lambda record: f"/somewhere/{record['name']}/")
    number = tables.Column()
    good = tables.BooleanColumn(yesno=("好", "坏"))
    at = tables.DateTimeColumn(format="Y-m-d H:i")
    exactly = tables.DateTimeColumn(format="Y-m-d H:i:s", linkify=lambda record: "/x/")
    short = tables.DateTimeColumn()
    on = tables.DateColumn(format="Y-m-d")
    said = tables.TemplateColumn("<b>{{ value }}</b>{{ record.number }}")

    def render_number(self, value: int, column: tables.Column) -> str:
        return f"{value}<{column.verbose_name}"

    class Meta(Table.Meta):
        pass


def test_each_kind_of_column_is_as_in_the_library_and_escaped(rf: RequestFactory) -> None:
    at = datetime(2026, 11, 27, 23, 30, 5, tzinfo=UTC)
    full = {"name": "<i>云溪", "number": 12345, "good": True, "at": at, "exactly": at, "short": at,
            "on": at.date(), "said": "“<”"}  # fmt: skip
    table = Every([full, dict.fromkeys(full)])
    tables.RequestConfig(rf.get("/")).configure(table)
    context = Context({})
    found = ours(table, context)
    assert found == by_the_library(table, context)
    assert found[0][0] == '<a href="/somewhere/&lt;i&gt;云溪/">&lt;i&gt;云溪</a>'
    assert "2026-11-28 07:30" in found[0][3]
    assert found[1][3] == "—"
    table.has_picks = False
    page = table.as_html(rf.get("/"))
    assert 'data-column="at" data-label="At" data-empty>—<' in page
