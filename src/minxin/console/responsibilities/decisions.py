"""What arbitrations decided, proposed to the list: a person writes it into the draft, or says why not."""

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
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.console.responsibilities.draft import DiscardForm, MatterField
from minxin.console.responsibilities.listing import EDIT
from minxin.tickets import queries as tickets
from minxin.tickets.actions import responsibilities as actions
from minxin.tickets.models import Category, Matter, OwnershipDecision
from minxin.tickets.queries import responsibilities as queries


class TakeForm(forms.Form):
    """Where in the list it belongs."""

    matter = MatterField(
        label=gettext_lazy("事项"), max_length=255,
        widget=forms.TextInput(attrs={"list": "matters", "autocomplete": "off"}),
        help_text=gettext_lazy("输入几个字后从列表里选，写法是“一级/二级/三级”。"),
        error_messages={"required": gettext_lazy("请选择事项。")},
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("地点"), required=False, max_length=60,
        help_text=gettext_lazy("只在这里由裁定的单位办理；不填就是全域。"),
    )  # fmt: skip
    basis = forms.CharField(label=gettext_lazy("依据"), required=False, max_length=200)


class DecisionFilter(Search):
    """Filters of the arbitrations."""

    searched = ("agency__name", "disputed_by__name", "reason", "category__name")
    category = django_filters.ModelChoiceFilter(
        label=gettext_lazy("类别"), queryset=lambda request: tickets.categories()
    )

    class Meta:
        model = OwnershipDecision
        fields = ("category",)


class DecisionTable(Table):
    """What was decided, by whom it was disputed, why."""

    at = tables.DateTimeColumn(verbose_name=gettext_lazy("裁定时间"), format="Y-m-d H:i")
    category = tables.Column(verbose_name=gettext_lazy("类别"), accessor="category__name")
    agency = tables.Column(verbose_name=gettext_lazy("裁定的单位"), accessor="agency__name")
    disputed_by = tables.Column(
        verbose_name=gettext_lazy("提出争议的单位"), accessor="disputed_by__name"
    )
    reason = tables.Column(verbose_name=gettext_lazy("理由"))

    row_url = staticmethod(lambda row: reverse("console:responsibility_decision", args=[row.pk]))

    class Meta(Table.Meta):
        order_by = "at"


class DecisionsPage(ListPage):
    """What the list has not answered yet."""

    permission = EDIT
    title = gettext_lazy("裁定建议")
    empty = gettext_lazy("没有待处理的裁定。")
    empty_hint = gettext_lazy("争议裁定之后会出现在这里，由人决定是否写入职责清单。")
    table_class = DecisionTable
    filterset_class = DecisionFilter
    back = (gettext_lazy("职责清单"), "console:responsibilities")

    def rows(self, staff: Staff) -> QuerySet[OwnershipDecision]:
        return queries.decisions_to_use(staff)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def decision(request: HttpRequest, number: int) -> HttpResponse:
    """Write it into the draft, or say that it decided one case only."""
    staff, now = staff_of(request), timezone.now()
    found = queries.decision_for(staff, number)
    wanted = request.POST.get("act", "")
    matter = found.category.matter if isinstance(found.category, Category) else None
    start: dict[str, Any] = {"matter": matter.path if matter else "", "basis": ""}
    take = TakeForm(request.POST if wanted == "take" else None, prefix="take", initial=start)
    leave = DiscardForm(request.POST if wanted == "leave" else None, prefix="leave")
    if wanted == "take" and act(
        request, take, lambda: actions.take_decision(found, **take.cleaned_data, actor=staff, now=now),
        _("已写入草稿，采用之后才生效。"),
    ):  # fmt: skip
        return redirect("console:responsibility_draft")
    if wanted == "leave" and act(
        request, leave,
        lambda: actions.leave_decision(found, **leave.cleaned_data, actor=staff, now=now),
        _("已记下：这项裁定不写入清单。"),
    ):  # fmt: skip
        return redirect("console:responsibility_decisions")
    context = {
        "decision": found,
        "is_open": found.use == OwnershipDecision.Use.OPEN or bool(wanted),
        "take": take,
        "leave": leave,
        "matters": Matter.objects.filter(is_active=True).values_list("path", flat=True),
    }
    status = 422 if take.errors or leave.errors else 200
    return render(request, "console/responsibility_decision.html", context, status=status)


urlpatterns = [
    listed("responsibilities/decisions/", DecisionsPage, "responsibility_decisions"),
    path("responsibilities/decisions/<int:number>/", decision, name="responsibility_decision"),
]
