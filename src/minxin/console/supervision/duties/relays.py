"""重要信息转载: tasks, what became of each account's part, marking and taking back."""

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.supervision.duties.forms import MarkForm, Press, ReasonForm, RelayTaskForm
from minxin.supervision import actions
from minxin.supervision.actions import relaying
from minxin.supervision.models import RelayAssignment, RelayTask
from minxin.supervision.queries import duties
from minxin.supervision.rules.duties import Clock, Rate, Standing

READ, RECORD = Permission.READ_SUPERVISION, Permission.RECORD_UPDATES
CONFIRM = Permission.CONFIRM_CANDIDATES


def rate_said(task: Any, now: datetime) -> str:
    """A task's rate, never without both of its counts; no percentage while some may still be in time."""
    rate = Rate(task.on_time, task.assigned)
    counts = f"{rate.on_time} / {rate.assigned}"
    is_settled = task.due_at < now or not task.missing
    if rate.percent is None or not is_settled:
        return counts
    return f"{counts}（{rate.percent:.2f}%）"


class RelayFilter(Search):
    """Of which level, how far."""

    searched = ("title", "issued_by", "assignments__account__name")
    level = django_filters.ChoiceFilter(
        label=gettext_lazy("级别"), choices=choices_of(RelayTask.Level)
    )
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("情况"), method="by_standing",
        choices=(
            ("missing", gettext_lazy("还有账号没有转载")),
            ("done", gettext_lazy("全部转载")),
            ("cancelled", gettext_lazy("已取消")),
        ),
    )  # fmt: skip

    def by_standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        match value:
            case "missing":
                return queryset.filter(cancelled_at=None, missing__gt=0)
            case "done":
                return queryset.filter(cancelled_at=None, missing=0)
            case _:
                return queryset.exclude(cancelled_at=None)

    class Meta:
        model = RelayTask
        fields = ("level",)


class RelayTable(Table):
    """What was given out, and how far it is."""

    title = tables.Column(verbose_name=gettext_lazy("标题"), linkify=lambda record: _url(record))
    level = tables.Column(
        verbose_name=gettext_lazy("级别"), accessor="get_level_display", order_by="level"
    )
    issued_by = tables.Column(verbose_name=gettext_lazy("原文发布单位"))
    due_at = tables.DateTimeColumn(verbose_name=gettext_lazy("转载期限"), format="Y-m-d H:i")
    on_time = tables.Column(verbose_name=gettext_lazy("按时 / 应转"))
    late = tables.Column(verbose_name=gettext_lazy("逾期转载"))
    missing = tables.Column(verbose_name=gettext_lazy("没有转载"))

    row_url = staticmethod(lambda record: _url(record))

    def render_title(self, value: str, record: RelayTask) -> str:
        return value if record.cancelled_at is None else _("%(title)s（已取消）") % {"title": value}

    def render_on_time(self, record: Any) -> str:
        return rate_said(record, timezone.now())

    # On a phone a row has no heads of columns: the number says what it counts.
    def render_late(self, value: int) -> str:
        return _("逾期 %(n)s") % {"n": value} if value else "—"

    def render_missing(self, value: int) -> str:
        return _("未转 %(n)s") % {"n": value} if value else "—"

    class Meta(Table.Meta):
        order_by = "-due_at"


class RelaySheet(RelayTable):
    """The same with plain numbers."""

    def render_late(self, value: int) -> int:  # type: ignore[override]
        return value

    def render_missing(self, value: int) -> int:  # type: ignore[override]
        return value

    class Meta(RelayTable.Meta):
        pass


def _url(record: RelayTask) -> str:
    return reverse("console:relay_task", args=[record.pk])


class RelaysPage(ListPage):
    """All tasks that concern this person's accounts."""

    permission = READ
    title = gettext_lazy("转载任务")
    empty = gettext_lazy("没有转载任务。")
    empty_hint = gettext_lazy("监管员下达转载任务后列在这里，系统自动查找账号留存的内容。")
    table_class = RelayTable
    sheet_class = RelaySheet
    filterset_class = RelayFilter
    buttons = ((gettext_lazy("下达转载任务"), "console:relay_task_new", CONFIRM),)
    back = (gettext_lazy("责任事项"), "console:duties")

    def rows(self, staff: Staff) -> QuerySet[RelayTask]:
        return duties.relay_tasks_for(staff)


