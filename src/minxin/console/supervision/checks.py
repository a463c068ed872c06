"""Checking one account after another, with the keyboard alone where one wants."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minxin.accounts.models import Platform
from minxin.accounts.queries import filing_of
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.supervision.accounts import content_of
from minxin.console.supervision.candidates import sentence
from minxin.console.supervision.listing import day_said, level_said
from minxin.core.errors import NotFound, Refused
from minxin.supervision import queries
from minxin.supervision.actions import checking
from minxin.supervision.inspecting import LINES, MARKS
from minxin.supervision.models import Campaign, Check, Evidence, Finding, Inspection
from minxin.supervision.packs import library
from minxin.supervision.queries import campaigns as reading
from minxin.supervision.queries.machine import View, rule_said, views_of
from minxin.supervision.rules.inspection import Mark, State, line_of
from minxin.supervision.wording import LEVELS, SEVERITY, grade_of, source_said

CONFIRM = Permission.CONFIRM_CANDIDATES
KEYS = {Mark.PASSES: "1", Mark.FAILS: "2", Mark.DOES_NOT_APPLY: "3", Mark.UNCLEAR: "4"}
SHOWN = 6


class WorklistFilter(Search):
    """Of which campaign, on which platform."""

    agency_path = "account__agency__path"
    searched = ("name", "unit")
    campaign = django_filters.ModelChoiceFilter(
        label=gettext_lazy("检查任务"), queryset=lambda request: _campaigns(request)
    )
    platform = django_filters.ChoiceFilter(label=gettext_lazy("平台"), choices=choices_of(Platform))

    class Meta:
        model = Inspection
        fields = ("campaign", "platform")


def _campaigns(request: HttpRequest | None) -> QuerySet[Campaign]:
    if request is None:
        return Campaign.objects.none()
    return reading.campaigns_for(staff_of(request))


class WorklistTable(Table):
    """What waits, in the order in which it is met."""

    name = tables.Column(
        verbose_name=gettext_lazy("检查对象"), linkify=lambda record: _check_url(record)
    )
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="get_platform_display", order_by="platform"
    )
    unit = tables.Column(verbose_name=gettext_lazy("主办单位"))
    campaign = tables.Column(verbose_name=gettext_lazy("检查任务"), accessor="campaign__name")
    due_on = tables.DateColumn(
        verbose_name=gettext_lazy("完成期限"), accessor="campaign__due_on", format="Y-m-d"
    )
    remark = tables.Column(verbose_name=gettext_lazy("复核退回的理由"))

    row_url = staticmethod(lambda record: _check_url(record))

    class Meta(Table.Meta):
        pass


def _check_url(record: Inspection) -> str:
    return reverse("console:check", args=[record.pk])


class WorklistPage(ListPage):
    """What this person has to check."""

    permission = CONFIRM
    title = gettext_lazy("待我检查")
    empty = gettext_lazy("没有待您检查的账号。")
    empty_hint = gettext_lazy("检查任务分派给您的账号列在这里，打开第一个，用键盘一个接一个地查。")
    table_class = WorklistTable
    filterset_class = WorklistFilter
    template_name = "console/worklist.html"
    back = (gettext_lazy("检查任务"), "console:campaigns")

    def rows(self, staff: Staff) -> QuerySet[Inspection]:
        return reading.worklist_of(staff)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        first = self.object_list.first()
        context["first"] = _check_url(first) if first else ""
        return context


# One account -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A verdict that can be given."""

    value: str
    words: Any
    key: str


@dataclass(slots=True)
class Shown:
    """One line of the check table as the page shows it."""

    code: str
    title: Any
    severity: Any
    article: str
    document: str
    machine: str
    guess: str
    guess_said: Any
    rule: str
    mark: str = ""
    note: str = ""
    link: str = ""
    evidence: Evidence | None = None
    errors: list[str] = field(default_factory=list)


CHOICES = [Choice(mark.value, MARKS[mark], key) for mark, key in KEYS.items()]


def _lines(
    inspection: Inspection, views: dict[str, View], typed: dict[str, checking.Entry] | None
) -> list[Shown]:
    packs = library()
    kept: dict[str, Check] = {each.indicator: each for each in reading.checks_of(inspection)}
    found = []
    for code in inspection.campaign.lines:
        line, view = line_of(code), views[code]
        shown = Shown(
            code=code, title=LINES[code], severity=SEVERITY[line.severity], article=line.article,
            document=line.document, machine=view.said,
            guess=view.guess.value if view.guess else "",
            guess_said=MARKS[view.guess] if view.guess else "", rule=rule_said(view, packs),
        )  # fmt: skip
        if typed is not None:
            entry = typed.get(code, checking.Entry())
            shown.mark = entry.mark.value if entry.mark else ""
            shown.note, shown.link, shown.evidence = entry.note, entry.link, entry.evidence
        elif code in kept:
            row = kept[code]
            shown.mark, shown.note, shown.link = row.mark, row.note, row.link
            shown.evidence = row.evidence
        found.append(shown)
    return found


