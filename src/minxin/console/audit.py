"""The audit log."""

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minxin.agencies.audit import verify_chain
from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.queries import audit_visible_to
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, listed


class AuditFilter(Search):
    """Search in who, what and on what."""

    searched = ("actor_name", "verb", "subject_label", "reason")

    class Meta:
        model = AuditEntry
        fields = ("verb",)


class AuditTable(Table):
    """Every write, the newest first."""

    at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i:s")
    actor_name = tables.Column(verbose_name=gettext_lazy("操作人"))
    verb = tables.Column(verbose_name=gettext_lazy("动作"), linkify=lambda record: _url(record))
    subject_label = tables.Column(verbose_name=gettext_lazy("对象"))
    reason = tables.Column(verbose_name=gettext_lazy("理由"))

    row_url = staticmethod(lambda record: _url(record))

    class Meta(Table.Meta):
        order_by = "-at"


def _url(record: AuditEntry) -> str:
    return reverse("console:audit_one", args=[record.pk])


class AuditPage(ListPage):
    """Who did what, when."""

    permission = Permission.READ_AUDIT
    title = gettext_lazy("审计")
    empty = gettext_lazy("还没有审计记录。")
    table_class = AuditTable
    filterset_class = AuditFilter
    template_name = "console/audit.html"

    def rows(self, staff: Staff) -> QuerySet[AuditEntry]:
        return audit_visible_to(staff)


@require_safe
@allowed(Permission.READ_AUDIT)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One entry, before and after."""
    row = page_not_found_when_missing(audit_visible_to(staff_of(request)).filter(pk=number).first())
    return render(request, "console/audit_one.html", {"row": row, "back": reverse("console:audit")})


@require_POST
@allowed(Permission.READ_AUDIT)
def check(request: HttpRequest) -> HttpResponse:
    """Recompute the chain from the beginning."""
    found = verify_chain()
    if found.broken_at is None:
        messages.success(
            request,
            _("校验通过：%(count)s 条记录前后相连，没有被改动。") % {"count": found.entries},
        )
    else:
        messages.error(
            request,
            _("从第 %(number)s 号记录起校验不符，可能被改动过。") % {"number": found.broken_at},
        )
    return redirect("console:audit")


urlpatterns = [
    listed("audit/", AuditPage, "audit"),
    path("audit/check/", check, name="audit_check"),
    path("audit/<int:number>/", one, name="audit_one"),
]
