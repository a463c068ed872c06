"""待派单: what the system left to a person, three agencies each, one press to choose."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions
from minxin.tickets import queries as tickets
from minxin.tickets.actions.routing import ensure_proposed
from minxin.tickets.models import Dispatch, Nature
from minxin.tickets.queries import routing as queries
from minxin.tickets.queries.router import adopted_router

ASSIGN = Permission.ASSIGN_TICKETS


class QueueFilter(Search):
    """Filters of the queue."""

    agency_path = "ticket__agency__path"
    searched = ("ticket__number", "ticket__text", "ticket__place")
    nature = django_filters.ChoiceFilter(
        label=gettext_lazy("性质"), field_name="ticket__nature", choices=choices_of(Nature)
    )
    agency = agency_filter(gettext_lazy("受理单位"), ASSIGN)

    class Meta:
        model = Dispatch
        fields = ("nature", "agency")


class QueueTable(Table):
    """What it is about, and whom it may belong to."""

    number = tables.Column(
        verbose_name=gettext_lazy("编号"), accessor="ticket__number",
        linkify=lambda record: _url(record),
    )  # fmt: skip
    brief = tables.Column(
        verbose_name=gettext_lazy("内容"), accessor="ticket", orderable=False, empty_values=()
    )
    filed_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("提交时间"), accessor="ticket__filed_at", format="Y-m-d H:i"
    )
    proposals = tables.TemplateColumn(
        verbose_name=gettext_lazy("派给"), template_name="console/parts/dispatch_choices.html",
        accessor="pk", orderable=False,
    )  # fmt: skip

    row_url = staticmethod(lambda record: _url(record))

    def before_render(self, request: HttpRequest) -> None:
        """All names of a page with one question."""
        rows = [row.record for row in self.paginated_rows]
        said = queries.choices_of(rows)
        for row in rows:
            row.choices = said[row.pk]

    def render_brief(self, record: Dispatch) -> str:
        place = f"（{record.ticket.place}）" if record.ticket.place else ""
        return f"{tickets.in_brief(record.ticket, 90)}{place}"

    class Meta(Table.Meta):
        order_by = "filed_at"


class QueueSheet(QueueTable):
    """As the page; the proposals in words."""

    proposals = tables.Column(
        verbose_name=gettext_lazy("建议"), accessor="pk", orderable=False, empty_values=()
    )

    def render_proposals(self, record: Dispatch) -> str:
        said = queries.choices_of([record])[record.pk]
        return "；".join(
            f"{each.agency.name} {each.percent}%" if each.percent is not None else each.agency.name
            for each in said
        )

    class Meta(QueueTable.Meta):
        pass


def _url(record: Dispatch) -> str:
    return reverse("console:ticket", args=[record.ticket.number])


class QueuePage(ListPage):
    """The queue of my branches."""

    permission = ASSIGN
    title = gettext_lazy("待派单")
    empty = gettext_lazy("没有等待派单的工单。")
    empty_hint = gettext_lazy("系统有把握的直接派出，没有把握的会在这里等您选。")
    template_name = "console/dispatching.html"
    table_class = QueueTable
    sheet_class = QueueSheet
    filterset_class = QueueFilter
    table_pagination = {"per_page": 15}
    back = (gettext_lazy("工单"), "console:tickets")

    def rows(self, staff: Staff) -> QuerySet[Dispatch]:
        return queries.to_dispatch(staff)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_model = adopted_router() is not None
        return super().get_context_data(**kwargs) | {"has_model": has_model}


@require_POST
@allowed(ASSIGN)
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """Give a ticket to one of the proposed agencies, and come back to where it was pressed."""
    staff, now = staff_of(request), timezone.now()
    found = tickets.ticket_for(staff, number, ASSIGN)
    row = queries.dispatch_of(found)
    code = request.POST.get("agency", "")
    agency = Agency.objects.filter(code=code, is_active=True).first()
    if row is None or agency is None:
        raise NotFound
    try:
        if row.status not in {Dispatch.Status.ASKED, Dispatch.Status.WAITING}:
            raise Refused(_("这件工单刚才已经派出。"))
        ensure_proposed(row, agency)
        actions.assign(found, agency, reason="", actor=staff, now=now)
        words = _("%(number)s 已派给%(agency)s。")
        messages.success(request, words % {"number": found.number, "agency": agency.name})
    except Refused as refusal:
        messages.error(request, refusal.message)
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}) and back.startswith("/console/"):
        return redirect(back)
    return redirect("console:dispatching")


urlpatterns = [
    listed("dispatching/", QueuePage, "dispatching"),
    path("dispatching/tickets/<str:number>/", dispatch, name="dispatch"),
]
