"""Tickets: the list, one with its timeline and what I can do now, presets."""

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
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.citizens.actions import reveal
from minxin.citizens.queries import profile_of
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.links import portal_ticket
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.wording import day_said, deadline_said
from minxin.core.errors import Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import DeadlinePreset, Nature, Ticket
from minxin.tickets.rules import OPEN, Verb, may_follow

STATES = (
    ("new", gettext_lazy("待受理")),
    ("open", gettext_lazy("办理中")),
    ("soon", gettext_lazy("即将到期")),
    ("overdue", gettext_lazy("已超期")),
    ("answered", gettext_lazy("已答复")),
    ("closed", gettext_lazy("已办结")),
)


class TicketFilter(Search):
    """Filters of the ticket list."""

    searched = ("number", "text", "place")
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=STATES, method="by_state"
    )
    nature = django_filters.ChoiceFilter(label=gettext_lazy("性质"), choices=choices_of(Nature))

    def by_state(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        now = timezone.now()
        match value:
            case "new":
                return queryset.filter(status__in=["submitted", "reopened"])
            case "open":
                return queryset.filter(status__in=OPEN)
            case "soon":
                return queries.due_soon(queryset, now)
            case "overdue":
                return queries.overdue(queryset, now)
        return queryset.filter(status=value)

    class Meta:
        model = Ticket
        fields = ("state", "nature")


class TicketTable(Table):
    """Tickets with their deadlines in words."""

    number = tables.Column(verbose_name=gettext_lazy("编号"), linkify=lambda record: _url(record))
    brief = tables.Column(
        verbose_name=gettext_lazy("内容"), empty_values=(), order_by="text", orderable=False
    )
    nature = tables.Column(
        verbose_name=gettext_lazy("性质"), accessor="get_nature_display", order_by="nature"
    )
    agency = tables.Column(verbose_name=gettext_lazy("承办单位"), accessor="agency__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    due_at = tables.Column(verbose_name=gettext_lazy("期限"))
    filed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("提交时间"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: _url(record))

    def render_brief(self, record: Ticket) -> str:
        return queries.in_brief(record)

    def render_due_at(self, record: Ticket) -> str:
        deadline = queries.deadline_of(record, now=timezone.now())
        due, today = timezone.localtime(record.due_at).date(), timezone.localdate()
        return format_html(
            '<span class="deadline deadline-{}">{}</span> <span class="quiet">{}</span>',
            deadline.level,
            deadline_said(deadline.words),
            day_said(due, today),
        )

    class Meta(Table.Meta):
        order_by = "due_at"


def _url(record: Ticket) -> str:
    return reverse("console:ticket", args=[record.number])


class TicketsPage(ListPage):
    """The tickets of my agencies."""

    permission = Permission.READ_TICKETS
    title = gettext_lazy("工单")
    empty = gettext_lazy("没有工单。")
    empty_hint = gettext_lazy("市民在微信里提交诉求后，会按职责出现在这里。")
    table_class = TicketTable
    filterset_class = TicketFilter

    def rows(self, staff: Staff) -> QuerySet[Ticket]:
        return queries.tickets_visible_to(staff)


class AnswerForm(forms.Form):
    """The answer a citizen will read."""

    text = forms.CharField(
        label=gettext_lazy("答复内容"),
        help_text=gettext_lazy("市民会在微信里原样看到。写明结果、依据和下一步，不写内部流程。"),
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": 2000}),
        error_messages={"required": gettext_lazy("请填写答复内容。")},
    )


class AssignForm(forms.Form):
    """Which agency handles it, and why."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("承办单位"),
        queryset=Agency.objects.none(),
        error_messages={"required": gettext_lazy("请选择承办单位。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        help_text=gettext_lazy("只有工作人员看得到。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = forms.CharField(
        label=gettext_lazy("内部记录"), widget=forms.Textarea(attrs={"rows": 2, "maxlength": 2000})
    )


def _assign_form(data: Any = None) -> AssignForm:
    form = AssignForm(data, prefix="assign")
    # A ticket may be handed to any agency in use, not only to those I see.
    form.fields["agency"].queryset = Agency.objects.filter(is_active=True)  # type: ignore[attr-defined]
    return form


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_TICKETS)
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """Left what it is and what happened, right what I can do now."""
    staff, now = staff_of(request), timezone.now()
    found = queries.ticket_for(staff, number)
    may_answer = may(staff, Permission.ANSWER_TICKETS, found.agency)
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    answer = AnswerForm(data if wanted == "answer" else None, prefix="answer")
    assign = _assign_form(data if wanted == "assign" else None)
    note = NoteForm(data if wanted == "note" else None, prefix="note")
    if request.method == "POST":
        done = _acted(request, found, wanted, answer, assign, note)
        if done:
            is_still_mine = may(staff, Permission.READ_TICKETS, found.agency)
            return (
                redirect("console:ticket", number=number)
                if is_still_mine
                else redirect("console:tickets")
            )
    else:
        actions.note_reading(found, actor=staff, now=now)
    context = {
        "ticket": found,
        "steps": queries.steps(found, is_public_only=False),
        "deadline": queries.deadline_of(found, now=now),
        "profile": profile_of(found.citizen) if found.citizen else None,
        "rating": queries.rating_of(found),
        "may_answer": may_answer,
        "may_reveal": may(staff, Permission.REVEAL_CITIZENS, found.agency),
        "can_accept": may_answer and may_follow(found.status, Verb.ACCEPT),
        # A refused answer stays on the page even when the ticket has moved on meanwhile.
        "can_answer": may_answer and (answer.is_bound or may_follow(found.status, Verb.ANSWER)),
        "can_close": may_answer and may_follow(found.status, Verb.CLOSE),
        "can_assign": may(staff, Permission.ASSIGN_TICKETS, found.agency)
        and may_follow(found.status, Verb.ASSIGN),
        "can_note": may_answer and may_follow(found.status, Verb.NOTE),
        "answer_form": answer,
        "assign_form": assign,
        "note_form": note,
        "preview": actions.answer_message(found, portal_ticket(found)),
    }
    return render(request, "console/ticket.html", context, status=422 if data else 200)


def _acted(
    request: HttpRequest,
    found: Ticket,
    wanted: str,
    answer: AnswerForm,
    assign: AssignForm,
    note: NoteForm,
) -> bool:
    """Do what was pressed; False when a form needs another look."""
    staff, now = staff_of(request), timezone.now()
    match wanted:
        case "answer":
            return act(
                request,
                answer,
                lambda: actions.answer(
                    found,
                    answer.cleaned_data["text"],
                    link=portal_ticket(found),
                    actor=staff,
                    now=now,
                ),
                _("答复已发出，市民会在微信里收到。"),
            )
        case "assign":
            return act(
                request,
                assign,
                lambda: actions.assign(
                    found,
                    assign.cleaned_data["agency"],
                    reason=assign.cleaned_data["reason"],
                    actor=staff,
                    now=now,
                ),
                _("已交办。"),
            )
        case "note":
            return act(
                request,
                note,
                lambda: actions.note(found, note.cleaned_data["text"], actor=staff, now=now),
                _("已记录。"),
            )
    try:
        if wanted == "accept":
            actions.accept(found, actor=staff, now=now)
            messages.success(request, _("已受理。"))
        elif wanted == "close":
            actions.close(found, actor=staff, now=now)
            messages.success(request, _("已办结。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return True


@require_POST
@allowed(Permission.REVEAL_CITIZENS)
def reveal_contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show the citizen's name or telephone once, for a reason, audited."""
    staff, now = staff_of(request), timezone.now()
    found = queries.ticket_for(staff, number)
    field = request.POST.get("field", "")
    shown = ""
    if found.citizen is not None and field in {"real_name", "phone"}:
        try:
            shown = reveal(
                found.citizen,
                field,  # type: ignore[arg-type]
                reason=request.POST.get("reason", ""),
                actor=staff,
                now=now,
                agency=found.agency,
            )
            messages.info(
                request, _("%(value)s（这次查看已记入审计）") % {"value": shown or _("（未填写）")}
            )
        except Refused as refusal:
            messages.error(request, refusal.message)
    return redirect("console:ticket", number=number)


# Deadline presets -------------------------------------------------------------------------------


class PresetTable(Table):
    """Working days per nature; local practice, with its source."""

    name = tables.Column(verbose_name=gettext_lazy("名称"))
    nature = tables.Column(
        verbose_name=gettext_lazy("诉求性质"), accessor="get_nature_display", order_by="nature"
    )
    working_days = tables.Column(verbose_name=gettext_lazy("工作日"))
    region_code = tables.Column(verbose_name=gettext_lazy("区划"))
    source = tables.Column(verbose_name=gettext_lazy("依据"))
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("采用"), yesno=(gettext_lazy("采用"), gettext_lazy("未采用"))
    )

    row_url = staticmethod(lambda row: reverse("console:preset", args=[row.pk]))

    class Meta(Table.Meta):
        pass


class PresetFilter(Search):
    """Filters of the presets."""

    searched = ("name", "source")

    class Meta:
        model = DeadlinePreset
        fields = ("is_active",)


class PresetsPage(ListPage):
    """The deadlines a region promises."""

    permission = Permission.EDIT_SETTINGS
    title = gettext_lazy("办理时限")
    empty = gettext_lazy("还没有办理时限。没有采用的时限时，一律按 5 个工作日承诺。")
    table_class = PresetTable
    filterset_class = PresetFilter

    def rows(self, staff: Staff) -> QuerySet[DeadlinePreset]:
        return queries.presets()


class PresetForm(forms.Form):
    """Days and whether they are in force."""

    working_days = forms.IntegerField(label=gettext_lazy("工作日"), min_value=1, max_value=90)
    source = forms.CharField(label=gettext_lazy("依据"), required=False, max_length=200)
    is_active = forms.BooleanField(
        label=gettext_lazy("采用"),
        required=False,
        help_text=gettext_lazy("同一区划、同一性质只能采用一个；已经作出的承诺不变。"),
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def preset(request: HttpRequest, number: int) -> HttpResponse:
    """Change one preset."""
    staff, now = staff_of(request), timezone.now()
    row = queries.presets().filter(pk=number).first()
    if row is None:
        from django.http import Http404

        raise Http404
    start = {"working_days": row.working_days, "source": row.source, "is_active": row.is_active}
    form = PresetForm(request.POST or None, initial=start)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.keep_preset(
            code=row.code,
            name=row.name,
            region_code=row.region_code,
            nature=row.nature,
            actor=staff,
            now=now,
            **form.cleaned_data,
        ),
        _("办理时限已保存。"),
    ):
        return redirect("console:presets")
    return form_page(request, form, title=str(row), back=reverse("console:presets"))


urlpatterns = [
    listed("tickets/", TicketsPage, "tickets"),
    path("tickets/<str:number>/", ticket, name="ticket"),
    path("tickets/<str:number>/contact/", reveal_contact, name="ticket_contact"),
    listed("presets/", PresetsPage, "presets"),
    path("presets/<int:number>/", preset, name="preset"),
]
