"""Inspections of replies: the plan, two people who judge blind with the keyboard, what came of it."""

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
from minxin.console.words import Words
from minxin.tickets import actions, queries
from minxin.tickets.models import InspectedReply, ReplyInspection, ReplyJudgement
from minxin.tickets.queries import sampling
from minxin.tickets.rules.sampling import AQLS, LEVELS, Plan, chance_of_acceptance


class InspectionFilter(Search):
    """Filters of the list."""

    searched = ("agency__name", "reason")
    agency = agency_filter(gettext_lazy("抽查单位"), Permission.INSPECT_REPLIES)

    class Meta:
        model = ReplyInspection
        fields = ("status", "agency")


class InspectionTable(Table):
    """The newest first."""

    agency = tables.Column(
        verbose_name=gettext_lazy("抽查单位"), accessor="agency__name", order_by="agency__path"
    )
    period_from = tables.Column(verbose_name=gettext_lazy("答复时段"))
    lot = tables.Column(verbose_name=gettext_lazy("批量"))
    size = tables.Column(verbose_name=gettext_lazy("样本量"))
    accept = tables.Column(verbose_name=gettext_lazy("接收数"))
    faulty = tables.Column(verbose_name=gettext_lazy("不合格"))
    status = tables.Column(
        verbose_name=gettext_lazy("结论"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_agency(self, value: str, record: ReplyInspection) -> str:
        return format_html('<a href="{}">{}</a>', _url(record), value)

    def render_period_from(self, record: ReplyInspection) -> str:
        return f"{record.period_from:%Y-%m-%d} — {record.period_until:%Y-%m-%d}"

    class Meta(Table.Meta):
        order_by = "-id"


def _url(record: ReplyInspection) -> str:
    return reverse("console:reply_inspection", args=[record.pk])


class InspectionsPage(ListPage):
    """Inspections of the replies of my agencies."""

    permission = Permission.INSPECT_REPLIES
    title = gettext_lazy("答复抽查")
    empty = gettext_lazy("还没有答复抽查。")
    empty_hint = gettext_lazy("按抽样方案抽一个时段的答复，由两个人分别判定。")
    table_class = InspectionTable
    filterset_class = InspectionFilter
    buttons = (
        (gettext_lazy("发起抽查"), "console:reply_inspection_new", Permission.INSPECT_REPLIES),
    )

    def rows(self, staff: Staff) -> QuerySet[ReplyInspection]:
        return sampling.inspections_visible_to(staff)


class NewForm(forms.Form):
    """Whose replies, of which days, how strictly, judged by whom."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("抽查单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"), help_text=gettext_lazy("连同它的下级单位。"),
    )  # fmt: skip
    period_from = forms.DateField(
        label=gettext_lazy("答复时段起"), widget=forms.DateInput(attrs={"type": "date"})
    )
    period_until = forms.DateField(
        label=gettext_lazy("答复时段止"), widget=forms.DateInput(attrs={"type": "date"})
    )
    aql = forms.ChoiceField(
        label=gettext_lazy("AQL（%）"), choices=[(each, each) for each in AQLS], initial="4.0",
        help_text=gettext_lazy(
            "接收质量限：不合格的答复不超过这个比例的，绝大多数时候会被接收。取多少由本地定，没有全国规定。"
        ),
    )  # fmt: skip
    level = forms.ChoiceField(
        label=gettext_lazy("检验水平"), choices=[(each, each) for each in LEVELS], initial="II",
        help_text=gettext_lazy("按 GB/T 2828.1-2012 一次抽样、正常检验；水平越高，样本越大。"),
    )  # fmt: skip
    first_judge = forms.ModelChoiceField(
        label=gettext_lazy("判定人一"), queryset=Staff.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    second_judge = forms.ModelChoiceField(
        label=gettext_lazy("判定人二"), queryset=Staff.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("两人各判各的，看不到对方怎么判；写过或审核过抽中答复的人不能判。"),
    )  # fmt: skip

    def __init__(self, staff: Staff, data: Any = None) -> None:
        super().__init__(data)
        mine = agencies_for(staff, Permission.INSPECT_REPLIES).filter(is_active=True)
        people = Staff.objects.filter(
            pk__in=[each.pk for agency in mine[:1] for each in sampling.possible_judges(agency)]
        )
        for name, rows in (("agency", mine), ("first_judge", people), ("second_judge", people)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


class JudgeForm(forms.Form):
    """One verdict."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("判定"),
        choices=[("good", gettext_lazy("1 合格")), ("bad", gettext_lazy("2 不合格"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择合格或不合格。")},
    )
    faults = forms.MultipleChoiceField(
        label=gettext_lazy("不合格的原因"), required=False, choices=ReplyJudgement.Fault.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    words = Words(
        label=gettext_lazy("说明"), required=False,
        limit=300, rows=2,
    )  # fmt: skip


class SettleForm(forms.Form):
    """Which of the two is right, and why."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("裁定"),
        choices=[("good", gettext_lazy("合格")), ("bad", gettext_lazy("不合格"))],
    )
    reason = Words(label=gettext_lazy("裁定理由"), limit=500, rows=2)


class ReasonForm(forms.Form):
    """In words."""

    reason = Words(label=gettext_lazy("说明"), limit=500, rows=3)


@require_http_methods(["GET", "POST"])
@allowed(Permission.INSPECT_REPLIES)
def reply_inspection_new(request: HttpRequest) -> HttpResponse:
    """The list is frozen and the sample drawn when this is sent."""
    staff, now = staff_of(request), timezone.now()
    form = NewForm(staff, request.POST or None)
    made: list[ReplyInspection] = []

    def run() -> None:
        given = dict(form.cleaned_data)
        judges = [given.pop("first_judge"), given.pop("second_judge")]
        agency = given.pop("agency")
        made.append(actions.open_inspection(agency, judges=judges, actor=staff, now=now, **given))

    if request.method == "POST" and act(request, form, run, _("已抽样，两位判定人会收到通知。")):
        return redirect(_url(made[0]))
    back = reverse("console:reply_inspections")
    return form_page(request, form, title=_("发起答复抽查"), back=back, submit=_("抽样"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.INSPECT_REPLIES)
def reply_inspection(request: HttpRequest, number: int) -> HttpResponse:
    """The plan and how good it is, how far it is, where the two differ, what came of it."""
    staff = staff_of(request)
    found = sampling.inspection_for(staff, number)
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    conclude = ReasonForm(data if wanted == "conclude" else None, prefix="conclude")
    cancel = ReasonForm(data if wanted == "cancel" else None, prefix="cancel")
    is_open = found.status == ReplyInspection.Status.OPEN
    is_judge = sampling.is_judge(found, staff)
    # Blind until both have said everything: who judges sees no word of the other before.
    progress = sampling.progress_of(found)
    both_done = progress.first == progress.second == progress.size
    disputed = list(sampling.differing(found)) if is_open and both_done else []
    settling = [
        (row, SettleForm(data if wanted == f"settle-{row.pk}" else None, prefix=f"s{row.pk}"))
        for row in disputed
    ]
    if _acted(request, found, wanted, conclude, cancel, settling):
        return redirect(_url(found))
    plan = Plan(found.lot, found.letter, found.size, found.accept)
    context = {
        "inspection": found,
        "plan": plan,
        "chances": _chances(plan, float(found.aql)),
        "progress": progress,
        "agreement": sampling.agreement_of(found) if both_done or not is_open else None,
        "is_open": is_open,
        "is_judge": is_judge,
        "mine_left": sampling.to_judge(found, staff).count(),
        "settling": settling,
        "both_done": both_done,
        "conclude_form": conclude,
        "cancel_form": cancel,
        "results": None if is_open else sampling.results_of(found),
    }
    status = 422 if data else 200
    return render(request, "console/reply_inspection.html", context, status=status)


def _chances(plan: Plan, aql: float) -> list[tuple[str, int, int]]:
    """How likely a period is accepted when so much of it is faulty, for a person who weighs the plan."""
    found = []
    for share in (aql, aql * 2, aql * 4):
        faulty = min(plan.lot, round(plan.lot * share / 100))
        words = f"{share:g}%"
        found.append((words, faulty, round(100 * chance_of_acceptance(plan, faulty))))
    return found


def _acted(
    request: HttpRequest, found: ReplyInspection, wanted: str, conclude: ReasonForm,
    cancel: ReasonForm, settling: list[tuple[InspectedReply, SettleForm]],
) -> bool:  # fmt: skip
    staff, now = staff_of(request), timezone.now()
    if wanted == "conclude":
        return act(
            request, conclude,
            lambda: actions.conclude_inspection(
                found, actor=staff, now=now, **conclude.cleaned_data
            ),
            _("结论已记下。"),
        )  # fmt: skip
    if wanted == "cancel":
        return act(
            request, cancel,
            lambda: actions.cancel_inspection(found, actor=staff, now=now, **cancel.cleaned_data),
            _("抽查已取消。"),
        )  # fmt: skip
    for row, form in settling:
        if wanted == f"settle-{row.pk}":
            return act(
                request, form,
                lambda row=row, form=form: actions.settle_reply(  # type: ignore[misc]
                    row, is_good=form.cleaned_data["verdict"] == "good",
                    reason=form.cleaned_data["reason"], actor=staff, now=now,
                ),
                _("裁定已记下。"),
            )  # fmt: skip
    return False


@require_http_methods(["GET", "POST"])
@allowed(Permission.INSPECT_REPLIES)
def reply_judge(request: HttpRequest, number: int) -> HttpResponse:
    """The next reply for me, beside what it answers; nothing of the other's word or the machine's."""
    staff, now = staff_of(request), timezone.now()
    found = sampling.inspection_for(staff, number)
    waiting = sampling.to_judge(found, staff)
    sent = request.POST.get("reply", "")
    row = waiting.filter(pk=int(sent)).first() if sent.isdecimal() else waiting.first()
    if row is None:
        return redirect(_url(found) if not waiting.exists() else request.path)
    form = JudgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and act(
        request, form,
        lambda: actions.judge_reply(
            row, is_good=form.cleaned_data["verdict"] == "good",
            faults=form.cleaned_data["faults"], words=form.cleaned_data["words"],
            actor=staff, now=now,
        ),
    ):  # fmt: skip
        return redirect(request.path)
    ticket = row.event.ticket
    may_read = queries.may_read(ticket, staff)
    if may_read:
        actions.note_reading(ticket, actor=staff, now=now)
    context = {
        "inspection": found,
        "row": row,
        "ticket": ticket,
        "may_read": may_read,
        "answer": row.event.text,
        "left": waiting.count(),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "console/reply_judge.html", context, status=status)


class ResultFilter(Search):
    """Nothing to filter by but words."""

    searched = ("event__ticket__number", "event__text", "reason")

    class Meta:
        model = InspectedReply
        fields = ()


class ResultTable(Table):
    """The sample with both words and what counts."""

    number = tables.Column(verbose_name=gettext_lazy("序号"))
    ticket = tables.Column(verbose_name=gettext_lazy("工单"), accessor="event__ticket__number")
    agency = tables.Column(
        verbose_name=gettext_lazy("承办单位"), accessor="event__ticket__agency__name"
    )
    text = tables.Column(verbose_name=gettext_lazy("答复"), accessor="event__text", orderable=False)
    said = tables.Column(verbose_name=gettext_lazy("两人判定"), empty_values=(), orderable=False)
    is_good = tables.Column(verbose_name=gettext_lazy("结果"), empty_values=())
    reason = tables.Column(verbose_name=gettext_lazy("裁定理由"), orderable=False)

    def render_text(self, value: str) -> str:
        return value if len(value) <= 60 else f"{value[:59]}…"

    def render_said(self, record: InspectedReply) -> str:
        return "；".join(_said(each) for each in record.judgements.all())

    def render_is_good(self, record: InspectedReply) -> str:
        return _verdict(record.is_good)

    class Meta(Table.Meta):
        order_by = "number"


def _verdict(is_good: bool | None) -> str:
    return "—" if is_good is None else _("合格") if is_good else _("不合格")


def _said(judgement: ReplyJudgement) -> str:
    faults = "、".join(str(ReplyJudgement.Fault(each).label) for each in judgement.faults)
    parts = [f"{judgement.staff.name} {_verdict(judgement.is_good)}", faults, judgement.words]
    return " ".join(each for each in parts if each)


class ResultsPage(ListPage):
    """What was found, once the inspection is over; before, nobody sees a word of it."""

    permission = Permission.INSPECT_REPLIES
    title = gettext_lazy("抽查结果")
    empty = gettext_lazy("抽查还没有结束。")
    empty_hint = gettext_lazy("两人各判各的，结束以后才看得到判定。")
    table_class = ResultTable
    filterset_class = ResultFilter
    back = (gettext_lazy("答复抽查"), "console:reply_inspection")

    def rows(self, staff: Staff) -> QuerySet[InspectedReply]:
        found = sampling.inspection_for(staff, self.kwargs["number"])
        rows = sampling.results_of(found).filter(event__ticket__is_confidential=False)
        return rows.none() if found.status == ReplyInspection.Status.OPEN else rows


urlpatterns = [
    listed("reply-inspections/", InspectionsPage, "reply_inspections"),
    path("reply-inspections/new/", reply_inspection_new, name="reply_inspection_new"),
    path("reply-inspections/<int:number>/", reply_inspection, name="reply_inspection"),
    path("reply-inspections/<int:number>/judge/", reply_judge, name="reply_judge"),
    listed("reply-inspections/<int:number>/results/", ResultsPage, "reply_inspection_results"),
]
