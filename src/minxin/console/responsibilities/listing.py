"""The list in force, an earlier version, the versions."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import may_everywhere
from minxin.agencies.rules import Permission
from minxin.console.base import staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.tickets.models import Matter, Responsibility, ResponsibilityList
from minxin.tickets.queries import responsibilities as queries

READ, EDIT = Permission.READ_AGENCIES, Permission.EDIT_SETTINGS


class RowFilter(Search):
    """Filters of the lines."""

    searched = ("matter__path", "matter__keywords", "place", "agency__name", "basis")
    top = django_filters.ModelChoiceFilter(
        label=gettext_lazy("一级分类"), method="by_top",
        queryset=lambda request: Matter.objects.filter(level=1),
    )  # fmt: skip
    agency = django_filters.ModelChoiceFilter(
        label=gettext_lazy("单位"),
        method="by_handler",
        queryset=lambda request: Agency.objects.all(),
    )

    def by_top(
        self, queryset: QuerySet[Responsibility], name: str, value: Matter
    ) -> QuerySet[Responsibility]:
        return queryset.filter(Q(matter=value) | Q(matter__path__startswith=f"{value.path}/"))

    def by_handler(
        self, queryset: QuerySet[Responsibility], name: str, value: Agency
    ) -> QuerySet[Responsibility]:
        """What an agency handles, as the main one or with another."""
        either = Q(agency=value) | Q(co_agencies=value)
        return queryset.filter(either).distinct()

    class Meta:
        model = Responsibility
        fields = ("top", "agency")


class RowTable(Table):
    """Matter, place, agencies, basis."""

    matter = tables.Column(
        verbose_name=gettext_lazy("事项"),
        accessor="matter__path",
        order_by=("matter__path", "place"),
    )
    place = tables.Column(verbose_name=gettext_lazy("地点"), empty_values=())
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="agency__name")
    co = tables.Column(
        verbose_name=gettext_lazy("协办单位"), accessor="pk", orderable=False, empty_values=()
    )
    basis = tables.Column(verbose_name=gettext_lazy("依据"))

    def render_place(self, value: str) -> str:
        return value or _("全域")

    def render_co(self, record: Responsibility) -> str:
        return "、".join(each.name for each in record.co_agencies.all()) or "—"

    class Meta(Table.Meta):
        order_by = "matter"


class InForcePage(ListPage):
    """Who handles what today."""

    permission = READ
    title = gettext_lazy("职责清单")
    empty = gettext_lazy("还没有生效的职责清单。")
    empty_hint = gettext_lazy(
        "清单写明什么事、在哪里、由哪个单位办理。管理员起草或导入表格，采用后生效，派单以它为准。"
    )
    template_name = "console/responsibilities.html"
    table_class = RowTable
    filterset_class = RowFilter

    def rows(self, staff: Staff) -> QuerySet[Responsibility]:
        return queries.rows_of(queries.list_in_force(timezone.localdate()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        staff = staff_of(self.request)
        may_edit = may_everywhere(staff, EDIT)
        return super().get_context_data(**kwargs) | {
            "version": queries.list_in_force(timezone.localdate()),
            "newest": queries.newest_list(),
            "may_edit": may_edit,
            "decisions": queries.decisions_to_use(staff).count() if may_edit else 0,
            "draft": queries.draft_list() if may_edit else None,
        }


class VersionTable(Table):
    """From when, by whom, how many lines."""

    number = tables.Column(verbose_name=gettext_lazy("版本"), accessor="pk", order_by="pk")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    effective_on = tables.DateColumn(verbose_name=gettext_lazy("生效日期"), format="Y-m-d")
    lines = tables.Column(verbose_name=gettext_lazy("行数"))
    adopted_by = tables.Column(verbose_name=gettext_lazy("采用人"), accessor="adopted_by__name")
    reason = tables.Column(verbose_name=gettext_lazy("说明"))

    row_url = staticmethod(lambda row: _url(row))

    def render_number(self, record: ResponsibilityList) -> str:
        return str(record)

    class Meta(Table.Meta):
        order_by = "-number"


def _url(row: ResponsibilityList) -> str:
    return reverse("console:responsibility_list", args=[row.pk])


class VersionFilter(Search):
    """Filters of the versions."""

    searched = ("reason", "adopted_by__name", "drafted_by__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(ResponsibilityList.Status)
    )

    class Meta:
        model = ResponsibilityList
        fields = ("status",)


class VersionsPage(ListPage):
    """All versions, also those that were laid aside."""

    permission = READ
    title = gettext_lazy("职责清单各版本")
    empty = gettext_lazy("还没有起草过职责清单。")
    table_class = VersionTable
    filterset_class = VersionFilter
    back = (gettext_lazy("职责清单"), "console:responsibilities")

    def rows(self, staff: Staff) -> QuerySet[ResponsibilityList]:
        return queries.lists()

    def _back(self) -> str:
        return reverse("console:responsibilities")


class VersionPage(ListPage):
    """The lines of one version."""

    permission = READ
    title = gettext_lazy("职责清单")
    empty = gettext_lazy("这一版没有内容。")
    template_name = "console/responsibility_list.html"
    table_class = RowTable
    filterset_class = RowFilter
    back = (gettext_lazy("职责清单各版本"), "console:responsibility_lists")

    def rows(self, staff: Staff) -> QuerySet[Responsibility]:
        return queries.rows_of(queries.list_for(self.kwargs["number"]))

    def _back(self) -> str:
        return reverse("console:responsibility_lists")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = queries.list_for(self.kwargs["number"])
        more = {"version": version, "changes": queries.told(queries.changes_of(version))[:300]}
        return super().get_context_data(**kwargs) | more


urlpatterns = [
    listed("responsibilities/", InForcePage, "responsibilities"),
    listed("responsibilities/versions/", VersionsPage, "responsibility_lists"),
    listed("responsibilities/versions/<int:number>/", VersionPage, "responsibility_list"),
]
