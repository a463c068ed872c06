"""One answer to all tickets of a list: what each recipient will read, how far it is, stopped and resumed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import acting_for, home_of
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, sight, staff_of
from minxin.console.links import portal_ticket
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.tickets.forms import AnswerForm
from minxin.console.tickets.listing import TicketFilter
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.tickets import actions, queries, tasks
from minxin.tickets.actions.handling import answer_message
from minxin.tickets.models import BatchAnswer, BatchItem, Ticket
from minxin.tickets.queries import batches

SHOWN = 10  # messages on one page of the preview


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as its recipient will read it, and what would keep it from going."""

    ticket: Ticket
    head: str
    choices: tuple[str, ...]
    tail: str
    is_told: bool
    held_because: tuple[str, ...]


def _shown(tickets: Sequence[Ticket], text: str) -> list[Shown]:
    found = []
    for each in batches.previews(tickets, text, now=timezone.now()):
        each.ticket.answer = text  # as it will be; nothing is saved
        content = answer_message(each.ticket, portal_ticket(each.ticket))
        held = tuple(_(remark.reason) for remark in each.reading.blocks)
        choices = tuple(words for _id, words in content.items)
        found.append(
            Shown(
                each.ticket,
                content.head.strip(),
                choices,
                strip_tags(content.tail),
                each.is_told,
                held,
            )
        )
    return found


def _mark(numbers: Sequence[int]) -> str:
    """What tells one list of tickets from another."""
    return hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest()[:16]


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_TICKETS)
def new(request: HttpRequest) -> HttpResponse:
    """Write the answer, read it as each recipient will, begin. The list is that of the filters."""
    staff = staff_of(request)
    every = TicketFilter(
        request.GET, queryset=queries.tickets_visible_to(sight(request)), request=request
    ).qs
    rows = batches.answerable(staff, every)
    numbers = list(rows.values_list("pk", flat=True)[: batches.MOST_IN_BATCH + 1])
    form = AnswerForm(request.POST if request.method == "POST" else None)
    act, is_changed = request.POST.get("act", ""), False
    if act in {"start", "show"} and form.is_valid():
        text = form.cleaned_data["text"]
        is_changed = act == "start" and request.POST.get("mark") != _mark(numbers)
        try:
            actions.ensure_answer(text)
            if act == "start" and not is_changed:
                return _started(request, staff, numbers, text)
        except AlreadyDone as repeated:
            messages.success(request, repeated.message)
            return redirect("console:batches")
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    page: Page[Any] | None = None
    shown: list[Shown] = []
    if act and form.is_valid():
        page = Paginator(rows.select_related("citizen"), SHOWN).get_page(request.POST.get("page"))
        shown = _shown(list(page.object_list), form.cleaned_data["text"])
    context = {
        "title": _("批量答复"),
        "form": form,
        "count": len(numbers),
        "most": batches.MOST_IN_BATCH,
        "left_out": every.count() - len(numbers) if len(numbers) <= batches.MOST_IN_BATCH else 0,
        "page": page,
        "shown": shown,
        "mark": _mark(numbers),
        "is_changed": is_changed,
        "back": f"{reverse('console:tickets')}?{request.GET.urlencode()}",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/batch_new.html", context, status=status)


def _started(request: HttpRequest, staff: Staff, numbers: Sequence[int], text: str) -> HttpResponse:
    agency = acting_for(staff) or home_of(staff)
    if agency is None:
        raise NotFound
    batch = actions.start_batch(numbers, text, agency=agency, actor=staff, now=timezone.now())
    tasks.wake_batch(batch)
    messages.success(request, _("已开始，可以离开这一页，发送在后台进行。"))
    return redirect("console:batch", number=batch.pk)


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_TICKETS)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """How far a batch is; stop it, or let it go on."""
    staff, now = staff_of(request), timezone.now()
    batch = batches.batch_for(staff, number)
    if request.method == "POST":
        try:
            match request.POST.get("act"):
                case "stop":
                    actions.stop_batch(batch, actor=staff, now=now)
                    messages.success(request, _("正在停止，已经发出的不会收回。"))
                case "resume":
                    actions.resume_batch(batch, actor=staff, now=now)
                    tasks.wake_batch(batch)
                case _:
                    raise Http404
        except AlreadyDone as repeated:
            messages.info(request, repeated.message)
        return redirect("console:batch", number=number)
    context = {"batch": batch, "title": _("批量答复"), "back": reverse("console:batches")}
    return render(request, "console/batch.html", context)


