"""Every conversation as a list: to search, to sort, to take away as a sheet."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.citizens.queries import profile_of
from minxin.console.base import staff_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.conversations import queries
from minxin.conversations.models import Dialogue
from minxin.text import mask

STATES = (
    ("waiting", gettext_lazy("等人工")),
    ("attended", gettext_lazy("接待中")),
    ("machine", gettext_lazy("自动答复")),
    ("unread", gettext_lazy("未读")),
)


def _mine(request: HttpRequest | None) -> QuerySet[Account]:
    if request is None:
        return Account.objects.none()
    found: QuerySet[Account] = Account.objects.visible_to(
        staff_of(request), Permission.READ_CONVERSATIONS
    )
    return found


class RecordFilter(Search):
    """Filters of the conversations."""

    searched = ("last_text", "account__name", "attended_by__name")
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=STATES, method="by_state"
    )
    account = django_filters.ModelChoiceFilter(label=gettext_lazy("账号"), queryset=_mine)

    def by_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        match value:
            case "waiting":
                return queryset.filter(rank=0)
            case "attended":
                return queryset.filter(rank=1)
            case "machine":
                return queryset.filter(rank=2)
        return queryset.filter(unread__gt=0)

    class Meta:
        model = Dialogue
        fields = ("state", "account")


class RecordTable(Table):
    """Who spoke last with which account, and who attends."""

    last_message_at = tables.DateTimeColumn(verbose_name=gettext_lazy("最近"), format="Y-m-d H:i")
    citizen = tables.Column(verbose_name=gettext_lazy("市民"), orderable=False)
    last_text = tables.Column(verbose_name=gettext_lazy("最近内容"), orderable=False)
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="account__name")
    rank = tables.Column(verbose_name=gettext_lazy("状态"))
    attended_by = tables.Column(verbose_name=gettext_lazy("接待人"), accessor="attended_by__name")
    unread = tables.Column(verbose_name=gettext_lazy("未读"))

    row_url = staticmethod(lambda record: reverse("console:conversation", args=[record.pk]))

    def render_citizen(self, record: Dialogue) -> str:
        return profile_of(record.citizen).shown_name

    def render_last_text(self, value: str) -> str:
        return mask(value)

    def render_rank(self, value: int) -> str:
        return (_("等人工"), _("接待中"), _("自动答复"))[value]

    class Meta(Table.Meta):
        order_by = "-last_message_at"


class RecordsPage(ListPage):
    """The conversations of my agencies."""

    permission = Permission.READ_CONVERSATIONS
    title = gettext_lazy("会话记录")
    empty = gettext_lazy("还没有会话。")
    empty_hint = gettext_lazy("市民在微信里发言后会出现在这里。")
    table_class = RecordTable
    filterset_class = RecordFilter
    back = (gettext_lazy("会话"), "console:inbox")

    def rows(self, staff: Staff) -> QuerySet[Dialogue]:
        return queries.inbox(staff, now=timezone.now())


urlpatterns = [listed("conversations/", RecordsPage, "conversations")]
