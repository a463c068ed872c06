"""Call-backs: who is to be called, and one call beside what was asked and answered."""

import django_tables2 as tables
from django import forms
from django.contrib import messages
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
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.citizens.queries import profile_of
from minxin.console.base import act, allowed, staff_of
from minxin.console.links import portal_ticket
from minxin.console.lists import ListPage, Search, Table, agency_filter, listed
from minxin.console.words import Words
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import CallBack, Rating
from minxin.tickets.rules.calling_back import MOST_CALLS
from minxin.tickets.wording import day_said


class MissedForm(forms.Form):
    """She was not reached."""

    reached = forms.ChoiceField(
        label=gettext_lazy("接通情况"),
        choices=[("", gettext_lazy("请选择")), *CallBack.Reached.choices[1:]],
        error_messages={"required": gettext_lazy("请选择接通情况。")},
    )


class SaidForm(forms.Form):
    """What she said, and what follows."""

    resolved = forms.ChoiceField(
        label=gettext_lazy("是否解决"),
        choices=[("", gettext_lazy("请选择")), *CallBack.Resolved.choices],
        error_messages={"required": gettext_lazy("请选择是否解决。")},
    )
    level = forms.ChoiceField(
        label=gettext_lazy("满意度"),
        choices=[("", gettext_lazy("请选择")), *Rating.Level.choices],
        error_messages={"required": gettext_lazy("请选择满意度。")},
    )
    words = Words(
        label=gettext_lazy("市民意见"),
        required=False,
        help_text=gettext_lazy("照市民的原话记，不写姓名和电话。"),
        limit=500,
        rows=2,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("处理"),
        choices=[("", gettext_lazy("请选择")), *CallBack.Outcome.choices],
        help_text=gettext_lazy(
            "没有解决或不满意，原因在承办单位的，重办；不在承办单位的，记录原因后办结。"
        ),
        error_messages={"required": gettext_lazy("请选择怎样处理。")},
    )
    reason = Words(
        label=gettext_lazy("理由"),
        required=False,
        help_text=gettext_lazy("重办或记录原因时必填；市民看不到。"),
        limit=500,
        rows=2,
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("重办由哪个单位办理"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=gettext_lazy("仍由原单位"),
    )


class CallBackFilter(Search):
    """Filters of the queue."""

    searched = ("ticket__number", "ticket__text", "ticket__answer")
    agency_path = "ticket__agency__path"
    agency = agency_filter(gettext_lazy("承办单位"), Permission.ANSWER_TICKETS)

    class Meta:
        model = CallBack
        fields = ("agency",)


class CallBackTable(Table):
    """Who is to be called; who waits longest first."""

    number = tables.Column(verbose_name=gettext_lazy("编号"), accessor="ticket__number")
    asked = tables.Column(verbose_name=gettext_lazy("内容"), empty_values=(), orderable=False)
    agency = tables.Column(
        verbose_name=gettext_lazy("承办单位"), accessor="ticket__agency__name",
        order_by="ticket__agency__path",
    )  # fmt: skip
    answered = tables.DateTimeColumn(
        verbose_name=gettext_lazy("答复时间"), accessor="ticket__answered_at", format="Y-m-d H:i"
    )
    due_at = tables.Column(verbose_name=gettext_lazy("回访期限"))
    calls = tables.Column(verbose_name=gettext_lazy("已打电话"))
    reached = tables.Column(
        verbose_name=gettext_lazy("上次"), accessor="get_reached_display", order_by="reached"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_number(self, value: str, record: CallBack) -> str:
        return format_html('<a href="{}">{}</a>', _url(record), value)

    def render_asked(self, record: CallBack) -> str:
        return queries.in_brief(record.ticket, 30)

    def render_due_at(self, record: CallBack) -> str:
        due, today = timezone.localtime(record.due_at).date(), timezone.localdate()
        level = "late" if record.due_at < timezone.now() else "soon" if due == today else "fine"
        return format_html(
            '<span class="deadline deadline-{}">{}</span>', level, day_said(due, today)
        )

    class Meta(Table.Meta):
        order_by = "due_at"


def _url(record: CallBack) -> str:
    return reverse("console:call_back", args=[record.ticket.number])


class CallBacksPage(ListPage):
    """Call-backs of my agencies."""

    permission = Permission.ANSWER_TICKETS
    title = gettext_lazy("待回访")
    empty = gettext_lazy("没有待回访的工单。")
    empty_hint = gettext_lazy("单位在“办理规则”里开启回访后，答复的下一个工作日要打电话问市民。")
    table_class = CallBackTable
    filterset_class = CallBackFilter

    def rows(self, staff: Staff) -> QuerySet[CallBack]:
        return queries.call_backs_waiting(staff)


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_TICKETS)
def call_back(request: HttpRequest, number: str) -> HttpResponse:
    """What was asked and answered, the number to call, and what she said."""
    staff, now = staff_of(request), timezone.now()
    try:
        row = queries.call_back_for(staff, number)
    except NotFound:
        queries.ticket_for(staff, number, Permission.ANSWER_TICKETS)
        messages.info(request, _("这次回访已经有了结果，或者不再需要。"))
        return redirect("console:call_backs")
    found, wanted = row.ticket, request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    missed = MissedForm(data if wanted == "missed" else None, prefix="missed")
    said = SaidForm(data if wanted == "said" else None, prefix="said")
    said.fields["agency"].queryset = Agency.objects.filter(is_active=True)  # type: ignore[attr-defined]
    if wanted == "missed" and act(
        request, missed,
        lambda: actions.note_call(found, actor=staff, now=now, **missed.cleaned_data),
        _("已记录。"),
    ):  # fmt: skip
        return redirect("console:call_backs")
    if wanted == "said" and act(
        request, said,
        lambda: actions.keep_call_back(
            found, link=portal_ticket(found), actor=staff, now=now, **said.cleaned_data
        ),
        _("回访已记录。"),
    ):  # fmt: skip
        return redirect("console:call_backs")
    may_reveal = may(staff, Permission.REVEAL_CITIZENS, found.agency)
    is_mine = queries.took_part_in_answer(found, staff)
    phone = ""
    if wanted == "phone" and may_reveal and not is_mine:
        try:
            phone = actions.reveal_contact(
                found, "phone", reason=_("回访工单 %(number)s") % {"number": found.number},
                actor=staff, now=now,
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, refusal.message)
    actions.note_reading(found, actor=staff, now=now)
    context = {
        "ticket": found,
        "row": row,
        "rating": queries.rating_of(found),
        "profile": profile_of(found.citizen) if found.citizen and not found.is_anonymous else None,
        "phone": phone,
        "may_reveal": may_reveal,
        "is_mine": is_mine,
        "missed_form": missed,
        "said_form": said,
        "most": MOST_CALLS,
    }
    status = 422 if missed.errors or said.errors else 200
    return render(request, "console/call_back.html", context, status=status)


urlpatterns = [
    listed("call-backs/", CallBacksPage, "call_backs"),
    path("call-backs/<str:number>/", call_back, name="call_back"),
]
