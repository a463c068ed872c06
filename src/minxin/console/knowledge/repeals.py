"""What documents say they repeal: proposed here, confirmed or declined by who keeps the other document."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import NotFound
from minxin.knowledge import actions, queries
from minxin.knowledge.models import RepealProposal

Status = RepealProposal.Status


class RepealFilter(Search):
    """Filters of the proposals."""

    searched = ("title", "number", "document__title", "owner__name")
    agency_path = "owner__path"
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(Status))
    agency = agency_filter(gettext_lazy("确认单位"), Permission.READ_KNOWLEDGE)
    found = django_filters.ChoiceFilter(
        label=gettext_lazy("库里有没有"),
        choices=(("1", gettext_lazy("有")), ("0", gettext_lazy("没有"))),
        method="by_found",
    )

    def by_found(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(target__isnull=value == "0")

    class Meta:
        model = RepealProposal
        fields = ("status",)


class RepealTable(Table):
    """What is to be decided first."""

    title = tables.Column(
        verbose_name=gettext_lazy("被废止的文件"), linkify=lambda record: _url(record)
    )
    number = tables.Column(verbose_name=gettext_lazy("文号"))
    document = tables.Column(verbose_name=gettext_lazy("由哪份文件"), accessor="document__title")
    cause = tables.Column(
        verbose_name=gettext_lazy("由来"), accessor="get_cause_display", order_by="cause"
    )
    on = tables.DateColumn(verbose_name=gettext_lazy("废止日期"), format="Y-m-d")
    here = tables.Column(verbose_name=gettext_lazy("库里有没有"), empty_values=(), orderable=False)
    owner = tables.Column(verbose_name=gettext_lazy("确认单位"), accessor="owner__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_here(self, record: RepealProposal) -> str:
        return _("有") if record.target_id else _("没有")

    class Meta(Table.Meta):
        order_by = ("-status", "-on")


def _url(record: RepealProposal) -> str:
    return reverse("console:repeal", args=[record.pk])


class RepealsPage(ListPage):
    """What documents say they repeal."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("废止建议")
    empty = gettext_lazy("没有废止建议。")
    empty_hint = gettext_lazy(
        "发布文件时，文中写明“同时废止”的、废止决定列出的文件会出现在这里，由维护那份文件的单位确认。"
    )
    table_class = RepealTable
    filterset_class = RepealFilter
    buttons = ((gettext_lazy("依据核对"), "console:basis_reviews", Permission.READ_KNOWLEDGE),)

    def rows(self, staff: Staff) -> QuerySet[RepealProposal]:
        return queries.proposals_visible_to(staff)


class ConfirmForm(forms.Form):
    """From which day; across issuers also why."""

    on = forms.DateField(
        label=gettext_lazy("从哪一天起"),
        error_messages={"required": gettext_lazy("请填写从哪一天起。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=300,
        help_text=gettext_lazy("发布机关不同时，写明谁有权废止、核对了什么。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip


class DeclineForm(forms.Form):
    """Why it is not so."""

    note = forms.CharField(
        label=gettext_lazy("原因"), max_length=300,
        error_messages={"required": gettext_lazy("请写明不采纳的原因。")},
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def repeal(request: HttpRequest, number: int) -> HttpResponse:
    """One: the words it was read from, both documents, and the decision."""
    staff, now = staff_of(request), timezone.now()
    found = queries.proposal_for(staff, number)
    may_decide = may(staff, Permission.EDIT_KNOWLEDGE, found.owner)
    if request.method == "POST" and not may_decide:
        raise NotFound
    wanted = request.POST.get("act", "")
    data = {wanted: request.POST} if request.method == "POST" else {}
    confirm = ConfirmForm(data.get("confirm"), prefix="confirm", initial={"on": found.on})
    decline = DeclineForm(data.get("decline"), prefix="decline")

    def confirmed() -> None:
        given = confirm.cleaned_data
        actions.confirm_repeal(found, given["on"], note=given["note"], actor=staff, now=now)

    def declined() -> None:
        actions.decline_repeal(found, note=decline.cleaned_data["note"], actor=staff, now=now)

    if wanted == "confirm" and act(
        request, confirm, confirmed, _("已确认。引用它的内容已送负责单位核对。")
    ):
        return redirect("console:repeals")
    if wanted == "decline" and act(request, decline, declined, _("已记下不采纳。")):
        return redirect("console:repeals")
    context = {
        "proposal": found,
        "confirm_form": confirm,
        "decline_form": decline,
        "may_decide": may_decide and found.status == Status.OPEN,
        "back": reverse("console:repeals"),
    }
    return render(request, "console/repeal.html", context, status=422 if data else 200)


urlpatterns = [
    listed("repeals/", RepealsPage, "repeals"),
    path("repeals/<int:number>/", repeal, name="repeal"),
]
