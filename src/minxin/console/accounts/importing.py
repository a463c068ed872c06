"""Bringing in a register: upload, which sheet and which titles, which column is what, what would change,
write with progress, take back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.accounts import actions
from minxin.accounts.importing import titles
from minxin.accounts.importing.columns import COLUMNS
from minxin.accounts.models import ImportedRow, Kind, Platform, RegisterImport
from minxin.accounts.queries import imports
from minxin.accounts.tasks import importing as tasks
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of, may
from minxin.agencies.rules import Permission
from minxin.console.accounts import imported
from minxin.console.base import act, allowed, staff_of
from minxin.core.errors import Refused
from minxin.core.uploads import MAX_BYTES, read_upload

SMALL_FILE = 32 * 1024  # nobody waits for a worker to see a few rows
SMALL_WRITE = 40
FIRST_ROWS = 30
MOST_COLUMNS = 60
SHOWN = 15
_KEPT_TEXT = 60


class UploadForm(forms.Form):
    """A sheet to bring in, and the agency it belongs to."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        help_text=gettext_lazy("xlsx、xls、ods 或 CSV，最多 2 万行、20 MB。列名和列的次序不限。"),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("这个文件是空的，请重新选择。"),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.ods"}),
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("导入到哪个单位的台账"),
        queryset=Agency.objects.none(),
        help_text=gettext_lazy(
            "表中没有写主办单位的账号归这个单位；只与这个单位及下级单位的台账比对。"
        ),
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_ACCOUNTS).filter(is_active=True)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]
        home = home_of(staff)
        is_hers = home is not None and may(staff, Permission.EDIT_ACCOUNTS, home)
        self.fields["agency"].initial = home if is_hers else own.first()

    def clean_file(self) -> Any:
        """Too large a file is refused before it is kept."""
        given = self.cleaned_data["file"]
        if given.size > MAX_BYTES:
            raise forms.ValidationError(_("文件超过 20 MB，请拆分后分批导入。"))
        return given


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a sheet in; nothing is written yet."""
    staff, now = staff_of(request), timezone.now()
    is_sent = request.method == "POST"
    form = (
        UploadForm(request.POST, request.FILES, staff=staff) if is_sent else UploadForm(staff=staff)
    )
    made: list[RegisterImport] = []

    def write() -> None:
        given = form.cleaned_data["file"]
        content = given.read()
        sheets = [
            {"name": sheet.name, "rows": [_cut(row) for row in sheet.rows]}
            for sheet in read_upload(given.name, content, most_rows=FIRST_ROWS)
        ]
        made.append(
            actions.start_register_import(
                given.name, content, sheets=sheets, agency=form.cleaned_data["agency"], actor=staff,
                now=now,
            )
        )  # fmt: skip

    if is_sent and act(request, form, write):
        return redirect("console:register_import_columns", number=made[0].pk)
    context = {
        "form": form,
        "heading": _("导入台账"),
        "back": reverse("console:accounts"),
        "back_name": _("账号"),
        "one_url": "console:register_import",
        "all_url": "console:register_imports",
        "columns": [column.title for column in COLUMNS],
        "recent": imports.register_imports(staff)[:5],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/register_import.html", context, status=status)


def _cut(row: list[str]) -> list[str]:
    return [text[:_KEPT_TEXT] for text in row[:MOST_COLUMNS]]


# Which column is what --------------------------------------------------------------------------


class PlaceForm(forms.Form):
    """Which sheet, and where its titles stand."""

    sheet = forms.TypedChoiceField(label=gettext_lazy("工作表"), coerce=int)
    header_row = forms.IntegerField(
        label=gettext_lazy("列名在第几行"), min_value=1, max_value=FIRST_ROWS,
        help_text=gettext_lazy("列名占几行的，写最后一行。"),
    )  # fmt: skip
    header_rows = forms.IntegerField(label=gettext_lazy("列名占几行"), min_value=1, max_value=3)

    def __init__(self, job: RegisterImport, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            (at, sheet["name"] or job.file_name) for at, sheet in enumerate(job.sheets)
        ]

    def clean(self) -> dict[str, Any]:
        """Titles stand on rows that are there."""
        given = super().clean() or {}
        if given.get("header_rows", 1) > given.get("header_row", 1):
            self.add_error("header_rows", _("列名占的行数不能比所在的行还多。"))
        return given


class ColumnsForm(forms.Form):
    """One field for each column that has a title or something under it."""

    default_platform = forms.ChoiceField(
        label=gettext_lazy("没有写平台的账号"), required=False,
        choices=[("", gettext_lazy("算有误，逐行说明")), *Platform.choices],
    )  # fmt: skip
    default_kind = forms.ChoiceField(
        label=gettext_lazy("没有写类型的微信账号"), required=False,
        choices=[("", gettext_lazy("算有误，逐行说明")), *Kind.choices],
    )  # fmt: skip

    def __init__(self, width: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("不导入")), *((column.name, str(column.title)) for column in COLUMNS)]
        for at in range(width):
            self.fields[f"column_{at}"] = forms.ChoiceField(choices=offered, required=False)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def match(request: HttpRequest, number: int) -> HttpResponse:
    """Say which sheet is meant, where its titles stand, and which column is what."""
    staff, now = staff_of(request), timezone.now()
    job = imports.register_import_for(staff, number)
    if job.status not in {"mapping", "checked"} or not job.file or not job.sheets:
        return redirect("console:register_import", number=job.pk)
    start = _place_of(job, request.GET.get("sheet", ""))
    asked = request.POST if request.method == "POST" else request.GET
    place = PlaceForm(job, asked if "header_row" in asked else None, initial=start)
    where = place.cleaned_data if place.is_bound and place.is_valid() else start
    rows = job.sheets[where["sheet"]]["rows"]
    names = titles.titles_of(rows, where["header_row"], where["header_rows"])
    under = [
        [row[at] for row in rows[where["header_row"] :] if at < len(row)]
        for at in range(len(names))
    ]
    key = titles.titles_key(names)
    form = ColumnsForm(
        len(names),
        request.POST if request.method == "POST" else None,
        initial=_start(job, names, under, key, where),
    )

    def write() -> None:
        chosen = [form.cleaned_data[f"column_{at}"] for at in range(len(names))]
        actions.match_columns(
            job, **where, titles=names, columns=chosen, key=key,
            default_platform=form.cleaned_data["default_platform"],
            default_kind=form.cleaned_data["default_kind"], actor=staff, now=now,
        )  # fmt: skip
        _begin(job)

    is_placed = not place.is_bound or place.is_valid()
    if request.method == "POST" and is_placed and act(request, form, write):
        return redirect("console:register_import", number=job.pk)
    memory = imports.memory_of(job.agency, key)
    context = {
        "job": job,
        "place": place,
        "where": where,
        "form": form,
        "lines": [
            {
                "letter": _letter(at),
                "title": name,
                "samples": [text for text in under[at] if text][:3],
                "field": form[f"column_{at}"],
            }
            for at, name in enumerate(names)
            if name or any(under[at])
        ],
        "is_remembered": memory is not None,
        "back": reverse("console:register_import_new"),
    }
    status = 422 if (form.is_bound and form.errors) or not is_placed else 200
    return render(request, "console/register_import_columns.html", context, status=status)


def _place_of(job: RegisterImport, wanted: str) -> dict[str, int]:
    """The sheet in question and where its titles seem to stand; as chosen before, if it was."""
    if not wanted and job.columns:
        return {"sheet": job.sheet, "header_row": job.header_row, "header_rows": job.header_rows}
    if wanted.isdecimal() and int(wanted) < len(job.sheets):
        at = int(wanted)
    else:  # the one that looks most like a register
        at = max(
            range(len(job.sheets)), key=lambda each: _likeness(job.sheets[each]["rows"]), default=0
        )
    row, height = titles.find_titles(job.sheets[at]["rows"])
    return {"sheet": at, "header_row": row, "header_rows": height}


def _likeness(rows: list[list[str]]) -> int:
    names = titles.titles_of(rows, *titles.find_titles(rows))
    return sum(bool(name) for name in titles.guess(names, [()] * len(names), remembered={}))


def _start(
    job: RegisterImport, names: list[str], under: list[list[str]], key: str, where: dict[str, int]
) -> dict[str, str]:
    is_as_before = job.columns and all(getattr(job, name) == at for name, at in where.items())
    memory = imports.memory_of(job.agency, key)
    if is_as_before:
        chosen = [*job.columns, *[""] * len(names)][: len(names)]
        defaults = {"default_platform": job.default_platform, "default_kind": job.default_kind}
    else:
        chosen = titles.guess(names, under, remembered=memory.fields if memory else {})
        defaults = {
            "default_platform": memory.default_platform if memory else "",
            "default_kind": memory.default_kind if memory else "",
        }
    return {**defaults, **{f"column_{at}": name for at, name in enumerate(chosen)}}


def _letter(at: int) -> str:
    """The name a spreadsheet gives a column: A to Z, AA and so on."""
    return chr(65 + at) if at < 26 else f"{chr(64 + at // 26)}{chr(65 + at % 26)}"


# One import ------------------------------------------------------------------------------------


def _context(request: HttpRequest, job: RegisterImport) -> dict[str, Any]:
    staff = staff_of(request)
    rows, is_own = imports.rows_of(job), job.started_by_id == staff.pk
    counts = {state: rows.filter(state=state).count() for state in ImportedRow.State.values}
    to_write = actions.writable(job).count()
    done = counts["written"] + counts["kept"] + counts["undone"] + counts["left"]
    taken_back = counts["undone"] + counts["left"]
    shown = (
        list(rows.exclude(outcome__in=["wrong", "missing"])[:SHOWN]) if not job.is_moving else []
    )
    hosts = imported.host_names(shown)
    is_broken = job.status in {"stopped", "failed"}
    return {
        "job": job,
        "counts": counts,
        "to_write": to_write,
        "done": taken_back if job.status in {"undoing", "undo_stopped"} else done,
        "total": counts["written"] + taken_back if "undo" in job.status else to_write,
        "shown": [(row, imported.differences(row, hosts)) for row in shown],
        "faults": imports.row_faults_of(job)[:SHOWN],
        "fault_count": imports.row_faults_of(job).count(),
        "missing_hosts": imports.missing_hosts(job),
        "acceptable": rows.filter(is_acceptable=True, is_accepted=False, state="pending").count(),
        "left_rows": rows.filter(state__in=["kept", "left"])[:SHOWN],
        "can_match": is_own and job.status in {"mapping", "checked"} and bool(job.file),
        "can_confirm": is_own and job.status == "checked" and bool(to_write),
        "can_stop": job.is_moving and job.stop_requested_at is None,
        "is_stopping": job.is_moving and job.stop_requested_at is not None,
        "can_resume": is_own and is_broken and bool(job.file or counts["pending"]),
        "can_undo": is_own
        and job.status in {"done", "stopped", "failed", "undo_stopped"}
        and bool(counts["written"]),
        "is_late": job.is_moving and job.due_at <= timezone.now(),
        "back": reverse("console:register_imports"),
    }


@require_safe
@allowed(Permission.EDIT_ACCOUNTS)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One sheet: what it would change, how far it is, what became of it."""
    job = imports.register_import_for(staff_of(request), number)
    return render(request, "console/register_import_one.html", _context(request, job))


