"""《问题整改台账》 for who supervises, 《待整改》 for the unit; both overdue first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.models import Platform
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import sight
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.supervision import queries
from minxin.supervision.models import ORIGINS, SEVERITIES, STATES, Finding
from minxin.supervision.queries import kept_proof_said
from minxin.supervision.rules.clock import calendar_days
from minxin.supervision.rules.rectification import ENDED, RUNNING, State, is_overdue
from minxin.supervision.terms import presets

MOST_PICKED = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """What several rows are chosen for: another page takes them over."""

    name: str
    label: Any
    permission: Permission


def due_said(finding: Finding, *, now: datetime) -> SafeString:
    """The deadline in words with the day behind it; colour is never the only sign."""
    if finding.due_at is None:
        return format_html("{}", "—")
    on = f"{timezone.localtime(finding.due_at):%Y-%m-%d}"
    if State(finding.state) not in RUNNING:
        return format_html('<span class="quiet">{}</span>', on)
    if is_overdue(finding.state, finding.due_at, at=now):
        days = calendar_days(finding.due_at, now)
        words = _("已超期 %(days)s 天") % {"days": days} if days else _("今天已超期")
        return format_html('<span class="deadline deadline-late">{}</span> {}', words, on)
    left = calendar_days(now, finding.due_at)
    words = _("还剩 %(days)s 天") % {"days": left} if left else _("今天到期")
    level = "soon" if left <= 1 else "fine"
    return format_html('<span class="deadline deadline-{}">{}</span> {}', level, words, on)


def state_said(finding: Finding, *, now: datetime) -> SafeString:
    """A state as a word with a colour beside it."""
    state = State(finding.state)
    tone = "soon"
    if state in ENDED:
        tone = "done"
    elif is_overdue(state, finding.due_at, at=now):
        tone = "late"
    elif state is State.OPEN:
        tone = "plain"
    shown = format_html('<span class="level level-{}">{}</span>', tone, finding.get_state_display())
    if finding.extension_until is not None:
        return format_html('{} <span class="quiet">{}</span>', shown, _("申请延期"))
    return shown


class FindingFilter(Search):
    """How far, how bad, whose, whence."""

    agency_path = "account__agency__path"
    searched = ("account__name", "account__agency__name", "title", "notice__number")
    state = django_filters.ChoiceFilter(label=gettext_lazy("整改状态"), choices=tuple(STATES))
    pressing = django_filters.ChoiceFilter(
        label=gettext_lazy("期限"), method="by_pressing",
        choices=(
            ("late", gettext_lazy("逾期未反馈")),
            ("extension", gettext_lazy("申请延期")),
            ("open", gettext_lazy("没有办结")),
        ),
    )  # fmt: skip
    severity = django_filters.ChoiceFilter(
        label=gettext_lazy("严重程度"), choices=tuple(SEVERITIES)
    )
    origin = django_filters.ChoiceFilter(label=gettext_lazy("来源"), choices=tuple(ORIGINS))
    platform = django_filters.ChoiceFilter(
        label=gettext_lazy("平台"), field_name="account__platform", choices=choices_of(Platform)
    )
    agency = agency_filter(gettext_lazy("主办单位"), Permission.READ_SUPERVISION)

    def by_pressing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        match value:
            case "late":
                return queries.overdue(queryset, now=timezone.now())
            case "extension":
                return queryset.exclude(extension_until=None)
            case _:
                return queryset.exclude(state__in=[each.value for each in ENDED])

    def alternatives(self, word: str) -> Q:
        named = [value for value, words in STATES if word in str(words)]
        return Q(state__in=named) if named else Q()

    class Meta:
        model = Finding
        fields = ("state", "pressing", "severity", "origin", "platform", "agency")


class FindingTable(Table):
    """What is wrong, where it stands, until when."""

    account = tables.Column(
        verbose_name=gettext_lazy("账号"), accessor="account__name",
        linkify=lambda record: url_of(record),
    )  # fmt: skip
    agency = tables.Column(
        verbose_name=gettext_lazy("主办单位"), accessor="account__agency__name",
        order_by="account__agency__path",
    )  # fmt: skip
    title = tables.Column(verbose_name=gettext_lazy("问题"))
    severity = tables.Column(
        verbose_name=gettext_lazy("严重程度"), accessor="get_severity_display", order_by="severity"
    )
    state = tables.Column(
        verbose_name=gettext_lazy("整改状态"), accessor="get_state_display", order_by="state"
    )
    due_at = tables.Column(
        verbose_name=gettext_lazy("整改期限"),
        empty_values=(),
        order_by=("lateness", "due_at", "-id"),
    )
    notice = tables.Column(verbose_name=gettext_lazy("通知单号"), accessor="notice__number")

    row_url = staticmethod(lambda record: url_of(record))

    def render_account(self, value: str, record: Finding) -> str:
        return f"{value}（{record.account.get_platform_display()}）"

    def render_state(self, record: Finding) -> SafeString:
        return state_said(record, now=timezone.now())

    def render_due_at(self, record: Finding) -> SafeString:
        return due_said(record, now=timezone.now())

    class Meta(Table.Meta):
        order_by = ("due_at",)


class FindingSheet(FindingTable):
    """The columns that published lists of content errors have, as far as a finding knows them, and
    those of the work on it."""

    number = tables.Column(verbose_name=gettext_lazy("编号"), accessor="pk")
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="account__get_platform_display"
    )
    item = tables.Column(verbose_name=gettext_lazy("标题"), empty_values=(), orderable=False)
    link = tables.Column(verbose_name=gettext_lazy("链接"), empty_values=(), orderable=False)
    published = tables.Column(
        verbose_name=gettext_lazy("发布时间"), empty_values=(), orderable=False
    )
    wrong = tables.Column(verbose_name=gettext_lazy("错误表述"), empty_values=(), orderable=False)
    right = tables.Column(verbose_name=gettext_lazy("正确表述"), empty_values=(), orderable=False)
    detail = tables.Column(verbose_name=gettext_lazy("具体情况"), empty_values=(), orderable=False)
    origin = tables.Column(verbose_name=gettext_lazy("来源"), accessor="get_origin_display")
    found_at = tables.DateTimeColumn(verbose_name=gettext_lazy("发现时间"), format="Y-m-d H:i")
    answered = tables.Column(
        verbose_name=gettext_lazy("反馈时间"), empty_values=(), orderable=False
    )
    measure = tables.Column(verbose_name=gettext_lazy("整改措施"), empty_values=(), orderable=False)
    done = tables.Column(verbose_name=gettext_lazy("整改情况"), empty_values=(), orderable=False)
    proof = tables.Column(verbose_name=gettext_lazy("系统查证"), empty_values=(), orderable=False)
    ended_at = tables.DateTimeColumn(verbose_name=gettext_lazy("办结时间"), format="Y-m-d H:i")

    def render_due_at(self, record: Finding) -> str:  # type: ignore[override]
        return f"{timezone.localtime(record.due_at):%Y-%m-%d %H:%M}" if record.due_at else ""

    def render_state(self, record: Finding) -> str:  # type: ignore[override]
        late = is_overdue(record.state, record.due_at, at=timezone.now())
        words = str(record.get_state_display())
        return _("%(state)s（逾期）") % {"state": words} if late else words

    def render_item(self, record: Finding) -> str:
        return str(record.facts.get("title", ""))

    def render_link(self, record: Finding) -> str:
        kept = record.evidence.link if record.evidence else ""
        return str(record.facts.get("url", "") or kept)

    def render_published(self, record: Finding) -> str:
        return str(record.facts.get("published_at", ""))

    def render_wrong(self, record: Finding) -> str:
        return str(record.facts.get("wrong", ""))

    def render_right(self, record: Finding) -> str:
        return str(record.facts.get("right", ""))

    def render_detail(self, record: Finding) -> str:
        return queries.detail_of(record)

    def render_answered(self, record: Finding) -> str:
        last = _last(record)
        return f"{timezone.localtime(last.given_at):%Y-%m-%d %H:%M}" if last else ""

    def render_measure(self, record: Finding) -> str:
        last = _last(record)
        return str(last.get_measure_display()) if last else ""

    def render_done(self, record: Finding) -> str:
        last = _last(record)
        return last.done if last else ""

    def render_proof(self, record: Finding) -> str:
        last = _last(record)
        return kept_proof_said(last.proof) if last else ""

    class Meta(FindingTable.Meta):
        pass


def _last(record: Finding) -> Any:
    """Its newest feedback; the list fetched all of them beforehand."""
    return max(record.feedback.all(), key=lambda each: each.round, default=None)


def url_of(record: Finding) -> str:
    """The page of a finding."""
    return reverse("console:finding", args=[record.pk])


class FindingsPage(ListPage):
    """Every finding of the area, the late ones first."""

    permission = Permission.READ_SUPERVISION
    title = gettext_lazy("问题整改台账")
    empty = gettext_lazy("还没有登记过问题。")
    empty_hint = gettext_lazy("待确认问题由监管员附证据确认后，列在这里整改销号。")
    table_class = FindingTable
    sheet_class = FindingSheet
    filterset_class = FindingFilter
    template_name = "console/findings.html"
    back = (gettext_lazy("更新预警清单"), "console:supervision")
    buttons = ((gettext_lazy("误报与申辩"), "console:lessons", Permission.READ_SUPERVISION),)
    bulks: ClassVar[Any] = (
        Chosen("notify", gettext_lazy("发整改通知单"), Permission.RECTIFY_FINDINGS),
    )

    def rows(self, staff: Staff) -> QuerySet[Finding]:
        found = queries.overdue_first(queries.findings_for(staff), now=timezone.now())
        return found.prefetch_related("feedback")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the chosen rows to the form of a notice."""
        picked = [each for each in request.POST.getlist("picked") if each.isdecimal()]
        query = urlencode([("finding", each) for each in picked[:MOST_PICKED]])
        return redirect(f"{reverse('console:notify')}?{query}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = queries.findings_for(sight(self.request))
        context["counts"] = queries.finding_counts(rows, now=timezone.now())
        context["faults"] = presets()[1]
        return context


class ToRectifyTable(FindingTable):
    """As for who supervises, without what is always the same."""

    next = tables.Column(verbose_name=gettext_lazy("下一步"), empty_values=(), orderable=False)

    def render_next(self, record: Finding) -> str:
        return str(NEXT.get(State(record.state), ""))

    class Meta(FindingTable.Meta):
        exclude = ("severity",)


NEXT = {
    State.NOTIFIED: gettext_lazy("请签收"),
    State.SIGNED: gettext_lazy("请整改并反馈"),
    State.ANSWERED: gettext_lazy("等监管单位审核"),
    State.REVIEWED: gettext_lazy("等监管单位复查"),
    State.DISPUTED: gettext_lazy("等监管单位裁定"),
}


class ToRectifyFilter(FindingFilter):
    """As for who supervises, for the units a person answers for."""

    origin = None
    agency = agency_filter(gettext_lazy("主办单位"), Permission.ANSWER_FINDINGS)

    class Meta(FindingFilter.Meta):
        fields = FindingFilter.Meta.fields


class ToRectifyPage(ListPage):
    """What a unit was told to put right, and what became of it."""

    permission = Permission.ANSWER_FINDINGS
    title = gettext_lazy("待整改")
    empty = gettext_lazy("没有收到整改通知。")
    empty_hint = gettext_lazy("监管单位发来整改通知单后，在这里签收、反馈或申辩。")
    table_class = ToRectifyTable
    sheet_class = FindingSheet
    filterset_class = ToRectifyFilter

    def rows(self, staff: Staff) -> QuerySet[Finding]:
        found = queries.overdue_first(queries.to_rectify(staff), now=timezone.now())
        return found.prefetch_related("feedback")


urlpatterns = [
    listed("rectification/", FindingsPage, "findings"),
    listed("to-rectify/", ToRectifyPage, "to_rectify"),
]
