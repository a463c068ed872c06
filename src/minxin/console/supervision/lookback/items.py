"""What is kept of what accounts published; a sheet of articles can be brought in."""

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
from django.views.decorators.http import require_http_methods, require_safe

from minxin.accounts.models import Account
from minxin.accounts.queries import accounts_for
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.console.supervision.lookback.lists import SheetForm
from minxin.supervision import importing
from minxin.supervision.actions.items import Kept, import_items
from minxin.supervision.models import PublishedItem
from minxin.supervision.queries import lookback
from minxin.text import mask

READ, RECORD = Permission.READ_SUPERVISION, Permission.RECORD_UPDATES


class ItemFilter(Search):
    """From where, whose."""

    agency_path = "account__agency__path"
    searched = ("title", "account__name", "url")
    source = django_filters.ChoiceFilter(
        label=gettext_lazy("来源"), choices=choices_of(PublishedItem.Source)
    )
    agency = agency_filter(gettext_lazy("主办单位"), READ)

    class Meta:
        model = PublishedItem
        fields = ("source", "agency")


class ItemTable(Table):
    """The newest first."""

    title = tables.Column(
        verbose_name=gettext_lazy("标题"), linkify=lambda record: url_of(record), empty_values=()
    )
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="account__name")
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="account__agency__name")
    source = tables.Column(
        verbose_name=gettext_lazy("来源"), accessor="get_source_display", order_by="source"
    )
    published_at = tables.DateTimeColumn(verbose_name=gettext_lazy("发布时间"), format="Y-m-d H:i")
    version = tables.Column(verbose_name=gettext_lazy("版本"))

    row_url = staticmethod(lambda record: url_of(record))

    def render_title(self, record: PublishedItem) -> str:
        return mask(record.title) or _("（没有标题）")

    class Meta(Table.Meta):
        order_by = "-published_at"


class ItemSheet(ItemTable):
    """As the page, with what proves the text."""

    url = tables.Column(verbose_name=gettext_lazy("链接"))
    sha256 = tables.Column(verbose_name="SHA-256")
    kept_at = tables.DateTimeColumn(verbose_name=gettext_lazy("留存时间"), format="Y-m-d H:i")

    class Meta(ItemTable.Meta):
        pass


def url_of(record: PublishedItem) -> str:
    return reverse("console:published_item", args=[record.pk])


class ItemsPage(ListPage):
    """All that is looked through."""

    permission = READ
    title = gettext_lazy("已发布内容")
    empty = gettext_lazy("还没有留存已发布的内容。")
    empty_hint = gettext_lazy("授权的微信公众号每天自动读取；其他账号的文章可以用表格导入。")
    table_class = ItemTable
    sheet_class = ItemSheet
    filterset_class = ItemFilter
    buttons = ((gettext_lazy("导入文章"), "console:items_import", RECORD),)
    back = (gettext_lazy("存量回头看"), "console:lookback")

    def rows(self, staff: Staff) -> QuerySet[PublishedItem]:
        return lookback.items_for(staff)


@require_safe
@allowed(READ)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """The text as it was kept, numbers of persons masked, and what was found in it."""
    staff = staff_of(request)
    item = lookback.item_for(staff, number)
    context = {
        "item": item, "text": mask(item.text), "versions": lookback.versions_of(item),
        "hits": lookback.hits_for(staff).filter(item=item).order_by("offset"),
        "back": reverse("console:published_items"),
    }  # fmt: skip
    return render(request, "console/published_item.html", context)


class ArticlesForm(SheetForm):
    """Whose articles they are, and the sheet."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("账号"), queryset=Account.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("一份表格里是同一个账号的文章。"),
    )  # fmt: skip
    field_order = ("account", "file")

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine: Any = self.fields["account"]
        mine.queryset = accounts_for(staff, RECORD).order_by("name")
        mine.label_from_instance = lambda each: f"{each.name}（{each.get_platform_display()}）"


@require_http_methods(["GET", "POST"])
@allowed(RECORD)
def bring_in(request: HttpRequest) -> HttpResponse:
    """A sheet of articles: all of it, or nothing and what is wrong."""
    staff, now = staff_of(request), timezone.now()
    is_sent = request.method == "POST"
    form = ArticlesForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, staff=staff
    )
    done: list[Kept] = []

    def write() -> None:
        given, account = form.cleaned_data["file"], form.cleaned_data["account"]
        articles = importing.read_articles(given.name, given.read(), account, now=now)
        done.append(import_items(account, articles, actor=staff, now=now))

    if is_sent and act(request, form, write):
        words = _("已留存：新增 %(new)s 篇，正文有变化 %(changed)s 篇，没有变化 %(same)s 篇。")
        kept = done[0]
        messages.success(
            request, words % {"new": kept.new, "changed": kept.changed, "same": kept.same}
        )
        return redirect("console:published_items")
    context = {
        "form": form, "title": _("导入文章"), "back": reverse("console:published_items"),
        "submit": _("导入"),
        "note": _("列名：%(columns)s。“正文”“发布时间”必填；链接相同的按表格更新，旧文留作早前版本。") % {
            "columns": "、".join(importing.ITEM_COLUMNS)
        },
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/form_with_file.html", context, status=status)


urlpatterns = [
    listed("lookback/items/", ItemsPage, "published_items"),
    path("lookback/items/import/", bring_in, name="items_import"),
    path("lookback/items/<int:number>/", one, name="published_item"),
]
