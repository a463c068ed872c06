"""责任事项: opinion events and requests for disclosure, their clocks, and what the unit writes down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.console.supervision.duties import forms as typed
from minxin.console.supervision.duties.relays import standing_said
from minxin.core.working_time import WorkingCalendar
from minxin.supervision import actions
from minxin.supervision.actions import duty_events as acting
from minxin.supervision.models import DutyEvent
from minxin.supervision.packs import library
from minxin.supervision.queries import duties
from minxin.supervision.rules.duties import Standing
from minxin.supervision.wording import CERTAINTY, MATTERS

READ, RECORD = Permission.READ_SUPERVISION, Permission.RECORD_UPDATES
CONFIRM = Permission.CONFIRM_CANDIDATES
Kind, State = DutyEvent.Kind, DutyEvent.State


class EventFilter(Search):
    """Of which kind, how far, whose."""

    agency_path = "account__agency__path"
    searched = ("title", "account__name", "agency__name")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("类别"), choices=choices_of(Kind))
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(State))
    agency = agency_filter(gettext_lazy("主办单位"), READ)

    class Meta:
        model = DutyEvent
        fields = ("kind", "state")


class EventTable(Table):
    """What has to be answered, and the clock that presses most."""

    title = tables.Column(verbose_name=gettext_lazy("事项"), linkify=lambda record: _url(record))
    kind = tables.Column(
        verbose_name=gettext_lazy("类别"), accessor="get_kind_display", order_by="kind"
    )
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="account__name")
    agency = tables.Column(verbose_name=gettext_lazy("责任单位"), accessor="agency__name")
    begun = tables.Column(
        verbose_name=gettext_lazy("起算"), empty_values=(), order_by=("known_at", "received_on")
    )
    clock = tables.Column(verbose_name=gettext_lazy("时限"), empty_values=(), orderable=False)
    state = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_state_display", order_by="state"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_begun(self, record: DutyEvent) -> str:
        return begun_said(record)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._packs, self._now = library(), timezone.now()
        self._calendars: dict[int, WorkingCalendar] = {}

    def render_clock(self, record: DutyEvent) -> SafeString:
        calendar, host = None, record.account.agency_id
        if record.kind == Kind.DISCLOSURE:
            if host not in self._calendars:
                self._calendars[host] = duties.calendar_of(record)
            calendar = self._calendars[host]
        return pressing_said(
            duties.clocks_of(record, self._packs, now=self._now, calendar=calendar), self._now
        )

    class Meta(Table.Meta):
        order_by = "-created_at"


def _url(record: DutyEvent) -> str:
    return reverse("console:duty_event", args=[record.pk])


def begun_said(event: DutyEvent) -> str:
    """Since when the clocks run."""
    if event.known_at is not None:
        return f"{timezone.localtime(event.known_at):%Y-%m-%d %H:%M}"
    return f"{event.received_on:%Y-%m-%d}" if event.received_on else ""


def pressing_said(clocks: list[duties.Running], now: datetime) -> SafeString:
    """The clock that a reader must know of: one that was missed, else the next one, else the last."""
    if not clocks:
        return format_html("{}", _("没有适用的规则"))
    missed = [each for each in clocks if each.clock.is_missed(now)]
    running = [each for each in clocks if each.clock.standing(now) is Standing.RUNNING]
    shown = (missed or running or clocks[-1:])[0]
    return format_html(
        "{} {} {}", MATTERS[shown.matter], _due(shown), standing_said(shown.clock.standing(now))
    )


def _due(running: duties.Running) -> str:
    local = timezone.localtime(running.clock.due_at)
    on = f"{local:%Y-%m-%d}" if running.pack.indicator == "disclosure.due" else ""
    words = on or f"{local:%Y-%m-%d %H:%M}"
    return _("%(at)s（暂定）") % {"at": words} if running.clock.is_provisional else words


class EventsPage(ListPage):
    """All events of this person's accounts, the newest first."""

    permission = READ
    title = gettext_lazy("责任事项")
    empty = gettext_lazy("还没有登记责任事项。")
    empty_hint = gettext_lazy("登记政务舆情或依申请公开后，系统按规则计时，超时的列入待确认问题。")
    table_class = EventTable
    filterset_class = EventFilter
    buttons = (
        (gettext_lazy("转载任务"), "console:relay_tasks", READ),
        (gettext_lazy("登记舆情"), "console:duty_opinion_new", RECORD),
        (gettext_lazy("登记依申请公开"), "console:duty_request_new", RECORD),
    )

    def rows(self, staff: Staff) -> QuerySet[DutyEvent]:
        return duties.duty_events_for(staff)


