"""Main and co-handlers: asked on the ticket's page, answered on a page of the co-handler's own."""

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
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, shown_file, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.tickets.applying import Offered
from minxin.console.words import Words
from minxin.tickets import actions, queries
from minxin.tickets.models import CoTask, Ticket
from minxin.tickets.rules import Verb, may_follow
from minxin.tickets.rules.co_handling import LONGEST_TASK, CoVerb, co_may_follow

NAME, RECALL = Verb.CO_HANDLE.value, CoVerb.RECALL.value


class NameForm(forms.Form):
    """Whom, what, and by when."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("协办单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    asked = Words(
        label=gettext_lazy("请协办单位做什么"),
        help_text=gettext_lazy("协办单位看得到诉求内容和地点，看不到市民。"),
        limit=500,
        rows=3,
    )
    working_days = forms.IntegerField(
        label=gettext_lazy("协办期限（工作日）"), min_value=1, max_value=LONGEST_TASK, initial=2
    )


class RecallForm(forms.Form):
    """Which, and why."""

    task = forms.ModelChoiceField(
        label=gettext_lazy("协办单位"), queryset=CoTask.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    words = forms.CharField(label=gettext_lazy("收回的理由"), max_length=500)


class WordsForm(forms.Form):
    """What was done, or why it is not ours."""

    words = Words(
        label=gettext_lazy("内容"),
        help_text=gettext_lazy("给主办单位看，不发给市民。"),
        limit=2000,
        rows=5,
    )


def co_handling(found: Ticket, staff: Staff, wanted: str = "", data: Any = None) -> list[Offered]:
    """Naming a co-handler, taking a task back; the form that was sent stays, with its error."""
    if not may(staff, Permission.ANSWER_TICKETS, found.agency):
        return []
    rows, waiting = [], queries.open_co_tasks(found)
    can_name = (
        may_follow(found.status, Verb.CO_HANDLE)
        and found.merged_into_id is None
        and not found.is_confidential
    )
    if can_name or (wanted == NAME and data is not None):
        form = NameForm(data if wanted == NAME else None, prefix=NAME)
        others = Agency.objects.filter(is_active=True).exclude(pk=found.agency_id)
        form.fields["agency"].queryset = others  # type: ignore[attr-defined]
        rows.append(
            Offered(
                NAME, gettext_lazy("请其他单位协办"), form, gettext_lazy("已请协办单位办理。"),
                actions.name_co_handler,
            )
        )  # fmt: skip
    if waiting.exists() or (wanted == RECALL and data is not None):
        recall = RecallForm(data if wanted == RECALL else None, prefix=RECALL)
        recall.fields["task"].queryset = waiting  # type: ignore[attr-defined]
        recall.fields["task"].label_from_instance = lambda task: task.agency.name  # type: ignore[attr-defined]

        def run(ticket: Ticket, *, task: CoTask, **given: Any) -> object:
            return actions.recall_co_task(task, given.pop("words"), **given)

        rows.append(
            Offered(
                RECALL, gettext_lazy("收回协办任务"), recall, gettext_lazy("协办任务已收回。"), run
            )
        )
    return rows


class CoTaskTable(Table):
    """What others ask of my unit."""

    number = tables.Column(
        verbose_name=gettext_lazy("编号"), accessor="ticket__number", order_by="ticket__number"
    )
    asked = tables.Column(verbose_name=gettext_lazy("请协办单位做什么"), orderable=False)
    main = tables.Column(
        verbose_name=gettext_lazy("主办单位"), accessor="ticket__agency__name",
        order_by="ticket__agency__path",
    )  # fmt: skip
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    due_at = tables.DateTimeColumn(verbose_name=gettext_lazy("协办期限"), format="Y-m-d H:i")

    row_url = staticmethod(lambda row: reverse("console:co_task", args=[row.pk]))

    class Meta(Table.Meta):
        order_by = "due_at"


class CoTaskFilter(Search):
    """Filters of the tasks."""

    searched = ("ticket__number", "asked")

    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(CoTask.Status)
    )

    class Meta:
        model = CoTask
        fields = ("status",)


class CoTasksPage(ListPage):
    """What my units do for others."""

    permission = Permission.ANSWER_TICKETS
    title = gettext_lazy("协办")
    empty = gettext_lazy("没有协办任务。")
    empty_hint = gettext_lazy("其他单位请本单位协办的工单会出现在这里。")
    table_class = CoTaskTable
    filterset_class = CoTaskFilter

    def rows(self, staff: Staff) -> QuerySet[CoTask]:
        return queries.co_tasks_visible_to(staff)


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_TICKETS)
def co_task(request: HttpRequest, number: int) -> HttpResponse:
    """One of them: what is asked, and of the ticket what is needed, while it is ours."""
    staff, now = staff_of(request), timezone.now()
    found = queries.co_task_for(staff, number)
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    answer = WordsForm(data if wanted == CoVerb.ANSWER.value else None, prefix="answer")
    back = WordsForm(data if wanted == CoVerb.RETURN.value else None, prefix="back")
    nothing = forms.Form(data if wanted == CoVerb.SIGN.value else None)
    acts = {
        CoVerb.SIGN.value: (
            nothing, lambda: actions.sign_co_task(found, actor=staff, now=now), _("已签收。"),
        ),
        CoVerb.ANSWER.value: (
            answer,
            lambda: actions.answer_co_task(found, answer.cleaned_data["words"], actor=staff, now=now),
            _("已反馈主办单位。"),
        ),
        CoVerb.RETURN.value: (
            back,
            lambda: actions.return_co_task(found, back.cleaned_data["words"], actor=staff, now=now),
            _("已退回主办单位。"),
        ),
    }  # fmt: skip
    if request.method == "GET":
        actions.note_co_reading(found, actor=staff, now=now)
    if wanted in acts and act(request, *acts[wanted]):
        return redirect("console:co_task", number=number)
    context = {
        "task": found,
        "ticket": found.ticket,
        "is_hers": queries.is_hers(found),
        "pictures": queries.pictures_of(found.ticket) if queries.is_hers(found) else [],
        "can_sign": co_may_follow(found.status, CoVerb.SIGN),
        "can_answer": answer.is_bound or co_may_follow(found.status, CoVerb.ANSWER),
        "can_return": back.is_bound or co_may_follow(found.status, CoVerb.RETURN),
        "nothing": nothing,
        "answer_form": answer,
        "back_form": back,
    }
    return render(request, "console/co_task.html", context, status=422 if data else 200)


@require_safe
@allowed(Permission.ANSWER_TICKETS)
def co_task_picture(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """A picture that the citizen gave, while the task is hers."""
    return shown_file(queries.co_picture_for(staff_of(request), number, code).file, "image/jpeg")


urlpatterns = [
    listed("co-tasks/", CoTasksPage, "co_tasks"),
    path("co-tasks/<int:number>/", co_task, name="co_task"),
    path("co-tasks/<int:number>/pictures/<str:code>", co_task_picture, name="co_task_picture"),
]
