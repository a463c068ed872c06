"""The list of sheets that came in, whatever is made of them: who brought in what, what became of it."""

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy

from minxin.accounts.models import SheetImport
from minxin.console.lists import Search, Table, choices_of


def page_of(record: SheetImport) -> str:
    """Where one sheet has its page."""
    return f"{record.address}{record.pk}/"


class SheetFilter(Search):
    """Filters of the sheets; a kind names its model in `Meta`."""

    searched = ("file_name", "started_by__name", "agency__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(SheetImport.Status)
    )


class SheetTable(Table):
    """Who brought in what, for whom, and what became of it; a kind adds what it counts."""

    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("上传时间"), format="Y-m-d H:i")
    file_name = tables.Column(
        verbose_name=gettext_lazy("文件"), linkify=lambda record: page_of(record)
    )
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    started_by = tables.Column(verbose_name=gettext_lazy("上传人"), accessor="started_by__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(page_of)

    class Meta(Table.Meta):
        order_by = "-created_at"
