"""The audit: who did what to what, when, in words; and whether it was tampered with."""

from datetime import date, datetime, time
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minxin.agencies.audit import verify_chain
from minxin.agencies.models import Agency, AuditEntry, Staff
from minxin.agencies.queries import audit_visible_to
from minxin.agencies.rules import Permission
from minxin.console.audit.verbs import VERBS
from minxin.console.audit.words import (
    KINDS,
    NOUNS,
    actor_said,
    change_said,
    changes_of,
    verb_said,
    verbs_with,
)
from minxin.console.base import allowed, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, listed
from minxin.text import mask


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditFilter(Search):
    """Who, what, when, in which agency."""

    agency_path = "agency_path"
    searched = ("actor_name", "verb", "subject_label", "subject_id", "reason")
    actor_kind = django_filters.ChoiceFilter(label=gettext_lazy("谁"), choices=tuple(KINDS.items()))
    noun = django_filters.ChoiceFilter(
        label=gettext_lazy("什么"), choices=tuple(NOUNS.items()), method="by_noun"
    )
    verb = django_filters.ChoiceFilter(label=gettext_lazy("动作"), choices=tuple(VERBS.items()))
    agency = agency_filter(gettext_lazy("单位"), Permission.READ_AUDIT)
    since = django_filters.DateFilter(
        label=gettext_lazy("从"), method="by_since", widget=_day_input()
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("到"), method="by_until", widget=_day_input()
    )

    subject = django_filters.CharFilter(
        label=gettext_lazy("对象"), method="by_subject", widget=forms.HiddenInput()
    )

    def by_subject(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        kind, _colon, number = value.partition(":")
        return queryset.filter(subject_kind=kind, subject_id=number)

    def alternatives(self, word: str) -> Q:
        return Q(verb__in=verbs_with(word))

    def by_noun(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(verb__startswith=f"{value}.")

    def by_since(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(at__gte=_begin(value))

    def by_until(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return queryset.filter(at__lte=_end(value))

    class Meta:
        model = AuditEntry
        fields = ("actor_kind", "verb")


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _end(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


class AuditTable(Table):
    """Every write, the newest first."""

    at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i:s")
    actor_name = tables.Column(verbose_name=gettext_lazy("操作人"))
    verb = tables.Column(verbose_name=gettext_lazy("动作"), linkify=lambda record: _url(record))
    subject_label = tables.Column(verbose_name=gettext_lazy("对象"))
    agency_path = tables.Column(verbose_name=gettext_lazy("单位"), empty_values=())
    reason = tables.Column(verbose_name=gettext_lazy("理由"))

    row_url = staticmethod(lambda record: _url(record))

    def render_actor_name(self, record: AuditEntry) -> str:
        return actor_said(record)

    def render_verb(self, value: str) -> str:
        return verb_said(value)

    def render_subject_label(self, value: str) -> str:
        return mask(value)

    def render_agency_path(self, value: str) -> str:
        if not hasattr(self, "_names"):
            self._names = dict(Agency.objects.values_list("path", "name"))
        return self._names.get(value, "—")

    class Meta(Table.Meta):
        order_by = "-at"


class AuditSheet(AuditTable):
    """As the page, and what was before and after."""

    before = tables.Column(verbose_name=gettext_lazy("之前"), empty_values=(), orderable=False)
    after = tables.Column(verbose_name=gettext_lazy("之后"), empty_values=(), orderable=False)

    def render_before(self, record: AuditEntry) -> str:
        return change_said(record, "before")

    def render_after(self, record: AuditEntry) -> str:
        return change_said(record, "after")

    class Meta(AuditTable.Meta):
        pass


def _url(record: AuditEntry) -> str:
    return reverse("console:audit_one", args=[record.pk])


class AuditPage(ListPage):
    """Who did what, when."""

    permission = Permission.READ_AUDIT
    title = gettext_lazy("审计")
    empty = gettext_lazy("还没有审计记录。")
    table_class = AuditTable
    sheet_class = AuditSheet
    filterset_class = AuditFilter
    template_name = "console/audit.html"

    def rows(self, staff: Staff) -> QuerySet[AuditEntry]:
        return audit_visible_to(staff)


@require_safe
@allowed(Permission.READ_AUDIT)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One entry, before and after."""
    row = page_not_found_when_missing(audit_visible_to(staff_of(request)).filter(pk=number).first())
    context = {
        "row": row,
        "title": verb_said(row.verb),
        "actor": actor_said(row),
        "kind": KINDS.get(row.actor_kind, row.actor_kind),
        "noun": NOUNS.get(row.verb.partition(".")[0], ""),
        "agency": Agency.objects.filter(path=row.agency_path).first(),
        "changes": changes_of(row),
        "has_before": row.before is not None,
        "back": reverse("console:audit"),
    }
    return render(request, "console/audit_one.html", context)


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
