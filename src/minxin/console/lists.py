"""One generic list: scoped, searched, filtered, sorted, paged, exported. A page adds a few lines."""

import csv
import io
from collections.abc import Iterator
from typing import Any, ClassVar, cast

import django_filters
import django_tables2 as tables
import xlsxwriter
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_filters.views import FilterView
from django_tables2.views import SingleTableMixin

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import permissions_of
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of

PAGE = 25
MOST_ROWS = 50_000
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Search(django_filters.FilterSet):  # type: ignore[misc]
    """A filter set with one search box over `searched` fields."""

    searched: ClassVar[tuple[str, ...]] = ()
    q = django_filters.CharFilter(method="search", label=gettext_lazy("搜索"))

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split()[:6]:
            either = Q()
            for field in self.searched:
                either |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(either | self.alternatives(word))
        return queryset

    def alternatives(self, word: str) -> Q:
        """What else a word may mean, such as the name under which a value is shown."""
        return Q()


class Table(tables.Table):  # type: ignore[misc]
    """A dense table; `row_url` makes the whole row open a page."""

    class Meta:
        template_name = "console/table.html"
        attrs: ClassVar[dict[str, str]] = {"class": "table table-hover list"}
        orderable = True

    row_url: ClassVar[Any] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        make = type(self).row_url
        if make is not None:
            kwargs.setdefault("row_attrs", {"data-href": make, "tabindex": "-1"})
        super().__init__(*args, **kwargs)


class ListPage(SingleTableMixin, FilterView):  # type: ignore[misc]
    """Rows that a person may see, as a page and as a sheet."""

    permission: ClassVar[Permission]
    title: ClassVar[Any] = ""
    empty: ClassVar[Any] = gettext_lazy("这里还没有内容。")
    empty_hint: ClassVar[Any] = ""
    template_name = "console/list.html"
    table_pagination: ClassVar[dict[str, Any]] = {"per_page": PAGE}
    buttons: ClassVar[tuple[tuple[Any, str, Permission], ...]] = ()
    # The page above, as its name and address; the address takes the arguments of this one.
    back: ClassVar[tuple[Any, str] | None] = None
    # The columns of a sheet, where they are more than those of the page.
    sheet_class: ClassVar[type[Table] | None] = None
    strict = False

    def rows(self, staff: Staff) -> QuerySet[Any]:
        """The rows of this page; start at a room's `…_visible_to(staff)`."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows(staff_of(self.request))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shape = request.GET.get("export")
        if shape in {"csv", "xlsx"}:
            return self.export(shape)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        given = self.request.GET
        chips = [
            {
                "label": field.label or name,
                "value": _value_label(field, given[name]),
                "without": _without(self.request, name),
            }
            for name, field in context["filter"].form.fields.items()
            if given.get(name) and name != "q"
        ]
        query = given.copy()
        for name in ("export", "page"):
            query.pop(name, None)
        held = permissions_of(staff_of(self.request))
        context |= {
            "title": self.title,
            "empty": self.empty,
            "empty_hint": self.empty_hint,
            "chips": chips,
            "is_filtered": bool(chips or given.get("q")),
            "query": query.urlencode(),
            "buttons": [(name, url) for name, url, needed in self.buttons if needed in held],
            "list_id": type(self).__name__,
            "back_name": self.back[0] if self.back else "",
            "back": self._back(),
        }
        return context

    def _back(self) -> str:
        if self.back is None:
            return ""
        return reverse(self.back[1], kwargs=self.kwargs)

    def export(self, shape: str) -> HttpResponse:
        """The filtered rows as a sheet: the columns of the page, masked as on the page, audited."""
        filterset = self.get_filterset(self.get_filterset_class())
        table = (self.sheet_class or self.get_table_class())(filterset.qs)
        sort = self.request.GET.get(table.prefixed_order_by_field)
        if sort:
            table.order_by = sort
        # Cut only now: what is cut cannot be sorted any more.
        table.data.data = table.data.data[:MOST_ROWS]
        names = [str(column.header) for column in table.columns if column.name != "actions"]
        staff, now = staff_of(self.request), timezone.now()
        with transaction.atomic():
            audit.record(
                staff, "list.exported", str(self.title), now=now, after={"shape": shape},
                reason=self.request.GET.urlencode()[:300],
            )  # fmt: skip
        name = f"{self.title}-{timezone.localtime(now):%Y%m%d-%H%M}.{shape}"
        values = (
            [_cell(cell) for column, cell in row.items() if column.name != "actions"]
            for row in table.paginated_rows
        )
        if shape == "csv":
            return _attachment(
                cast(
                    HttpResponse, StreamingHttpResponse(_csv_lines(names, values), content_type=CSV)
                ),
                name,
            )
        return _attachment(
            HttpResponse(
                _workbook(names, values),
                content_type=XLSX,
            ),
            name,
        )


def _value_label(field: Any, value: str) -> str:
    choices = {str(key): label for key, label in getattr(field, "choices", []) or []}
    return str(choices.get(value, value))


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    query.pop("page", None)
    return f"?{query.urlencode()}"


def _cell(value: Any) -> str:
    from django.utils.html import strip_tags

    text = "" if value in (None, "—") else strip_tags(str(value)).strip()
    # A cell that begins like a formula must stay text when a sheet is opened.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def _csv_lines(names: list[str], rows: Iterator[list[str]]) -> Iterator[bytes]:
    line = io.StringIO()
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"  # so that spreadsheets read UTF-8
    for row in [names]:
        writer.writerow(row)
    for row in rows:
        writer.writerow(row)
        if line.tell() > 16_384:
            yield line.getvalue().encode()
            line.seek(0)
            line.truncate()
    yield line.getvalue().encode()


def _workbook(names: list[str], rows: Iterator[list[str]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, names, bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(names) - 1, 0), 20)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def _attachment(response: HttpResponse, name: str) -> HttpResponse:
    from django.utils.http import content_disposition_header

    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def listed(route: str, page: type[ListPage], name: str) -> URLPattern:
    """The address of a list page, guarded by its permission."""
    view = allowed(page.permission)(page.as_view())
    return path(route, view, name=name)


def choices_of(enum: Any) -> list[tuple[str, Any]]:
    """The choices of a model's enumeration, for a filter."""
    return list(enum.choices)
