"""Hand-over: which divisions, to which platform, what waits to be told, where the two sides differ."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
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
from minxin.agencies.queries import agencies_for, divisions, may_everywhere
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.core.errors import Refused
from minxin.tickets.actions import handing
from minxin.tickets.actions.platforms import PlatformDraft, keep_mode, keep_platform, mend
from minxin.tickets.models import CityPlatform, HandoverAct, HandoverDifference, IntakeMode
from minxin.tickets.queries import handing as queries
from minxin.tickets.queries import ticket_for

EDIT = Permission.EDIT_SETTINGS
WORK = Permission.ASSIGN_TICKETS


@require_safe
@allowed(EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """The divisions and how they take requests in, and the platforms."""
    staff, names = staff_of(request), divisions()
    context = {
        "modes": [(row, names.name(row.region_code)) for row in queries.modes()],
        "platforms": queries.platforms_visible_to(staff),
        "may_edit_modes": may_everywhere(staff, EDIT),
    }
    return render(request, "console/handover.html", context)


class ModeForm(forms.Form):
    """How a division takes requests in."""

    region_code = forms.ChoiceField(label=gettext_lazy("区划"))
    mode = forms.ChoiceField(
        label=gettext_lazy("受理方式"), choices=choices_of(IntakeMode.Mode),
        help_text=gettext_lazy("只影响以后提交的诉求；没有单独设置的区划随上一级区划。"),
    )  # fmt: skip
    platform = forms.ModelChoiceField(
        label=gettext_lazy("承接平台"), queryset=CityPlatform.objects.none(), required=False,
        empty_label=gettext_lazy("不转交"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = divisions()
        codes = sorted(
            {each.region_code for each in Agency.objects.all() if each.region_code}
            | {row.region_code for row in queries.modes()}
            | set(known.local)
        )
        self.fields["region_code"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((code, f"{known.name(code) or code} {code}") for code in codes),
        ]
        self.fields["platform"].queryset = queries.platforms_visible_to(staff)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def mode(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say how a division takes requests in."""
    staff, now = staff_of(request), timezone.now()
    row = None
    if code:
        row = page_not_found_when_missing(queries.modes().filter(region_code=code).first())
    start = {"region_code": code, "mode": row.mode, "platform": row.platform} if row else {}
    form = ModeForm(request.POST or None, staff=staff, initial=start)

    def write() -> None:
        given = form.cleaned_data
        keep_mode(given["region_code"], given["mode"], given["platform"], actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("受理方式已保存。")):
        return redirect("console:handover")
    return form_page(request, form, title=_("受理方式"), back=reverse("console:handover"))


class PlatformForm(forms.Form):
    """How one speaks with a platform. The secret is write-only."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("主管单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("对账差异由这个单位处理，一般是12345中心。"),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("平台名称"), max_length=60,
        help_text=gettext_lazy("市民会看到，例如“云溪12345平台”。"),
    )  # fmt: skip
    code = forms.CharField(
        label=gettext_lazy("代号"), max_length=40,
        help_text=gettext_lazy("小写字母、数字和短横线，用在回调地址和文件夹名里。"),
    )  # fmt: skip
    way = forms.ChoiceField(label=gettext_lazy("对接方式"), choices=choices_of(CityPlatform.Way))
    base_url = forms.CharField(
        label=gettext_lazy("接口地址"), required=False, max_length=300,
        help_text=gettext_lazy("对方接口的地址，内网地址也可以；文件交换留空。"),
    )  # fmt: skip
    secret = forms.CharField(
        label=gettext_lazy("签名密钥"), required=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("双方共用，至少 16 个字符。加密保存，保存后不再显示，修改时留空表示不改。"),
    )  # fmt: skip
    algorithm = forms.ChoiceField(
        label=gettext_lazy("签名算法"), choices=choices_of(CityPlatform.Algorithm)
    )
    passes_contact = forms.BooleanField(
        label=gettext_lazy("转交市民姓名和电话"), required=False,
        help_text=gettext_lazy("匿名提交的始终不转交。"),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("启用"), required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, EDIT).filter(is_active=True)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def platform(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Enter a platform, or change it."""
    staff, now = staff_of(request), timezone.now()
    found = queries.platform_visible(staff, number) if number is not None else None
    names = (
        "agency",
        "name",
        "code",
        "way",
        "base_url",
        "algorithm",
        "passes_contact",
        "is_active",
    )
    start = {name: getattr(found, name) for name in names} if found else {"is_active": True}
    form = PlatformForm(request.POST or None, staff=staff, initial=start)

    def write() -> None:
        given = dict(form.cleaned_data)
        agency = given.pop("agency")
        keep_platform(found, PlatformDraft(**given), agency=agency, actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("承接平台已保存。")):
        return redirect("console:handover")
    title = found.name if found else _("登记承接平台")
    note = ""
    if found is not None and found.way == CityPlatform.Way.HTTP:
        note = _("对方通知进展的回调地址：%(url)s") % {
            "url": request.build_absolute_uri(f"/api/v1/handover/{found.code}")
        }
    return form_page(request, form, title=title, back=reverse("console:handover"), note=note)


