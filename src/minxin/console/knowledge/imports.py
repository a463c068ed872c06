"""Bringing in a sheet: upload, what is wrong row by row, confirm, progress, stop, result."""

import csv
import io
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of, may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.moving import movement_of
from minxin.core.errors import Refused
from minxin.knowledge import actions, importing, queries, tasks
from minxin.knowledge.models import ImportFault, ImportJob

# So little is done at once: nobody waits for a worker to see three rows.
SMALL_FILE = 128 * 1024
SMALL_SHEET = actions.CHUNK
SHOWN = 20


class ImportForm(forms.Form):
    """A sheet to bring in."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        help_text=gettext_lazy("CSV 或 xlsx，第一行是列名，最多 2 万行、20 MB。"),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("这个文件是空的，请重新选择。"),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.ods"}),
    )

    def clean_file(self) -> Any:
        """Too large a file is refused before it is kept."""
        given = self.cleaned_data["file"]
        if given.size > importing.MAX_BYTES:
            raise forms.ValidationError(_("文件超过 20 MB，请拆分后分批导入。"))
        return given


def _writes_for(staff: Staff) -> Agency | None:
    """The agency of rows that name none: her own, or the first she may write for."""
    home = home_of(staff)
    if home is not None and may(staff, Permission.EDIT_KNOWLEDGE, home):
        return home
    return agencies_for(staff, Permission.EDIT_KNOWLEDGE).first()


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a sheet in; what is wrong with it is told on the job's page."""
    staff, now = staff_of(request), timezone.now()
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    made: list[ImportJob] = []

    def write() -> None:
        given, agency = form.cleaned_data["file"], _writes_for(staff)
        if agency is None:
            raise Refused(_("您没有可以维护知识的单位。"))
        made.append(
            actions.start_import(given.name, given.read(), agency=agency, actor=staff, now=now)
        )
        if given.size <= SMALL_FILE:
            _at_once(made[0])
        else:
            tasks.wake(made[0])

    if request.method == "POST" and act(request, form, write):
        return redirect("console:import_one", number=made[0].pk)
    context = {
        "form": form,
        "heading": _("导入知识"),
        "back": reverse("console:entries"),
        "back_name": _("知识"),
        "one_url": "console:import_one",
        "all_url": "console:imports",
        "columns": importing.COLUMNS,
        "recent": queries.imports_visible_to(staff)[:5],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/entries_import.html", context, status=status)


_SAMPLE = {
    "主题": "户籍",
    "标准问题": "居民身份证丢失后怎样补办",
    "其他问法": "身份证丢了怎么办|补办身份证",
    "答案": "本人到任一派出所即可补办。",
    "来源标题": "云溪市居民身份证办理指南",
    "文号": "云公规〔2026〕3号",
    "来源链接": "https://www.yunxi.example/guide/1",
    "发布机关": "云溪市公安局",
    "下一步": "办理地点：任一派出所",
    "生效日期": "2026-01-01",
    "复核日期": "2027-01-01",
    "状态": "草稿",
}


@require_safe
@allowed(Permission.EDIT_KNOWLEDGE)
def sample(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right titles and one row to look at."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(importing.COLUMNS)
    writer.writerow([_SAMPLE.get(column, "") for column in importing.COLUMNS])
    answer = HttpResponse("\ufeff" + line.getvalue(), "text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="minxin-knowledge.csv"'
    return answer


# One job ----------------------------------------------------------------------------------------


def _context(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    staff = staff_of(request)
    is_own = job.started_by_id == staff.pk
    can_go_on = job.status in {ImportJob.Status.STOPPED, ImportJob.Status.FAILED}
    return {
        "job": job,
        "faults": queries.faults_of(job)[:SHOWN],
        "fault_count": queries.faults_of(job).count(),
        "expected_new": job.total - job.expected_updates,
        "left": max(job.total - job.done, 0),
        "can_confirm": is_own and job.status == "checked" and bool(job.total and job.file),
        **movement_of(job),
        "can_resume": is_own and can_go_on and bool(job.file),
        "back": reverse("console:entries_import"),
    }


@require_safe
@allowed(Permission.EDIT_KNOWLEDGE)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One sheet: what it would do, how far it is, what became of it."""
    job = queries.import_for(staff_of(request), number)
    return render(request, "console/import_one.html", _context(request, job))


@require_safe
@allowed(Permission.EDIT_KNOWLEDGE)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    job = queries.import_for(staff_of(request), number)
    return render(request, "console/parts/import_state.html", _context(request, job))


@require_POST
@allowed(Permission.EDIT_KNOWLEDGE)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm, stop, go on."""
    staff, now = staff_of(request), timezone.now()
    job = queries.import_for(staff, number)
    try:
        match request.POST.get("act"):
            case "confirm":
                actions.confirm_import(job, actor=staff, now=now)
                _begin(job)
            case "resume":
                actions.resume_import(job, actor=staff, now=now)
                _begin(job)
            case "stop":
                actions.stop_import(job, actor=staff, now=now)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:import_one", number=number)


def _begin(job: ImportJob) -> None:
    if job.status == "waiting" and job.total - job.done <= SMALL_SHEET:
        _at_once(job)
    else:
        tasks.wake(job)


def _at_once(job: ImportJob) -> None:
    """Do what is little here and now; when the database is busy, a worker takes it up later."""
    try:
        tasks.work(job.pk)
    except DatabaseError:
        tasks.wake(job)


# The lists --------------------------------------------------------------------------------------


class ImportFilter(Search):
    """Filters of the jobs."""

    searched = ("file_name", "started_by__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(ImportJob.Status)
    )

    class Meta:
        model = ImportJob
        fields = ("status",)


class ImportTable(Table):
    """Who brought in what, and what became of it."""

    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("上传时间"), format="Y-m-d H:i")
    file_name = tables.Column(verbose_name=gettext_lazy("文件"), linkify=lambda row: _url(row))
    started_by = tables.Column(verbose_name=gettext_lazy("上传人"), accessor="started_by__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    created = tables.Column(verbose_name=gettext_lazy("新增"))
    updated = tables.Column(verbose_name=gettext_lazy("更新"))
    refused = tables.Column(verbose_name=gettext_lazy("有误"))

    row_url = staticmethod(lambda row: _url(row))

    class Meta(Table.Meta):
        order_by = "-created_at"


def _url(record: ImportJob) -> str:
    return reverse("console:import_one", args=[record.pk])


class ImportsPage(ListPage):
    """The sheets brought in for my agencies."""

    permission = Permission.EDIT_KNOWLEDGE
    title = gettext_lazy("导入记录")
    empty = gettext_lazy("还没有导入过表格。")
    table_class = ImportTable
    filterset_class = ImportFilter
    buttons = ((gettext_lazy("导入"), "console:entries_import", Permission.EDIT_KNOWLEDGE),)
    back = (gettext_lazy("知识"), "console:entries")

    def rows(self, staff: Staff) -> QuerySet[ImportJob]:
        return queries.imports_visible_to(staff)


class FaultFilter(Search):
    """Search in what is wrong."""

    searched = ("message", "column")
    column = django_filters.ChoiceFilter(
        label=gettext_lazy("列"), choices=[(title, title) for title in importing.COLUMNS]
    )

    class Meta:
        model = ImportFault
        fields = ("column",)


class FaultTable(Table):
    """What is wrong, row by row."""

    row = tables.Column(verbose_name=gettext_lazy("行"))
    column = tables.Column(verbose_name=gettext_lazy("列"))
    message = tables.Column(verbose_name=gettext_lazy("问题"))

    class Meta(Table.Meta):
        order_by = "row"


class FaultsPage(ListPage):
    """All that is wrong in one sheet: to be mended in the sheet itself."""

    permission = Permission.EDIT_KNOWLEDGE
    title = gettext_lazy("有误的行")
    empty = gettext_lazy("没有错误。")
    table_class = FaultTable
    filterset_class = FaultFilter
    back = (gettext_lazy("返回这次导入"), "console:import_one")

    def rows(self, staff: Staff) -> QuerySet[ImportFault]:
        return queries.faults_of(queries.import_for(staff, self.kwargs["number"]))


urlpatterns = [
    path("knowledge/import/", upload, name="entries_import"),
    path("knowledge/import/sample.csv", sample, name="entries_sample"),
    listed("knowledge/imports/", ImportsPage, "imports"),
    path("knowledge/imports/<int:number>/", one, name="import_one"),
    path("knowledge/imports/<int:number>/progress/", progress, name="import_progress"),
    path("knowledge/imports/<int:number>/change/", change, name="import_change"),
    listed("knowledge/imports/<int:number>/errors/", FaultsPage, "import_errors"),
]
