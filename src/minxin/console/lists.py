"""One generic list: scoped, searched, filtered, sorted, paged, exported. A page adds a few lines."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
)
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.views import FilterView
from django_tables2.views import SingleTableMixin

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, permissions_of
from minxin.agencies.rules import Permission
from minxin.console import bulk, sheets
from minxin.console.base import allowed, sight, staff_of
from minxin.console.bulk import Bulk

PAGE = 25
MOST_ROWS = 50_000
MOST_COUNTED = 10_000


class Search(django_filters.FilterSet):  # type: ignore[misc]
    """A filter set with one search box over `searched` fields."""

    searched: ClassVar[tuple[str, ...]] = ()
    agency_path: ClassVar[str] = "agency__path"
    q = django_filters.CharFilter(method="search", label=gettext_lazy("搜索"))

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split()[:6]:
            either = Q()
            for field in self.searched:
                either |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(either | self.alternatives(word))
        return queryset

    def by_agency(self, queryset: QuerySet[Any], name: str, value: Agency) -> QuerySet[Any]:
        """What belongs to an agency or to one below it; for `agency_filter`."""
        return queryset.filter(**{f"{self.agency_path}__startswith": value.path})

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
    has_picks = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        make = type(self).row_url
        if make is not None:
            # django-tables2 gives a function only what its parameters are named after: `record`.
            href = {"data-href": lambda record: make(record), "tabindex": "-1"}
            kwargs.setdefault("row_attrs", href)
        super().__init__(*args, **kwargs)


class ShortPaginator(Paginator[Any]):
    """Counts and shows no more than `MOST_COUNTED` rows: who needs row ten thousand narrows the list, and
    counting a million on every page is what would make all of them slow. `is_cut`: there are more."""

    is_cut = False

    @cached_property
    def count(self) -> int:
        found = getattr(getattr(self.object_list, "data", None), "data", None)
        if not isinstance(found, QuerySet) or found.query.is_sliced:
            return len(self.object_list)
        count = found.order_by().values("pk")[: MOST_COUNTED + 1].count()
        self.is_cut = count > MOST_COUNTED
        return min(count, MOST_COUNTED)


class ListPage(SingleTableMixin, FilterView):  # type: ignore[misc]
    """Rows that a person may see, as a page and as a sheet."""

    permission: ClassVar[Permission | None]
    title: ClassVar[Any] = ""
    empty: ClassVar[Any] = gettext_lazy("这里还没有内容。")
    empty_hint: ClassVar[Any] = ""
    template_name = "console/list.html"
    paginator_class = ShortPaginator
    table_pagination: ClassVar[dict[str, Any]] = {"per_page": PAGE}
    buttons: ClassVar[tuple[tuple[Any, str, Permission], ...]] = ()
    # The page above, as its name and address; the address takes the arguments of this one.
    back: ClassVar[tuple[Any, str] | None] = None
    # The columns of a sheet, where they are more than those of the page.
    sheet_class: ClassVar[type[Table] | None] = None
    # What can be done to several rows at once.
    bulks: ClassVar[tuple[Bulk, ...]] = ()
    strict = False

    def rows(self, staff: Staff) -> QuerySet[Any]:
        """The rows of this page; start at a room's `…_visible_to(staff)`."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows(sight(self.request))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shape = request.GET.get("export")
        if shape in {"csv", "xlsx"}:
            return self.export(shape)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one thing to several rows, of those this person sees."""
        if not self.bulks:
            return HttpResponseNotAllowed(["GET"])
        wanted = next(
            (each for each in self._bulks() if each.name == request.POST.get("act")), None
        )
        if wanted is None:
            raise Http404
        picked = [each for each in request.POST.getlist("picked") if each.isdecimal()]
        rows = list(self.get_queryset().filter(pk__in=picked[: bulk.MOST]))
        return bulk.answer(request, wanted, rows, left_out=len(picked[bulk.MOST :]))

    def _bulks(self) -> list[Bulk]:
        held = permissions_of(staff_of(self.request))
        return [each for each in self.bulks if each.permission in held]

    def get_table(self, **kwargs: Any) -> Table:
        table: Table = super().get_table(**kwargs)
        table.has_picks = bool(self._bulks())
        return table

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
            "bulks": self._bulks(),
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
        """The filtered rows as a sheet: the columns of the page, masked as on the page, audited.

        Rows are read and written a few at a time; a list too long for a sheet is refused in words.
        """
        found = self.get_filterset(self.get_filterset_class()).qs
        if (count := found.count()) > MOST_ROWS:
            words = _("共 %(count)s 行，一次最多导出 %(most)s 行，请先用筛选缩小范围。")
            messages.error(self.request, words % {"count": count, "most": MOST_ROWS})
            query = self.request.GET.copy()
            query.pop("export")
            return redirect(f"{self.request.path}?{query.urlencode()}")
        table = (self.sheet_class or self.get_table_class())(found)
        sort = self.request.GET.get(table.prefixed_order_by_field)
        if sort:
            table.order_by = sort
        staff, now = staff_of(self.request), timezone.now()
        with transaction.atomic():
            audit.record(
                staff, "list.exported", str(self.title), now=now,
                after={"shape": shape, "rows": count}, reason=self.request.GET.urlencode()[:300],
            )  # fmt: skip
        name = f"{self.title}-{timezone.localtime(now):%Y%m%d-%H%M}.{shape}"
        return sheets.as_csv(table, name) if shape == "csv" else sheets.as_book(table, name)


def _value_label(field: Any, value: str) -> str:
    choices = {str(key): label for key, label in getattr(field, "choices", []) or []}
    return str(choices.get(value, value))


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    query.pop("page", None)
    return f"?{query.urlencode()}"


def listed(route: str, page: type[ListPage], name: str) -> URLPattern:
    """The address of a list page, guarded by its permission."""
    view = allowed(page.permission)(page.as_view())
    return path(route, view, name=name)


def choices_of(enum: Any) -> list[tuple[str, Any]]:
    """The choices of a model's enumeration, for a filter."""
    return list(enum.choices)


def yes_or_no(label: Any, yes: Any, no: Any, **kwargs: Any) -> django_filters.ChoiceFilter:
    """A filter of a yes-or-no field, in the words of its column."""
    return django_filters.ChoiceFilter(label=label, choices=(("1", yes), ("0", no)), **kwargs)


def agency_filter(label: Any, permission: Permission) -> Any:
    """A filter by agency with all below it: those over which the person has the permission that shows her the rows."""

    def mine(request: HttpRequest | None) -> QuerySet[Agency]:
        if request is None:
            return Agency.objects.none()
        return agencies_for(staff_of(request), permission)

    return django_filters.ModelChoiceFilter(label=label, queryset=mine, method="by_agency")
