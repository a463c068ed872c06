"""Not accepted: offered with the channels that the words hint at; and the table of channels."""

from typing import Any

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

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.links import portal_ticket
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no
from minxin.console.tickets.applying import Offered
from minxin.console.words import Words
from minxin.tickets import actions, queries
from minxin.tickets.models import Redirect, Ticket
from minxin.tickets.rules import Verb, may_follow

NAME = Verb.DECLINE.value


class DeclineForm(forms.Form):
    """Which channel is the right one, and why; the citizen reads both."""

    redirect = forms.ModelChoiceField(
        label=gettext_lazy("正确的渠道"), queryset=Redirect.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("市民会看到这个渠道的说明。"),
    )  # fmt: skip
    reason = Words(
        label=gettext_lazy("不予受理的理由"),
        help_text=gettext_lazy("市民会看到，并可以提出一次异议。"),
        limit=500,
        rows=3,
    )


def declining(found: Ticket, staff: Staff, wanted: str = "", data: Any = None) -> list[Offered]:
    """The act, when it is possible; the form that was sent stays, with its error."""
    is_sent = wanted == NAME and data is not None
    if not may(staff, Permission.ASSIGN_TICKETS, found.agency):
        return []
    if not is_sent and not (may_follow(found.status, Verb.DECLINE) and found.merged_into is None):
        return []
    likely = queries.proposals(found.text, found.account)
    start = {"redirect": likely[0].redirect.pk} if likely else {}
    form = DeclineForm(data if is_sent else None, prefix=NAME, initial=start)
    rows = [each.pk for each in queries.redirects(found.account)]
    form.fields["redirect"].queryset = Redirect.objects.filter(pk__in=rows)  # type: ignore[attr-defined]

    def run(ticket: Ticket, **given: Any) -> object:
        return actions.not_accept(
            ticket, given.pop("redirect"), link=portal_ticket(ticket), **given
        )

    done = gettext_lazy("已不予受理，市民会收到理由和正确的渠道。")
    return [Offered(NAME, gettext_lazy("不予受理"), form, done, run)]


class RedirectTable(Table):
    """Where else a matter belongs, with its source and how often citizens were shown it."""

    name = tables.Column(verbose_name=gettext_lazy("名称"))
    phone = tables.Column(verbose_name=gettext_lazy("电话"))
    words = tables.Column(verbose_name=gettext_lazy("提示词"), orderable=False)
    region_code = tables.Column(verbose_name=gettext_lazy("区划"))
    source = tables.Column(verbose_name=gettext_lazy("依据"))
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("启用"), yesno=(gettext_lazy("启用"), gettext_lazy("未启用"))
    )

    row_url = staticmethod(lambda row: reverse("console:redirect", args=[row.pk]))

    class Meta(Table.Meta):
        pass


class RedirectFilter(Search):
    """Filters of the channels."""

    searched = ("name", "words", "told", "source")

    is_active = yes_or_no(gettext_lazy("启用"), gettext_lazy("启用"), gettext_lazy("未启用"))

    class Meta:
        model = Redirect
        fields = ("is_active",)


class RedirectsPage(ListPage):
    """The right channels for what is not for this one."""

    permission = Permission.EDIT_SETTINGS
    title = gettext_lazy("引导渠道")
    empty = gettext_lazy("没有引导渠道。")
    table_class = RedirectTable
    filterset_class = RedirectFilter
    buttons = ((gettext_lazy("新增引导渠道"), "console:redirect_new", Permission.EDIT_SETTINGS),)

    def rows(self, staff: Staff) -> QuerySet[Redirect]:
        return Redirect.objects.all()


class RedirectForm(forms.Form):
    """What hints at it, what is told, by which source."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("电话"),
        max_length=5,
        required=False,
        help_text=gettext_lazy("只填全国统一的短号码，例如 110、12388。"),
    )
    words = forms.CharField(
        label=gettext_lazy("提示词"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("用逗号隔开。诉求里出现这些词时向市民和工作人员提示，不自动决定。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    told = forms.CharField(
        label=gettext_lazy("告知市民的话"),
        max_length=300,
        help_text=gettext_lazy("为什么不在这里受理，该找谁。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.CharField(label=gettext_lazy("依据"), max_length=200, required=False)
    region_code = forms.CharField(
        label=gettext_lazy("区划代码"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("留空为通用；填写后只对这个区划，代替通用的一条。"),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("启用"),
        required=False,
        help_text=gettext_lazy("不再使用的请取消勾选：不再提示，已经告知市民的不变。"),
    )


class NewRedirectForm(RedirectForm):
    """And the code by which it is known; it does not change afterwards."""

    code = forms.SlugField(
        label=gettext_lazy("代码"),
        max_length=40,
        help_text=gettext_lazy("小写字母、数字和连字符，例如 water-hotline；保存后不再改变。"),
        error_messages={"invalid": gettext_lazy("代码只能用字母、数字、连字符和下划线。")},
    )
    field_order = ("code",)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def redirect_new(request: HttpRequest) -> HttpResponse:
    """Add one, switched on unless it is unticked."""
    staff, now = staff_of(request), timezone.now()
    form = NewRedirectForm(request.POST or None, initial={"is_active": True})
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.keep_redirect(is_new=True, actor=staff, now=now, **form.cleaned_data),
        _("引导渠道已保存。"),
    ):
        return redirect("console:redirects")
    return form_page(request, form, title=_("新增引导渠道"), back=reverse("console:redirects"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def redirect_one(request: HttpRequest, number: int) -> HttpResponse:
    """Change one; with another region it becomes that region's own."""
    staff, now = staff_of(request), timezone.now()
    row = page_not_found_when_missing(Redirect.objects.filter(pk=number).first())
    names = ("name", "phone", "words", "told", "source", "region_code", "is_active")
    form = RedirectForm(request.POST or None, initial={each: getattr(row, each) for each in names})
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.keep_redirect(code=row.code, actor=staff, now=now, **form.cleaned_data),
        _("引导渠道已保存。"),
    ):
        return redirect("console:redirects")
    return form_page(request, form, title=str(row), back=reverse("console:redirects"))


urlpatterns = [
    listed("redirects/", RedirectsPage, "redirects"),
    path("redirects/new/", redirect_new, name="redirect_new"),
    path("redirects/<int:number>/", redirect_one, name="redirect"),
]