@require_http_methods(["GET", "POST"])
@allowed(RECORD)
def new_opinion(request: HttpRequest) -> HttpResponse:
    """Register an event of public opinion."""
    staff, now = staff_of(request), timezone.now()
    local = timezone.localtime(now).replace(second=0, microsecond=0)
    form = typed.OpinionForm(request.POST or None, staff=staff, initial={"known_at": local})
    made: list[DutyEvent] = []

    def write() -> None:
        given = form.cleaned_data
        made.append(
            acting.register_opinion(
                given["account"],
                title=given["title"],
                is_grave=given["is_grave"],
                known_at=given["known_at"],
                agency=given["agency"],
                actor=staff,
                now=now,
            )
        )

    if request.method == "POST" and act(request, form, write, _("已登记，开始计时。")):
        return redirect("console:duty_event", number=made[0].pk)
    return form_page(
        request, form, title=_("登记舆情"), back=reverse("console:duties"), submit=_("登记"),
        note=_("时限依据国办发〔2016〕61号、国办发〔2016〕80号，从知悉时间起算。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(RECORD)
def new_request(request: HttpRequest) -> HttpResponse:
    """Register a request for disclosure."""
    staff, now = staff_of(request), timezone.now()
    form = typed.RequestForm(
        request.POST or None, staff=staff, initial={"received_on": timezone.localdate(now)}
    )
    made: list[DutyEvent] = []

    def write() -> None:
        given = form.cleaned_data
        made.append(
            acting.register_request(
                given["account"],
                number=given["title"],
                received_on=given["received_on"],
                received_how=given["received_how"],
                agency=given["agency"],
                actor=staff,
                now=now,
            )
        )

    if request.method == "POST" and act(request, form, write, _("已登记，开始计时。")):
        return redirect("console:duty_event", number=made[0].pk)
    return form_page(
        request, form, title=_("登记依申请公开"), back=reverse("console:duties"), submit=_("登记"),
        note=_("只登记编号和日期，不登记申请人的任何信息。工作日按工作日历计算。"),
    )  # fmt: skip


# One event -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be written down about an event now."""

    name: str
    title: Any
    submit: Any
    form: forms.Form
    help: Any = ""


Writes = Callable[[dict[str, Any], Staff, datetime], object]


def _steps(event: DutyEvent, staff: Staff, request: HttpRequest) -> list[Step]:
    """The steps that are open to this person, the likely first; what was sent is bound to its own."""
    if not may(staff, RECORD, event.account.agency) or event.state == State.WITHDRAWN:
        return []
    may_supervise = may(staff, CONFIRM, event.account.agency)
    wanted = request.POST.get("act", "")
    local = timezone.localtime().replace(second=0, microsecond=0)

    def step(name: str, title: Any, submit: Any, form: Any, help: Any = "", **first: Any) -> Step:
        sent = request.POST if wanted == name else None
        return Step(name, title, submit, form(sent, prefix=name, initial=first), help)

    found = []
    if event.state == State.OPEN:
        found = _of_opinion(event, step, local) if event.kind == Kind.OPINION else []
        found += _of_request(event, step, local) if event.kind == Kind.DISCLOSURE else []
        if _leave_out(event) and may_supervise:
            found.append(
                step(
                    "left_out",
                    _("确认不计入第三方所需时间"),
                    _("确认不计入"),
                    typed.BasisForm,
                    _("没有确认之前，征求意见的时间照常计算。"),
                )
            )
        if event.first_word_at is not None or event.replied_on is not None:
            found.append(step("close", _("办结"), _("办结"), typed.Press, _("时限记录不变。")))
    if may_supervise:
        found.append(
            step(
                "withdraw",
                _("登记有误，撤销"),
                _("撤销"),
                typed.ReasonForm,
                _("撤销后不再计时，也不列入待确认问题。"),
            )
        )
    return found


def _of_opinion(event: DutyEvent, step: Callable[..., Step], local: datetime) -> list[Step]:
    found = []
    if event.first_word_at is None:
        title = _("登记首次权威信息") if event.is_grave else _("登记首次回应")
        found.append(step("first_word", title, _("登记"), typed.SaidForm, at=local))
    if event.is_grave and event.press_at is None:
        found.append(step("press", _("登记新闻发布会"), _("登记"), typed.SaidForm, at=local))
    return found


def _of_request(event: DutyEvent, step: Callable[..., Step], local: datetime) -> list[Step]:
    found, today = [], local.date()
    if event.replied_on is None:
        found.append(step("reply", _("登记答复"), _("登记"), typed.DayForm, on=today))
        if event.extended_on is None:
            found.append(
                step(
                    "extension",
                    _("登记延期"),
                    _("登记"),
                    typed.ExtensionForm,
                    _("须经政府信息公开工作机构负责人同意并告知申请人，只能延长一次。"),
                    on=today,
                )
            )
    if event.third_answered_on is None:
        asked = event.third_asked_on or today
        found.append(
            step(
                "third_party",
                _("登记征求第三方意见"),
                _("登记"),
                typed.ThirdPartyForm,
                asked_on=asked,
            )
        )
    if event.corrected_on is None and event.replied_on is None:
        found.append(
            step(
                "correction",
                _("登记告知补正"),
                _("登记"),
                typed.DayForm,
                _("补正后重新收到的申请，请另登记一件。"),
                on=today,
            )
        )
    return found


def _leave_out(event: DutyEvent) -> bool:
    return event.third_asked_on is not None and event.third_left_out_by_id is None


def _write(event: DutyEvent, step: Step, staff: Staff, now: datetime) -> None:
    given = step.form.cleaned_data
    match step.name:
        case "first_word":
            acting.record_first_word(event, **given, actor=staff, now=now)
        case "press":
            acting.record_press(event, **given, actor=staff, now=now)
        case "reply":
            acting.record_reply(event, **given, actor=staff, now=now)
        case "extension":
            acting.record_extension(event, **given, actor=staff, now=now)
        case "third_party":
            acting.record_third_party(event, **given, actor=staff, now=now)
        case "left_out":
            acting.leave_out_third_party(event, **given, actor=staff, now=now)
        case "correction":
            acting.record_correction(event, **given, actor=staff, now=now)
        case "close":
            acting.close_event(event, actor=staff, now=now)
        case "withdraw":
            acting.withdraw_event(event, **given, actor=staff, now=now)
    actions.evaluate([event.account], now=now)


@require_http_methods(["GET", "POST"])
@allowed(READ)
def event(request: HttpRequest, number: int) -> HttpResponse:
    """One event: its clocks with their source, and what can be written down now."""
    staff, now = staff_of(request), timezone.now()
    found = duties.duty_event_for(staff, number)
    steps = _steps(found, staff, request)
    if request.method == "POST":
        chosen = next((each for each in steps if each.name == request.POST.get("act")), None)
        if chosen is None:
            if not may(staff, RECORD, found.account.agency):
                raise Http404
            return redirect("console:duty_event", number=number)  # done meanwhile, or nothing asked
        if act(request, chosen.form, lambda: _write(found, chosen, staff, now), _("已登记。")):
            return redirect("console:duty_event", number=number)
    clocks = duties.clocks_of(found, library(), now=now)
    context = {
        "event": found,
        "begun": begun_said(found),
        "clocks": [
            (
                MATTERS[each.matter], _due(each), standing_said(each.clock.standing(now)),
                each.pack, CERTAINTY[each.pack.certainty],
            )
            for each in clocks
        ],
        "is_provisional": any(each.clock.is_provisional for each in clocks),
        "steps": steps,
        "may_record": may(staff, RECORD, found.account.agency),
        "back": reverse("console:duties"),
    }  # fmt: skip
    failed = any(each.form.is_bound and each.form.errors for each in steps)
    return render(request, "console/duty_event.html", context, status=422 if failed else 200)


urlpatterns = [
    listed("duties/", EventsPage, "duties"),
    path("duties/opinion/new/", new_opinion, name="duty_opinion_new"),
    path("duties/requests/new/", new_request, name="duty_request_new"),
    path("duties/<int:number>/", event, name="duty_event"),
]
