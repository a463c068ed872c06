"""Candidates: what a machine found, and the person who says whether it is so."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.console.supervision.accounts import content_of, rule_said
from minxin.console.supervision.forms import ConfirmForm, DismissForm
from minxin.supervision import actions, queries
from minxin.supervision.indicators import INDICATORS, indicator_named
from minxin.supervision.models import SEVERITIES, Candidate
from minxin.supervision.packs import library
from minxin.supervision.wording import EVIDENCE


def sentence(candidate: Candidate) -> str:
    """What was found, in words."""
    words = str(indicator_named(candidate.indicator).sentence)
    return words % dict(candidate.facts)


class CandidateFilter(Search):
    """Of which kind, how far decided, whose."""

    agency_path = "account__agency__path"
    searched = ("account__name", "account__agency__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Candidate.Status)
    )
    indicator = django_filters.ChoiceFilter(
        label=gettext_lazy("指标"), choices=tuple((each.name, each.words) for each in INDICATORS)
    )
    severity = django_filters.ChoiceFilter(
        label=gettext_lazy("严重程度"), choices=tuple(SEVERITIES)
    )
    agency = agency_filter(gettext_lazy("主办单位"), Permission.READ_SUPERVISION)

    class Meta:
        model = Candidate
        fields = ("status", "indicator", "severity")


class CandidateTable(Table):
    """What was found, the newest first."""

    account = tables.Column(
        verbose_name=gettext_lazy("账号"), accessor="account__name",
        linkify=lambda record: _url(record),
    )  # fmt: skip
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="account__agency__name")
    indicator = tables.Column(verbose_name=gettext_lazy("指标"))
    facts = tables.Column(verbose_name=gettext_lazy("所见"), orderable=False, empty_values=())
    severity = tables.Column(
        verbose_name=gettext_lazy("严重程度"), accessor="get_severity_display", order_by="severity"
    )
    found_at = tables.DateTimeColumn(verbose_name=gettext_lazy("发现时间"), format="Y-m-d H:i")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_account(self, value: str, record: Candidate) -> str:
        return f"{value}（{record.account.get_platform_display()}）"

    def render_indicator(self, value: str) -> str:
        return str(indicator_named(value).words)

    def render_facts(self, record: Candidate) -> str:
        return sentence(record)

    def render_status(self, value: Any, record: Candidate) -> str:
        return f"{value} · {record.decided_by}" if record.decided_by else str(value)

    class Meta(Table.Meta):
        order_by = "-found_at"


def _url(record: Candidate) -> str:
    return reverse("console:candidate", args=[record.pk])


class CandidatesPage(ListPage):
    """What waits for a person, and what became of the rest."""

    permission = Permission.READ_SUPERVISION
    title = gettext_lazy("待确认问题")
    empty = gettext_lazy("没有发现问题。")
    empty_hint = gettext_lazy("机器发现的问题先列在这里，由人附证据确认后才算数。")
    table_class = CandidateTable
    filterset_class = CandidateFilter
    back = (gettext_lazy("更新预警清单"), "console:supervision")

    def rows(self, staff: Staff) -> QuerySet[Candidate]:
        return queries.candidates_for(staff)


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_SUPERVISION)
def candidate(request: HttpRequest, number: int) -> HttpResponse:
    """What was found, by which rule; confirm it with evidence, or say why it is not so."""
    staff, now = staff_of(request), timezone.now()
    found = queries.candidate_for(staff, number)
    may_decide = found.status == "open" and may(
        staff, Permission.CONFIRM_CANDIDATES, found.account.agency
    )
    kept = queries.evidence_of(found.account)
    wanted = request.POST.get("act", "")
    confirming = wanted == "confirm"
    confirm = ConfirmForm(
        request.POST if confirming else None, request.FILES if confirming else None, kept=kept,
        now=now, prefix="confirm",
    )  # fmt: skip
    dismiss = DismissForm(request.POST if wanted == "dismiss" else None, prefix="dismiss")
    if request.method == "POST":
        queries.candidate_for(staff, number, Permission.CONFIRM_CANDIDATES)
        if _acted(request, found, wanted, confirm, dismiss):
            return redirect("console:candidate", number=number)
    pack = library().named(found.pack)
    indicator = indicator_named(found.indicator)
    context = {
        "candidate": found,
        "account": found.account,
        "title": indicator.words,
        "sentence": sentence(found),
        "pack": pack,
        "rule": rule_said(pack) if pack else found.pack,
        "needed": [EVIDENCE[each] for each in pack.evidence] if pack else [],
        "confirm_form": confirm,
        "dismiss_form": dismiss,
        "may_decide": may_decide or confirm.is_bound or dismiss.is_bound,
        "finding": queries.finding_of(found),
        "may_notify": may(staff, Permission.RECTIFY_FINDINGS, found.account.agency),
        "is_probed": indicator.is_probed,
        "back": reverse("console:candidates"),
    }
    status = 422 if confirm.errors or dismiss.errors else 200
    return render(request, "console/candidate.html", context, status=status)


def _acted(
    request: HttpRequest,
    found: Candidate,
    wanted: str,
    confirm: ConfirmForm,
    dismiss: DismissForm,
) -> bool:
    staff, now = staff_of(request), timezone.now()

    def write() -> None:
        given = confirm.cleaned_data
        proof = given["evidence"] or actions.Fresh(
            seen_at=given["seen_at"] or now, link=given["link"], file=content_of(given["file"])
        )
        actions.confirm(found, evidence=proof, reason=given["reason"], actor=staff, now=now)

    match wanted:
        case "confirm":
            return act(request, confirm, write, _("已确认，您的姓名和证据已记录。"))
        case "dismiss":
            return act(
                request, dismiss,
                lambda: actions.dismiss(
                    found, reason=dismiss.cleaned_data["reason"], actor=staff, now=now
                ),
                _("已认定不成立。"),
            )  # fmt: skip
    raise Http404


urlpatterns = [
    listed("supervision/candidates/", CandidatesPage, "candidates"),
    path("supervision/candidates/<int:number>/", candidate, name="candidate"),
]
