"""What many ask and nobody answered: demand beside supply, who owes an answer, what closing changed."""

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

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.console.words import Words
from minxin.core.errors import NotFound
from minxin.knowledge.actions import intents as actions
from minxin.knowledge.models import Intent
from minxin.knowledge.queries import intents as queries

_SHOWN = [choice for choice in choices_of(Intent.Status) if choice[0] != Intent.Status.MERGED]


class IntentFilter(Search):
    """Filters of the board."""

    searched = ("title", "topic", "owner__name", "places__question__text")
    agency_path = "owner__path"
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=_SHOWN)
    agency = agency_filter(gettext_lazy("责任单位"), Permission.READ_KNOWLEDGE)
    supply = django_filters.ChoiceFilter(
        label=gettext_lazy("供给"),
        choices=(("0", gettext_lazy("没有相近条目")), ("1", gettext_lazy("有相近条目"))),
        method="by_supply",
    )
    due = django_filters.ChoiceFilter(
        label=gettext_lazy("期限"),
        choices=(("1", gettext_lazy("三天内到期或已超期")),),
        method="by_due",
    )

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return super().search(queryset, name, value).distinct()

    def by_supply(self, queryset: QuerySet[Intent], name: str, value: str) -> QuerySet[Intent]:
        return queryset.filter(supply_on__isnull=value == "0")

    def by_due(self, queryset: QuerySet[Intent], name: str, value: str) -> QuerySet[Intent]:
        return queries.due_soon(queryset, timezone.localdate())

    class Meta:
        model = Intent
        fields = ("status",)


class IntentTable(Table):
    """The most needed first."""

    title = tables.Column(
        verbose_name=gettext_lazy("市民的问法"), linkify=lambda record: _url(record)
    )
    owner = tables.Column(
        verbose_name=gettext_lazy("责任单位"), accessor="owner__name", default="—"
    )
    recent_citizens = tables.Column(verbose_name=gettext_lazy("近四周市民"))
    citizens = tables.Column(verbose_name=gettext_lazy("不同市民"))
    times = tables.Column(verbose_name=gettext_lazy("提问次数"))
    trend = tables.Column(verbose_name=gettext_lazy("近八周"), orderable=False, empty_values=())
    near = tables.Column(
        verbose_name=gettext_lazy("相近条目"), order_by="supply_on", empty_values=()
    )
    due_on = tables.DateColumn(verbose_name=gettext_lazy("补充期限"), format="Y-m-d")
    need = tables.Column(verbose_name=gettext_lazy("需要程度"))
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_trend(self, record: Intent) -> str:
        return " ".join(str(each) for each in record.trend)

    def render_near(self, record: Intent) -> str:
        if record.supply_on is None:
            return _("没有")
        days = (timezone.localdate() - record.supply_on).days
        words = (
            _("%(count)s 条，最近一条 %(days)s 天前更新") if days else _("%(count)s 条，今天更新过")
        )
        return words % {"count": len(record.near), "days": days}

    def render_status(self, value: str, record: Intent) -> str:
        late = record.due_on is not None and record.due_on < timezone.localdate()
        if record.status == Intent.Status.OPEN and late:
            return _("%(status)s，已超期") % {"status": value}
        return value

    class Meta(Table.Meta):
        order_by = ("-need", "-times")


def _url(record: Intent) -> str:
    return reverse("console:intent", args=[record.pk])


