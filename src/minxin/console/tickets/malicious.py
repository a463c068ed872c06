"""Malicious tickets: proposed, confirmed or refused by another, appeals heard by a third; and the queue."""

from collections.abc import Callable
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.links import portal_ticket
from minxin.console.lists import ListPage, Search, Table, agency_filter, listed
from minxin.console.tickets.applying import Offered
from minxin.console.words import Words
from minxin.text import mask
from minxin.tickets import actions, queries
from minxin.tickets.models import MaliciousMark, Ticket
from minxin.tickets.queries.malicious import TO_CONFIRM, TO_HEAR
from minxin.tickets.rules import Verb, may_follow
from minxin.tickets.wording import day_said

Status = MaliciousMark.Status
Row = tuple[str, Promise, type[forms.Form], Callable[..., object], Promise, bool]


class ProposeForm(forms.Form):
    """Why, and what shows it; only staff read them."""

    reason = Words(
        label=gettext_lazy("认定为恶意的理由"),
        help_text=gettext_lazy(
            "另一名有权限的人确认后才算。语气激烈、反复反映、要求过高都不是恶意。"
        ),
        error_messages={"required": gettext_lazy("请写明理由：为什么认为是恶意的。")},
        limit=500,
        rows=3,
    )
    evidence = Words(
        label=gettext_lazy("证据"),
        help_text=gettext_lazy("哪些事实、记录能说明，例如现场核查、通话时间、相同内容的编号。"),
        error_messages={"required": gettext_lazy("请写明证据：哪些事实、记录能说明。")},
        limit=1000,
        rows=4,
    )


class RefuseForm(forms.Form):
    """Why it is not; who proposed it reads it."""

    decision = Words(
        label=gettext_lazy("不予认定的理由"),
        help_text=gettext_lazy("提出的人会看到，市民看不到。"),
        error_messages={"required": gettext_lazy("请写明决定的理由。")},
        limit=500,
        rows=3,
    )


class ToldForm(forms.Form):
    """Why it is decided so; the citizen reads it."""

    decision = Words(
        label=gettext_lazy("决定的理由"),
        help_text=gettext_lazy("市民会原样看到。写事实，不评价人，不写他人信息。"),
        error_messages={"required": gettext_lazy("请写明决定的理由，市民会看到。")},
        limit=500,
        rows=4,
    )


def _with_link(action: Callable[..., object]) -> Callable[..., object]:
    def run(ticket: Ticket, **given: Any) -> object:
        return action(ticket, link=portal_ticket(ticket), **given)

    return run


def marking_malicious(
    found: Ticket, staff: Staff, wanted: str = "", data: Any = None
) -> list[Offered]:
    """What may be done about it now; the form that was sent stays, with its error."""
    offers = []
    for name, label, form_class, run, done, is_possible in _rows(found, staff):
        is_sent = wanted == name and data is not None
        if is_possible or is_sent:
            form = form_class(data if is_sent else None, prefix=name)
            offers.append(Offered(name, label, form, done, run))
    return offers


def _rows(found: Ticket, staff: Staff) -> list[Row]:
    row = queries.living_mark(found)
    rows: list[Row] = []
    if may(staff, Permission.ANSWER_TICKETS, found.agency):
        can = (
            row is None
            and may_follow(found.status, Verb.PROPOSE_MALICIOUS)
            and found.merged_into is None
            and found.handed_over_at is None
            and not queries.was_acquitted(found)
        )
        rows.append(
            (Verb.PROPOSE_MALICIOUS.value, gettext_lazy("提出恶意认定"), ProposeForm,
             actions.propose_malicious, gettext_lazy("已提出，由另一名有权限的人确认；办理和计时照常。"), can)
        )  # fmt: skip
    if not may(staff, Permission.CONFIRM_MALICIOUS, found.agency):
        return rows
    others = row is not None and not queries.is_partial_about(found, staff)
    waits = others and row is not None and row.status == Status.PROPOSED
    waits = waits and row is not None and row.proposed_by_id != staff.pk
    waits = waits and may_follow(found.status, Verb.END)
    heard = row is not None and row.appealed_at is not None and not row.outcome
    heard = heard and others and row is not None
    heard = heard and row is not None and staff.pk not in (row.proposed_by_id, row.decided_by_id)
    rows += [
        (Verb.END.value, gettext_lazy("认定为恶意，终止办理"), ToldForm,
         _with_link(actions.confirm_malicious),
         gettext_lazy("已认定，市民会收到理由和申诉的办法。"), waits),
        (Verb.REFUSE_MALICIOUS.value, gettext_lazy("不予认定"), RefuseForm,
         actions.refuse_malicious, gettext_lazy("已决定不予认定，工单照常办理。"), waits),
        (Verb.RESTORE.value, gettext_lazy("申诉成立，撤销认定"), ToldForm,
         _with_link(actions.uphold_appeal),
         gettext_lazy("已撤销认定，工单接着办理，市民会收到通知。"), heard),
        (Verb.KEEP_ENDED.value, gettext_lazy("申诉不成立"), ToldForm,
         _with_link(actions.refuse_appeal),
         gettext_lazy("已维持认定，市民会收到理由。"), heard),
    ]  # fmt: skip
    return rows


