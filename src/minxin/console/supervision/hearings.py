"""After the check: second looks, one account's page, the unit's statement, the check table as a sheet."""

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

from minxin.accounts.models import Platform
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.console.supervision.campaign_forms import (
    CorrectionForm,
    Press,
    ReasonForm,
    RemarkForm,
)
from minxin.console.supervision.checks import WorklistFilter
from minxin.supervision import queries
from minxin.supervision.actions import campaigns as leading
from minxin.supervision.actions import hearing
from minxin.supervision.inspecting import LINES
from minxin.supervision.models import Inspection
from minxin.supervision.models.campaigns import INSPECTION_STATES
from minxin.supervision.queries import campaigns as reading
from minxin.supervision.queries.populations import units_of
from minxin.supervision.rules.inspection import Mark, Standing, State, line_of

CONFIRM = Permission.CONFIRM_CANDIDATES
RECORD = Permission.RECORD_UPDATES


def _url(record: Inspection) -> str:
    return reverse("console:inspection", args=[record.pk])


class InspectionTable(Table):
    """Accounts of campaigns, with who checks and where they stand."""

    name = tables.Column(verbose_name=gettext_lazy("检查对象"), linkify=lambda record: _url(record))
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="get_platform_display", order_by="platform"
    )
    unit = tables.Column(verbose_name=gettext_lazy("主办单位"))
    inspector = tables.Column(verbose_name=gettext_lazy("检查人"), empty_values=())
    reviewer = tables.Column(verbose_name=gettext_lazy("复核人"))
    state = tables.Column(
        verbose_name=gettext_lazy("检查进度"), accessor="get_state_display", order_by="state"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_inspector(self, value: Any) -> str:
        return str(value or _("待分派"))

    class Meta(Table.Meta):
        pass


class SecondLooksPage(ListPage):
    """What waits for a second look by this person."""

    permission = CONFIRM
    title = gettext_lazy("待我复核")
    empty = gettext_lazy("没有待您复核的账号。")
    empty_hint = gettext_lazy("别人查出不合格的，和按比例抽中的，列在这里。")
    table_class = InspectionTable
    filterset_class = WorklistFilter
    back = (gettext_lazy("检查任务"), "console:campaigns")

    def rows(self, staff: Staff) -> QuerySet[Inspection]:
        return reading.second_looks_for(staff)


class InspectionFilter(Search):
    """Where it stands, with whom, on which platform."""

    searched = ("name", "unit", "inspector__name")
    state = django_filters.ChoiceFilter(label=gettext_lazy("检查进度"), choices=INSPECTION_STATES)
    platform = django_filters.ChoiceFilter(label=gettext_lazy("平台"), choices=choices_of(Platform))

    class Meta:
        model = Inspection
        fields = ("state", "platform")


class InspectionsPage(ListPage):
    """The accounts of one campaign."""

    permission = CONFIRM
    title = gettext_lazy("检查对象")
    empty = gettext_lazy("没有检查对象。")
    table_class = InspectionTable
    filterset_class = InspectionFilter
    back = (gettext_lazy("检查任务"), "console:campaign")

    def rows(self, staff: Staff) -> QuerySet[Inspection]:
        found = reading.campaign_for(staff, self.kwargs["number"])
        return reading.inspections_for(staff).filter(campaign=found)


# One account, for who supervises -----------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed(CONFIRM)
def inspection(request: HttpRequest, number: int) -> HttpResponse:
    """An account's check table, what was said about it, and what this person may do now."""
    staff = staff_of(request)
    found = reading.inspection_for(staff, number)
    wanted = request.POST.get("act", "")

    def typed(name: str) -> Any:
        return request.POST if wanted == name else None

    kept = queries.evidence_of(found.account)
    papers: dict[str, Any] = {
        "uphold": RemarkForm(typed("uphold"), prefix="uphold"),
        "send_back": ReasonForm(typed("send_back"), prefix="back"),
        "decide": Press(typed("decide")),
        "release": Press(typed("release")),
        "waive": Press(typed("waive")),
        "withdraw": ReasonForm(typed("withdraw"), prefix="withdraw"),
        "recheck": ReasonForm(typed("recheck"), prefix="recheck"),
        "correct": CorrectionForm(
            typed("correct"), prefix="correct", lines=found.campaign.lines, kept=kept
        ),
    }
    if request.method == "POST" and _judged(request, found, wanted, papers):
        return redirect("console:inspection", number=number)
    checks = reading.checks_of(found)
    is_running = found.campaign.standing == Standing.RUNNING.value
    is_own = found.account.agency_id in units_of([staff])[staff.pk]
    is_other = is_running and found.inspector_id != staff.pk and not is_own
    context = {
        "inspection": found,
        "title": found.name,
        "checks": [(each, line_of(each.indicator), LINES[each.indicator]) for each in checks],
        "forms": papers,
        "refusals": papers[wanted].non_field_errors() if wanted in papers else [],
        "typed": request.POST,
        "may_check": is_running and found.state == "waiting" and found.inspector_id == staff.pk,
        "may_look": is_other and found.state == State.SECOND.value,
        "may_release": is_running and found.state == State.UPHELD.value,
        "may_decide": is_other and found.state == State.DEFENDED.value,
        "may_end": is_running
        and found.state == State.RELEASED.value
        and found.defence_due_at is not None
        and found.defence_due_at < timezone.now(),
        "may_withdraw": is_running and found.state in {"waiting", "second", "upheld"},
        "may_recheck": is_running and found.state in {"upheld", "settled", "withdrawn"},
        "may_correct": found.campaign.standing == Standing.SIGNED.value
        and found.state == State.SETTLED.value,
        "is_hers": found.inspector_id == staff.pk,
        "is_own": is_own,
        "corrections": [
            (each, reading.line_said(each.indicator)) for each in found.corrections.all()
        ],
        "back": reverse("console:campaign", args=[found.campaign_id]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/inspection.html", context, status=status)


def _judged(request: HttpRequest, found: Inspection, wanted: str, papers: dict[str, Any]) -> bool:
    staff, now = staff_of(request), timezone.now()

    def reason(name: str) -> str:
        return str(papers[name].cleaned_data["reason"])

    def correct() -> None:
        given = papers["correct"].cleaned_data
        leading.correct_result(
            found, given["indicator"], Mark(given["mark"]), reason=given["reason"],
            evidence=given["evidence"], actor=staff, now=now,
        )  # fmt: skip

    match wanted:
        case "uphold":
            form = papers["uphold"]
            return act(
                request, form,
                lambda: hearing.uphold(
                    found, remark=form.cleaned_data["remark"], actor=staff, now=now
                ),
                _("已复核。"),
            )  # fmt: skip
        case "send_back":
            return act(
                request, papers[wanted],
                lambda: hearing.send_back(found, reason=reason(wanted), actor=staff, now=now),
                _("已退回检查人。"),
            )  # fmt: skip
        case "release":
            return act(
                request, papers[wanted],
                lambda: hearing.release_results([found], actor=staff, now=now),
                _("已送达单位。"),
            )  # fmt: skip
        case "waive":
            return act(
                request, papers[wanted], lambda: hearing.waive(found, actor=staff, now=now),
                _("单位逾期没有申辩，结论已定。"),
            )  # fmt: skip
        case "decide":
            return act(
                request, papers[wanted],
                lambda: hearing.decide(found, _decisions(request, found), actor=staff, now=now),
                _("已裁定。"),
            )  # fmt: skip
        case "withdraw":
            return act(
                request, papers[wanted],
                lambda: hearing.withdraw_inspection(
                    found, reason=reason(wanted), actor=staff, now=now
                ),
                _("这个账号不再检查。"),
            )  # fmt: skip
        case "recheck":
            return act(
                request, papers[wanted],
                lambda: hearing.recheck(found, reason=reason(wanted), actor=staff, now=now),
                _("已退回重新检查。"),
            )  # fmt: skip
        case "correct":
            return act(request, papers[wanted], correct, _("更正已记录，签发的结果不变。"))
    raise Http404


def _decisions(request: HttpRequest, found: Inspection) -> dict[str, tuple[bool, str]]:
    given = request.POST
    return {
        code: (given[f"decision-{code}"] == "lifted", given.get(f"note-{code}", ""))
        for code in found.campaign.lines
        if given.get(f"decision-{code}") in {"lifted", "kept"}
    }


urlpatterns = [
    listed("supervision/second-looks/", SecondLooksPage, "second_looks"),
    listed("supervision/campaigns/<int:number>/accounts/", InspectionsPage, "inspections"),
    path("supervision/inspections/<int:number>/", inspection, name="inspection"),
]
