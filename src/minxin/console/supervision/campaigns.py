"""Campaigns: the list, a new one with its preview, one with its progress, its accounts, its check table."""

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import home_of
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.console.supervision.campaign_forms import (
    CampaignForm,
    PersonForm,
    Press,
    ReasonForm,
)
from minxin.supervision import signing
from minxin.supervision.actions import campaigns as leading
from minxin.supervision.actions import hearing
from minxin.supervision.actions import signing as registering
from minxin.supervision.inspecting import LINES, STATES, STRATA
from minxin.supervision.models import Campaign
from minxin.supervision.models.campaigns import PURPOSES, STANDINGS
from minxin.supervision.packs import library
from minxin.supervision.queries import campaigns as reading
from minxin.supervision.queries import populations
from minxin.supervision.queries.places import place_name
from minxin.supervision.rules.clock import day_of
from minxin.supervision.rules.inspection import USUAL, Purpose, Standing, State
from minxin.supervision.wording import CERTAINTY

CONFIRM = Permission.CONFIRM_CANDIDATES
SHOWN = 50
FEW = 20  # findings that nobody waits for a worker to open
QUARTERS = {
    1: gettext_lazy("%(year)s年第一季度检查"),
    2: gettext_lazy("%(year)s年第二季度检查"),
    3: gettext_lazy("%(year)s年第三季度检查"),
    4: gettext_lazy("%(year)s年第四季度检查"),
}


class CampaignFilter(Search):
    """Of which kind, how far."""

    agency_path = "agency__path"
    searched = ("name", "agency__name")
    purpose = django_filters.ChoiceFilter(label=gettext_lazy("类别"), choices=PURPOSES)
    standing = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=STANDINGS)

    class Meta:
        model = Campaign
        fields = ("purpose", "standing")


class CampaignTable(Table):
    """Campaigns, the newest first."""

    name = tables.Column(
        verbose_name=gettext_lazy("名称"), linkify=lambda record: _campaign_url(record)
    )
    purpose = tables.Column(
        verbose_name=gettext_lazy("类别"), accessor="get_purpose_display", order_by="purpose"
    )
    agency = tables.Column(verbose_name=gettext_lazy("检查范围"), accessor="agency__name")
    progress = tables.Column(
        verbose_name=gettext_lazy("进度"), empty_values=(), accessor="ended", order_by="ended"
    )
    due_on = tables.DateColumn(verbose_name=gettext_lazy("完成期限"), format="Y-m-d")
    standing = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_standing_display", order_by="standing"
    )

    row_url = staticmethod(lambda record: _campaign_url(record))

    def render_progress(self, record: Any) -> str:
        words = _("%(ended)s / %(total)s 个账号已定")
        return words % {"ended": record.ended, "total": record.total}

    class Meta(Table.Meta):
        order_by = "-due_on"


def _campaign_url(record: Campaign) -> str:
    return reverse("console:campaign", args=[record.pk])


class CampaignsPage(ListPage):
    """What is checked, and what was."""

    permission = CONFIRM
    title = gettext_lazy("检查任务")
    empty = gettext_lazy("还没有检查任务。")
    empty_hint = gettext_lazy("点“发起检查”选定范围、抽样和检查人，先预览再开始。")
    table_class = CampaignTable
    filterset_class = CampaignFilter
    back = (gettext_lazy("更新预警清单"), "console:supervision")
    buttons = (
        (gettext_lazy("发起检查"), "console:campaign_new", CONFIRM),
        (gettext_lazy("待我检查"), "console:worklist", CONFIRM),
        (gettext_lazy("待我复核"), "console:second_looks", CONFIRM),
    )

    def rows(self, staff: Staff) -> QuerySet[Campaign]:
        return reading.campaigns_for(staff)


