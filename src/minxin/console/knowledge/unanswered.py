"""Unanswered questions: what citizens asked and we did not know."""

import django_filters
import django_tables2 as tables
from django.contrib import messages
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
from minxin.console.base import allowed, staff_of
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import NotFound, Refused
from minxin.knowledge import actions, queries
from minxin.knowledge.models import UnansweredQuestion


class UnansweredFilter(Search):
    """Filters of the unanswered questions."""

    searched = ("text",)
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(UnansweredQuestion.Status)
    )

    agency = agency_filter(gettext_lazy("维护单位"), Permission.READ_KNOWLEDGE)

    class Meta:
        model = UnansweredQuestion
        fields = ("status", "agency")


class UnansweredTable(Table):
    """What citizens asked and we did not know, the most frequent first."""

    text = tables.Column(
        verbose_name=gettext_lazy("问题"), linkify=lambda record: _asked_url(record)
    )
    times = tables.Column(verbose_name=gettext_lazy("次数"))
    first_asked_at = tables.DateTimeColumn(verbose_name=gettext_lazy("首次"), format="Y-m-d H:i")
    last_asked_at = tables.DateTimeColumn(verbose_name=gettext_lazy("最近"), format="Y-m-d H:i")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _asked_url(record))

    class Meta(Table.Meta):
        order_by = "-times"


def _asked_url(record: UnansweredQuestion) -> str:
    return reverse("console:unanswered_one", args=[record.pk])


def _why_not_dismiss(found: UnansweredQuestion, staff: Staff) -> str:
    if not may(staff, Permission.EDIT_KNOWLEDGE, found.agency):
        return _("不归您的单位维护。")
    if found.status != UnansweredQuestion.Status.OPEN:
        return _("这个问题已经处理过。")
    return ""


BULKS = (
    Bulk(
        name="dismiss",
        label=gettext_lazy("不予收录"),
        title=gettext_lazy("%(count)s 个问题不予收录"),
        done=gettext_lazy("已把 %(count)s 个问题标记为不予收录。"),
        permission=Permission.EDIT_KNOWLEDGE,
        why_not=_why_not_dismiss,
        act=lambda found, staff, given, now: actions.dismiss_unanswered(
            found, actor=staff, now=now
        ),
    ),
)


class UnansweredPage(ListPage):
    """Questions without an official answer."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("未答问题")
    empty = gettext_lazy("没有未答问题。")
    empty_hint = gettext_lazy("市民问到知识里没有的问题时，会记在这里并计次，个人信息已隐去。")
    table_class = UnansweredTable
    filterset_class = UnansweredFilter
    bulks = BULKS

    def rows(self, staff: Staff) -> QuerySet[UnansweredQuestion]:
        return queries.unanswered_visible_to(staff)


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def unanswered_one(request: HttpRequest, number: int) -> HttpResponse:
    """One question: make an entry of it, or decide that it gets none."""
    staff = staff_of(request)
    found = queries.unanswered_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    may_edit = may(staff, Permission.EDIT_KNOWLEDGE, found.agency)
    if request.method == "POST" and may_edit:
        try:
            actions.dismiss_unanswered(found, actor=staff, now=timezone.now())
            messages.success(request, _("已标记为不予收录。"))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("console:unanswered")
    context = {"question": found, "may_edit": may_edit, "back": reverse("console:unanswered")}
    return render(request, "console/unanswered_one.html", context)


urlpatterns = [
    listed("unanswered/", UnansweredPage, "unanswered"),
    path("unanswered/<int:number>/", unanswered_one, name="unanswered_one"),
]
