"""What cites a text that ends: for its owner to say whether it is still right."""

from typing import Any

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
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import NotFound
from minxin.knowledge import actions, queries
from minxin.knowledge.models import BasisReview

Status = BasisReview.Status
_OUTCOMES = [
    ("", gettext_lazy("请选择")),
    (Status.RIGHT.value, gettext_lazy("仍然正确")),
    (Status.CHANGED.value, gettext_lazy("已经修改")),
    (Status.WITHDRAWN.value, gettext_lazy("撤下不用")),
    (Status.NOT_CITED.value, gettext_lazy("引用的不是这份文件")),
]


class BasisFilter(Search):
    """Filters of what waits."""

    searched = ("label", "document__title", "document__document_number", "agency__name")
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(Status))
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("种类"), choices=choices_of(BasisReview.Kind)
    )
    cause = django_filters.ChoiceFilter(
        label=gettext_lazy("原因"), choices=choices_of(BasisReview.Cause)
    )
    agency = agency_filter(gettext_lazy("负责单位"), Permission.READ_KNOWLEDGE)

    class Meta:
        model = BasisReview
        fields = ("status", "kind", "cause")


class BasisTable(Table):
    """What is due first, first."""

    label = tables.Column(verbose_name=gettext_lazy("内容"), linkify=lambda record: _url(record))
    kind = tables.Column(
        verbose_name=gettext_lazy("种类"), accessor="get_kind_display", order_by="kind"
    )
    document = tables.Column(verbose_name=gettext_lazy("引用的文件"), accessor="document__title")
    cause = tables.Column(
        verbose_name=gettext_lazy("原因"), accessor="get_cause_display", order_by="cause"
    )
    grade = tables.Column(
        verbose_name=gettext_lazy("引用方式"), accessor="get_grade_display", order_by="grade"
    )
    ends_on = tables.DateColumn(verbose_name=gettext_lazy("失效日期"), format="Y-m-d")
    agency = tables.Column(verbose_name=gettext_lazy("负责单位"), accessor="agency__name")
    due_on = tables.DateColumn(verbose_name=gettext_lazy("核对期限"), format="Y-m-d")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_status(self, value: str, record: BasisReview) -> str:
        if record.status == Status.OPEN and record.due_on < timezone.localdate():
            return _("%(status)s，已超期") % {"status": value}
        return value

    class Meta(Table.Meta):
        order_by = ("due_on",)


def _url(record: BasisReview) -> str:
    return reverse("console:basis_review", args=[record.pk])


class BasisPage(ListPage):
    """What cites texts that end."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("依据核对")
    empty = gettext_lazy("没有要核对的内容。")
    empty_hint = gettext_lazy(
        "文件废止、有新版本或有效期将满时，引用它的知识、菜单、已发布内容和职责事项会出现在这里。"
    )
    table_class = BasisTable
    filterset_class = BasisFilter
    buttons = ((gettext_lazy("废止建议"), "console:repeals", Permission.READ_KNOWLEDGE),)

    def rows(self, staff: Staff) -> QuerySet[BasisReview]:
        return queries.reviews_visible_to(staff)


class SettleForm(forms.Form):
    """What became of it, and what an entry stands on now."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("核对结果"), choices=_OUTCOMES,
        error_messages={"required": gettext_lazy("请选择核对结果。")},
    )  # fmt: skip
    source_title = forms.CharField(
        label=gettext_lazy("现在的依据"), required=False, max_length=200,
        help_text=gettext_lazy("仍然正确时填写现行文件的名称。"),
    )  # fmt: skip
    document_number = forms.CharField(label=gettext_lazy("文号"), required=False, max_length=80)
    issuing_agency = forms.CharField(label=gettext_lazy("发布机关"), required=False, max_length=120)
    note = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=300,
        help_text=gettext_lazy("撤下，或引用的不是这份文件，要写原因。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip

    def __init__(self, *args: Any, review: BasisReview, **kwargs: Any) -> None:
        newer = review.document.superseded_by
        start = {"source_title": newer.title[:200], "document_number": newer.document_number,
                 "issuing_agency": newer.issuing_agency[:120]} if newer else {}  # fmt: skip
        super().__init__(*args, **{"initial": start, **kwargs})
        if review.entry is None or review.grade != BasisReview.Grade.SOURCE:
            for name in ("source_title", "document_number", "issuing_agency"):
                del self.fields[name]

    def source(self) -> actions.NewSource | None:
        """What was written of the new source."""
        title = self.cleaned_data.get("source_title", "")
        if not title:
            return None
        return actions.NewSource(
            title, self.cleaned_data["document_number"], self.cleaned_data["issuing_agency"]
        )


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def basis_review(request: HttpRequest, number: int) -> HttpResponse:
    """One: what cites what, since when it holds no more, and the one act that settles it."""
    staff, now = staff_of(request), timezone.now()
    found = queries.review_for(staff, number)
    may_settle = may(staff, Permission.EDIT_KNOWLEDGE, found.agency)
    if request.method == "POST" and not may_settle:
        raise NotFound
    form = SettleForm(request.POST or None, review=found)

    def settle() -> None:
        given = form.cleaned_data
        actions.settle_review(
            found, given["outcome"], note=given["note"], source=form.source(), actor=staff, now=now
        )

    if request.method == "POST" and act(request, form, settle, _("已记下核对结果。")):
        return redirect("console:basis_reviews")
    today = timezone.localdate(now)
    context = {
        "review": found,
        "form": form,
        "may_settle": may_settle and found.status == Status.OPEN,
        "has_ended": found.ends_on <= today,
        "is_late": found.status == Status.OPEN and found.due_on < today,
        "holds_back": found.grade == BasisReview.Grade.SOURCE and found.entry is not None,
        "back": reverse("console:basis_reviews"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/basis_review.html", context, status=status)


urlpatterns = [
    listed("basis/", BasisPage, "basis_reviews"),
    path("basis/<int:number>/", basis_review, name="basis_review"),
]
