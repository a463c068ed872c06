"""Every account with what its last probe came to: what failed first."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.models import Account, Platform
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.supervision.probe_words import BARRIERS, KINDS, VERDICTS
from minxin.supervision.queries import probes
from minxin.supervision.rules.probing import Verdict

READ = Permission.READ_SUPERVISION
RANKS = (
    ("0", VERDICTS[Verdict.PROBLEMS]),
    ("1", VERDICTS[Verdict.UNCLEAR]),
    ("2", gettext_lazy("还没有拨测")),
    ("3", VERDICTS[Verdict.FINE]),
    ("4", gettext_lazy("不拨测")),
)
TONES = {"problems": "late", "unclear": "soon", "fine": "done"}


def verdict_said(verdict: str, words: Any) -> SafeString:
    """A verdict in its word; colour is never the only sign."""
    return format_html('<span class="level level-{}">{}</span>', TONES.get(verdict, "plain"), words)


class ProbeFilter(Search):
    """How the last run came out, which step failed, whose account."""

    searched = ("name", "agency__name")
    result = django_filters.ChoiceFilter(
        label=gettext_lazy("结果"), choices=RANKS, field_name="probe_rank"
    )
    step = django_filters.ChoiceFilter(
        label=gettext_lazy("未通过的步骤"),
        choices=[(each.value, words) for each, words in KINDS.items()],
        method="by_step",
    )
    platform = django_filters.ChoiceFilter(label=gettext_lazy("平台"), choices=choices_of(Platform))
    agency = agency_filter(gettext_lazy("主办单位"), READ)

    def by_step(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return probes.where_failed(queryset, value)

    class Meta:
        model = Account
        fields = ("result", "step", "platform", "agency")


class ProbeTable(Table):
    """Accounts, what failed first."""

    name = tables.Column(verbose_name=gettext_lazy("账号"), linkify=lambda record: url_of(record))
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="agency__name")
    result = tables.Column(
        verbose_name=gettext_lazy("结果"), accessor="probe_rank",
        order_by=("probe_rank", "-last_failing"), empty_values=(),
    )  # fmt: skip
    steps = tables.Column(
        verbose_name=gettext_lazy("未通过的步骤"), accessor="last_steps", orderable=False,
        empty_values=(),
    )  # fmt: skip
    last_at = tables.Column(verbose_name=gettext_lazy("最近拨测"), empty_values=())

    row_url = staticmethod(lambda record: url_of(record))

    def render_name(self, value: str, record: Any) -> str:
        return f"{value}（{record.get_platform_display()}）"

    def render_result(self, record: Any) -> SafeString:
        if record.probe_rank == 4:
            return verdict_said("", RANKS[4][1])
        if not record.last_verdict:
            return verdict_said("", RANKS[2][1])
        shown = verdict_said(record.last_verdict, VERDICTS[Verdict(record.last_verdict)])
        if not record.last_failing:
            return shown
        return format_html("{} {}", shown, _("%(count)s 步") % {"count": record.last_failing})

    def render_steps(self, record: Any) -> str:
        barrier = probes.barrier_of(record)
        if barrier is not None:
            return str(BARRIERS[barrier])
        return record.last_steps or "—"

    def render_last_at(self, record: Any) -> str:
        if record.is_under_way:
            return _("正在拨测")
        if record.last_at is None and record.next_at is not None:
            at = timezone.localtime(record.next_at)
            return _("计划 %(at)s") % {"at": f"{at:%Y-%m-%d %H:%M}"}
        if record.last_at is None:
            return "—"
        return f"{timezone.localtime(record.last_at):%Y-%m-%d %H:%M}"

    class Meta(Table.Meta):
        order_by = ("result",)


def url_of(record: Account) -> str:
    return reverse("console:probe_account", args=[record.pk])


class ProbesPage(ListPage):
    """All accounts of the area, as the robot knows them."""

    permission = READ
    title = gettext_lazy("互动拨测")
    empty = gettext_lazy("还没有可以拨测的账号。")
    empty_hint = gettext_lazy(
        "登记账号并填写AppID、令牌（或授权给第三方平台）后，每天自动拨测一次。"
    )
    table_class = ProbeTable
    filterset_class = ProbeFilter
    template_name = "console/probes.html"
    buttons = ((gettext_lazy("不良域名名单"), "console:bad_domains", READ),)
    back = (gettext_lazy("更新预警清单"), "console:supervision")

    def rows(self, staff: Staff) -> QuerySet[Any]:
        return probes.accounts_with_probes(staff)


urlpatterns = [listed("supervision/probes/", ProbesPage, "probes")]
