"""The rows behind the figures of 减负: messages sent, fields asked; and asking units for something."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies import actions
from minxin.agencies.models import Agency, FieldsAsked, Reminder, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.reminder_queries import asked_for, pace, sees_asked, sent_for
from minxin.agencies.reminder_rules import week_of
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, listed

READ = Permission.READ_SUPERVISION


def _units(request: HttpRequest | None) -> QuerySet[Agency]:
    if request is None:
        return Agency.objects.none()
    return agencies_for(staff_of(request), sees_asked(staff_of(request)))


class SentFilter(Search):
    """Of one unit alone, in one week."""

    searched = ("title", "agency__name")
    unit = django_filters.ModelChoiceFilter(
        label=gettext_lazy("单位"), queryset=_units, field_name="agency"
    )
    week = django_filters.DateFilter(label=gettext_lazy("周（从周一起）"))

    class Meta:
        model = Reminder
        fields = ("unit", "week")


class SentTable(Table):
    """What was sent to a unit's people; not to whom, and not what they did with it."""

    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i")
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    title = tables.Column(verbose_name=gettext_lazy("标题"), orderable=False)
    is_urgent = tables.BooleanColumn(
        verbose_name=gettext_lazy("类别"), yesno=(gettext_lazy("急事"), gettext_lazy("汇总"))
    )
    items = tables.Column(verbose_name=gettext_lazy("件数"))
    status = tables.Column(verbose_name=gettext_lazy("状态"))

    class Meta(Table.Meta):
        order_by = ("-created_at",)


class SentPage(ListPage):
    """The messages that count in a week."""

    permission = READ
    title = gettext_lazy("已发出的提醒")
    empty = gettext_lazy("没有发出过提醒。")
    table_class = SentTable
    filterset_class = SentFilter
    back = (gettext_lazy("减负"), "console:burden")

    def rows(self, staff: Staff) -> QuerySet[Reminder]:
        return sent_for(staff)


class AskedFilter(Search):
    """Of one unit alone, in one week, told or not."""

    searched = ("title", "agency__name")
    unit = django_filters.ModelChoiceFilter(
        label=gettext_lazy("单位"), queryset=_units, field_name="agency"
    )
    week = django_filters.DateFilter(label=gettext_lazy("周（从周一起）"))
    kind = django_filters.ChoiceFilter(label=gettext_lazy("类别"), choices=FieldsAsked.Kind.choices)
    number = django_filters.NumberFilter(field_name="pk", widget=forms.HiddenInput)

    class Meta:
        model = FieldsAsked
        fields = ("unit", "week", "kind", "number")


class AskedTable(Table):
    """What units were asked to fill in, and when they heard of it."""

    asked_at = tables.DateTimeColumn(verbose_name=gettext_lazy("提出时间"), format="Y-m-d H:i")
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    title = tables.Column(verbose_name=gettext_lazy("要求内容"))
    fields = tables.Column(verbose_name=gettext_lazy("填报项数"))
    week = tables.DateColumn(verbose_name=gettext_lazy("计入周"), format="Y-m-d")
    told_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("告知时间"), format="Y-m-d H:i",
        default=gettext_lazy("本周已满，到时告知"),
    )  # fmt: skip
    asked_by = tables.Column(verbose_name=gettext_lazy("提出人"), accessor="asked_by__name")

    def render_title(self, value: str, record: FieldsAsked) -> Any:
        return format_html('<a href="{}">{}</a>', record.link, value) if record.link else value

    class Meta(Table.Meta):
        order_by = ("-asked_at",)


class AskedPage(ListPage):
    """What units of my area are asked for; without supervision, my own."""

    permission = Permission.READ_AGENCIES
    title = gettext_lazy("材料要求")
    empty = gettext_lazy("还没有向单位提出过材料要求。")
    table_class = AskedTable
    filterset_class = AskedFilter
    back = (gettext_lazy("今日待办"), "console:home")
    buttons = ((gettext_lazy("提出材料要求"), "console:ask_fields", Permission.CONFIRM_CANDIDATES),)

    def rows(self, staff: Staff) -> QuerySet[FieldsAsked]:
        return asked_for(staff)


class AskForm(forms.Form):
    """Whom, for what, how many fields."""

    agencies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("单位"), queryset=Agency.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=gettext_lazy("按住 Ctrl 可以选多个。"),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("要求内容"), max_length=120,
        help_text=gettext_lazy("如：第四季度自查表。系统里已经有的数据请不要再要求填报。"),
    )  # fmt: skip
    fields_count = forms.IntegerField(
        label=gettext_lazy("填报项数"), min_value=1, max_value=500,
        help_text=gettext_lazy("表里每个要填的格子算一项，附件算一项。"),
    )  # fmt: skip
    link = forms.CharField(label=gettext_lazy("填报地址"), max_length=200, required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = agencies_for(staff, Permission.CONFIRM_CANDIDATES)
        self.fields["agencies"].queryset = mine  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(Permission.CONFIRM_CANDIDATES)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask units to fill something in; a unit whose week is full hears of it later."""
    staff, now = staff_of(request), timezone.now()
    form = AskForm(request.POST or None, staff=staff)
    asked: list[FieldsAsked] = []

    def write() -> None:
        said = form.cleaned_data
        asked.extend(
            actions.ask_fields(
                list(said["agencies"]), title=said["title"], fields=said["fields_count"],
                link=said["link"], actor=staff, now=now,
            )
        )  # fmt: skip

    if request.method == "POST" and act(request, form, write):
        late = [row for row in asked if row.week > week_of(now)]
        messages.success(request, _("已告知 %(n)s 个单位。") % {"n": len(asked) - len(late)})
        for row in late:
            words = _("“%(name)s”本周填报已满 %(most)s 项，这项要求排到 %(week)s 那一周再告知。")
            given = {"name": row.agency.name, "most": pace().fields_a_week, "week": row.week}
            messages.warning(request, words % given)
        return redirect("console:asked")
    note = _("每个单位每周最多填报 %(n)s 项，超出的自动排到后面的周，不会丢。") % {
        "n": pace().fields_a_week
    }
    return form_page(
        request, form, title=_("提出材料要求"), back=reverse("console:asked"), note=note,
        submit=_("提出"),
    )  # fmt: skip


urlpatterns = [
    listed("reminders/sent/", SentPage, "reminders_sent"),
    listed("reminders/asked/", AskedPage, "asked"),
    path("reminders/asked/new/", ask, name="ask_fields"),
]
