"""The list of domains that no account may lead to."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.supervision.actions import bad_domains as acting
from minxin.supervision.models import BadDomain
from minxin.supervision.queries import probes

READ, DECIDE = Permission.READ_SUPERVISION, Permission.CONFIRM_CANDIDATES


class DomainFilter(Search):
    """Of which kind, whose."""

    searched = ("domain", "reason")
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("类别"), choices=choices_of(BadDomain.Kind)
    )
    agency = agency_filter(gettext_lazy("适用范围"), READ)

    class Meta:
        model = BadDomain
        fields = ("kind", "agency")


class DomainTable(Table):
    """The domains in use."""

    domain = tables.Column(verbose_name=gettext_lazy("域名"))
    kind = tables.Column(
        verbose_name=gettext_lazy("类别"), accessor="get_kind_display", order_by="kind"
    )
    agency = tables.Column(verbose_name=gettext_lazy("适用范围"), accessor="agency__name")
    reason = tables.Column(verbose_name=gettext_lazy("依据"))
    added_by = tables.Column(verbose_name=gettext_lazy("经办人"))
    added_at = tables.DateTimeColumn(verbose_name=gettext_lazy("加入时间"), format="Y-m-d H:i")

    class Meta(Table.Meta):
        order_by = "domain"


class DomainsPage(ListPage):
    """What the robot takes for bad without opening it."""

    permission = READ
    title = gettext_lazy("不良域名名单")
    empty = gettext_lazy("名单是空的。")
    empty_hint = gettext_lazy(
        "把上级通报的、发现被抢注或劫持的域名记进来，拨测时指向它们（含下级域名）的菜单会列为待确认问题。"
    )
    table_class = DomainTable
    filterset_class = DomainFilter
    buttons = ((gettext_lazy("加入域名"), "console:bad_domain_new", DECIDE),)
    back = (gettext_lazy("互动拨测"), "console:probes")
    bulks = (
        Bulk(
            name="unlist",
            label=gettext_lazy("移出名单"),
            title=gettext_lazy("移出 %(count)s 个域名"),
            done=gettext_lazy("已移出 %(count)s 个，已有的问题不受影响。"),
            permission=DECIDE,
            why_not=lambda row, staff: (
                "" if may(staff, DECIDE, row.agency) else _("不归您的单位维护。")
            ),
            act=lambda row, staff, given, now: acting.unlist_domain(row, actor=staff, now=now),
        ),
    )

    def rows(self, staff: Staff) -> QuerySet[BadDomain]:
        return probes.bad_domains_for(staff)


class DomainForm(forms.Form):
    """A domain and why."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("适用范围"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("这个单位和它下级单位的账号都会查。"),
    )  # fmt: skip
    domain = forms.CharField(
        label=gettext_lazy("域名"), max_length=500,
        help_text=gettext_lazy("也可以粘贴网址，只取其中的域名；它的下级域名都算。"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=BadDomain.Kind.choices)
    reason = forms.CharField(
        label=gettext_lazy("依据"), max_length=200,
        help_text=gettext_lazy("从哪里得知，如通报的名称和日期。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine: Any = self.fields["agency"]
        mine.queryset = agencies_for(staff, DECIDE)
        mine.initial = mine.queryset.first()


@require_http_methods(["GET", "POST"])
@allowed(DECIDE)
def new(request: HttpRequest) -> HttpResponse:
    """Put a domain on the list."""
    staff, now = staff_of(request), timezone.now()
    form = DomainForm(request.POST or None, staff=staff)

    def write() -> None:
        acting.list_domain(**form.cleaned_data, actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("已加入名单，下次拨测起生效。")):
        return redirect("console:bad_domains")
    return form_page(
        request, form, title=_("加入不良域名"), back=reverse("console:bad_domains"),
        submit=_("加入名单"),
    )  # fmt: skip


urlpatterns = [
    listed("supervision/probes/domains/", DomainsPage, "bad_domains"),
    path("supervision/probes/domains/new/", new, name="bad_domain_new"),
]