@require_safe
@allowed(Permission.EDIT_ACCOUNTS)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    job = imports.register_import_for(staff_of(request), number)
    return render(request, "console/parts/register_import_state.html", _context(request, job))


@require_POST
@allowed(Permission.EDIT_ACCOUNTS)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm, stop, go on, take back."""
    staff, now = staff_of(request), timezone.now()
    job = imports.register_import_for(staff, number)
    ways = {
        "confirm": actions.confirm_register_import,
        "resume": actions.resume_register_import,
        "undo": actions.undo_register_import,
        "stop": actions.stop_register_import,
    }
    way = ways.get(request.POST.get("act", ""))
    if way is None:
        raise Http404
    try:
        way(job, actor=staff, now=now)
        if job.is_moving:
            _begin(job)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:register_import", number=number)


def _begin(job: RegisterImport) -> None:
    """Do what is little here and now; when the database is busy, a worker takes it up later."""
    if job.stop_requested_at is not None or not _is_little(job):
        tasks.wake(job)
        return
    try:
        tasks.work(job.pk)
    except DatabaseError:
        tasks.wake(job)


def _is_little(job: RegisterImport) -> bool:
    if job.status == "checking":
        try:
            return bool(job.file) and job.file.size <= SMALL_FILE
        except OSError:  # the file is gone: the worker says so
            return True
    return imports.rows_of(job).exclude(outcome="missing").count() <= SMALL_WRITE


urlpatterns = [
    path("accounts/import/", upload, name="register_import_new"),
    path("accounts/imports/<int:number>/", one, name="register_import"),
    path("accounts/imports/<int:number>/columns/", match, name="register_import_columns"),
    path("accounts/imports/<int:number>/progress/", progress, name="register_import_progress"),
    path("accounts/imports/<int:number>/change/", change, name="register_import_change"),
    *imported.urlpatterns,
]
