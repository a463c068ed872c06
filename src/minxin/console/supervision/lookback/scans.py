"""Scans with their progress; stop, go on, once more."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import Refused
from minxin.supervision import scanning
from minxin.supervision.actions import scans as acting
from minxin.supervision.models import Scan, WordList
from minxin.supervision.queries import lookback

READ = Permission.READ_SUPERVISION
# So few texts are looked through at once: nobody waits for a worker.
SMALL = 300


def set_going(scan: Scan) -> None:
    """Do what is little here and now; the rest, or when the database is busy, is a worker's."""
    if scan.status != Scan.Status.WAITING:
        return
    if scan.total - scan.done > SMALL:
        scanning.wake(scan)
        return
    try:
        scanning.work(scan.pk)
    except DatabaseError:
        scanning.wake(scan)


class ScanFilter(Search):
    """Which list, how far, whose."""

    agency_path = "word_list__agency__path"
    searched = ("word_list__name",)
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Scan.Status)
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("触发原因"),
        choices=choices_of(WordList.Kind),
        field_name="word_list__kind",
    )
    agency = agency_filter(gettext_lazy("适用范围"), READ)

    class Meta:
        model = Scan
        fields = ("status", "kind", "agency")


class ScanTable(Table):
    """The newest first."""

    word_list = tables.Column(
        verbose_name=gettext_lazy("词表"), accessor="word_list__name",
        linkify=lambda record: url_of(record),
    )  # fmt: skip
    kind = tables.Column(
        verbose_name=gettext_lazy("触发原因"), accessor="word_list__get_kind_display",
        order_by="word_list__kind",
    )  # fmt: skip
    status = tables.Column(
        verbose_name=gettext_lazy("进度"), accessor="get_status_display", order_by="status"
    )
    total = tables.Column(verbose_name=gettext_lazy("内容总数"))
    found = tables.Column(verbose_name=gettext_lazy("新命中"))
    waiting = tables.Column(verbose_name=gettext_lazy("待确认"))
    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("开始时间"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: url_of(record))

    def render_word_list(self, value: str, record: Scan) -> str:
        return _("%(name)s（第 %(revision)s 版）") % {"name": value, "revision": record.revision}

    def render_status(self, value: str, record: Scan) -> str:
        return f"{value} {record.percent}%"

    class Meta(Table.Meta):
        order_by = "-created_at"


def url_of(record: Scan) -> str:
    return reverse("console:scan", args=[record.pk])


class ScansPage(ListPage):
    """What was looked through, when, and what waits for a person."""

    permission = READ
    title = gettext_lazy("存量回头看")
    empty = gettext_lazy("还没有回头看扫描。")
    empty_hint = gettext_lazy("新建词表并添加词条后，系统会自动把已发布内容重新查一遍。")
    table_class = ScanTable
    filterset_class = ScanFilter
    template_name = "console/lookback.html"
    buttons = (
        (gettext_lazy("待确认命中"), "console:hits", READ),
        (gettext_lazy("词表"), "console:word_lists", READ),
        (gettext_lazy("已发布内容"), "console:published_items", READ),
        (gettext_lazy("不再提示"), "console:exemptions", READ),
    )
    back = (gettext_lazy("更新预警清单"), "console:supervision")

    def rows(self, staff: Staff) -> QuerySet[Scan]:
        return lookback.scans_for(staff)


def _context(request: HttpRequest, scan: Scan) -> dict[str, Any]:
    staff, now = staff_of(request), timezone.now()
    may_act = may(staff, Permission.CONFIRM_CANDIDATES, scan.word_list.agency)
    is_moving = scan.status in acting.ACTIVE
    is_old = scan.revision != scan.word_list.revision
    return {
        "scan": scan,
        "waiting": lookback.waiting_of(staff, scan),
        "is_moving": is_moving,
        "is_late": is_moving and scan.due_at <= now,
        "is_stopping": is_moving and scan.stop_requested_at is not None,
        "is_old": is_old,
        "can_stop": may_act and is_moving and scan.stop_requested_at is None,
        "can_resume": may_act and scan.status in {"stopped", "failed"} and not is_old,
        "can_repeat": may_act and not is_moving,
        "back": reverse("console:lookback"),
    }


@require_safe
@allowed(READ)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One scan: how far it is, what it found."""
    scan = lookback.scan_for(staff_of(request), number)
    return render(request, "console/scan.html", _context(request, scan))


@require_safe
@allowed(READ)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    scan = lookback.scan_for(staff_of(request), number)
    return render(request, "console/parts/scan_state.html", _context(request, scan))


@require_POST
@allowed(Permission.CONFIRM_CANDIDATES)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Stop, go on, look through everything once more."""
    staff, now = staff_of(request), timezone.now()
    scan = lookback.scan_for(staff, number, Permission.CONFIRM_CANDIDATES)
    try:
        match request.POST.get("act"):
            case "stop":
                acting.stop_scan(scan, actor=staff, now=now)
            case "resume":
                acting.resume_scan(scan, actor=staff, now=now)
                set_going(scan)
            case "repeat":
                scan = acting.begin_scan(scan.word_list, actor=staff, now=now)
                set_going(scan)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:scan", number=scan.pk)


urlpatterns = [
    listed("lookback/", ScansPage, "lookback"),
    path("lookback/scans/<int:number>/", one, name="scan"),
    path("lookback/scans/<int:number>/progress/", progress, name="scan_progress"),
    path("lookback/scans/<int:number>/change/", change, name="scan_change"),
]
