"""The ways to staff outside the console: a list, one form for all kinds, a test message."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies import actions
from minxin.agencies.actions import ChannelDraft
from minxin.agencies.channels import CHANNELS
from minxin.agencies.models import Agency, ReminderChannel, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.reminder_queries import channel_for, channels_for
from minxin.agencies.rules import Permission
from minxin.agencies.tasks import Tried, try_channel
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed, yes_or_no
from minxin.core.errors import Refused

Kind = ReminderChannel.Kind
EDIT = Permission.EDIT_ACCOUNTS


class ChannelFilter(Search):
    """How it writes, whether it is in use."""

    searched = ("name", "agency__name")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("方式"), choices=choices_of(Kind))
    is_active = yes_or_no(gettext_lazy("状态"), gettext_lazy("启用"), gettext_lazy("停用"))

    class Meta:
        model = ReminderChannel
        fields = ("kind", "is_active")


class ChannelTable(Table):
    """Channels with what is wrong with them."""

    name = tables.Column(
        verbose_name=gettext_lazy("名称"),
        linkify=lambda record: reverse("console:reminder_channel", args=[record.pk]),
    )
    kind = tables.Column(verbose_name=gettext_lazy("方式"))
    agency = tables.Column(verbose_name=gettext_lazy("适用单位"), accessor="agency__name")
    trouble = tables.Column(
        verbose_name=gettext_lazy("状态"), empty_values=(), order_by=("trouble", "is_active")
    )
    tested_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("最近测试"),
        format="Y-m-d H:i",
        default=gettext_lazy("没有测试过"),
    )

    row_url = staticmethod(lambda record: reverse("console:reminder_channel", args=[record.pk]))

    def render_trouble(self, record: ReminderChannel) -> Any:
        if record.trouble:
            return format_html('<span class="level level-late">{}</span>', record.trouble)
        return _("启用") if record.is_active else _("停用")

    class Meta(Table.Meta):
        order_by = ("name",)


class ChannelsPage(ListPage):
    """The channels I keep."""

    permission = EDIT
    title = gettext_lazy("提醒渠道")
    empty = gettext_lazy("还没有提醒渠道，提醒只在工作台里显示。")
    empty_hint = gettext_lazy(
        "登记企业微信应用、群机器人、邮件或签名回调以后，工作人员可以选择在哪里接收提醒。"
    )
    table_class = ChannelTable
    filterset_class = ChannelFilter
    buttons = ((gettext_lazy("登记提醒渠道"), "console:reminder_channel_new", EDIT),)

    def rows(self, staff: Staff) -> QuerySet[ReminderChannel]:
        return channels_for(staff)


class ChannelForm(forms.Form):
    """One form for all kinds: what a kind does not need is left empty. The secret is write-only."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("适用单位"), queryset=Agency.objects.none(),
        help_text=gettext_lazy("这个单位和下级单位的工作人员都可以用它接收提醒。群机器人只报这个单位自己的事项。"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("方式"), choices=choices_of(Kind))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    base_url = forms.CharField(
        label=gettext_lazy("接口地址"), required=False, max_length=300,
        help_text=gettext_lazy(
            "企业微信留空即可；自建或私有部署的填它的地址。签名回调填接收地址；邮件写成smtps://主机:465。"
        ),
    )  # fmt: skip
    identity = forms.CharField(
        label=gettext_lazy("企业ID或登录名"), required=False, max_length=120,
        help_text=gettext_lazy("企业微信应用填企业ID；邮件填登录邮件服务器的用户名；其他方式留空。"),
    )  # fmt: skip
    number = forms.IntegerField(
        label=gettext_lazy("应用编号（AgentId）"), required=False, min_value=1, max_value=2_000_000_000,
        help_text=gettext_lazy("只有企业微信应用需要。"),
    )  # fmt: skip
    sender = forms.CharField(
        label=gettext_lazy("发件人"), required=False, max_length=120,
        help_text=gettext_lazy("只有邮件需要，写一个邮箱地址。"),
    )  # fmt: skip
    secret = forms.CharField(
        label=gettext_lazy("密钥"), required=False, max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "应用的Secret、群机器人的完整地址、回调的签名密钥或邮箱密码。加密保存，保存后不再显示，修改时留空表示不改。"
        ),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("启用"), required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies_for(staff, EDIT)  # type: ignore[attr-defined]


def _page(request: HttpRequest, found: ReminderChannel | None) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()
    names = (
        "agency", "kind", "name", "base_url", "identity", "number", "sender", "is_active",
    )  # fmt: skip
    initial = {name: getattr(found, name) for name in names} if found else {"is_active": True}
    form = ChannelForm(request.POST or None, staff=staff, initial=initial)
    kept: list[ReminderChannel] = []

    def write() -> None:
        said = dict(form.cleaned_data)
        agency = said.pop("agency")
        kept.append(
            actions.keep_channel(found, ChannelDraft(**said), agency=agency, actor=staff, now=now)
        )

    if request.method == "POST" and act(
        request, form, write, _("提醒渠道已保存，请发一条测试消息。")
    ):
        return redirect("console:reminder_channel", number=kept[0].pk)
    return _shown(request, form, found)


def _shown(
    request: HttpRequest, form: ChannelForm, found: ReminderChannel | None,
    tried: Tried | None = None, address: str = "",
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form,
        "title": found.name if found else _("登记提醒渠道"),
        "back": reverse("console:reminder_channels"),
        "channel": found,
        "needs_address": found is not None and CHANNELS[found.kind].needs_address,
        "tried": tried,
        "address": address,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/reminder_channel.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def new_channel(request: HttpRequest) -> HttpResponse:
    """Enter a channel."""
    return _page(request, None)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def channel(request: HttpRequest, number: int) -> HttpResponse:
    """One channel: its settings, what is wrong with it, a test."""
    staff, now = staff_of(request), timezone.now()
    found = channel_for(staff, number)
    if request.method != "POST" or "test" not in request.POST:
        return _page(request, found)
    address = request.POST.get("address", "")[:120]
    try:
        tried = try_channel(found, address, actor=staff, now=now)
    except Refused as refusal:
        tried = Tried(is_good=False, words=refusal.message)
    found.refresh_from_db()
    names = ("agency", "kind", "name", "base_url", "identity", "number", "sender", "is_active")
    form = ChannelForm(staff=staff, initial={name: getattr(found, name) for name in names})
    return _shown(request, form, found, tried, address)


urlpatterns = [
    listed("reminders/channels/", ChannelsPage, "reminder_channels"),
    path("reminders/channels/new/", new_channel, name="reminder_channel_new"),
    path("reminders/channels/<int:number>/", channel, name="reminder_channel"),
]
