"""What is inherited from the units above: told here as it is, added to, or said otherwise; and what changed there."""

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import NotFound
from minxin.knowledge import actions
from minxin.knowledge.models import Entry, UpperReview
from minxin.knowledge.queries import inheritance as queries

Status = UpperReview.Status


class InheritedFilter(Search):
    """Filters of what is inherited."""

    searched = ("question", "answer", "source_title", "agency__name")
    topic = django_filters.AllValuesFilter(label=gettext_lazy("主题"))
    is_binding = django_filters.ChoiceFilter(
        label=gettext_lazy("统一口径"), choices=(("1", gettext_lazy("只看统一口径")),),
        method="by_binding",
    )  # fmt: skip

    def by_binding(self, queryset: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return queryset.filter(is_binding=True) if value else queryset

    class Meta:
        model = Entry
        fields = ("topic",)


class InheritedTable(Table):
    """The upper units' entries, with what is said of them here."""

    question = tables.Column(
        verbose_name=gettext_lazy("标准问题"), linkify=lambda record: _inherited_url(record)
    )
    topic = tables.Column(verbose_name=gettext_lazy("主题"))
    agency = tables.Column(verbose_name=gettext_lazy("维护单位"), accessor="agency__name")
    valid_until = tables.DateColumn(verbose_name=gettext_lazy("失效日期"), format="Y-m-d")
    here = tables.Column(verbose_name=gettext_lazy("本地"), accessor="pk", orderable=False)

    row_url = staticmethod(lambda record: _inherited_url(record))

    def render_here(self, record: Entry) -> str:
        return _here(record)

    value_here = render_here

    class Meta(Table.Meta):
        order_by = "question"


def _here(entry: Entry) -> str:
    if entry.is_binding:
        return _("统一口径")
    own: list[Entry] = getattr(entry, "own_words", [])
    kinds = dict.fromkeys(
        each.get_narrowing_display()
        if each.status == Entry.Status.PUBLISHED
        else _("%(kind)s（草稿）") % {"kind": each.get_narrowing_display()}
        for each in own
    )
    return "、".join(kinds) if kinds else _("沿用")


def _inherited_url(record: Entry) -> str:
    return reverse("console:inherited_one", args=[record.pk])


class InheritedPage(ListPage):
    """What the units above answer, and is told from our accounts, too."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("上级知识")
    empty = gettext_lazy("没有沿用的上级知识。")
    empty_hint = gettext_lazy(
        "上级单位已发布、适用于本地的知识会出现在这里：本单位的账号也用它答复，可以另作补充或口径。"
    )
    table_class = InheritedTable
    filterset_class = InheritedFilter
    buttons = ((gettext_lazy("上级口径核对"), "console:upper_reviews", Permission.READ_KNOWLEDGE),)

    def rows(self, staff: Staff) -> QuerySet[Entry]:
        return queries.inherited_by(staff)


@require_safe
@allowed(Permission.READ_KNOWLEDGE)
def inherited_one(request: HttpRequest, number: int) -> HttpResponse:
    """One of them: to read, to add to, to say otherwise."""
    staff = staff_of(request)
    found = queries.inherited_for(staff, number)
    may_write = may(staff, Permission.EDIT_KNOWLEDGE) and not found.is_binding
    return render(
        request, "console/inherited.html",
        {"entry": found, "may_write": may_write, "back": reverse("console:inherited")},
    )  # fmt: skip


class UpperFilter(Search):
    """Filters of what changed above."""

    searched = ("entry__question", "upper__question", "agency__name")
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(Status))
    agency = agency_filter(gettext_lazy("负责单位"), Permission.READ_KNOWLEDGE)

    class Meta:
        model = UpperReview
        fields = ("status",)


class UpperTable(Table):
    """What is due first, first."""

    entry = tables.Column(
        verbose_name=gettext_lazy("本地知识"), accessor="entry__question",
        linkify=lambda record: _upper_url(record),
    )  # fmt: skip
    kind = tables.Column(
        verbose_name=gettext_lazy("与上级的关系"), accessor="entry__get_narrowing_display",
        order_by="entry__narrowing",
    )  # fmt: skip
    upper = tables.Column(verbose_name=gettext_lazy("上级单位"), accessor="upper__agency__name")
    agency = tables.Column(verbose_name=gettext_lazy("负责单位"), accessor="agency__name")
    due_on = tables.DateColumn(verbose_name=gettext_lazy("核对期限"), format="Y-m-d")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _upper_url(record))

    def render_status(self, value: str, record: UpperReview) -> str:
        if record.status == Status.OPEN and record.due_on < timezone.localdate():
            return _("%(status)s，已超期") % {"status": value}
        return value

    class Meta(Table.Meta):
        order_by = ("due_on",)


def _upper_url(record: UpperReview) -> str:
    return reverse("console:upper_review", args=[record.pk])


class UpperPage(ListPage):
    """What changed above since we added to it or said otherwise."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("上级口径核对")
    empty = gettext_lazy("没有要核对的内容。")
    empty_hint = gettext_lazy(
        "本单位另作补充或口径的上级知识一有修改、停用或定为统一口径，就会出现在这里。"
    )
    table_class = UpperTable
    filterset_class = UpperFilter
    buttons = ((gettext_lazy("上级知识"), "console:inherited", Permission.READ_KNOWLEDGE),)

    def rows(self, staff: Staff) -> QuerySet[UpperReview]:
        return queries.upper_reviews_visible_to(staff)


class SettleForm(forms.Form):
    """What became of it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("核对结果"),
        choices=[
            ("", gettext_lazy("请选择")),
            (Status.RIGHT.value, gettext_lazy("仍然适用")),
            (Status.CHANGED.value, gettext_lazy("已经修改")),
            (Status.WITHDRAWN.value, gettext_lazy("撤下不用")),
        ],
        error_messages={"required": gettext_lazy("请选择核对结果。")},
    )
    note = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=300,
        help_text=gettext_lazy("撤下要写原因，本地的这条随即停用，改为沿用上级的。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def upper_review(request: HttpRequest, number: int) -> HttpResponse:
    """One: what the upper unit said and says now, what we say, and the one act that settles it."""
    staff, now = staff_of(request), timezone.now()
    found = queries.upper_review_for(staff, number)
    may_settle = may(staff, Permission.EDIT_KNOWLEDGE, found.agency)
    if request.method == "POST" and not may_settle:
        raise NotFound
    form = SettleForm(request.POST or None)

    def settle() -> None:
        given = form.cleaned_data
        actions.settle_upper(found, given["outcome"], note=given["note"], actor=staff, now=now)

    if request.method == "POST" and act(request, form, settle, _("已记下核对结果。")):
        return redirect("console:upper_reviews")
    context = {
        "review": found,
        "form": form,
        "may_settle": may_settle and found.status == Status.OPEN,
        "is_late": found.status == Status.OPEN and found.due_on < timezone.localdate(now),
        "back": reverse("console:upper_reviews"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/upper_review.html", context, status=status)


urlpatterns = [
    listed("inherited/", InheritedPage, "inherited"),
    path("inherited/<int:number>/", inherited_one, name="inherited_one"),
    listed("upper/", UpperPage, "upper_reviews"),
    path("upper/<int:number>/", upper_review, name="upper_review"),
]
