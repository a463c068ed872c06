"""The rows of a table as HTML: what a template with a tag per cell would show, for a fraction of its time.

django-tables2 inspects a signature for every cell and renders a template for every date; here each column
is made a function once. A test compares the cells with the library's own, for every list.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.template import Context
from django.template.base import render_value_in_context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_tables2.utils import signature

from minxin.text import mask

EMPTY = "—"
_TIMES = {"Y-m-d H:i": "%Y-%m-%d %H:%M", "Y-m-d H:i:s": "%Y-%m-%d %H:%M:%S"}


def body_of(table: Any, context: Context) -> SafeString:
    """The lines of a table's page."""
    columns = [_column(table, each, context) for each in table.columns]
    lines = []
    for row in table.paginated_rows:
        cells = "".join([cell(row) for cell in columns])
        pick = _pick(row.record) if table.has_picks else ""
        lines.append(f"<tr {row.attrs.as_html()}>{pick}{cells}</tr>")
    return mark_safe("\n".join(lines))  # noqa: S308  (every part of it is escaped)


def _pick(record: Any) -> SafeString:
    name = _("选择%(name)s") % {"name": mask(str(record or ""))}
    return format_html(
        '<td class="pick"><input type="checkbox" name="picked" value="{}" aria-label="{}"></td>',
        str(record.pk), name,
    )  # fmt: skip


def _column(table: Any, bound: Any, context: Context) -> Callable[[Any], str]:
    """What a column shows of a row, with its frame."""
    name, label = conditional_escape(bound.name), conditional_escape(bound.header)
    begin = f'<td data-column="{name}" data-label="{label}"'
    shown = _shown(table, bound)

    def cell(row: Any) -> str:
        found = row._get_and_render_with(bound, render_func=shown(row), default=bound.default)
        mark = " data-empty" if found == EMPTY else ""
        return f"{begin}{mark}>{render_value_in_context(found, context)}</td>"

    return cell


def _shown(table: Any, bound: Any) -> Callable[[Any], Callable[..., Any]]:
    render, column = bound.render, bound.column
    wanted, takes_all = signature(render)
    form = "" if hasattr(table, f"render_{bound.name}") else _time_format(column)

    def of(row: Any) -> Callable[..., Any]:
        def shown(_bound: Any, value: Any = None) -> Any:
            offered = {
                "value": value, "record": row.record, "column": column, "bound_column": bound,
                "bound_row": row, "table": table,
            }  # fmt: skip
            if not form:
                content = render(**offered if takes_all else {at: offered[at] for at in wanted})
            elif isinstance(value, datetime):
                content = timezone.localtime(value).strftime(form)
            else:
                content = bound.default
            return bound.link(content, **offered) if bound.link else content

        return shown

    return of


def _time_format(column: Any) -> str:
    """How a column of times writes them, where it is one of the two ways of ours."""
    if type(column) is not tables.DateTimeColumn:
        return ""
    return next(
        (ours for given, ours in _TIMES.items() if f'"{given}"' in column.template_code), ""
    )