@require_safe
@allowed(Permission.ANSWER_TICKETS)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    batch = batches.batch_for(staff_of(request), number)
    return render(request, "console/parts/batch_state.html", {"batch": batch})


class BatchFilter(Search):
    """Filters of the batches."""

    searched = ("text", "started_by__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(BatchAnswer.Status)
    )

    class Meta:
        model = BatchAnswer
        fields = ("status",)


def _url(record: BatchAnswer) -> str:
    return reverse("console:batch", args=[record.pk])


class BatchTable(Table):
    """What was sent to how many, and where it stands."""

    text = tables.Column(
        verbose_name=gettext_lazy("答复内容"), orderable=False, linkify=lambda record: _url(record)
    )
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    total = tables.Column(verbose_name=gettext_lazy("工单数"))
    done = tables.Column(verbose_name=gettext_lazy("已处理"))
    refused = tables.Column(verbose_name=gettext_lazy("未处理"))
    started_by = tables.Column(verbose_name=gettext_lazy("发起人"), accessor="started_by__name")
    started_at = tables.DateTimeColumn(verbose_name=gettext_lazy("开始时间"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: _url(record))

    def render_text(self, value: str) -> str:
        return value if len(value) <= 40 else value[:39] + "…"

    class Meta(Table.Meta):
        order_by = "-started_at"


class BatchesPage(ListPage):
    """The batches of my agencies."""

    permission = Permission.ANSWER_TICKETS
    title = gettext_lazy("批量答复")
    empty = gettext_lazy("还没有批量答复过。")
    empty_hint = gettext_lazy("在工单列表里筛选出要答复的工单，再点“批量答复”。")
    back = (gettext_lazy("工单"), "console:tickets")
    table_class = BatchTable
    filterset_class = BatchFilter

    def rows(self, staff: Staff) -> QuerySet[BatchAnswer]:
        return batches.batches_of(staff)


class ItemFilter(Search):
    """Filters of the tickets of a batch."""

    searched = ("ticket__number", "note")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("结果"), choices=choices_of(BatchItem.Status)
    )

    class Meta:
        model = BatchItem
        fields = ("status",)


class ItemTable(Table):
    """Every ticket with what came of it."""

    number = tables.Column(
        verbose_name=gettext_lazy("编号"), accessor="ticket__number",
        linkify=lambda record: reverse("console:ticket", args=[record.ticket.number]),
    )  # fmt: skip
    brief = tables.Column(verbose_name=gettext_lazy("内容"), empty_values=(), orderable=False)
    agency = tables.Column(verbose_name=gettext_lazy("承办单位"), accessor="ticket__agency__name")
    status = tables.Column(
        verbose_name=gettext_lazy("结果"), accessor="get_status_display", order_by="status"
    )
    note = tables.Column(verbose_name=gettext_lazy("说明"))

    def render_brief(self, record: BatchItem) -> str:
        return queries.in_brief(record.ticket)

    class Meta(Table.Meta):
        order_by = "number"


class ItemsPage(ListPage):
    """What came of every ticket of a batch."""

    permission = Permission.ANSWER_TICKETS
    title = gettext_lazy("批量答复的工单")
    back = (gettext_lazy("批量答复"), "console:batch")
    table_class = ItemTable
    filterset_class = ItemFilter

    def rows(self, staff: Staff) -> QuerySet[BatchItem]:
        return batches.batch_items(staff, batches.batch_for(staff, self.kwargs["number"]))


urlpatterns = [
    listed("tickets/batches/", BatchesPage, "batches"),
    path("tickets/batches/new/", new, name="batch_new"),
    path("tickets/batches/<int:number>/", one, name="batch"),
    path("tickets/batches/<int:number>/progress/", progress, name="batch_progress"),
    listed("tickets/batches/<int:number>/items/", ItemsPage, "batch_items"),
]
