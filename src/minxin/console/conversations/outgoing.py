"""The outgoing queue: what is on its way, what arrived, what did not."""

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minxin import wechat
from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.conversations import actions, queries
from minxin.conversations.models import Outgoing
from minxin.core.errors import Refused
from minxin.text import mask

# What a person has to look at is seen first; the word says it without the colour.
LEVELS = {"failed": "late", "unsure": "soon", "held": "soon", "sent": "done", "cancelled": "done"}
# What to do where it was not WeChat that refused: its refusals bring their own remedy.
REMEDIES = {
    "waiting": gettext_lazy(
        "系统会自动重试，连上后发出，不用处理。长时间连不上，请技术人员检查服务器到微信的网络。"
    ),
    "held": gettext_lazy("消息会保留，市民再次发言时自动送达；市民也可以在“我的诉求”里看到。"),
    "unsure": gettext_lazy("请先在会话里向市民核对；确定没有收到再重新发送，否则市民会收到两次。"),
    "failed": gettext_lazy("请按原因处理后重新发送；不需要再发的，可以取消。"),
}


class OutgoingFilter(Search):
    """Filters of the outgoing list."""

    searched = ("error", "account__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Outgoing.Status)
    )

    channel = django_filters.ChoiceFilter(
        label=gettext_lazy("渠道"), choices=choices_of(Outgoing.Channel)
    )

    class Meta:
        model = Outgoing
        fields = ("status", "channel")


class OutgoingTable(Table):
    """What is on its way, what arrived, what did not."""

    created_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("时间"), format="Y-m-d H:i", order_by="id"
    )
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="account__name")
    channel = tables.Column(
        verbose_name=gettext_lazy("渠道"), accessor="get_channel_display", order_by="channel"
    )
    text = tables.Column(verbose_name=gettext_lazy("内容"), empty_values=(), orderable=False)
    status = tables.Column(verbose_name=gettext_lazy("状态"), accessor="state", order_by="status")
    attempts = tables.Column(verbose_name=gettext_lazy("次数"))
    error = tables.Column(verbose_name=gettext_lazy("原因"))

    row_url = staticmethod(lambda row: reverse("console:outgoing_one", args=[row.pk]))

    def render_error(self, value: str) -> str:
        return _(value)

    def render_status(self, value: str, record: Outgoing) -> str:
        level = LEVELS.get(record.status, "fine")
        return format_html('<span class="deadline deadline-{}">{}</span>', level, value)

    def render_text(self, record: Outgoing) -> str:
        words = queries.content_words(record)
        return mask(words)[:40]

    class Meta(Table.Meta):
        order_by = "-created_at"


class OutgoingPage(ListPage):
    """Messages to citizens and how they fared."""

    permission = Permission.READ_OUTGOING
    title = gettext_lazy("外发消息")
    empty = gettext_lazy("还没有外发消息。")
    empty_hint = gettext_lazy("工作人员的答复和工单结果会从这里发给市民。")
    table_class = OutgoingTable
    filterset_class = OutgoingFilter

    def rows(self, staff: Staff) -> QuerySet[Outgoing]:
        return queries.outgoing(staff)


@require_safe
@allowed(Permission.READ_OUTGOING)
def outgoing_one(request: HttpRequest, number: int) -> HttpResponse:
    """One message: what WeChat said, what that means, what to do."""
    staff = staff_of(request)
    row = queries.outgoing_for(staff, Permission.READ_OUTGOING, number)
    explained = wechat.explain(row.error_code) if row.error_code else None
    context = {
        "row": row,
        "words": queries.content_words(row),
        "explained": explained,
        "remedy": "" if explained or not row.error else REMEDIES.get(row.status, ""),
        "may_retry": may(staff, Permission.RETRY_OUTGOING, row.account.agency)
        and row.status in {"failed", "unsure", "held"},
    }
    return render(request, "console/outgoing_one.html", context)


@require_POST
@allowed(Permission.RETRY_OUTGOING)
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Send it again, or give it up."""
    staff, now = staff_of(request), timezone.now()
    row = queries.outgoing_for(staff, Permission.RETRY_OUTGOING, number)
    try:
        if request.POST.get("act") == "cancel":
            actions.cancel_outgoing(row, actor=staff, now=now)
            messages.success(request, _("已取消这条消息。"))
        else:
            actions.retry_outgoing(row, actor=staff, now=now)
            messages.success(request, _("已重新排队发送。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:outgoing_one", number=number)


urlpatterns = [
    listed("outgoing/", OutgoingPage, "outgoing"),
    path("outgoing/<int:number>/", outgoing_one, name="outgoing_one"),
    path("outgoing/<int:number>/retry/", retry, name="outgoing_retry"),
]