def malicious_shown(found: Ticket, staff: Staff) -> dict[str, object]:
    """What was said of it, why this person may not decide, and what holds of other tickets of hers. What is
    over, or was never confirmed, is for those who may decide, and for who proposed it and was refused."""
    decides = may(staff, Permission.CONFIRM_MALICIOUS, found.agency)
    rows = queries.malicious_of(found)
    if not decides:
        own = Q(status__in=[Status.REFUSED, Status.LAPSED], proposed_by=staff)
        rows = rows.filter(Q(status__in=[Status.PROPOSED, Status.HOLDS]) | own)
    return {
        "malicious": rows,
        "malicious_bar": _bar(found, staff) if decides else "",
        "malicious_elsewhere": [
            (each, mask(each.decision)) for each in queries.marks_elsewhere(found, staff)[:5]
        ]
        if decides
        else [],
    }


def _bar(found: Ticket, staff: Staff) -> str:
    """Why somebody who might decide what waits may not."""
    row = queries.living_mark(found)
    if row is None or (row.status == Status.HOLDS and (row.appealed_at is None or row.outcome)):
        return ""
    if queries.is_partial_about(found, staff):
        return _("这件工单可能反映您所在的单位，请由其他单位的人决定。")
    if row.status == Status.PROPOSED and row.proposed_by_id == staff.pk:
        return _("是您提出的，由其他人决定。")
    if staff.pk in (row.proposed_by_id, row.decided_by_id):
        return _("您参与过这次认定，申诉由没有参与的人决定。")
    return ""


STATES: tuple[tuple[str, Promise, Q], ...] = (
    ("waiting", gettext_lazy("等待决定"), TO_CONFIRM | TO_HEAR),
    ("proposed", gettext_lazy("等待确认"), TO_CONFIRM),
    ("appealed", gettext_lazy("申诉待决定"), TO_HEAR),
    ("holds", gettext_lazy("已认定"), Q(status=Status.HOLDS)),
    ("over", gettext_lazy("已撤销、到期或不予认定"), ~Q(status__in=[Status.PROPOSED, Status.HOLDS])),
)  # fmt: skip


class MaliciousFilter(Search):
    """Filters of the queue."""

    searched = ("ticket__number", "ticket__text", "reason")
    agency_path = "ticket__agency__path"
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"),
        choices=[(name, words) for name, words, _condition in STATES],
        method="by_state",
        empty_label=gettext_lazy("全部状态"),
    )
    agency = agency_filter(gettext_lazy("承办单位"), Permission.CONFIRM_MALICIOUS)

    def by_state(
        self, queryset: QuerySet[MaliciousMark], name: str, value: str
    ) -> QuerySet[MaliciousMark]:
        return queryset.filter({each: condition for each, _words, condition in STATES}[value])

    class Meta:
        model = MaliciousMark
        fields = ("state", "agency")


class MaliciousTable(Table):
    """What was called malicious, the newest first."""

    number = tables.Column(verbose_name=gettext_lazy("编号"), accessor="ticket__number")
    brief = tables.Column(verbose_name=gettext_lazy("内容"), empty_values=(), orderable=False)
    agency = tables.Column(
        verbose_name=gettext_lazy("承办单位"), accessor="ticket__agency__name",
        order_by="ticket__agency__path",
    )  # fmt: skip
    proposed_by = tables.Column(verbose_name=gettext_lazy("提出人"), accessor="proposed_by__name")
    proposed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("提出时间"), format="Y-m-d H:i")
    status = tables.Column(verbose_name=gettext_lazy("状态"), empty_values=(), order_by="status")
    expires_at = tables.Column(verbose_name=gettext_lazy("认定有效至"))

    row_url = staticmethod(lambda record: _url(record))

    def render_number(self, value: str, record: MaliciousMark) -> str:
        return format_html('<a href="{}">{}</a>', _url(record), value)

    def render_brief(self, record: MaliciousMark) -> str:
        return queries.in_brief(record.ticket, 24)

    def render_status(self, record: MaliciousMark) -> str:
        if record.appealed_at is None:
            return str(record.get_status_display())
        if not record.outcome:
            is_over = record.status != Status.HOLDS
            return _("认定已到期，申诉未及决定") if is_over else _("申诉待决定")
        return f"{record.get_status_display()} · {record.get_outcome_display()}"

    def render_expires_at(self, record: MaliciousMark) -> str:
        assert record.expires_at is not None  # noqa: S101  (an empty cell is not rendered)
        return day_said(timezone.localtime(record.expires_at).date(), timezone.localdate())

    class Meta(Table.Meta):
        order_by = "-proposed_at"


def _url(record: MaliciousMark) -> str:
    return reverse("console:ticket", args=[record.ticket.number]) + "#malicious"


class MaliciousPage(ListPage):
    """What waits to be confirmed or heard, and what was."""

    permission = Permission.CONFIRM_MALICIOUS
    title = gettext_lazy("恶意认定")
    empty = gettext_lazy("没有恶意认定。")
    empty_hint = gettext_lazy(
        "承办员在工单页“提出恶意认定”并写明理由和证据后，出现在这里，由另一名有权限的人确认；市民的申诉也在这里，由没有参与的人决定。"
    )
    table_class = MaliciousTable
    filterset_class = MaliciousFilter

    def rows(self, staff: Staff) -> QuerySet[MaliciousMark]:
        return queries.malicious_marks(staff)


urlpatterns = [listed("malicious/", MaliciousPage, "malicious")]
