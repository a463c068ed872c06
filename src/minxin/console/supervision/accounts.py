"""One account: how it stands and why, in words; its traces and looks; recording what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minxin.accounts.queries.lifecycle import filings_of
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.accounts import filing
from minxin.console.base import act, allowed, form_page, kept_file, staff_of
from minxin.console.supervision.forms import SeenForm
from minxin.console.supervision.listing import day_said, level_said
from minxin.console.supervision.reading import held_page, read_link
from minxin.console.supervision.years import year_shown
from minxin.core.errors import Refused
from minxin.supervision import actions, queries
from minxin.supervision.inspecting import LINES
from minxin.supervision.models import Trace
from minxin.supervision.packs import library
from minxin.supervision.probe_words import BARRIERS
from minxin.supervision.queries import probes
from minxin.supervision.queries.machine import views_from
from minxin.supervision.queries.patrols import seen_by_of
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.inspection import line_of
from minxin.supervision.rules.packs import Pack, applicable, is_fallback
from minxin.supervision.wording import CERTAINTY, LEVELS, grade_of, source_said, why_said

SHOWN = 40


@dataclass(frozen=True, slots=True)
class TraceShown:
    """One line of the timeline."""

    when: str
    title: str
    url: str
    kind: str
    source: str
    grade: str
    doubt: str
    evidence: int | None
    seen_by: str


def _shown(
    trace: Trace, disputed: frozenset[str], future: frozenset[str], seen_by: Mapping[int, str]
) -> TraceShown:
    doubt, key = "", queries.key_of(trace)
    if key in disputed:
        doubt = _("与其他来源不符")
    elif key in future:
        doubt = _("时间在将来，没有计入")
    return TraceShown(
        when=day_said(trace.published_at, is_day_only=trace.is_day_only),
        title=trace.title or _("（没有标题）"),
        url=trace.url if trace.url.startswith(("http://", "https://")) else "",
        kind=str(trace.get_kind_display()),
        source=source_said(trace.source),
        grade=grade_of(trace.source),
        doubt=doubt,
        evidence=trace.evidence_id,
        seen_by=seen_by.get(trace.pk, ""),
    )


def rule_said(pack: Pack) -> str:
    """A rule with whose it is: never a local one as if it were the nation's."""
    return f"{pack.title}（{CERTAINTY[pack.certainty]}）"


def _watched(known: queries.Known, now: datetime) -> list[tuple[Any, str, list[str]]]:
    """What is watched besides updates and the register: (what, what the machine says, by which rules)."""
    packs, bound = library(), queries.bound_of(known.account)
    views = views_from(known, packs, now=now)
    held = {code: applicable(packs.of(code), bound, on=day_of(now)) for code in views}
    return [
        (LINES[code], view.said, [rule_said(each) for each in held.get(code, ())])
        for code, view in views.items()
        if line_of(code).machine and not code.startswith(("update.", "account."))
    ]


