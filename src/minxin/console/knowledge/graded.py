"""The graded set: drawn from what citizens asked, graded by two apart, settled by a third, frozen."""

from datetime import date, timedelta
from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, listed
from minxin.conversations.queries.asking import questions_between
from minxin.knowledge.actions import graded as actions
from minxin.knowledge.index.shared import fresh_index
from minxin.knowledge.models import Grade, GradedQuestion, GradedSet, Verdict
from minxin.knowledge.queries import graded as queries
from minxin.knowledge.rules import Lookup
from minxin.knowledge.rules.graded import FEWEST, needed_for

PERIOD = timedelta(days=90)


class SetFilter(Search):
    """Filters of the versions."""

    searched = ("agency__name",)
    agency = agency_filter(gettext_lazy("单位"), Permission.EDIT_KNOWLEDGE)

    class Meta:
        model = GradedSet
        fields = ("status", "agency")


class SetTable(Table):
    """The newest first."""

    agency = tables.Column(
        verbose_name=gettext_lazy("单位"), accessor="agency__name", order_by="agency__path"
    )
    number = tables.Column(verbose_name=gettext_lazy("版本"))
    drawn = tables.Column(verbose_name=gettext_lazy("抽取"))
    by_hand = tables.Column(verbose_name=gettext_lazy("人工补充"))
    opened_at = tables.DateTimeColumn(verbose_name=gettext_lazy("建立时间"), format="Y-m-d H:i")
    ended_at = tables.DateTimeColumn(verbose_name=gettext_lazy("定稿时间"), format="Y-m-d H:i")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_agency(self, value: str, record: GradedSet) -> str:
        return format_html('<a href="{}">{}</a>', _url(record), value)

    class Meta(Table.Meta):
        order_by = "-opened_at"


def _url(record: GradedSet) -> str:
    return reverse("console:graded_set", args=[record.pk])


class SetsPage(ListPage):
    """The versions of my agencies' graded sets."""

    permission = Permission.EDIT_KNOWLEDGE
    title = gettext_lazy("评测集")
    empty = gettext_lazy("还没有评测集。")
    empty_hint = gettext_lazy(
        "从市民真实问过的话里抽一批，由两个人分别评定应答对不对，定稿后公布正确率。"
    )
    table_class = SetTable
    filterset_class = SetFilter
    back = (gettext_lazy("知识"), "console:entries")
    buttons = ((gettext_lazy("新建一版"), "console:graded_set_new", Permission.EDIT_KNOWLEDGE),)

    def rows(self, staff: Staff) -> QuerySet[GradedSet]:
        return queries.sets_visible_to(staff)


