"""The import centre of documents: upload and links, live progress, what was not understood of each file."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, kept_file, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.moving import movement_of
from minxin.core.errors import Refused
from minxin.knowledge import actions, tasks
from minxin.knowledge.models import Document, DocumentImport, ImportedFile
from minxin.knowledge.queries import taking as queries

SHOWN = 50


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; an empty one is taken and told of in the report."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All files, none of them refused for being empty."""
        return [each for each in data or () if each]


class TakingForm(forms.Form):
    """Files and links to bring in, and what holds for all of them."""

    uploads = FilesField(
        label=gettext_lazy("文件"),
        required=False,
        help_text=gettext_lazy(
            "可以多选：docx、PDF、网页、xlsx、csv、txt，或者整个文件夹打成的 zip。一次最多 90 MB。"
        ),
        widget=FilesInput(
            attrs={"accept": ".docx,.docm,.pdf,.html,.htm,.xlsx,.xls,.ods,.csv,.txt,.md,.zip"}
        ),
    )
    links = forms.CharField(
        label=gettext_lazy("链接"),
        required=False,
        max_length=100_000,
        help_text=gettext_lazy("一行一个；只读取允许的网站。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("维护单位"),
        queryset=Agency.objects.none(),
        error_messages={"required": gettext_lazy("请选择单位。")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("种类"), choices=Document.Kind.choices, initial=Document.Kind.POLICY
    )
    region_code = forms.RegexField(
        label=gettext_lazy("适用区划"),
        regex=r"^\d{2,12}$",
        required=False,
        help_text=gettext_lazy("行政区划代码，例如 330106；全国适用的留空。"),
        error_messages={"invalid": gettext_lazy("请填写数字的行政区划代码。")},
    )
    topic = forms.CharField(label=gettext_lazy("主题"), max_length=40, required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_KNOWLEDGE)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]
        self.fields["agency"].initial = home_of(staff)
        if settings.MINXIN_DOCUMENT_HOSTS:
            words = _("一行一个；只读取这些网站：%(hosts)s。")
            hosts = "、".join(settings.MINXIN_DOCUMENT_HOSTS)
            self.fields["links"].help_text = words % {"hosts": hosts}
        else:
            del self.fields["links"]


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def upload(request: HttpRequest) -> HttpResponse:
    """Take files and links in; a worker reads them, the job's page tells how far it is."""
    staff = staff_of(request)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TakingForm(*given, staff=staff)
    made: list[DocumentImport] = []

    def write() -> None:
        given = form.cleaned_data
        made.append(
            actions.start_document_import(
                [(each.name or "", each) for each in request.FILES.getlist("uploads")],
                given.get("links", "").splitlines(),
                agency=given["agency"],
                given={name: given[name] for name in ("kind", "region_code", "topic")},
                actor=staff,
                now=timezone.now(),
            )
        )
        tasks.wake_documents(made[0])

    if request.method == "POST" and act(request, form, write):
        return redirect("console:papers_import_one", number=made[0].pk)
    context = {
        "form": form,
        "heading": _("导入文件"),
        "back": reverse("console:papers"),
        "back_name": _("政策文件"),
        "one_url": "console:papers_import_one",
        "all_url": "console:papers_imports",
        "recent": queries.document_imports_visible_to(staff)[:5],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/papers_import.html", context, status=status)


def _context(request: HttpRequest, job: DocumentImport) -> dict[str, Any]:
    files = queries.imported_files_of(job)
    is_own = job.started_by_id == staff_of(request).pk
    can_go_on = job.status in {DocumentImport.Status.STOPPED, DocumentImport.Status.FAILED}
    return {
        "job": job,
        "progress": queries.progress_of(job),
        "files": files[:SHOWN],
        "file_count": files.count(),
        **movement_of(job),
        "can_resume": is_own and can_go_on and files.filter(status="waiting").exists(),
        "back": reverse("console:papers_imports"),
    }


@require_safe
@allowed(Permission.EDIT_KNOWLEDGE)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One import: how far it is, and what became of each file."""
    job = queries.document_import_for(staff_of(request), number)
    return render(request, "console/papers_import_one.html", _context(request, job))


@require_safe
@allowed(Permission.EDIT_KNOWLEDGE)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    job = queries.document_import_for(staff_of(request), number)
    return render(request, "console/parts/papers_import_state.html", _context(request, job))


@require_POST
@allowed(Permission.EDIT_KNOWLEDGE)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Stop, go on."""
    staff, now = staff_of(request), timezone.now()
    job = queries.document_import_for(staff, number)
    try:
        match request.POST.get("act"):
            case "resume":
                actions.resume_documents(job, actor=staff, now=now)
                tasks.wake_documents(job)
            case "stop":
                actions.stop_documents(job, actor=staff, now=now)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:papers_import_one", number=number)


@require_safe
@allowed(Permission.EDIT_KNOWLEDGE)
def original(request: HttpRequest, number: int) -> HttpResponse:
    """A file as it came, whatever became of it."""
    part = queries.imported_file_for(staff_of(request), number)
    return kept_file(part.file, part.name.rsplit("/", 1)[-1])


class TakingFilter(Search):
    """Filters of the imports."""

    searched = ("name", "started_by__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(DocumentImport.Status)
    )

    class Meta:
        model = DocumentImport
        fields = ("status",)


class TakingTable(Table):
    """Who brought in what, and how far it is."""

    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("上传时间"), format="Y-m-d H:i")
    name = tables.Column(verbose_name=gettext_lazy("名称"), linkify=lambda record: _url(record))
    agency = tables.Column(verbose_name=gettext_lazy("维护单位"), accessor="agency__name")
    started_by = tables.Column(verbose_name=gettext_lazy("上传人"), accessor="started_by__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    class Meta(Table.Meta):
        order_by = "-created_at"


def _url(record: DocumentImport) -> str:
    return reverse("console:papers_import_one", args=[record.pk])


class TakingsPage(ListPage):
    """The imports of documents for my agencies."""

    permission = Permission.EDIT_KNOWLEDGE
    title = gettext_lazy("文件导入记录")
    empty = gettext_lazy("还没有导入过文件。")
    table_class = TakingTable
    filterset_class = TakingFilter
    buttons = ((gettext_lazy("导入文件"), "console:papers_import", Permission.EDIT_KNOWLEDGE),)
    back = (gettext_lazy("政策文件"), "console:papers")

    def rows(self, staff: Staff) -> QuerySet[DocumentImport]:
        return queries.document_imports_visible_to(staff)


class ReportFilter(Search):
    """Filters of the report."""

    searched = ("name", "link")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("结果"), choices=choices_of(ImportedFile.Status)
    )

    class Meta:
        model = ImportedFile
        fields = ("status",)


class ReportTable(Table):
    """File by file: what became of it, what was understood, what was not."""

    name = tables.Column(
        verbose_name=gettext_lazy("文件"),
        linkify=lambda record: (
            reverse("console:paper", args=[record.document_id]) if record.document_id else None
        ),
    )
    status = tables.Column(
        verbose_name=gettext_lazy("结果"), accessor="get_status_display", order_by="status"
    )
    pages = tables.Column(verbose_name=gettext_lazy("页数"))
    passages = tables.Column(verbose_name=gettext_lazy("段落"))
    said = tables.Column(verbose_name=gettext_lazy("没有读懂的"), orderable=False)

    class Meta(Table.Meta):
        order_by = "name"


class ReportPage(ListPage):
    """What was not understood of the files of one import; as a sheet, too."""

    permission = Permission.EDIT_KNOWLEDGE
    title = gettext_lazy("导入报告")
    empty = gettext_lazy("没有文件。")
    table_class = ReportTable
    filterset_class = ReportFilter
    back = (gettext_lazy("返回这次导入"), "console:papers_import_one")

    def rows(self, staff: Staff) -> QuerySet[ImportedFile]:
        return queries.imported_files_of(queries.document_import_for(staff, self.kwargs["number"]))


_ONE = "knowledge/documents/imports/<int:number>/"

urlpatterns = [
    path("knowledge/documents/import/", upload, name="papers_import"),
    listed("knowledge/documents/imports/", TakingsPage, "papers_imports"),
    path(_ONE, one, name="papers_import_one"),
    path(f"{_ONE}progress/", progress, name="papers_import_progress"),
    path(f"{_ONE}change/", change, name="papers_import_change"),
    listed(f"{_ONE}report/", ReportPage, "papers_import_report"),
    path("knowledge/documents/imports/files/<int:number>/", original, name="imported_file"),
]