# A new one -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed(CONFIRM)
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Plan a campaign, see its strata and sample before anything is written, open it."""
    staff, now = staff_of(request), timezone.now()
    today = day_of(now)
    form = CampaignForm(request.POST or None, staff=staff, initial=_usual(staff, today))
    preview = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if request.POST.get("act") == "open":
            opened: list[Campaign] = []

            def write() -> None:
                opened.append(
                    leading.open_campaign(
                        form.plan(), given["agency"], list(given["inspectors"]),
                        library=library(), actor=staff, now=now,
                    )
                )  # fmt: skip

            if act(request, form, write, _("检查已开始，账号已分派给检查人。")):
                return redirect(_campaign_url(opened[0]))
        else:
            preview = populations.preview(
                given["agency"], given["region_code"], given["strata"], form.design(),
                given["seed"], list(given["inspectors"]), library(), lines=given["lines"],
                on=today,
            )  # fmt: skip
    context = {
        "form": form,
        "preview": preview,
        "title": _("发起检查"),
        "strata_said": [STRATA[key] for key in form.cleaned_data.get("strata", [])]
        if preview
        else [],
        "packs": _packs_said(preview.packs) if preview else [],
        "back": reverse("console:campaigns"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/campaign_new.html", context, status=status)


def _usual(staff: Staff, today: date) -> dict[str, Any]:
    """This quarter's check of all her own office supervises, to be changed at will."""
    quarter = (today.month + 2) // 3
    return {
        "name": QUARTERS[quarter] % {"year": today.year},
        "purpose": Purpose.QUARTERLY.value, "agency": home_of(staff),
        "period_from": date(today.year, 3 * quarter - 2, 1), "period_until": today,
        "due_on": today + timedelta(days=14), "seed": secrets.token_hex(6), "lines": list(USUAL),
        "strata": ["platform", "place"], "method": "whole", "inspectors": [staff.pk],
    }  # fmt: skip


def _packs_said(packs: Any) -> list[dict[str, Any]]:
    """Rules with whose they are, and where they stand in for one that a place has not."""
    places = populations.place_names({code for each in packs for code in each["fallback"]})
    return [
        {
            "title": each["title"],
            "certainty": CERTAINTY[each["certainty"]],
            "version": each["version"],
            "document": each["document"],
            "fallback": [places.get(code, code) for code in each["fallback"]],
        }
        for each in packs
    ]


