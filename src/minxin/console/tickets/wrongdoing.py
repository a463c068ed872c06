"""The register of reports of wrongdoing by officials: for its own people alone, every look audited."""

from typing import Any

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
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.console.tickets.applying import Offered
from minxin.console.words import Words
from minxin.tickets import actions, queries
from minxin.tickets.models import Ticket, WrongdoingReport
from minxin.tickets.rules import Verb, may_follow

NAME = Verb.SET_APART.value
Status = WrongdoingReport.Status


class ApartForm(forms.Form):
    """Why, and not what."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=100,
        help_text=gettext_lazy("不要写举报的内容。移走以后，这里不留下任何内容，您也看不到了。"),
    )  # fmt: skip


def apart(found: Ticket, staff: Staff, wanted: str = "", data: Any = None) -> list[Offered]:
    """The act that moves a report of wrongdoing out of the common list."""
    is_sent = wanted == NAME and data is not None
    if not may(staff, Permission.ASSIGN_TICKETS, found.agency):
        return []
    if not (is_sent or may_follow(found.status, Verb.SET_APART)):
        return []
    form = ApartForm(data if is_sent else None, prefix=NAME)
    done = gettext_lazy("已转专人登记，工单里不再有它的内容。")
    return [Offered(NAME, gettext_lazy("转专人登记"), form, done, actions.set_apart)]


class WrongdoingTable(Table):
    """Numbers and dates; no word of what they say."""

    number = tables.Column(verbose_name=gettext_lazy("编号"))
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    passed_to = tables.Column(verbose_name=gettext_lazy("转送机关"))
    filed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("提交时间"), format="Y-m-d H:i")

    row_url = staticmethod(lambda row: reverse("console:wrongdoing_one", args=[row.number]))

    class Meta(Table.Meta):
        order_by = "-filed_at"


class WrongdoingFilter(Search):
    """Filters of the register: its words are encrypted and cannot be searched."""

    searched = ("number", "passed_to")

    class Meta:
        model = WrongdoingReport
        fields = ("status",)


class WrongdoingPage(ListPage):
    """The register."""

    permission = Permission.HANDLE_WRONGDOING
    title = gettext_lazy("公职人员举报")
    empty = gettext_lazy("没有公职人员举报。")
    table_class = WrongdoingTable
    filterset_class = WrongdoingFilter

    def rows(self, staff: Staff) -> QuerySet[WrongdoingReport]:
        return queries.wrongdoing_visible_to(staff)


class CloseForm(forms.Form):
    """What she is told."""

    told = Words(
        label=gettext_lazy("告知举报人的话"),
        help_text=gettext_lazy("她在自己的页面上看到，聊天里不出现。"),
        limit=2000,
        rows=3,
    )


class PassForm(CloseForm):
    """And where it went."""

    passed_to = forms.CharField(label=gettext_lazy("转送机关"), max_length=100)
    field_order = ("passed_to", "told")


@require_http_methods(["GET", "POST"])
@allowed(Permission.HANDLE_WRONGDOING)
def wrongdoing_one(request: HttpRequest, number: str) -> HttpResponse:
    """One report; looking at it is audited, every time."""
    staff, now = staff_of(request), timezone.now()
    found = queries.wrongdoing_for(staff, number)
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    passing = PassForm(data if wanted == "pass" else None, prefix="pass")
    closing = CloseForm(data if wanted == "close" else None, prefix="close")
    if wanted == "pass" and act(
        request,
        passing,
        lambda: actions.pass_on(found, **passing.cleaned_data, actor=staff, now=now),
        _("已记下转送，举报人会收到提示。"),
    ):
        return redirect("console:wrongdoing_one", number=number)
    if wanted == "close" and act(
        request,
        closing,
        lambda: actions.close_wrongdoing(found, **closing.cleaned_data, actor=staff, now=now),
        _("已办结，举报人会收到提示。"),
    ):
        return redirect("console:wrongdoing_one", number=number)
    actions.read_wrongdoing(found, actor=staff, now=now)
    context = {
        "report": found,
        "steps": found.steps.select_related("staff"),
        "pictures": found.pictures.all(),
        "can_pass": passing.is_bound or found.status == Status.RECEIVED,
        "can_close": closing.is_bound or found.status != Status.CLOSED,
        "pass_form": passing,
        "close_form": closing,
    }
    return render(request, "console/wrongdoing.html", context, status=422 if data else 200)


urlpatterns = [
    listed("wrongdoing/", WrongdoingPage, "wrongdoing"),
    path("wrongdoing/<str:number>/", wrongdoing_one, name="wrongdoing_one"),
]
