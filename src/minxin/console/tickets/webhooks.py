"""Webhooks: who is told of the steps of tickets, what was told, what did not arrive."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of, may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.bulk import Bulk
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.core.errors import AlreadyDone, Refused
from minxin.tickets.actions import webhooks as actions
from minxin.tickets.models import TicketWebhook, WebhookDelivery
from minxin.tickets.queries import webhooks as queries
from minxin.tickets.rules.webhooks import EVENTS, TEST

EDIT = Permission.EDIT_SETTINGS
SHOWN = 10
NAMES: dict[str, Any] = {
    "filed": gettext_lazy("提交"),
    "accepted": gettext_lazy("受理"),
    "assigned": gettext_lazy("派单、改派"),
    "signed": gettext_lazy("签收"),
    "extended": gettext_lazy("延期"),
    "clock_stopped": gettext_lazy("暂停计时"),
    "clock_resumed": gettext_lazy("恢复计时"),
    "answered": gettext_lazy("答复"),
    "rated": gettext_lazy("评价"),
    "closed": gettext_lazy("办结"),
    "reopened": gettext_lazy("重新办理"),
    "withdrawn": gettext_lazy("撤回"),
    "declined": gettext_lazy("不予受理"),
    "ended": gettext_lazy("终止办理"),
    "merged": gettext_lazy("合并、恢复单独办理"),
    TEST: gettext_lazy("测试"),
}
CHOICES = [(name, NAMES[name]) for name in EVENTS]


class WebhookForm(forms.Form):
    """Who is told of what."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("单位"), queryset=Agency.objects.none(), empty_label=None,
        help_text=gettext_lazy("推送这个单位和它下级承办的工单；保密工单不推送。"),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    url = forms.CharField(
        label=gettext_lazy("接收地址"), max_length=300,
        help_text=gettext_lazy("https:// 开头；内网地址由运维在设置里允许后才能用。"),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=gettext_lazy("推送的事项"), choices=CHOICES, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只推送编号、状态、时间和代码，不含姓名、电话和诉求内容。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, EDIT).filter(is_active=True)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]
        home = home_of(staff)
        if home is not None and may(staff, EDIT, home):
            self.fields["agency"].initial = home


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Enter an address, or change it; the secret of a new one is shown this once."""
    staff, now = staff_of(request), timezone.now()
    found = queries.webhook_for(staff, number) if number is not None else None
    names = ("agency", "name", "url", "events")
    start = {name: getattr(found, name) for name in names} if found else {"events": list(EVENTS)}
    sent = request.POST if request.method == "POST" else None
    form = WebhookForm(sent, staff=staff, initial=start)
    kept: list[tuple[TicketWebhook, str]] = []

    def write() -> None:
        given = dict(form.cleaned_data)
        agency = given.pop("agency")
        draft = actions.WebhookDraft(**given)
        kept.append(actions.keep_webhook(found, draft, agency=agency, actor=staff, now=now))

    if request.method == "POST" and act(request, form, write, _("推送已保存。")):
        hook, secret = kept[0]
        if secret:
            return _page(request, hook, secret=secret)
        return redirect("console:webhook", number=hook.pk)
    back = reverse("console:webhook", args=[found.pk]) if found else reverse("console:webhooks")
    return form_page(request, form, title=found.name if found else _("登记推送"), back=back)


@require_safe
@allowed(EDIT)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One address: what it hears of, whether it answers, what was told last."""
    return _page(request, queries.webhook_for(staff_of(request), number))


