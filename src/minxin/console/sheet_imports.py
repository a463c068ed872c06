"""Bringing in a sheet, whatever is made of it: upload, which sheet and which titles, which column is
what, what would change, write with progress, take back. One kind of sheet is one `SheetPages`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.accounts import actions
from minxin.accounts.importing import titles
from minxin.accounts.models import RowState, SheetImport
from minxin.accounts.queries.imports import memory_of
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.moving import movement_of
from minxin.console.sheet_import_forms import FIRST_ROWS, ColumnsForm, PlaceForm, UploadForm
from minxin.core.errors import Refused
from minxin.core.uploads import read_upload

MOST_COLUMNS = 60
SHOWN = 15
_KEPT_TEXT = 60


class SheetPages:
    """The pages of one kind of sheet. `name` begins the names of its addresses; `new_route` and `route`
    the addresses themselves; `of` keeps the memory of its titles apart from that of other kinds."""

    model: type[SheetImport]
    permission: Permission
    name: str
    new_route: str
    route: str
    of = ""
    columns_form: type[ColumnsForm]
    remembered: Sequence[str] = ("default_platform",)
    small_file = 32 * 1024  # bytes; nobody waits for a worker to see a few rows
    small_write = 40  # rows
    upload_template: str
    columns_template = "console/sheet_columns.html"
    one_template: str
    state_template: str
    words: Mapping[str, Any]

    # What one kind does ---------------------------------------------------------------------------

    def jobs(self, staff: Staff) -> Any:
        """The sheets of this kind that a person may see."""
        raise NotImplementedError

    def job(self, staff: Staff, number: int) -> Any:
        """One of them; `NotFound` otherwise."""
        raise NotImplementedError

    def match(self, job: Any, plan: dict[str, Any], given: Mapping[str, Any]) -> None:
        """Say which column is which field; `given` is what the form says beside the columns."""
        raise NotImplementedError

    def work(self, number: int) -> None:
        """Do what waits, here and now."""
        raise NotImplementedError

    def wake(self, job: Any) -> None:
        """Let a worker do it."""
        raise NotImplementedError

    def samples(self, rows: list[list[str]]) -> list[list[str]]:
        """The first rows of a sheet as they may lie about until its columns are matched."""
        return rows

    def back(self) -> tuple[str, Any]:
        """Where the upload leads back to: address and name."""
        raise NotImplementedError

    def more(self, job: Any) -> dict[str, Any]:
        """What the state of one sheet shows beside what all show."""
        return {}

    def told(self, job: Any, rows: QuerySet[Any], *outcomes: str) -> dict[str, Any]:
        """The first lines of a sheet that are wrong and those with these outcomes, for
        `parts/sheet_state_rows.html`; none while the sheet is worked at."""
        seen = rows.none() if job.is_moving else rows
        wrong = seen.filter(outcome="wrong")
        return {
            "wrong": wrong[:SHOWN],
            "wrong_count": wrong.count(),
            "shown": seen.filter(outcome__in=outcomes)[:SHOWN],
        }

    # The pages ------------------------------------------------------------------------------------

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take a sheet in; nothing is written yet."""
        staff, now = staff_of(request), timezone.now()
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent, staff=staff, permission=self.permission, words=self.words)
        made: list[SheetImport] = []

        def write() -> None:
            given = form.cleaned_data["file"]
            content = given.read()
            sheets = [
                {"name": sheet.name, "rows": self.samples([_cut(row) for row in sheet.rows])}
                for sheet in read_upload(given.name, content, most_rows=FIRST_ROWS)
            ]
            made.append(
                actions.start_sheet(
                    self.model, given.name, content, sheets=sheets,
                    agency=form.cleaned_data["agency"], actor=staff, now=now,
                )
            )  # fmt: skip

        if sent and act(request, form, write):
            return redirect(f"console:{self.name}_columns", number=made[0].pk)
        address, back_name = self.back()
        context = {
            "form": form,
            "heading": self.words["heading"],
            "back": address,
            "back_name": back_name,
            "one_url": f"console:{self.name}",
            "all_url": f"console:{self.name}s",
            "columns": [column.title for column in self.columns_form.columns],
            "recent": self.jobs(staff)[:5],
        }
        status = 422 if form.is_bound and form.errors else 200
        return render(request, self.upload_template, context, status=status)

    def columns(self, request: HttpRequest, number: int) -> HttpResponse:
        """Say which sheet is meant, where its titles stand, and which column is what."""
        staff, now = staff_of(request), timezone.now()
        job = self.job(staff, number)
        if job.status not in {"mapping", "checked"} or not job.file or not job.sheets:
            return redirect(f"console:{self.name}", number=job.pk)
        is_sent = request.method == "POST"
        start = self._place_of(job, request.GET.get("sheet", ""))
        asked = request.POST if is_sent else request.GET
        place = PlaceForm(job, asked if "header_row" in asked else None, initial=start)
        where = place.cleaned_data if place.is_bound and place.is_valid() else start
        rows = job.sheets[where["sheet"]]["rows"]
        names = titles.titles_of(rows, where["header_row"], where["header_rows"])
        under = [
            [row[at] for row in rows[where["header_row"] :] if at < len(row)]
            for at in range(len(names))
        ]
        key = titles.titles_key(names, of=self.of)
        form = self.columns_form(
            len(names),
            request.POST if is_sent else None,
            initial=self._start(job, names, under, key, where),
        )

        def write() -> None:
            given = form.cleaned_data
            chosen = [given[f"column_{at}"] for at in range(len(names))]
            plan = {
                **where,
                "titles": names,
                "columns": chosen,
                "key": key,
                "actor": staff,
                "now": now,
            }
            self.match(job, plan, given)
            self._begin(job)

        is_placed = not place.is_bound or place.is_valid()
        if is_sent and is_placed and act(request, form, write):
            return redirect(f"console:{self.name}", number=job.pk)
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
            "is_remembered": memory_of(job.agency, key) is not None,
            "back": reverse(f"console:{self.name}_new"),
            "words": self.words,
        }
        status = 422 if (form.is_bound and form.errors) or not is_placed else 200
        return render(request, self.columns_template, context, status=status)

    def one(self, request: HttpRequest, number: int) -> HttpResponse:
        """One sheet: what it would change, how far it is, what became of it."""
        job = self.job(staff_of(request), number)
        return render(request, self.one_template, self._state(request, job))

    def progress(self, request: HttpRequest, number: int) -> HttpResponse:
        """The part of the page that moves."""
        job = self.job(staff_of(request), number)
        return render(request, self.state_template, self._state(request, job))

    def change(self, request: HttpRequest, number: int) -> HttpResponse:
        """Confirm, stop, go on, take back."""
        staff, now = staff_of(request), timezone.now()
        job = self.job(staff, number)
        ways: dict[str, Callable[..., None]] = {
            "confirm": actions.confirm_sheet,
            "resume": actions.resume_sheet,
            "undo": actions.undo_sheet,
            "stop": actions.stop_sheet,
        }
        way = ways.get(request.POST.get("act", ""))
        if way is None:
            raise Http404
        try:
            way(job, actor=staff, now=now)
            if job.is_moving:
                self._begin(job)
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect(f"console:{self.name}", number=number)

    def urls(self) -> list[URLPattern]:
        """Their addresses, each guarded."""
        guard, both = allowed(self.permission), require_http_methods(["GET", "POST"])
        name, route = self.name, self.route
        return [
            path(self.new_route, both(guard(self.upload)), name=f"{name}_new"),
            path(f"{route}<int:number>/", require_safe(guard(self.one)), name=name),
            path(
                f"{route}<int:number>/columns/", both(guard(self.columns)), name=f"{name}_columns"
            ),
            path(
                f"{route}<int:number>/progress/",
                require_safe(guard(self.progress)),
                name=f"{name}_progress",
            ),
            path(
                f"{route}<int:number>/change/",
                require_POST(guard(self.change)),
                name=f"{name}_change",
            ),
        ]

    # What they share ------------------------------------------------------------------------------

    def _place_of(self, job: SheetImport, wanted: str) -> dict[str, int]:
        """The sheet in question and where its titles seem to stand; as chosen before, if it was."""
        if not wanted and job.columns:
            return {
                "sheet": job.sheet,
                "header_row": job.header_row,
                "header_rows": job.header_rows,
            }
        if wanted.isdecimal() and int(wanted) < len(job.sheets):
            at = int(wanted)
        else:  # the one that looks most like what is meant
            likeness = [self._likeness(sheet["rows"]) for sheet in job.sheets]
            at = likeness.index(max(likeness))
        row, height = titles.find_titles(job.sheets[at]["rows"], self.columns_form.columns)
        return {"sheet": at, "header_row": row, "header_rows": height}

    def _likeness(self, rows: list[list[str]]) -> int:
        own = self.columns_form.columns
        names = titles.titles_of(rows, *titles.find_titles(rows, own))
        none: list[tuple[str, ...]] = [()] * len(names)
        return sum(map(bool, titles.guess(names, none, remembered={}, columns=own)))

    def _start(
        self, job: SheetImport, names: list[str], under: list[list[str]], key: str,
        where: dict[str, int],
    ) -> dict[str, str]:  # fmt: skip
        memory = memory_of(job.agency, key)
        if job.columns and all(getattr(job, name) == at for name, at in where.items()):
            chosen = [*job.columns, *[""] * len(names)][: len(names)]
            defaults = {name: getattr(job, name) for name in self.columns_form.base_fields}
        else:
            chosen = titles.guess(
                names, under, remembered=memory.fields if memory else {},
                columns=self.columns_form.columns,
            )  # fmt: skip
            defaults = {name: getattr(memory, name, "") for name in self.remembered}
        return {**defaults, **{f"column_{at}": name for at, name in enumerate(chosen)}}

    def _state(self, request: HttpRequest, job: Any) -> dict[str, Any]:
        staff = staff_of(request)
        rows, is_own = job.all_rows(), job.started_by_id == staff.pk
        counts = {state: rows.filter(state=state).count() for state in RowState.values}
        to_write = job.writable().count()
        done = counts["written"] + counts["kept"] + counts["undone"] + counts["left"]
        taken_back = counts["undone"] + counts["left"]
        is_broken = job.status in {"stopped", "failed"}
        context = {
            "job": job,
            "counts": counts,
            "to_write": to_write,
            "done": taken_back if job.status in {"undoing", "undo_stopped"} else done,
            "total": counts["written"] + taken_back if "undo" in job.status else to_write,
            "left_rows": rows.filter(state__in=["kept", "left"]).order_by("id")[:SHOWN],
            "can_match": is_own and job.status in {"mapping", "checked"} and bool(job.file),
            "can_confirm": is_own and job.status == "checked" and bool(to_write),
            **movement_of(job),
            "can_resume": is_own and is_broken and bool(job.file or counts["pending"]),
            "can_undo": is_own
            and job.status in {"done", "stopped", "failed", "undo_stopped"}
            and bool(counts["written"]),
            "back": reverse(f"console:{self.name}s"),
            "new_url": reverse(f"console:{self.name}_new"),
            "words": self.words,
            **{
                f"{page}_url": reverse(f"console:{self.name}_{page}", args=[job.pk])
                for page in ("columns", "progress", "change", "rows")
            },
        }
        return context | self.more(job)

    def _begin(self, job: Any) -> None:
        """Do what is little here and now; when the database is busy, a worker takes it up later."""
        if job.stop_requested_at is not None or not self._is_little(job):
            self.wake(job)
            return
        try:
            self.work(job.pk)
        except DatabaseError:
            self.wake(job)

    def _is_little(self, job: Any) -> bool:
        if job.status == "checking":
            try:
                return bool(job.file) and job.file.size <= self.small_file
            except OSError:  # the file is gone: the worker says so
                return True
        return bool(job.all_rows().exclude(outcome="missing").count() <= self.small_write)


def _cut(row: list[str]) -> list[str]:
    return [text[:_KEPT_TEXT] for text in row[:MOST_COLUMNS]]


def _letter(at: int) -> str:
    """The name a spreadsheet gives a column: A to Z, AA and so on."""
    return chr(65 + at) if at < 26 else f"{chr(64 + at // 26)}{chr(65 + at % 26)}"
