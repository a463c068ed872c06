"""What I was told: the last ones stand on the home page, all of them here."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff, StaffNotice
from minxin.agencies.queries import notices_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.console.wording import notice_said


class NoticeFilter(Search):
    """Read or not."""

    searched = ("text",)
    unread = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"),
        choices=(("1", gettext_lazy("未读")), ("0", gettext_lazy("已读"))),
        method="by_reading",
    )

    def by_reading(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(read_at__isnull=value == "1")

    class Meta:
        model = StaffNotice
        fields = ("unread",)


class NoticeTable(Table):
    """The newest first."""

    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i")
    text = tables.Column(verbose_name=gettext_lazy("内容"), orderable=False)
    read_at = tables.DateTimeColumn(verbose_name=gettext_lazy("已读时间"), format="Y-m-d H:i")

    def render_text(self, value: str, record: StaffNotice) -> str:
        said = notice_said(value)
        return format_html('<a href="{}">{}</a>', record.link, said) if record.link else said

    class Meta(Table.Meta):
        order_by = "-created_at"


class NoticesPage(ListPage):
    """My notices."""

    permission = None
    title = gettext_lazy("通知")
    empty = gettext_lazy("没有通知。")
    table_class = NoticeTable
    filterset_class = NoticeFilter
    back = (gettext_lazy("今日待办"), "console:home")

    def rows(self, staff: Staff) -> QuerySet[StaffNotice]:
        return notices_of(staff)


urlpatterns = [listed("notices/", NoticesPage, "notices")]