class IntentsPage(ListPage):
    """Unanswered questions put together, as demand beside supply."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("同类问题")
    empty = gettext_lazy("还没有归类的问题。")
    empty_hint = gettext_lazy("未答问题每天凌晨归类一次：问法相近的放在一起，计算多少市民问过。")
    table_class = IntentTable
    filterset_class = IntentFilter

    def rows(self, staff: Staff) -> QuerySet[Intent]:
        return queries.intents_visible_to(staff)


class AssignForm(forms.Form):
    """Who owes the answer, and by when."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("责任单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("请选择责任单位。")},
    )  # fmt: skip
    due_on = forms.DateField(
        label=gettext_lazy("补充期限"), required=False,
        help_text=gettext_lazy("留空为十个工作日。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    basis = forms.CharField(label=gettext_lazy("依据"), required=False, max_length=300)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = agencies_for(staff, Permission.READ_AGENCIES).filter(is_active=True)
        self.fields["owner"].queryset = rows  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """The entry that answers it."""

    entry = forms.CharField(
        label=gettext_lazy("知识条目编号"), max_length=40,
        help_text=gettext_lazy("要已发布的条目；最常问的几种问法会记为它的其他问法。"),
        error_messages={"required": gettext_lazy("请填写知识条目的编号。")},
    )  # fmt: skip


class MergeForm(forms.Form):
    """Into which other."""

    into = forms.IntegerField(
        label=gettext_lazy("并入的编号"), min_value=1,
        help_text=gettext_lazy("另一类问题页面上的编号。"),
        error_messages={
            "required": gettext_lazy("请填写要并入的编号。"),
            "invalid": gettext_lazy("编号是一个数字。"),
        },
    )  # fmt: skip


class ReasonForm(forms.Form):
    """In words."""

    reason = Words(
        label=gettext_lazy("原因"), 
        error_messages={"required": gettext_lazy("请写明原因。")},
        limit=300, rows=2,
    )  # fmt: skip


class SplitForm(forms.Form):
    """Which questions go; shown as boxes beside them."""

    questions = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("请勾选要拆出的问题。")}
    )

    def __init__(self, data: Any, places: list[Any]) -> None:
        super().__init__(data)
        choices = [(each.question_id, each.question.text) for each in places]
        self.fields["questions"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def intent(request: HttpRequest, number: int) -> HttpResponse:
    """One: its questions, the weeks, what is near it, and what to do about it."""
    staff, now = staff_of(request), timezone.now()
    found = queries.intent_for(staff, number)
    may_edit = queries.may_edit_intent(staff, found)
    if request.method == "POST" and not may_edit:
        raise NotFound
    wanted = request.POST.get("act", "")
    data = {wanted: request.POST} if request.method == "POST" else {}
    places = list(queries.places_of(found)[:200])
    near = queries.near_entries(found)
    forms_of: dict[str, forms.Form] = {
        "assign": AssignForm(
            data.get("assign"), staff=staff, prefix="assign", initial={"owner": found.owner_id}
        ),
        "close": CloseForm(
            data.get("close"), prefix="close", initial={"entry": near[0].code if near else ""}
        ),
        "merge": MergeForm(data.get("merge"), prefix="merge"),
        "dismiss": ReasonForm(data.get("dismiss"), prefix="dismiss"),
        "reopen": ReasonForm(data.get("reopen"), prefix="reopen"),
        "split": SplitForm(data.get("split"), places),
    }
    if wanted in forms_of and _acted(request, found, wanted, forms_of[wanted]):
        return redirect("console:intents" if wanted == "merge" else request.path)
    weeks, drop = queries.curve(found, timezone.localdate(now))
    most = max((week.times for week in weeks), default=0) or 1
    context = {
        "intent": found,
        "places": places,
        "near": near,
        "bars": [(week, round(60 * week.times / most), at * 26) for at, week in enumerate(weeks)],
        "width": len(weeks) * 26,
        "drop": drop,
        "may_edit": may_edit,
        "is_late": found.due_on is not None and found.due_on < timezone.localdate(now),
        "first": places[0].question if places else None,
        "back": reverse("console:intents"),
        **{f"{name}_form": form for name, form in forms_of.items()},
    }
    return render(request, "console/intent.html", context, status=422 if data else 200)


def _acted(request: HttpRequest, found: Intent, wanted: str, form: forms.Form) -> bool:
    staff, now = staff_of(request), timezone.now()

    def run() -> None:
        given = form.cleaned_data
        match wanted:
            case "assign":
                actions.assign_intent(found, actor=staff, now=now, **given)
            case "close":
                entry = queries.closing_entry(staff, given["entry"])
                actions.close_intent(found, entry, actor=staff, now=now)
            case "merge":
                other = queries.mergeable(staff, found, given["into"])
                actions.merge_intents(found, other, actor=staff, now=now)
            case "dismiss":
                actions.dismiss_intent(found, actor=staff, now=now, **given)
            case "reopen":
                actions.reopen_intent(found, actor=staff, now=now, **given)
            case _:
                actions.split_questions(found, given["questions"], actor=staff, now=now)

    done = {
        "assign": _("责任单位和期限已记下。"),
        "close": _("已补充。以后几周可以在这里看重复提问减少了多少。"),
        "merge": _("已合并。"),
        "dismiss": _("已标记为不予收录。"),
        "reopen": _("已重新打开。"),
        "split": _("已拆出，成为新的一类。"),
    }
    return act(request, form, run, done[wanted])


urlpatterns = [
    listed("intents/", IntentsPage, "intents"),
    path("intents/<int:number>/", intent, name="intent"),
]