def _page(request: HttpRequest, hook: TicketWebhook, secret: str = "") -> HttpResponse:
    rows = hook.deliveries.order_by("-id")
    context = {
        "hook": hook,
        "secret": secret,
        "events": [NAMES[name] for name in hook.events if name in NAMES],
        "counts": rows.aggregate(
            waiting=Count("pk", filter=Q(status__in=["waiting", "sending"])),
            done=Count("pk", filter=Q(status="done")),
            given_up=Count("pk", filter=Q(status="given_up")),
        ),
        "recent": [(row, NAMES.get(row.kind, row.kind)) for row in rows[:SHOWN]],
        "is_rotating": hook.former_until is not None and timezone.now() < hook.former_until,
        "back": reverse("console:webhooks"),
    }
    answer = render(request, "console/webhook.html", context)
    if secret:
        answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@allowed(EDIT)
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Try it, pause it, go on, a new secret, remove it."""
    staff, now = staff_of(request), timezone.now()
    hook = queries.webhook_for(staff, number)
    try:
        match request.POST.get("act"):
            case "test":
                actions.send_test(hook, actor=staff, now=now)
                messages.success(request, _("测试已排队，几秒后在下面看结果。"))
            case "pause":
                actions.pause_webhook(hook, True, actor=staff, now=now)
                messages.success(request, _("已暂停，期间的推送会等着。"))
            case "resume":
                actions.pause_webhook(hook, False, actor=staff, now=now)
                messages.success(request, _("已恢复推送。"))
            case "rotate":
                secret = actions.rotate_webhook(hook, actor=staff, now=now)
                hook.refresh_from_db()
                return _page(request, hook, secret=secret)
            case "remove":
                actions.remove_webhook(hook, actor=staff, now=now)
                messages.success(request, _("推送已删除。"))
                return redirect("console:webhooks")
            case _:
                raise Http404
    except (Refused, AlreadyDone) as refusal:
        messages.error(request, refusal.message)
    return redirect("console:webhook", number=number)


# The lists ------------------------------------------------------------------------------------


class HookFilter(Search):
    """Search in the addresses."""

    searched = ("name", "url", "agency__name")

    class Meta:
        model = TicketWebhook
        fields = ()


class HookTable(Table):
    """Who is told."""

    name = tables.Column(verbose_name=gettext_lazy("名称"), linkify=lambda record: _url(record))
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    url = tables.Column(verbose_name=gettext_lazy("接收地址"))
    state = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="pk", orderable=False, empty_values=()
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_url(self, value: str) -> str:
        return value.split("?")[0]

    def render_state(self, record: TicketWebhook) -> str:
        if record.trouble:
            return record.trouble
        return _("已暂停") if record.is_paused else _("正常")

    class Meta(Table.Meta):
        order_by = "name"


def _url(record: TicketWebhook) -> str:
    return reverse("console:webhook", args=[record.pk])


class HooksPage(ListPage):
    """The addresses of my agencies."""

    permission = EDIT
    title = gettext_lazy("工单推送")
    empty = gettext_lazy("还没有登记推送。")
    empty_hint = gettext_lazy(
        "登记一个接收地址，工单的进展就会签名后推送给它；也可以让对方用开放接口来取。"
    )
    table_class = HookTable
    filterset_class = HookFilter
    buttons = ((gettext_lazy("登记推送"), "console:webhook_new", EDIT),)

    def rows(self, staff: Staff) -> QuerySet[TicketWebhook]:
        return queries.webhooks_visible_to(staff)


class DeliveryFilter(Search):
    """Filters of the deliveries."""

    searched = ("number", "key")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(WebhookDelivery.Status)
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("事项"), choices=[*CHOICES, (TEST, NAMES[TEST])]
    )

    class Meta:
        model = WebhookDelivery
        fields = ("status", "kind")


class DeliveryTable(Table):
    """What was told, and what came of it."""

    made_at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i:s")
    number = tables.Column(verbose_name=gettext_lazy("工单"))
    kind = tables.Column(verbose_name=gettext_lazy("事项"))
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    attempts = tables.Column(verbose_name=gettext_lazy("尝试次数"))
    code = tables.Column(verbose_name=gettext_lazy("应答码"))
    took_ms = tables.Column(verbose_name=gettext_lazy("用时（毫秒）"))
    error = tables.Column(verbose_name=gettext_lazy("原因"))
    key = tables.Column(verbose_name=gettext_lazy("推送编号"), orderable=False)

    def render_kind(self, value: str) -> str:
        return str(NAMES.get(value, value))

    class Meta(Table.Meta):
        order_by = "-made_at"


def _why_not_again(row: WebhookDelivery, staff: Staff) -> str:
    return _("正在推送，请稍候。") if row.status == WebhookDelivery.Status.SENDING else ""


class DeliveriesPage(ListPage):
    """All that one address was and is to be told."""

    permission = EDIT
    title = gettext_lazy("推送记录")
    empty = gettext_lazy("还没有推送过。")
    table_class = DeliveryTable
    filterset_class = DeliveryFilter
    back = (gettext_lazy("返回这个推送"), "console:webhook")
    bulks = (
        Bulk(
            name="again",
            label=gettext_lazy("再推送一次"),
            title=gettext_lazy("再推送 %(count)s 条"),
            done=gettext_lazy("%(count)s 条已排队。"),
            permission=EDIT,
            why_not=_why_not_again,
            said=lambda row: f"{row.number} {NAMES.get(row.kind, row.kind)}",
            act=lambda row, staff, given, now: actions.send_again(row, actor=staff, now=now),
        ),
    )

    def rows(self, staff: Staff) -> QuerySet[WebhookDelivery]:
        return queries.deliveries_of(staff, self.kwargs["number"])


urlpatterns = [
    listed("webhooks/", HooksPage, "webhooks"),
    path("webhooks/new/", edit, name="webhook_new"),
    path("webhooks/<int:number>/", one, name="webhook"),
    path("webhooks/<int:number>/edit/", edit, name="webhook_edit"),
    path("webhooks/<int:number>/change/", change, name="webhook_change"),
    listed("webhooks/<int:number>/deliveries/", DeliveriesPage, "webhook_deliveries"),
]