class NewForm(forms.Form):
    """Whose answers, which days, how many, what is added, and who grades."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("抽它的公众号收到的问题，下级单位的不在内。"),
    )  # fmt: skip
    asked_from = forms.DateField(
        label=gettext_lazy("提问时段起"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    asked_until = forms.DateField(
        label=gettext_lazy("提问时段止"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    size = forms.IntegerField(
        label=gettext_lazy("抽取多少题"), min_value=0, max_value=actions.MOST, initial=400,
        help_text=gettext_lazy(
            "时段内不同的问题每个机会相同，由系统随机抽。答了的题评满 100 个才公布正确率；要证明错答不超过百分之一，一个不错也要评满 381 个。"
        ),
    )  # fmt: skip
    by_hand = forms.CharField(
        label=gettext_lazy("人工补充的问题"), required=False, max_length=20_000,
        help_text=gettext_lazy("一行一个，不写个人信息。用来看改动的影响，不计入公布的正确率。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    first_grader = forms.ModelChoiceField(
        label=gettext_lazy("评定人一"), queryset=Staff.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    second_grader = forms.ModelChoiceField(
        label=gettext_lazy("评定人二"), queryset=Staff.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("两人各评各的，都评完以前看不到对方的评定；分歧由第三个人裁定。"),
    )  # fmt: skip

    def __init__(self, staff: Staff, today: date, data: Any = None) -> None:
        super().__init__(data, initial={"asked_from": today - PERIOD, "asked_until": today})
        mine = agencies_for(staff, Permission.EDIT_KNOWLEDGE).filter(is_active=True)
        people = {each.pk for agency in mine[:50] for each in queries.possible_graders(agency)}
        self.fields["agency"].queryset = mine  # type: ignore[attr-defined]
        for name in ("first_grader", "second_grader"):
            rows = Staff.objects.filter(pk__in=people)
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


class VerdictForm(forms.Form):
    """One verdict; where nothing was answered only two make sense."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("评定"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一种评定。")},
    )  # fmt: skip

    def __init__(self, question: GradedQuestion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if question.answer:
            choices = [
                (Verdict.RIGHT, _("1 对")), (Verdict.PARTLY, _("2 部分对")),
                (Verdict.WRONG, _("3 错")), (Verdict.SILENT, _("4 不该答")),
            ]  # fmt: skip
        else:
            choices = [(Verdict.RIGHT, _("1 不答是对的")), (Verdict.WRONG, _("2 应当能答"))]
        self.fields["verdict"].choices = choices  # type: ignore[attr-defined]


class SettleForm(VerdictForm):
    """Which it is, and why."""

    reason = forms.CharField(
        label=gettext_lazy("裁定理由"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写明裁定的理由。")},
    )  # fmt: skip


class DiscardForm(forms.Form):
    """Why it is laid aside."""

    reason = forms.CharField(
        label=gettext_lazy("作废的原因"), max_length=300,
        error_messages={"required": gettext_lazy("请写明作废的原因。")},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def new_set(request: HttpRequest) -> HttpResponse:
    """The questions are drawn, and the answers of now kept, when this is sent."""
    staff, now = staff_of(request), timezone.now()
    today = timezone.localdate(now)
    form = NewForm(staff, today, request.POST or None)
    made: list[GradedSet] = []

    def run() -> None:
        given = form.cleaned_data
        agency, index = given["agency"], fresh_index()

        def look(text: str) -> Lookup:
            return index.lookup(text, on=today, region=agency.region_code, agency_id=agency.pk)

        sample = actions.Sample(
            given["asked_from"], given["asked_until"],
            questions_between(agency, given["asked_from"], given["asked_until"]),
            given["size"], given["by_hand"].splitlines(),
        )  # fmt: skip
        graders = [given["first_grader"], given["second_grader"]]
        made.append(
            actions.open_graded_set(
                agency, sample, graders=graders, look=look, actor=staff, now=now
            )
        )

    if request.method == "POST" and act(request, form, run, _("已抽题，两位评定人会收到通知。")):
        return redirect(_url(made[0]))
    back = reverse("console:graded_sets")
    return form_page(request, form, title=_("新建一版评测集"), back=back, submit=_("抽题"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def one_set(request: HttpRequest, number: int) -> HttpResponse:
    """The plan, how far it is, where the two differ, what it says when it is frozen."""
    staff, now = staff_of(request), timezone.now()
    found = queries.set_for(staff, number)
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    progress = queries.progress_of(found)
    is_open = found.status == GradedSet.Status.GRADING
    is_grader = staff.pk in {found.first_grader_id, found.second_grader_id}
    # Blind until both have said everything.
    rows = queries.differing(found) if is_open and progress.are_both_done else []
    settling = [
        (row, SettleForm(row, data if wanted == f"settle-{row.pk}" else None, prefix=f"s{row.pk}"))
        for row in list(rows)[:50]
    ]
    discard = DiscardForm(data if wanted == "discard" else None, prefix="discard")
    freeze = forms.Form(data if wanted == "freeze" else None)
    acts: dict[str, tuple[forms.Form, Any, str]] = {
        "freeze": (freeze, lambda: actions.freeze_graded_set(found, actor=staff, now=now),
                   _("已定稿。")),
        "discard": (discard, lambda: actions.discard_graded_set(
            found, reason=discard.cleaned_data["reason"], actor=staff, now=now), _("已作废。")),
        **{
            f"settle-{row.pk}": (form, lambda row=row, form=form: actions.settle_question(
                row, form.cleaned_data["verdict"], reason=form.cleaned_data["reason"],
                actor=staff, now=now), _("裁定已记下。"))
            for row, form in settling
        },
    }  # fmt: skip
    if wanted in acts and act(request, *acts[wanted]):
        return redirect(_url(found))
    accuracy = queries.accuracy_in(found) if found.status == GradedSet.Status.FROZEN else None
    context = {
        "set": found,
        "progress": progress,
        "agreement": queries.agreement_of(found) if progress.are_both_done else None,
        "is_open": is_open,
        "is_grader": is_grader,
        "mine_left": queries.to_grade(found, staff).count(),
        "may_freeze": is_open and progress.are_both_done and not progress.differing,
        "settling": settling,
        "freeze_form": freeze,
        "discard_form": discard,
        "accuracy": accuracy,
        "figures": _percents(accuracy) if accuracy else None,
        "fewest": FEWEST,
        "needed": needed_for(accuracy.bad) if accuracy else 0,
    }
    return render(request, "console/graded_set.html", context, status=422 if data else 200)


def _percents(accuracy: Any) -> dict[str, float]:
    """Shares in percent, for the page."""
    low, high = accuracy.interval
    bad_low, bad_high = accuracy.bad_interval
    bad = accuracy.bad / accuracy.given if accuracy.given else 0.0
    shares = {
        "right": accuracy.share, "low": low, "high": high, "bad": bad, "bad_low": bad_low,
        "bad_high": bad_high, "coverage": accuracy.coverage,
    }  # fmt: skip
    return {name: 100 * value for name, value in shares.items()}


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def grade(request: HttpRequest, number: int) -> HttpResponse:
    """The next question for me, as on the phone; nothing of the other's word."""
    staff, now = staff_of(request), timezone.now()
    found = queries.set_for(staff, number)
    waiting = queries.to_grade(found, staff)
    sent = request.POST.get("question", "")
    row = waiting.filter(pk=int(sent)).first() if sent.isdecimal() else waiting.first()
    if row is None:
        return redirect(_url(found) if not waiting.exists() else request.path)
    form = VerdictForm(row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and act(
        request, form,
        lambda: actions.grade_question(row, form.cleaned_data["verdict"], actor=staff, now=now),
    ):  # fmt: skip
        return redirect(request.path)
    context = {"set": found, "row": row, "left": waiting.count(), "form": form}
    status = 422 if form.errors else 200
    return render(request, "console/graded_grade.html", context, status=status)


class QuestionFilter(Search):
    """By what came of it."""

    searched = ("text", "answer", "reason")

    class Meta:
        model = GradedQuestion
        fields = ("verdict", "origin")


class QuestionTable(Table):
    """The questions with both words and what counts."""

    number = tables.Column(verbose_name=gettext_lazy("序号"))
    text = tables.Column(verbose_name=gettext_lazy("问题"))
    answer = tables.Column(verbose_name=gettext_lazy("答复"), orderable=False, empty_values=())
    confidence = tables.Column(verbose_name=gettext_lazy("把握"))
    said = tables.Column(verbose_name=gettext_lazy("两人评定"), empty_values=(), orderable=False)
    verdict = tables.Column(
        verbose_name=gettext_lazy("结果"), accessor="get_verdict_display", order_by="verdict"
    )
    reason = tables.Column(verbose_name=gettext_lazy("裁定理由"), orderable=False)

    def render_answer(self, record: GradedQuestion) -> str:
        value = record.answer
        return (value if len(value) <= 60 else f"{value[:59]}…") or _("没有作答")

    def render_confidence(self, value: float) -> str:
        return f"{value:.2f}"

    def render_said(self, record: GradedQuestion) -> str:
        return "；".join(_said(each) for each in record.grades.all())

    class Meta(Table.Meta):
        order_by = "number"


def _said(grade: Grade) -> str:
    return f"{grade.staff.name} {grade.get_verdict_display()}"


class QuestionsPage(ListPage):
    """What was graded, once it is over; before, nobody reads a word of it."""

    permission = Permission.EDIT_KNOWLEDGE
    title = gettext_lazy("评测结果")
    empty = gettext_lazy("评测集还没有定稿。")
    empty_hint = gettext_lazy("两人各评各的，定稿以后才看得到评定。")
    table_class = QuestionTable
    filterset_class = QuestionFilter
    back = (gettext_lazy("评测集"), "console:graded_set")

    def rows(self, staff: Staff) -> QuerySet[GradedQuestion]:
        return queries.questions_of(queries.set_for(staff, self.kwargs["number"]))


urlpatterns = [
    listed("knowledge/graded/", SetsPage, "graded_sets"),
    path("knowledge/graded/new/", new_set, name="graded_set_new"),
    path("knowledge/graded/<int:number>/", one_set, name="graded_set"),
    path("knowledge/graded/<int:number>/grade/", grade, name="graded_grade"),
    listed("knowledge/graded/<int:number>/questions/", QuestionsPage, "graded_questions"),
]