@require_http_methods(["GET", "POST"])
@allowed(CONFIRM)
def new(request: HttpRequest) -> HttpResponse:
    """Give out a task."""
    staff, now = staff_of(request), timezone.now()
    form = RelayTaskForm(request.POST or None, staff=staff)
    made: list[RelayTask] = []

    def write() -> None:
        given = form.cleaned_data
        made.append(
            relaying.add_relay_task(
                agency=given["agency"],
                title=given["title"],
                source_url=given["source_url"],
                level=given["level"],
                issued_by=given["issued_by"],
                due_at=given["due_at"],
                accounts=list(given["accounts"]),
                actor=staff,
                now=now,
            )
        )

    if request.method == "POST" and act(request, form, write, _("已下达，并通知了各账号的单位。")):
        return redirect("console:relay_task", number=made[0].pk)
    return form_page(
        request, form, title=_("下达转载任务"), back=reverse("console:relay_tasks"),
        submit=_("下达"),
        note=_("转载率＝按时转载的账号数÷应转载的账号数，两个数一并列出，不对人排名。"),
    )  # fmt: skip


def standing_said(standing: Standing) -> SafeString:
    """How a clock stands, a word with a colour beside it."""
    words, tone = {
        Standing.RUNNING: (_("还没到期"), "plain"),
        Standing.LATE: (_("已超期，没有记录"), "late"),
        Standing.IN_TIME: (_("按时"), "done"),
        Standing.TOO_LATE: (_("超期"), "late"),
    }[standing]
    return format_html('<span class="level level-{}">{}</span>', tone, words)


def _standing(row: RelayAssignment, task: RelayTask) -> SafeString:
    return standing_said(Clock(task.due_at, row.done_at).standing(timezone.now()))


@require_http_methods(["GET", "POST"])
@allowed(READ)
def task(request: HttpRequest, number: int) -> HttpResponse:
    """One task with its accounts; look again, or call it off."""
    staff = staff_of(request)
    found = duties.relay_task_for(staff, number)
    may_supervise = may(staff, CONFIRM, found.agency)
    wanted = request.POST.get("act", "")
    cancelling = wanted == "cancel"
    reason = ReasonForm(request.POST if cancelling else None)
    press = Press({})
    if request.method == "POST":
        if not may_supervise or wanted not in {"match", "cancel"}:
            raise Http404
        if _acted(request, found, wanted, reason, press, staff):
            return redirect("console:relay_task", number=number)
    rows = list(duties.assignments_for(staff, found))
    alike = duties.suggestions_of(found, rows)
    context = {
        "task": found,
        "rate": rate_said(found, timezone.now()),
        "rows": [
            (each, _standing(each, found), len(alike.get(each.pk, ())), _may_mark(staff, each))
            for each in rows
        ],
        "form": reason,
        "may_supervise": may_supervise and found.cancelled_at is None,
        "source": found.source_url if found.source_url.startswith("http") else "",
        "back": reverse("console:relay_tasks"),
    }
    status = 422 if reason.is_bound and reason.errors else 200
    return render(request, "console/relay_task.html", context, status=status)


class PartFilter(Search):
    """How the account stands."""

    agency_path = "account__agency__path"
    searched = ("account__name", "account__agency__name", "link")
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("情况"), method="by_standing",
        choices=(
            ("in_time", gettext_lazy("按时")),
            ("late", gettext_lazy("逾期转载")),
            ("missing", gettext_lazy("没有转载")),
        ),
    )  # fmt: skip

    def by_standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        match value:
            case "in_time":
                return queryset.filter(done_at__lte=F("task__due_at"))
            case "late":
                return queryset.filter(done_at__gt=F("task__due_at"))
            case _:
                return queryset.filter(done_at=None)

    class Meta:
        model = RelayAssignment
        fields = ()


class PartTable(Table):
    """A task's accounts, as a sheet has them."""

    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="account__name")
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="account__get_platform_display",
        order_by="account__platform",
    )  # fmt: skip
    agency = tables.Column(
        verbose_name=gettext_lazy("主办单位"), accessor="account__agency__name",
        order_by="account__agency__path",
    )  # fmt: skip
    standing = tables.Column(verbose_name=gettext_lazy("情况"), empty_values=(), order_by="done_at")
    due_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("转载期限"), accessor="task__due_at", format="Y-m-d H:i"
    )
    done_at = tables.DateTimeColumn(verbose_name=gettext_lazy("转载时间"), format="Y-m-d H:i")
    link = tables.Column(verbose_name=gettext_lazy("转载链接"), orderable=False)
    how = tables.Column(
        verbose_name=gettext_lazy("登记方式"), accessor="get_how_display", order_by="how"
    )

    def render_standing(self, record: RelayAssignment) -> SafeString:
        return _standing(record, record.task)

    class Meta(Table.Meta):
        pass


