"""What was found of a unit's own accounts, and what it says about it."""

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Table, listed
from minxin.console.supervision.campaign_forms import Press
from minxin.console.supervision.hearings import InspectionFilter
from minxin.supervision.actions import hearing
from minxin.supervision.inspecting import LINES
from minxin.supervision.models import Inspection
from minxin.supervision.queries import campaigns as reading
from minxin.supervision.rules.inspection import Mark, Standing, State, line_of

RECORD = Permission.RECORD_UPDATES


class UnitTable(Table):
    """What was found of one's own accounts."""

    name = tables.Column(
        verbose_name=gettext_lazy("账号"), linkify=lambda record: _unit_url(record)
    )
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="get_platform_display", order_by="platform"
    )
    campaign = tables.Column(verbose_name=gettext_lazy("检查任务"), accessor="campaign__name")
    released_at = tables.DateTimeColumn(verbose_name=gettext_lazy("送达时间"), format="Y-m-d H:i")
    defence_due_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("申辩期限"), format="Y-m-d H:i"
    )
    state = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_state_display", order_by="state"
    )

    row_url = staticmethod(lambda record: _unit_url(record))

    class Meta(Table.Meta):
        order_by = "-released_at"


def _unit_url(record: Inspection) -> str:
    return reverse("console:unit_result", args=[record.pk])


class UnitResultsPage(ListPage):
    """What was released to this person's unit."""

    permission = RECORD
    title = gettext_lazy("本单位检查结果")
    empty = gettext_lazy("没有送达本单位的检查结果。")
    empty_hint = gettext_lazy("检查没有通过的，主管单位送达后列在这里，可以在期限内申辩。")
    table_class = UnitTable
    filterset_class = InspectionFilter
    back = (gettext_lazy("更新预警清单"), "console:supervision")

    def rows(self, staff: Staff) -> QuerySet[Inspection]:
        return reading.released_for(staff)


@require_http_methods(["GET", "POST"])
@allowed(RECORD)
def unit_result(request: HttpRequest, number: int) -> HttpResponse:
    """What does not pass, with its evidence; say something against it, or that there is no objection."""
    staff, now = staff_of(request), timezone.now()
    found = reading.released_one(staff, number)
    failing = [each for each in reading.checks_of(found) if each.mark == Mark.FAILS.value]
    form = Press({})
    said = {each.indicator: request.POST.get(f"defence-{each.indicator}", "") for each in failing}
    if request.method == "POST":
        match request.POST.get("act"):
            case "defend":
                done = act(
                    request, form,
                    lambda: hearing.defend(found, said, actor=staff, now=now),
                    _("申辩已提交，裁定后会在这里看到结果。"),
                )  # fmt: skip
            case "waive":
                done = act(
                    request, form, lambda: hearing.waive(found, actor=staff, now=now),
                    _("已记录：没有异议。"),
                )  # fmt: skip
            case _:
                raise Http404
        if done:
            return redirect("console:unit_result", number=number)
    is_open = (
        hearing.is_of_the_unit(staff, found)
        and found.state == State.RELEASED.value
        and found.campaign.standing == Standing.RUNNING.value
        and found.defence_due_at is not None
        and found.defence_due_at >= now
    )
    context = {
        "inspection": found,
        "title": found.name,
        "failing": [
            (each, line_of(each.indicator), LINES[each.indicator], said[each.indicator])
            for each in failing
        ],
        "refusals": form.non_field_errors(),
        "is_open": is_open,
        "back": reverse("console:unit_results"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/unit_result.html", context, status=status)


urlpatterns = [
    listed("supervision/results/", UnitResultsPage, "unit_results"),
    path("supervision/results/<int:number>/", unit_result, name="unit_result"),
]
