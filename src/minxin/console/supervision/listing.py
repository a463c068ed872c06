"""《更新预警清单》: every account with its latest update, the pressing ones first."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.models import Platform
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.console.base import sight, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.supervision import queries
from minxin.supervision.models import GRADES, Evaluation
from minxin.supervision.overview import NOWHERE, STANDINGS, better, standing_for, worse
from minxin.supervision.packs import library
from minxin.supervision.queries.places import places_for
from minxin.supervision.wording import grade_of, source_said

PRESSING = frozenset({"overdue", "zombie", "red"})
SOON = frozenset({"alarm", "reminder", "notice", "contradictory"})


def _hosts(request: HttpRequest | None) -> QuerySet[Agency]:
    if request is None:
        return Agency.objects.none()
    return agencies_for(staff_of(request), Permission.READ_SUPERVISION)


class PlaceFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """A place of those in use in what this person sees, by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("choices", ())
        super().__init__(*args, **kwargs)

    @property
    def field(self) -> Any:
        """Its choices are hers; where nothing is said of a place stands for itself."""
        request = getattr(self.parent, "request", None)
        if request is not None:
            mine = places_for(sight(request), Permission.READ_SUPERVISION)
            self.extra["choices"] = [*mine, (NOWHERE, _("没有写明区划"))]
        return super().field