# What waits ----------------------------------------------------------------------------------


class ActFilter(Search):
    """Filters of the acts."""

    searched = ("handover__ticket__number", "handover__their_number")
    agency_path = "handover__ticket__agency__path"
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(HandoverAct.Status)
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("事项"), choices=choices_of(HandoverAct.Kind)
    )

    class Meta:
        model = HandoverAct
        fields = ("status", "kind")


class ActTable(Table):
    """What the platforms were and are to be told."""

    ticket = tables.Column(verbose_name=gettext_lazy("工单"), accessor="handover__ticket__number")
    their_number = tables.Column(
        verbose_name=gettext_lazy("对方编号"), accessor="handover__their_number"
    )
    platform = tables.Column(
        verbose_name=gettext_lazy("承接平台"), accessor="handover__platform__name"
    )
    kind = tables.Column(
        verbose_name=gettext_lazy("事项"), accessor="get_kind_display", order_by="kind"
    )
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    attempts = tables.Column(verbose_name=gettext_lazy("尝试次数"))
    error = tables.Column(verbose_name=gettext_lazy("原因"))
    made_at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i")

    row_url = staticmethod(
        lambda record: reverse("console:ticket", args=[record.handover.ticket.number])
    )

    class Meta(Table.Meta):
        order_by = "-made_at"


class ActsPage(ListPage):
    """What is on its way to the platforms."""

    permission = WORK
    title = gettext_lazy("转交队列")
    empty = gettext_lazy("没有转交的事项。")
    table_class = ActTable
    filterset_class = ActFilter
    buttons = ((gettext_lazy("对账差异"), "console:handover_differences", WORK),)

    def rows(self, staff: Staff) -> QuerySet[HandoverAct]:
        return queries.acts_visible_to(staff)


# Where they differ ---------------------------------------------------------------------------


