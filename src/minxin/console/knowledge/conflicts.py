"""What two agencies say otherwise on the same matter, side by side: decided by people."""

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
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.core.errors import NotFound
from minxin.knowledge.actions import conflicts as actions
from minxin.knowledge.comparing import Difference, compare, newer_of
from minxin.knowledge.models import AnswerConflict
from minxin.knowledge.queries import conflicts as queries
from minxin.knowledge.queries.conflicts import Shown
from minxin.knowledge.rules.saying import marked

Status = AnswerConflict.Status
KINDS = {
    "money": gettext_lazy("金额"),
    "share": gettext_lazy("比例"),
    "span": gettext_lazy("期限"),
    "date": gettext_lazy("日期"),
    "time": gettext_lazy("时间"),
    "phone": gettext_lazy("电话"),
    "place": gettext_lazy("地址"),
    "office": gettext_lazy("办理地点"),
    "number": gettext_lazy("数量"),
    "need": gettext_lazy("要不要"),
    "may": gettext_lazy("可不可以"),
    "papers": gettext_lazy("材料"),
}


def kinds_of(kinds: str) -> str:
    """The kinds of a row as people say them."""
    return "、".join(str(KINDS[kind]) for kind in kinds.split(",") if kind in KINDS)


class ConflictFilter(Search):
    """Filters of what is said otherwise."""

    searched = ("matter", "first_agency__name", "second_agency__name")
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(Status))
    waiting = django_filters.ChoiceFilter(
        label=gettext_lazy("待我处理"), choices=(("1", gettext_lazy("是")),), method="by_waiting"
    )

    def by_waiting(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        mine = queries.waiting_conflicts(staff_of(self.request))
        return queryset.filter(pk__in=mine.values("pk"))

    class Meta:
        model = AnswerConflict
        fields = ("status",)


class ConflictTable(Table):
    """The latest first."""

    matter = tables.Column(verbose_name=gettext_lazy("事项"), linkify=lambda record: _url(record))
    one = tables.Column(verbose_name=gettext_lazy("一方"), accessor="first_agency__name")
    other = tables.Column(verbose_name=gettext_lazy("另一方"), accessor="second_agency__name")
    kinds = tables.Column(verbose_name=gettext_lazy("不同之处"))
    found_at = tables.DateTimeColumn(verbose_name=gettext_lazy("发现时间"), format="Y-m-d H:i")
    due_on = tables.DateColumn(verbose_name=gettext_lazy("修改期限"), format="Y-m-d")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_kinds(self, value: str) -> str:
        return kinds_of(value)

    def render_status(self, value: str, record: AnswerConflict) -> str:
        if (
            record.status == Status.REVIEW
            and record.due_on
            and record.due_on < timezone.localdate()
        ):
            return _("%(status)s，已超期") % {"status": value}
        if record.status == Status.OPEN and record.is_disputed:
            return _("%(status)s，有争议") % {"status": value}
        return value

    class Meta(Table.Meta):
        order_by = ("-found_at",)


def _url(record: AnswerConflict) -> str:
    return reverse("console:conflict", args=[record.pk])


class ConflictsPage(ListPage):
    """Where agencies say otherwise."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("说法不一")
    empty = gettext_lazy("没有发现说法不一的内容。")
    empty_hint = gettext_lazy(
        "每天凌晨比较一次：两个单位对同一件事都有现行的答复或文件，而金额、期限、日期、材料、地点、电话或可不可以说得不同的，出现在这里。"
    )
    table_class = ConflictTable
    filterset_class = ConflictFilter

    def rows(self, staff: Staff) -> QuerySet[AnswerConflict]:
        return queries.conflicts_visible_to(staff)


class DecideForm(forms.Form):
    """Who is right, or why nobody is wrong."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("怎样处理"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择怎样处理。")},
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=300,
        help_text=gettext_lazy("两边都对时必填：适用的人不同，还是地方不同。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip

    def __init__(self, *args: Any, conflict: AnswerConflict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one, other = conflict.first_agency.name, conflict.second_agency.name
        right = _("%(one)s的对，请%(other)s修改")
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (actions.FIRST, right % {"one": one, "other": other}),
            (actions.SECOND, right % {"one": other, "other": one}),
            (Status.BOTH.value, _("两边都对（适用的人或地方不同）")),
            (Status.NONE.value, _("不是矛盾")),
        ]


class ObjectForm(forms.Form):
    """Why the text that was to be corrected is right."""

    note = forms.CharField(
        label=gettext_lazy("依据"), max_length=300,
        error_messages={"required": gettext_lazy("请写明您这边依据什么。")},
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def conflict(request: HttpRequest, number: int) -> HttpResponse:
    """Both texts with what differs marked, why they were put together, and what a person can do about it."""
    staff, now = staff_of(request), timezone.now()
    found = queries.conflict_for(staff, number)
    agencies = (found.first_agency, found.second_agency)
    mine = [may(staff, Permission.EDIT_KNOWLEDGE, each) for each in agencies]
    if request.method == "POST" and not any(mine):
        raise NotFound
    wanted = request.POST.get("act", "")
    data = {wanted: request.POST} if request.method == "POST" else {}
    decide = DecideForm(data.get("decide"), prefix="decide", conflict=found)
    objection = ObjectForm(data.get("object"), prefix="object")

    def decided() -> None:
        given = decide.cleaned_data
        actions.settle_conflict(found, given["outcome"], note=given["note"], actor=staff, now=now)

    def objected() -> None:
        actions.object_to_review(found, note=objection.cleaned_data["note"], actor=staff, now=now)

    if wanted == "decide" and act(request, decide, decided, _("已记下处理结果。")):
        return redirect("console:conflicts")
    if wanted == "object" and act(request, objection, objected, _("已交上级裁定。")):
        return redirect("console:conflicts")
    today = timezone.localdate(now)
    sides = queries.sides_of(found, today)
    differences = compare(sides[0].compared, sides[1].compared)
    context = {
        "conflict": found,
        "sides": _columns(found, sides, differences, staff),
        "reasons": [_reason(each, sides) for each in differences],
        "newer": _newer(sides),
        "is_stale": not differences or not all(side.is_current for side in sides),
        "decide_form": decide,
        "object_form": objection,
        "may_decide": found.status in queries.OPEN and actions.may_decide(staff, found),
        "may_object": found.status == Status.REVIEW and mine[found.wrong - 1],
        "is_late": found.status == Status.REVIEW
        and found.due_on is not None
        and found.due_on < today,
        "waits_for": agencies[found.wrong - 1] if found.status == Status.REVIEW else None,
        "back": reverse("console:conflicts"),
    }
    return render(request, "console/conflict.html", context, status=422 if data else 200)


def _columns(
    found: AnswerConflict,
    sides: tuple[Shown, Shown],
    differences: tuple[Difference, ...],
    staff: Staff,
) -> list[dict[str, Any]]:
    numbers = (
        (found.first_entry_id, found.first_document_id),
        (found.second_entry_id, found.second_document_id),
    )
    columns = []
    for at, (side, (entry, document)) in enumerate(zip(sides, numbers, strict=True)):
        spans = [span for each in differences for span in (each.second if at else each.first)]
        link = ""
        if may(staff, Permission.READ_KNOWLEDGE, side.agency):
            name = "console:entry" if entry else "console:paper"
            link = reverse(name, args=[entry or document])
        columns.append({"side": side, "parts": marked(side.text, spans), "link": link})
    return columns


def _reason(each: Difference, sides: tuple[Shown, Shown]) -> str:
    """One difference in a sentence."""
    words = {
        "one": sides[0].agency.name, "other": sides[1].agency.name,
        "kind": KINDS[each.kind], "a": each.one, "b": each.other,
    }  # fmt: skip
    if each.kind == "papers":
        if not each.one:
            return _("要的材料不同：%(other)s多要“%(b)s”。") % words
        if not each.other:
            return _("要的材料不同：%(one)s多要“%(a)s”。") % words
        return _("要的材料不同：%(one)s要“%(a)s”，%(other)s要“%(b)s”。") % words
    return _("%(kind)s不同：%(one)s说“%(a)s”，%(other)s说“%(b)s”。") % words


def _newer(sides: tuple[Shown, Shown]) -> str:
    """Whose source is the newer, where both days are known."""
    newer = newer_of(sides[0].day, sides[1].day)
    return sides[newer - 1].agency.name if newer else ""


urlpatterns = [
    listed("conflicts/", ConflictsPage, "conflicts"),
    path("conflicts/<int:number>/", conflict, name="conflict"),
]
