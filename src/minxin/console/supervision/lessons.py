"""误报与申辩: where a rule accused wrongly, per rule and one by one, so that rules are mended by facts."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import sight
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.console.templatetags.console import rule_title
from minxin.supervision import queries
from minxin.supervision.indicators import INDICATORS
from minxin.supervision.models import Defence


class LessonFilter(Search):
    """Which rule, which kind, whose."""

    agency_path = "finding__account__agency__path"
    searched = ("finding__account__name", "finding__title", "statement", "decision")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("类别"), choices=choices_of(Defence.Kind))
    indicator = django_filters.ChoiceFilter(
        label=gettext_lazy("指标"), field_name="finding__indicator",
        choices=tuple((each.name, each.words) for each in INDICATORS),
    )  # fmt: skip
    agency = agency_filter(gettext_lazy("主办单位"), Permission.READ_SUPERVISION)

    class Meta:
        model = Defence
        fields = ("kind", "indicator", "agency")


class LessonTable(Table):
    """Accepted ones, the newest first."""

    account = tables.Column(
        verbose_name=gettext_lazy("账号"), accessor="finding__account__name",
        linkify=lambda record: _url(record),
    )  # fmt: skip
    title = tables.Column(verbose_name=gettext_lazy("问题"), accessor="finding__title")
    rule = tables.Column(
        verbose_name=gettext_lazy("规则"), accessor="finding__candidate__pack", empty_values=()
    )
    kind = tables.Column(
        verbose_name=gettext_lazy("类别"), accessor="get_kind_display", order_by="kind"
    )
    statement = tables.Column(verbose_name=gettext_lazy("单位的理由"), orderable=False)
    decision = tables.Column(verbose_name=gettext_lazy("裁定理由"), orderable=False)
    decided_at = tables.DateTimeColumn(verbose_name=gettext_lazy("裁定时间"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: _url(record))

    def render_rule(self, record: Defence) -> str:
        found = record.finding.candidate
        return rule_title(found.pack) if found else _("没有规则包")

    class Meta(Table.Meta):
        order_by = ("-decided_at",)


def _url(record: Defence) -> str:
    return reverse("console:finding", args=[record.finding_id])


class LessonsPage(ListPage):
    """What the rules got wrong, by the word of a named person."""

    permission = Permission.READ_SUPERVISION
    title = gettext_lazy("误报与申辩")
    empty = gettext_lazy("还没有成立的误报或申辩。")
    empty_hint = gettext_lazy("单位的误报或申辩经裁定成立后，按规则汇总在这里，供修改规则时参考。")
    table_class = LessonTable
    filterset_class = LessonFilter
    template_name = "console/lessons.html"
    back = (gettext_lazy("问题整改台账"), "console:findings")

    def rows(self, staff: Staff) -> QuerySet[Defence]:
        return queries.lessons_for(staff)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["by_rule"] = queries.lessons_by_rule(sight(self.request))
        return context


urlpatterns = [listed("rectification/lessons/", LessonsPage, "lessons")]
