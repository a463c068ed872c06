"""The list of tickets, and what is done to several at once."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.queries import calendars_at_hand, may
from minxin.agencies.rules import Permission
from minxin.console.bulk import Bulk
from minxin.console.links import portal_ticket
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.console.tickets.forms import AnswerForm, assign_form
from minxin.core.ids import normal_ticket_number
from minxin.tickets import actions, queries
from minxin.tickets.models import Nature, Ticket
from minxin.tickets.queries import neighbours
from minxin.tickets.queries.words import with_words
from minxin.tickets.rules import OPEN, Verb, may_follow
from minxin.tickets.wording import day_said, deadline_said

LIGHTS = (
    ("green", gettext_lazy("绿灯")),
    ("yellow", gettext_lazy("黄灯")),
    ("red", gettext_lazy("红灯")),
)
STATES = (
    ("new", gettext_lazy("待受理")),
    ("open", gettext_lazy("办理中")),
    ("soon", gettext_lazy("即将到期")),
    ("overdue", gettext_lazy("已超期")),
    ("signed", gettext_lazy("已签收")),
    ("returning", gettext_lazy("退单待定")),
    ("disputed", gettext_lazy("争议待裁")),
    ("reviewing", gettext_lazy("答复待审")),
    ("answered", gettext_lazy("已答复")),
    ("closed", gettext_lazy("已办结")),
    ("hot", gettext_lazy("热点：近 7 天 3 人以上加入")),
    ("merged", gettext_lazy("已并入其他工单")),
    ("withdrawn", gettext_lazy("已撤回")),
    ("archived", gettext_lazy("已归档")),
    ("everything", gettext_lazy("全部，含已归档")),
    ("declined", gettext_lazy("不予受理")),
    ("ended", gettext_lazy("已终止")),
)


def light_shown(light: str) -> str:
    """A light with its word; nothing where there is none."""
    if not light:
        return ""
    return format_html('<span class="light light-{}">{}</span> ', light, dict(LIGHTS)[light])


class TicketFilter(Search):
    """Filters of the ticket list. Who asks for nothing sees what waits for an answer."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if not (data and ("state" in data or data.get("q"))):
            data = data.copy() if data else QueryDict(mutable=True)
            data["state"] = "open"
        super().__init__(data, *args, **kwargs)

    searched = ("number", "text", "place")
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"),
        choices=STATES,
        method="by_state",
        empty_label=gettext_lazy("全部状态"),
    )
    nature = django_filters.ChoiceFilter(label=gettext_lazy("性质"), choices=choices_of(Nature))
    light = django_filters.ChoiceFilter(
        label=gettext_lazy("亮灯"), choices=LIGHTS, method="by_light"
    )
    category = django_filters.ModelChoiceFilter(
        label=gettext_lazy("类别"), queryset=lambda request: queries.categories()
    )
    agency = agency_filter(gettext_lazy("承办单位"), Permission.READ_TICKETS)
    mark = django_filters.ChoiceFilter(
        label=gettext_lazy("标记"),
        choices=[(name, words) for name, words, _condition in queries.MARKS],
        method="by_mark",
    )

    def by_mark(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return queries.marked(queryset, value)

    def search(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """A whole number, however it is written, is looked up; words are searched for."""
        number = normal_ticket_number(value)
        if number is not None:
            return queryset.filter(number=number)
        return with_words(queryset, value)

    def by_state(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        now = timezone.now()
        match value:
            case "new":
                return queryset.filter(status__in=["submitted", "reopened"])
            case "open":
                return queryset.filter(status__in=OPEN)
            case "soon":
                return queries.due_soon(queryset, now)
            case "overdue":
                return queries.overdue(queryset, now)
            case "hot":
                return neighbours.hot(queryset, now=now)
            case "merged":
                return queryset.filter(merged_into__isnull=False)
            case "everything":
                return queryset
        return queryset.filter(status=value)

    def filter_queryset(self, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """What is archived is left out, unless it is asked for: as such, with everything, by its number."""
        found: QuerySet[Ticket] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if asked.get("state") in {"archived", "everything"}:
            return found
        if normal_ticket_number(asked.get("q") or "") is not None:
            return found
        return found.exclude(status=Ticket.Status.ARCHIVED)

    def by_light(self, queryset: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return queries.lit(queryset, value, timezone.now())

    class Meta:
        model = Ticket
        fields = ("state", "light", "nature", "category", "agency", "mark")


class TicketTable(Table):
    """Tickets with their deadlines in words; a row is one line."""

    number = tables.Column(verbose_name=gettext_lazy("编号"), linkify=lambda record: _url(record))
    brief = tables.Column(
        verbose_name=gettext_lazy("内容"), empty_values=(), order_by="text", orderable=False
    )
    nature = tables.Column(
        verbose_name=gettext_lazy("性质和类别"),
        accessor="get_nature_display",
        order_by=("nature", "category"),
    )
    agency = tables.Column(
        verbose_name=gettext_lazy("承办单位"), accessor="agency__name", order_by="agency__path"
    )
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    due_at = tables.Column(verbose_name=gettext_lazy("期限"))
    filed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("提交时间"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: _url(record))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._joined_counts: dict[int, int] | None = None
        self._calendars = calendars_at_hand()

    def render_brief(self, record: Ticket) -> str:
        """The words, what is special about it, and how many others wait with it or that it is handled with
        another."""
        marks = queries.marks_of(record)
        if record.merged_into_id is not None:
            marks.append(_("已并入"))
        elif joined := self._joined().get(record.pk, 0):
            marks.append(_("%(count)s 人同求") % {"count": joined})
        said = format_html_join("", ' <span class="mark">{}</span>', ((each,) for each in marks))
        return format_html("{}{}", queries.in_brief(record), said)

    def _joined(self) -> dict[int, int]:
        """How many wait with each ticket of this page, asked once."""
        if self._joined_counts is None:
            shown = [row.record.pk for row in self.paginated_rows]
            self._joined_counts = neighbours.joined_counts(shown)
        return self._joined_counts

    def render_nature(self, value: str, record: Ticket) -> str:
        if record.category is None:
            return value
        return format_html('{} <span class="quiet">{}</span>', value, record.category)

    def render_agency(self, record: Ticket) -> str:
        """The short name, so that a row is one line; the whole one when asked."""
        name, short = record.agency.name, record.agency.short_name
        return format_html('<span title="{}">{}</span>', name, short or name)

    def render_due_at(self, record: Ticket) -> str:
        deadline = queries.deadline_of(record, now=timezone.now(), calendars=self._calendars)
        due, today = timezone.localtime(record.due_at).date(), timezone.localdate()
        is_said = due == today and deadline.level == "soon"  # 今天到期
        return format_html(
            '{}<span class="deadline deadline-{}">{}</span> <span class="quiet">{}</span>',
            light_shown(deadline.light),
            deadline.level,
            deadline_said(deadline.words),
            "" if is_said else day_said(due, today),
        )

    class Meta(Table.Meta):
        order_by = "due_at"


class TicketSheet(TicketTable):
    """As the page, with the category, what is special, and the agency's whole name."""

    marks = tables.Column(
        verbose_name=gettext_lazy("标记"), empty_values=(), accessor="number", orderable=False
    )
    category = tables.Column(verbose_name=gettext_lazy("类别"), accessor="category__name")
    agency_name = tables.Column(
        verbose_name=gettext_lazy("承办单位全称"), accessor="agency__name", orderable=False
    )

    def render_brief(self, record: Ticket) -> str:
        return queries.in_brief(record)

    def render_marks(self, record: Ticket) -> str:
        return "、".join(queries.marks_of(record))

    class Meta(TicketTable.Meta):
        pass


def _url(record: Ticket) -> str:
    return reverse("console:ticket", args=[record.number])


def _why_not_accept(found: Ticket, staff: Staff) -> str:
    if not may(staff, Permission.ANSWER_TICKETS, found.agency):
        return _("不归您的单位办理。")
    if not may_follow(found.status, Verb.ACCEPT):
        return _("现在是“%(status)s”，不能受理。") % {"status": found.get_status_display()}
    return ""


def _why_not_assign(found: Ticket, staff: Staff) -> str:
    if not may(staff, Permission.ASSIGN_TICKETS, found.agency):
        return _("不归您的单位交办。")
    if not may_follow(found.status, Verb.ASSIGN):
        return _("现在是“%(status)s”，不能交办。") % {"status": found.get_status_display()}
    return ""


def _why_not_answer(found: Ticket, staff: Staff) -> str:
    if not may(staff, Permission.ANSWER_TICKETS, found.agency):
        return _("不归您的单位办理。")
    if found.merged_into_id is not None:
        return _("已并入其他工单，随那一件答复。")
    if not may_follow(found.status, Verb.ANSWER):
        return _("现在是“%(status)s”，不能答复。") % {"status": found.get_status_display()}
    return ""


def _said(found: Ticket) -> str:
    return f"{found.number} {queries.in_brief(found)}"


BULKS = (
    Bulk(
        name="accept",
        label=gettext_lazy("受理"),
        title=gettext_lazy("受理 %(count)s 件工单"),
        done=gettext_lazy("已受理 %(count)s 件。"),
        permission=Permission.ANSWER_TICKETS,
        why_not=_why_not_accept,
        said=_said,
        act=lambda found, staff, given, now: actions.accept(found, actor=staff, now=now),
    ),
    Bulk(
        name="assign",
        label=gettext_lazy("交办"),
        title=gettext_lazy("交办 %(count)s 件工单"),
        done=gettext_lazy("已交办 %(count)s 件。"),
        permission=Permission.ASSIGN_TICKETS,
        why_not=_why_not_assign,
        said=_said,
        act=lambda found, staff, given, now: actions.assign(
            found, given["agency"], reason=given["reason"], actor=staff, now=now
        ),
        form=assign_form,
    ),
    Bulk(
        name="answer",
        label=gettext_lazy("答复"),
        title=gettext_lazy("用同一段话答复 %(count)s 件工单"),
        done=gettext_lazy("已处理 %(count)s 件：答复发给市民，须先审核的已经送审。"),
        permission=Permission.ANSWER_TICKETS,
        why_not=_why_not_answer,
        said=_said,
        act=lambda found, staff, given, now: actions.reply(
            found, given["text"], link=portal_ticket(found), actor=staff, now=now
        ),
        form=AnswerForm,
    ),
)


class TicketsPage(ListPage):
    """The tickets of my agencies."""

    permission = Permission.READ_TICKETS
    title = gettext_lazy("工单")
    template_name = "console/tickets.html"
    empty = gettext_lazy("没有工单。")
    empty_hint = gettext_lazy("市民在微信里提交诉求后，会按职责出现在这里。")
    table_class = TicketTable
    sheet_class = TicketSheet
    filterset_class = TicketFilter
    bulks = BULKS
    buttons = (
        (gettext_lazy("诉求概况"), "console:ticket_figures", Permission.READ_TICKETS),
        (gettext_lazy("工单交换"), "console:ticket_exchange", Permission.READ_TICKETS),
    )

    def rows(self, staff: Staff) -> QuerySet[Ticket]:
        return queries.tickets_visible_to(staff)


urlpatterns = [listed("tickets/", TicketsPage, "tickets")]