def _typed(
    staff: Staff, inspection: Inspection, data: Any, files: MultiValueDict[str, Any] | None
) -> dict[str, checking.Entry]:
    """What was sent, line by line. Raises `Refused` for a picture that is too large."""
    marks = {each.value: each for each in Mark}
    found = {}
    for code in inspection.campaign.lines:
        number = data.get(f"evidence-{code}", "")
        evidence = None
        if number.isdecimal() and len(number) < 19:
            evidence = queries.evidence_for(staff, int(number))
        found[code] = checking.Entry(
            mark=marks.get(data.get(f"mark-{code}", "")),
            note=data.get(f"note-{code}", "")[:500],
            link=data.get(f"link-{code}", "")[:500],
            file=content_of(files.get(f"file-{code}")) if files else None,
            evidence=evidence,
        )
    return found


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else -1


@require_http_methods(["GET", "POST"])
@allowed(CONFIRM)
def check(request: HttpRequest, number: int) -> HttpResponse:
    """What is known of an account, and the verdicts of the person who looks at it."""
    staff, now = staff_of(request), timezone.now()
    found = reading.inspection_for(staff, number)
    if found.state != State.WAITING.value or found.inspector_id != staff.pk:
        if request.method == "POST":
            messages.error(request, _("这个账号现在不由您检查，或已经查过；没有保存。"))
        return redirect("console:inspection", number=number)
    typed: dict[str, checking.Entry] | None = None
    refusal: Refused | None = None
    if request.method == "POST":
        typed = _typed(staff, found, request.POST, None)
        try:
            checking.hand_in(
                found, _typed(staff, found, request.POST, request.FILES),
                revision=_revision(request), library=library(), actor=staff, now=now,
            )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            refusal = error
            found = reading.inspection_for(staff, number)
        else:
            words = _("“%(name)s”已提交。")
            messages.success(request, words % {"name": found.name})
            following = reading.next_after(staff, found)
            return redirect(_check_url(following) if following else "console:worklist")
    views = views_of(found.account, library(), now=now)
    lines = _lines(found, views, typed)
    if refusal is not None:
        for line in lines:
            if refusal.field.partition("-")[2] == line.code:
                line.errors.append(refusal.message)
    context = {
        **_known(staff, found, now),
        "inspection": found,
        "title": found.name,
        "lines": lines,
        "choices": CHOICES,
        "refusal": refusal.message if refusal else "",
        "left": reading.worklist_of(staff).count(),
        "back": reverse("console:worklist"),
    }
    return render(request, "console/check.html", context, status=422 if refusal else 200)


def _known(staff: Staff, found: Inspection, now: datetime) -> dict[str, Any]:
    """What the system knows already, so that nobody has to look for it."""
    account = found.account
    known = queries.known_of([account], library(), now=now)[account.pk]
    verdict, filing = known.verdict, filing_of(account)
    candidates = queries.candidates_for(staff).filter(account=account).order_by("-id")
    return {
        "account": account,
        "filing": filing,
        "level": level_said(verdict.level.value, LEVELS[verdict.level]),
        "traces": [
            (
                day_said(each.published_at, is_day_only=each.is_day_only), each,
                source_said(each.source), grade_of(each.source),
            )
            for each in known.traces[:SHOWN]
        ],
        "candidates": [(each, sentence(each)) for each in candidates.filter(status="open")[:SHOWN]],
        "findings": Finding.objects.visible_to(staff, CONFIRM).filter(account=account)[:SHOWN],
        "account_url": filing.url if filing and filing.url.startswith("http") else "",
    }  # fmt: skip


@require_POST
@allowed(CONFIRM)
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is typed so far; the answer is the new revision, or why it was not kept."""
    staff = staff_of(request)
    found = reading.inspection_for(staff, number)
    try:
        typed = _typed(staff, found, request.POST, None)
        revision = checking.save_draft(
            found, typed, revision=_revision(request), actor=staff, now=timezone.now()
        )
    except NotFound:
        raise
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=409)
    return JsonResponse({"revision": revision})


@require_POST
@allowed(CONFIRM)
def picture(request: HttpRequest, number: int) -> HttpResponse:
    """Keep a pasted or chosen picture at once; the answer is its number and name."""
    staff = staff_of(request)
    found = reading.inspection_for(staff, number)
    try:
        content = content_of(request.FILES.get("file"))
        if content is None:
            raise Refused(_("没有收到图片，请再粘贴一次。"))
        kept = checking.keep_picture(found, content, actor=staff, now=timezone.now())
    except NotFound:
        raise
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=422)
    return JsonResponse({"number": kept.pk, "name": kept.file_name})


urlpatterns = [
    listed("supervision/worklist/", WorklistPage, "worklist"),
    path("supervision/checks/<int:number>/", check, name="check"),
    path("supervision/checks/<int:number>/draft/", draft, name="check_draft"),
    path("supervision/checks/<int:number>/picture/", picture, name="check_picture"),
]
