"""The router's model: what the city's history taught, before and after, adopted or taken back by a person."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.core.errors import Refused
from minxin.tickets import router_training as training
from minxin.tickets.actions import router as actions
from minxin.tickets.models import RouterModel
from minxin.tickets.queries import router as queries

EDIT = Permission.EDIT_SETTINGS
ROWS = {
    "without": gettext_lazy("只按规则和清单"),
    "former": gettext_lazy("使用中的模型"),
    "new": gettext_lazy("新模型"),
}
FIGURES = ("accuracy", "macro_f1", "ece", "coverage_at_98")


class ModelFilter(Search):
    """Filters of the trainings."""

    searched = ("started_by__name", "adopted_by__name", "note")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(RouterModel.Status)
    )

    class Meta:
        model = RouterModel
        fields = ("status",)


class ModelTable(Table):
    """When, from how much, what became of it."""

    number = tables.Column(
        verbose_name=gettext_lazy("模型"), accessor="pk", order_by="pk",
        linkify=lambda record: _url(record),
    )  # fmt: skip
    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("开始时间"), format="Y-m-d H:i")
    examples = tables.Column(verbose_name=gettext_lazy("训练记录"))
    accuracy = tables.Column(
        verbose_name=gettext_lazy("派对的比例"), accessor="report", orderable=False, empty_values=()
    )
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    adopted_by = tables.Column(verbose_name=gettext_lazy("采用人"), accessor="adopted_by__name")

    row_url = staticmethod(lambda record: _url(record))

    def render_number(self, record: RouterModel) -> str:
        return str(record)

    def render_accuracy(self, record: RouterModel) -> str:
        table = record.report.get("table") or []
        return f"{table[-1]['accuracy']:.1%}" if table else "—"

    class Meta(Table.Meta):
        order_by = "-number"


def _url(record: RouterModel) -> str:
    return reverse("console:router_model", args=[record.pk])


class ModelsPage(ListPage):
    """All trainings."""

    permission = EDIT
    title = gettext_lazy("分派模型")
    empty = gettext_lazy("还没有训练过。")
    empty_hint = gettext_lazy("积累了一些派过、办结的工单之后，点“用本地记录训练”。")
    template_name = "console/router_models.html"
    table_class = ModelTable
    filterset_class = ModelFilter
    back = (gettext_lazy("派单规则"), "console:routing_rules")

    def rows(self, staff: Staff) -> QuerySet[RouterModel]:
        return queries.router_models()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        moving = queries.router_models().filter(status__in=["waiting", "running"]).first()
        more = {"adopted": queries.adopted_router(), "moving": moving}
        return super().get_context_data(**kwargs) | more


class AdoptForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300,
        help_text=gettext_lazy("至少 4 个字，记入审计。"),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip


@require_POST
@allowed(EDIT)
def train(request: HttpRequest) -> HttpResponse:
    """Let a worker train; nothing is adopted by it."""
    try:
        row = actions.begin_training(actor=staff_of(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("console:router_models")
    training.wake(row)
    return redirect("console:router_model", number=row.pk)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def model(request: HttpRequest, number: int) -> HttpResponse:
    """Before and after, what there is too little of, and the decision."""
    staff, now = staff_of(request), timezone.now()
    found = queries.router_model_for(number)
    form = AdoptForm(request.POST or None)
    wanted = request.POST.get("act", "")

    def write() -> None:
        if wanted == "stop":
            actions.stop_using_router(**form.cleaned_data, actor=staff, now=now)
        else:
            actions.adopt_router(found, **form.cleaned_data, actor=staff, now=now)

    done = (
        _("已停用，建议只按规则和清单。") if wanted == "stop" else _("已采用，从下一件工单起生效。")
    )
    if request.method == "POST" and act(request, form, write, done):
        return redirect("console:router_model", number=number)
    status = 422 if form.errors else 200
    return render(
        request, "console/router_model.html", _context(found) | {"form": form}, status=status
    )


@require_safe
@allowed(EDIT)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    found = queries.router_model_for(number)
    return render(request, "console/parts/router_model_state.html", _context(found))


def _context(found: RouterModel) -> dict[str, Any]:
    report = found.report
    return {
        "model": found,
        "table": [
            (ROWS[row["name"]], row["judged"], [row[name] for name in FIGURES])
            for row in report.get("table", [])
        ],
        "agencies": report.get("agencies", []),
        "lacking": [each for each in report.get("agencies", []) if each["missing"]],
        "unknown": list(report.get("unknown", {}).items()),
        "can_adopt": found.status in {"ready", "former"},
        "is_late": found.is_moving and found.due_at <= timezone.now() and bool(found.claimed_by),
        "back": reverse("console:router_models"),
    }


urlpatterns = [
    listed("routing/models/", ModelsPage, "router_models"),
    path("routing/models/train/", train, name="router_train"),
    path("routing/models/<int:number>/", model, name="router_model"),
    path("routing/models/<int:number>/progress/", progress, name="router_model_progress"),
]