class UpdateFilter(Search):
    """Where it stands, on which platform, whose it is, how sure, what changed."""

    agency_path = "account__agency__path"
    searched = ("account__name", "account__agency__name", "account__app_id")
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("情况"),
        choices=(
            ("accused", gettext_lazy("超期待确认")),
            ("risk", gettext_lazy("临近期限")),
            ("contradictory", gettext_lazy("来源矛盾")),
            ("unknown", gettext_lazy("情况不明")),
            ("fresh", gettext_lazy("正常")),
            ("exempt", gettext_lazy("不适用")),
        ),
        method="by_standing",
    )
    platform = django_filters.ChoiceFilter(
        label=gettext_lazy("平台"), choices=choices_of(Platform), field_name="account__platform"
    )
    agency = agency_filter(gettext_lazy("主办单位"), Permission.READ_SUPERVISION)
    grade = django_filters.ChoiceFilter(label=gettext_lazy("可信等级"), choices=tuple(GRADES))
    changed = django_filters.ChoiceFilter(
        label=gettext_lazy("变化"),
        choices=(
            ("1", gettext_lazy("比前一天更紧")),
            ("2", gettext_lazy("比前一天缓和")),
        ),
        method="by_change",
    )
    failed = django_filters.ChoiceFilter(
        label=gettext_lazy("确认结果"),
        choices=(("1", gettext_lazy("已确认不合格")),),
        method="by_failure",
    )
    place = PlaceFilter(label=gettext_lazy("区划（不含下级）"), field_name="place")
    host = django_filters.ModelChoiceFilter(
        label=gettext_lazy("单位（不含下级）"), queryset=_hosts, field_name="account__agency"
    )

    def by_standing(
        self, queryset: QuerySet[Evaluation], name: str, value: str
    ) -> QuerySet[Evaluation]:
        return queryset.filter(level__in=STANDINGS[value])

    def by_change(
        self, queryset: QuerySet[Evaluation], name: str, value: str
    ) -> QuerySet[Evaluation]:
        return queryset.filter(worse() if value == "1" else better())

    def by_failure(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(is_failed=True)

    class Meta:
        model = Evaluation
        fields = (
            "standing", "platform", "agency", "grade", "changed", "failed", "place", "host",
        )  # fmt: skip


def level_said(level: str, words: Any) -> SafeString:
    """A level in its word; colour is never the only sign."""
    tone = "late" if level in PRESSING else "soon" if level in SOON else "plain"
    if level == "fresh":
        tone = "done"
    return format_html('<span class="level level-{}">{}</span>', tone, words)


def day_said(moment: Any, *, is_day_only: bool) -> str:
    """When an item came out: the minute where it is known, else the day."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local:%Y-%m-%d}" if is_day_only else f"{local:%Y-%m-%d %H:%M}"


class UpdateTable(Table):
    """Accounts with their latest update."""

    account = tables.Column(
        verbose_name=gettext_lazy("账号"), accessor="account__name",
        linkify=lambda record: _url(record),
    )  # fmt: skip
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="account__agency__name")
    level = tables.Column(
        verbose_name=gettext_lazy("级别"), accessor="get_level_display", order_by=("rank", "-days")
    )
    last_at = tables.Column(verbose_name=gettext_lazy("最近更新"), empty_values=())
    days = tables.Column(verbose_name=gettext_lazy("已过天数"), empty_values=())
    grade = tables.Column(verbose_name=gettext_lazy("来源和可信等级"), empty_values=())
    due_at = tables.Column(verbose_name=gettext_lazy("更新期限"), empty_values=())

    row_url = staticmethod(lambda record: _url(record))

    def render_account(self, value: str, record: Evaluation) -> str:
        return f"{value}（{record.account.get_platform_display()}）"

    def render_level(self, value: str, record: Evaluation) -> SafeString:
        shown = level_said(record.level, value)
        if record.before and record.before != record.level:
            return format_html(
                '{} <span class="quiet">{}</span>',
                shown,
                _("前次：%(level)s") % {"level": record.get_before_display()},
            )
        return shown

    def render_last_at(self, value: Any, record: Evaluation) -> str:
        return day_said(value, is_day_only=record.last_is_day_only) or _("没有记录")

    def render_days(self, value: int | None) -> str:
        return "" if value is None else str(value)

    def render_grade(self, record: Evaluation) -> str:
        if not record.last_source:
            return "—"
        return f"{grade_of(record.last_source)[:1]} · {source_said(record.last_source)}"

    def render_due_at(self, value: Any, record: Evaluation) -> str:
        if value is None or record.level == "exempt":
            return "—"
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"

    class Meta(Table.Meta):
        order_by = ("level",)


class UpdateSheet(UpdateTable):
    """As the page, with what a notice needs besides."""

    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="account__get_platform_display"
    )
    proven_until = tables.Column(verbose_name=gettext_lazy("查看到"))
    pack = tables.Column(verbose_name=gettext_lazy("规则"))
    at = tables.Column(verbose_name=gettext_lazy("评定时间"))

    def render_proven_until(self, value: Any) -> str:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"

    def render_at(self, value: Any) -> str:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"

    class Meta(UpdateTable.Meta):
        pass


def _url(record: Evaluation) -> str:
    return reverse("console:supervised_account", args=[record.account_id])


class UpdatesPage(ListPage):
    """Which accounts are about to fail, which may have, which nobody knows of."""

    permission = Permission.READ_SUPERVISION
    title = gettext_lazy("更新预警清单")
    empty = gettext_lazy("还没有评定过账号。")
    empty_hint = gettext_lazy(
        "先在“账号”里登记账号或导入台账，半分钟内评定，列在这里；以后每天早上 6 点全部重新评定。"
    )
    table_class = UpdateTable
    sheet_class = UpdateSheet
    filterset_class = UpdateFilter
    template_name = "console/supervision.html"
    buttons = (
        (gettext_lazy("总览"), "console:overview", Permission.READ_SUPERVISION),
        (gettext_lazy("待确认问题"), "console:candidates", Permission.READ_SUPERVISION),
        (gettext_lazy("互动拨测"), "console:probes", Permission.READ_SUPERVISION),
        (gettext_lazy("监管规则"), "console:rules", Permission.READ_SUPERVISION),
        (gettext_lazy("检查任务"), "console:campaigns", Permission.CONFIRM_CANDIDATES),
        (gettext_lazy("巡查记录"), "console:patrol_imports", Permission.CONFIRM_CANDIDATES),
        (gettext_lazy("本单位检查结果"), "console:unit_results", Permission.RECORD_UPDATES),
    )

    def rows(self, staff: Staff) -> QuerySet[Evaluation]:
        found: QuerySet[Evaluation] = standing_for(staff)
        return found.order_by("rank", F("days").desc(nulls_last=True), "id")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = queries.counts_for(sight(self.request))
        context["counts"] = counts
        context["is_clock_back"] = counts.last_at is not None and counts.last_at > timezone.now()
        context["faults"] = library().faults
        return context


urlpatterns = [listed("supervision/", UpdatesPage, "supervision")]