class DifferenceFilter(Search):
    """Filters of the differences."""

    searched = ("ticket__number", "their_number")
    agency_path = "platform__agency__path"
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("差异"), choices=choices_of(HandoverDifference.Kind)
    )
    is_open = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"),
        choices=(("1", gettext_lazy("待处理")), ("0", gettext_lazy("已处理"))),
        method="by_open",
    )

    def by_open(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(mended_at__isnull=value == "1")

    class Meta:
        model = HandoverDifference
        fields = ("kind", "is_open")


class DifferenceTable(Table):
    """One line for each difference."""

    found_at = tables.DateTimeColumn(verbose_name=gettext_lazy("发现时间"), format="Y-m-d H:i")
    platform = tables.Column(verbose_name=gettext_lazy("承接平台"), accessor="platform__name")
    kind = tables.Column(
        verbose_name=gettext_lazy("差异"), accessor="get_kind_display", order_by="kind",
        linkify=lambda record: reverse("console:handover_difference", args=[record.pk]),
    )  # fmt: skip
    ticket = tables.Column(verbose_name=gettext_lazy("工单"), accessor="ticket__number")
    their_number = tables.Column(verbose_name=gettext_lazy("对方编号"))
    ours = tables.Column(verbose_name=gettext_lazy("本系统"))
    theirs = tables.Column(verbose_name=gettext_lazy("对方"))
    mended_how = tables.Column(verbose_name=gettext_lazy("怎样处理"))

    row_url = staticmethod(lambda record: reverse("console:handover_difference", args=[record.pk]))

    class Meta(Table.Meta):
        order_by = "-found_at"


class DifferencesPage(ListPage):
    """Where the two sides' lists differ."""

    permission = WORK
    title = gettext_lazy("对账差异")
    empty = gettext_lazy("两边一致，没有差异。")
    empty_hint = gettext_lazy("每天 6:30 与承接平台核对一次。")
    table_class = DifferenceTable
    filterset_class = DifferenceFilter
    back = (gettext_lazy("转交队列"), "console:handover_acts")

    def rows(self, staff: Staff) -> QuerySet[HandoverDifference]:
        return queries.differences_visible_to(staff)


class MendForm(forms.Form):
    """What is done about a difference."""

    act = forms.ChoiceField(label=gettext_lazy("怎样处理"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("理由"), required=False, max_length=200,
        help_text=gettext_lazy("不处理的，写明为什么。"),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = {
            HandoverDifference.Kind.MISSING_THERE: [("send", _("重新送达"))],
            HandoverDifference.Kind.STATE: [("theirs", _("以对方为准"))],
            HandoverDifference.Kind.NUMBER: [("theirs", _("以对方为准"))],
        }
        offered = [*ways.get(HandoverDifference.Kind(kind), []), ("leave", _("不处理，写明理由"))]
        self.fields["act"].choices = offered  # type: ignore[attr-defined]
        if len(offered) == 1:  # nothing to choose between
            self.fields["act"].initial = "leave"


@require_http_methods(["GET", "POST"])
@allowed(WORK)
def difference(request: HttpRequest, number: int) -> HttpResponse:
    """One difference: both sides, and what can be done."""
    staff, now = staff_of(request), timezone.now()
    found = queries.difference_visible(staff, number)
    form = MendForm(request.POST or None, kind=found.kind)

    def write() -> None:
        given = form.cleaned_data
        mend(found, given["act"], reason=given["reason"], actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("差异已处理。")):
        return redirect("console:handover_differences")
    context = {
        "row": found,
        "form": form,
        "is_open": found.mended_at is None,
        "back": reverse("console:handover_differences"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/handover_difference.html", context, status=status)


# On a ticket's page ---------------------------------------------------------------------------


@require_POST
@allowed(Permission.ANSWER_TICKETS)
def press(request: HttpRequest, number: str) -> HttpResponse:
    """Urge the platform that has a ticket, or let what it refused be sent again."""
    staff, now = staff_of(request), timezone.now()
    found = ticket_for(staff, number)
    try:
        match request.POST.get("act", ""):
            case "urge":
                handing.urge(found, request.POST.get("text", ""), actor=staff, now=now)
                messages.success(request, _("已催办，会送到对方平台。"))
            case "again":
                handover = page_not_found_when_missing(queries.handover_of(found))
                for each in queries.acts_of(handover).exclude(status="done"):
                    handing.send_again(each, actor=staff, now=now)
                messages.success(request, _("马上再送一次。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:ticket", number=number)


def shown(ticket: Any) -> dict[str, Any]:
    """What a ticket's page shows of its hand-over; what is done elsewhere is not offered here."""
    handover = queries.handover_of(ticket)
    if handover is None:
        return {}
    acts = list(queries.acts_of(handover))
    return {
        "handover": handover,
        "their_state": queries.state_said(handover),
        "handover_acts": acts,
        "has_unsent": any(each.status in {"waiting", "failed"} for each in acts),
        "offers": [],
        **dict.fromkeys(
            ("can_accept", "can_answer", "can_close", "can_assign", "can_stop", "can_resume"), False
        ),
    }


urlpatterns = [
    path("handover/", overview, name="handover"),
    path("handover/divisions/new/", mode, name="handover_mode_new"),
    path("handover/divisions/<str:code>/", mode, name="handover_mode"),
    path("handover/platforms/new/", platform, name="handover_platform_new"),
    path("handover/platforms/<int:number>/", platform, name="handover_platform"),
    listed("handover/acts/", ActsPage, "handover_acts"),
    listed("handover/differences/", DifferencesPage, "handover_differences"),
    path("handover/differences/<int:number>/", difference, name="handover_difference"),
    path("tickets/<str:number>/handover/", press, name="ticket_handover"),
]