@require_safe
@allowed(Permission.READ_SUPERVISION)
def account(request: HttpRequest, number: int) -> HttpResponse:
    """How the account stands now, why, and what is known of it."""
    staff, now = staff_of(request), timezone.now()
    found = queries.account_seen_by(staff, number)
    known = queries.known_of([found], library(), now=now)[found.pk]
    verdict = known.verdict
    may_read_account = may(staff, Permission.READ_ACCOUNTS, found.agency)
    disputed = frozenset(each.key for each in verdict.disputed)
    future = frozenset(each.key for each in verdict.future)
    seen_by = seen_by_of(known.traces)
    candidates = queries.candidates_for(staff).filter(account=found).order_by("-id")[:20]
    context: dict[str, Any] = {
        "account": found,
        "verdict": verdict,
        "level": level_said(verdict.level.value, LEVELS[verdict.level]),
        "why": why_said(each.value for each in verdict.why),
        "last": _shown(known.last, disputed, future, seen_by) if known.last else None,
        "rules": [(rule_said(pack), pack.document, pack.article) for pack in known.stale],
        "is_fallback": is_fallback(known.stale),
        "traces": [_shown(each, disputed, future, seen_by) for each in known.traces[:SHOWN]],
        "trace_count": len(known.traces),
        "looks": [
            (source_said(each.source), each, each.since < each.until) for each in known.looks
        ],
        "watched": _watched(known, now),
        "candidates": candidates,
        "findings": queries.findings_for(staff).filter(account=found)[:20],
        "history": [
            (each, level_said(each.level, each.get_level_display()))
            for each in queries.history_of(found)
        ],
        "evidence": queries.evidence_of(found),
        "probe": probes.standing_of(found).last,
        "probe_barrier": BARRIERS[barrier] if (barrier := probes.barrier_of(found)) else "",
        "may_record": may(staff, Permission.RECORD_UPDATES, found.agency),
        "may_report": may(staff, Permission.CONFIRM_CANDIDATES, found.agency)
        and found.status != "closed",
        "may_read_account": may_read_account,
        "register": filing.lines(found) if may_read_account else [],
        "filings": filings_of(found)[:20] if may_read_account else [],
        "back": reverse("console:supervision"),
        **year_shown(queries.year_of(found, known.looks, now=now)),
    }
    return render(request, "console/supervised_account.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Permission.RECORD_UPDATES)
def record(request: HttpRequest, number: int) -> HttpResponse:
    """Write down what stands on the account's page."""
    staff, now = staff_of(request), timezone.now()
    found = queries.account_seen_by(staff, number, Permission.RECORD_UPDATES)
    is_inspector = may(staff, Permission.CONFIRM_CANDIDATES, found.agency)
    reading = None
    if is_inspector and "read_page" in request.POST:
        typed = {name: request.POST.get(name, "").strip() for name in SeenForm.base_fields}
        reading = read_link(typed["link"], typed, account=found, staff=staff, now=now)
        form = SeenForm(initial=typed | reading.values, is_inspector=True)
    else:
        form = SeenForm(request.POST or None, request.FILES or None, is_inspector=is_inspector)
    back = reverse("console:supervised_account", args=[found.pk])

    def write() -> None:
        given = form.cleaned_data
        held = given.get("page", "")
        page = held_page(held, given["link"], account=found, staff=staff) if held else None
        actions.record_seen(
            found, newest_on=given["newest_on"], title=given["title"], link=given["link"],
            file=content_of(given["file"]), seen_at=given["seen_at"], capture=page, actor=staff,
            now=now,
        )  # fmt: skip
        actions.evaluate([found], now=now)
        if held:
            messages.info(
                request,
                _("系统读取的网页已一并留存。")
                if page
                else _("先前读取的网页没有留存：链接改过，或读取已超过两小时。"),
            )

    if (
        reading is None
        and request.method == "POST"
        and act(request, form, write, _("已记录，并重新评定。"))
    ):
        return redirect(back)
    note = (
        _("您的记录是人工核对（B），也说明页面上没有更新的内容。")
        if is_inspector
        else _("您的记录是单位自报（C）。平台接口或检查人核对后，可信等级会提高。")
    )
    title = _("记录“%(name)s”的更新情况") % {"name": found.name}
    return form_page(
        request, form, title=title, back=back, note=note, template="console/form_with_file.html",
        beside="link" if is_inspector else None, reading=reading,
        beside_template="console/parts/page_read.html",
    )  # fmt: skip


def content_of(given: Any) -> tuple[str, bytes] | None:
    """A file that was sent, not read when it is too large to be kept."""
    if not given:
        return None
    if given.size > actions.LARGEST:
        raise Refused(_("截图不能超过 10 MB。"), field="file")
    return given.name, given.read()


@require_safe
@allowed(Permission.READ_SUPERVISION)
def evidence(request: HttpRequest, number: int) -> HttpResponse:
    """The kept file, to be saved; never shown as a page of ours."""
    found = queries.evidence_for(staff_of(request), number)
    return kept_file(found.file, found.file_name)


urlpatterns = [
    path("supervision/accounts/<int:number>/", account, name="supervised_account"),
    path("supervision/accounts/<int:number>/record/", record, name="supervision_record"),
    path("supervision/evidence/<int:number>/", evidence, name="evidence"),
]