class PartsPage(ListPage):
    """The accounts of one task, to be filtered and taken along as a sheet."""

    permission = READ
    title = gettext_lazy("各账号情况")
    empty = gettext_lazy("这件任务没有下达给您能看到的账号。")
    table_class = PartTable
    filterset_class = PartFilter
    back = (gettext_lazy("返回这件任务"), "console:relay_task")

    def rows(self, staff: Staff) -> QuerySet[RelayAssignment]:
        found = duties.relay_task_for(staff, self.kwargs["number"])
        return duties.assignments_for(staff, found)


def _may_mark(staff: Staff, row: RelayAssignment) -> bool:
    return may(staff, RECORD, row.account.agency)


def _acted(
    request: HttpRequest, found: RelayTask, wanted: str, reason: ReasonForm, press: Press,
    staff: Staff,
) -> bool:  # fmt: skip
    now = timezone.now()
    if wanted == "match":
        return act(
            request, press, lambda: relaying.match_relays(found, actor=staff, now=now),
            _("已重新查找一遍。"),
        )  # fmt: skip
    return act(
        request, reason,
        lambda: relaying.cancel_relay_task(
            found, reason=reason.cleaned_data["reason"], actor=staff, now=now
        ),
        _("已取消，不再计入转载率。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(RECORD)
def assignment(request: HttpRequest, number: int) -> HttpResponse:
    """One account's part: mark it with a link, say that an item which is alike is one, or take back."""
    staff, now = staff_of(request), timezone.now()
    row = duties.assignment_for(staff, number)
    may_take_back = may(staff, CONFIRM, row.account.agency)
    wanted = request.POST.get("act", "")
    marking = wanted == "mark"
    mark = MarkForm(
        request.POST if marking else None,
        initial={"done_at": timezone.localtime(now).replace(second=0, microsecond=0)},
    )
    reason = ReasonForm(request.POST if wanted == "unmark" else None)
    press = Press({})
    number_of = request.POST.get("item", "") if wanted == "accept" else ""
    # Outside of `act`, which would tell a missing item as a refusal.
    picked = (
        [duties.item_of(row, int(number_of))]
        if number_of.isdecimal() and len(number_of) < 19
        else []
    )

    def write() -> None:
        match wanted:
            case "mark":
                given = mark.cleaned_data
                relaying.mark_relayed(
                    row, link=given["link"], done_at=given["done_at"], actor=staff, now=now
                )
            case "accept":
                relaying.accept_match(row, picked[0], actor=staff, now=now)
            case _:
                given = reason.cleaned_data
                relaying.unmark_relayed(row, reason=given["reason"], actor=staff, now=now)
        actions.evaluate([row.account], now=now)

    if request.method == "POST":
        open_to_her = {"mark"} | ({"accept"} if picked else set())
        if wanted not in open_to_her | ({"unmark"} if may_take_back else set()):
            raise Http404
        form = {"mark": mark, "unmark": reason}.get(wanted, press)
        if act(request, form, write, _("已登记，并重新评定。")):
            return redirect("console:relay_task", number=row.task_id)
    context = {
        "row": row,
        "task": row.task,
        "standing": _standing(row, row.task),
        "alike": duties.suggestions_of(row.task, [row]).get(row.pk, []),
        "mark_form": mark,
        "reason_form": reason,
        "refusal": list(press.non_field_errors()) if wanted == "accept" else [],
        "may_take_back": may_take_back,
        "link": row.link if row.link.startswith("http") else "",
        "back": reverse("console:relay_task", args=[row.task_id]),
    }
    failed = any(each.is_bound and each.errors for each in (mark, reason, press))
    return render(request, "console/relay_mark.html", context, status=422 if failed else 200)


urlpatterns = [
    listed("duties/relay/", RelaysPage, "relay_tasks"),
    path("duties/relay/new/", new, name="relay_task_new"),
    path("duties/relay/<int:number>/", task, name="relay_task"),
    listed("duties/relay/<int:number>/accounts/", PartsPage, "relay_parts"),
    path("duties/relay/accounts/<int:number>/", assignment, name="relay_mark"),
]