# One -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allowed(CONFIRM)
def campaign(request: HttpRequest, number: int) -> HttpResponse:
    """How far a campaign is, what nobody checks, what changed, and what can be done now."""
    staff = staff_of(request)
    found = reading.campaign_for(staff, number)
    wanted = request.POST.get("act", "")
    more = populations.eligible(found.agency)
    person = PersonForm(request.POST if wanted == "add" else None, people=more, prefix="add")
    cancel = ReasonForm(request.POST if wanted == "cancel" else None, prefix="cancel")
    if request.method == "POST" and _led(request, found, wanted, person, cancel):
        return redirect("console:campaign", number=number)
    states = reading.states_of(found)
    is_running = found.standing == Standing.RUNNING.value
    drift = populations.drift_of(found) if is_running else None
    orphans = populations.orphans_of(found) if is_running else []
    context = {
        **_signing(found),
        "title": found.name,
        "is_running": is_running,
        "results": reading.results(found),
        "states": [(each.value, STATES[each], states.get(each.value, 0)) for each in State],
        "people": reading.progress_of(found, lambda each: str(each.inspector or _("待分派"))),
        "places": _places(found),
        "region": place_name(found.region_code) if found.region_code else "",
        "packs": _packs_said(found.packs),
        "strata_said": [STRATA[key] for key in found.strata],
        "lines": [LINES[code] for code in found.lines],
        "drift": drift,
        "orphans": orphans[:SHOWN],
        "orphan_count": len(orphans),
        "inspectors": found.inspectors.select_related("staff"),
        "can_sign": is_running and all(each in ("settled", "withdrawn") for each in states),
        "mine": reading.worklist_of(staff).filter(campaign=found).count() if is_running else 0,
        "to_release": states.get(State.UPHELD.value, 0),
        "person_form": person,
        "cancel_form": cancel,
        "back": reverse("console:campaigns"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/campaign.html", context, status=status)


def _places(found: Campaign) -> list[reading.Progress]:
    codes = set(found.inspections.values_list("region_code", flat=True))
    names = populations.place_names(codes)
    return reading.progress_of(found, lambda each: names.get(each.region_code, "—"))


def _led(
    request: HttpRequest, found: Campaign, wanted: str, person: PersonForm, cancel: ReasonForm
) -> bool:
    staff, now = staff_of(request), timezone.now()
    nothing = Press({})

    def say(action: Callable[[], object], done: str) -> bool:
        """A press without a form: a refusal is said on top of the page, which is shown anew."""
        if not act(request, nothing, action, done):
            for words in nothing.non_field_errors():
                messages.error(request, str(words))
        return True

    match wanted:
        case "share":
            given: list[tuple[int, int]] = []
            say(lambda: given.append(leading.share_out(found, actor=staff, now=now)), "")
            for shared, left in given:
                words = _("已分派 %(shared)s 个账号。") % {"shared": shared}
                if left:
                    words += _("还有 %(left)s 个没有人可以检查，请增加检查人。") % {"left": left}
                messages.success(request, words)
            return True
        case "add":
            return act(
                request, person,
                lambda: leading.add_inspector(
                    found, person.cleaned_data["person"], actor=staff, now=now
                ),
                _("已增加检查人。待分派的账号请点“平均分派”。"),
            )  # fmt: skip
        case "remove":
            gone = found.inspectors.filter(pk=_number(request, "inspector")).first()
            if gone is None:
                raise Http404
            return say(
                lambda: leading.remove_inspector(found, gone.staff, actor=staff, now=now),
                _("检查人已退出，未检查的账号待分派。"),
            )
        case "release":
            rows = found.inspections.filter(state=State.UPHELD.value)
            return say(
                lambda: hearing.release_results(rows, actor=staff, now=now), _("已送达各单位。")
            )
        case "sign":

            def sign() -> None:
                leading.sign_campaign(found, actor=staff, now=now)
                _register(found)

            return say(sign, _("已签发，结果不再改动；不合格的逐项登记为问题。"))
        case "resume":

            def resume() -> None:
                registering.resume_signing(found, actor=staff, now=now)
                _register(found)

            return say(resume, "")
        case "cancel":
            return act(
                request, cancel,
                lambda: leading.cancel_campaign(
                    found, reason=cancel.cleaned_data["reason"], actor=staff, now=now
                ),
                _("检查任务已取消。"),
            )  # fmt: skip
    raise Http404


def _register(found: Campaign) -> None:
    """Open a few findings here and now, many in a worker; also when the database is busy."""
    job = reading.signing_of(found)
    if job is None or job.total - job.done > FEW:
        signing.wake(found.pk)
        return
    try:
        signing.work(found.pk)
    except DatabaseError:
        signing.wake(found.pk)


def _signing(found: Campaign) -> dict[str, Any]:
    job = reading.signing_of(found)
    is_late = job is not None and job.is_moving and job.due_at <= timezone.now()
    return {"job": job, "campaign": found, "is_late": is_late}


@require_safe
@allowed(CONFIRM)
def signing_progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far the findings of a signed campaign are opened."""
    found = reading.campaign_for(staff_of(request), number)
    return render(request, "console/parts/signing_state.html", _signing(found))


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


urlpatterns = [
    listed("supervision/campaigns/", CampaignsPage, "campaigns"),
    path("supervision/campaigns/new/", campaign_new, name="campaign_new"),
    path("supervision/campaigns/<int:number>/", campaign, name="campaign"),
    path("supervision/campaigns/<int:number>/signing/", signing_progress, name="campaign_signing"),
]
