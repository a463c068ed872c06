"""Filings (备案) of my accounts: the list with what is due, beginning one."""

from datetime import date, timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.accounts import actions
from minxin.accounts.models import Account, LifecycleFiling, Platform
from minxin.accounts.models.lifecycle import KINDS, STEPS
from minxin.accounts.queries import account_for
from minxin.accounts.queries.lifecycle import (
    ENDED,
    filings_for,
    filings_of,
    obstacles,
    to_review_for,
    under_way,
    with_the_unit_for,
)
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.accounts.wording import CHANGES
from minxin.accounts.wording import KINDS as KIND_WORDS
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.accounts.filing_forms import TellForm
from minxin.console.accounts.filing_papers import change_words
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed

SOON = timedelta(days=3)
BEGIN_NOTES = {
    Kind.OPEN: gettext_lazy(
        "拟开设的账号审核同意后再到平台开通；平台办理完成，台账里的状态改为运行。"
    ),
    Kind.CHANGE: gettext_lazy("写明要变更的内容。平台办理完成后，台账随之变更。"),
    Kind.CLOSE: gettext_lazy(
        "审核同意后账号进入关停中，再发布停更公告。注销之前更新要求仍然适用，更新监测照常进行。"
    ),
    Kind.CANCEL: gettext_lazy("关停备案办结、停更公告登记之后，才能办理平台注销。"),
}


def step_said(filing: LifecycleFiling) -> SafeString:
    """Where it stands, as a word with a colour beside it."""
    tone = "done" if filing.step in ENDED else "soon" if filing.step == Step.APPROVE else "plain"
    return format_html('<span class="level level-{}">{}</span>', tone, filing.get_step_display())


def due_said(filing: LifecycleFiling, today: date) -> SafeString:
    """The deadline in words with the day behind it; why there is none, where there is none."""
    if filing.due_on is None:
        words = _("没有规定天数") if filing.happened_on or filing.step in ENDED else _("发生后起算")
        return format_html('<span class="quiet">{}</span>', words)
    on = f"{filing.due_on:%Y-%m-%d}"
    if filing.step in ENDED:
        return format_html('<span class="quiet">{}</span>', on)
    left = (filing.due_on - today).days
    if left < 0:
        words = _("已超期 %(days)s 天") % {"days": -left}
        return format_html('<span class="deadline deadline-late">{}</span> {}', words, on)
    words = _("还剩 %(days)s 天") % {"days": left} if left else _("今天到期")
    level = "soon" if left <= SOON.days else "fine"
    return format_html('<span class="deadline deadline-{}">{}</span> {}', level, words, on)


def changes_said(filing: LifecycleFiling) -> list[tuple[Any, str, str]]:
    """(what, before, after) of a change, in the reader's language."""
    return [
        (CHANGES.get(name, name), *change_words(name, change))
        for name, change in filing.changes.items()
    ]


class LifecycleFilter(Search):
    """Which kind, where it stands, how it presses, whose."""

    agency_path = "account__agency__path"
    searched = ("account__name", "account__agency__name", "number", "account__filing__number")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("备案种类"), choices=KINDS)
    step = django_filters.ChoiceFilter(label=gettext_lazy("办理进度"), choices=STEPS)
    pressing = django_filters.ChoiceFilter(
        label=gettext_lazy("轻重缓急"),
        choices=(
            ("open", gettext_lazy("办理中")),
            ("mine", gettext_lazy("等我单位办理")),
            ("review", gettext_lazy("等我审核")),
            ("late", gettext_lazy("已超期")),
            ("soon", gettext_lazy("3天内到期")),
        ),
        method="by_pressing",
    )
    platform = django_filters.ChoiceFilter(
        label=gettext_lazy("平台"), choices=choices_of(Platform), field_name="account__platform"
    )
    agency = agency_filter(gettext_lazy("主办单位"), Permission.READ_ACCOUNTS)

    def by_pressing(
        self, queryset: QuerySet[LifecycleFiling], name: str, value: str
    ) -> QuerySet[LifecycleFiling]:
        if value in {"review", "mine"}:
            assert self.request is not None  # noqa: S101
            find = to_review_for if value == "review" else with_the_unit_for
            return queryset.filter(pk__in=find(staff_of(self.request)).values("pk"))
        found, today = under_way(queryset), timezone.localdate()
        if value == "late":
            return found.filter(due_on__lt=today)
        if value == "soon":
            return found.filter(due_on__range=(today, today + SOON))
        return found

    class Meta:
        model = LifecycleFiling
        fields = ("kind", "step", "pressing", "platform", "agency")


class LifecycleTable(Table):
    """What is filed, where it stands, until when."""

    account = tables.Column(
        verbose_name=gettext_lazy("账号"), accessor="account__name",
        linkify=lambda record: url_of(record),
    )  # fmt: skip
    agency = tables.Column(
        verbose_name=gettext_lazy("主办单位"), accessor="account__agency__name",
        order_by="account__agency__path",
    )  # fmt: skip
    kind = tables.Column(
        verbose_name=gettext_lazy("备案种类"), accessor="get_kind_display", order_by="kind"
    )
    step = tables.Column(verbose_name=gettext_lazy("办理进度"), accessor="get_step_display",
                         order_by="step")  # fmt: skip
    due_on = tables.Column(verbose_name=gettext_lazy("备案期限"), empty_values=())
    begun_at = tables.Column(verbose_name=gettext_lazy("发起时间"))
    number = tables.Column(verbose_name=gettext_lazy("备案号"))

    row_url = staticmethod(lambda record: url_of(record))

    def render_account(self, value: str, record: LifecycleFiling) -> str:
        return f"{value}（{record.account.get_platform_display()}）"

    def render_step(self, record: LifecycleFiling) -> SafeString:
        return step_said(record)

    def render_due_on(self, record: LifecycleFiling) -> SafeString:
        return due_said(record, timezone.localdate())

    def render_begun_at(self, value: Any) -> str:
        return f"{timezone.localtime(value):%Y-%m-%d}"

    class Meta(Table.Meta):
        pass


class LifecycleSheet(LifecycleTable):
    """As the page, with all that was recorded."""

    platform = tables.Column(
        verbose_name=gettext_lazy("平台"), accessor="account__get_platform_display"
    )
    reason = tables.Column(verbose_name=gettext_lazy("事由"))
    changes = tables.Column(verbose_name=gettext_lazy("变更内容"), empty_values=())
    signed_by_leader = tables.Column(verbose_name=gettext_lazy("签字的单位负责人"))
    signed_on = tables.Column(verbose_name=gettext_lazy("签字日期"))
    approver_unit = tables.Column(verbose_name=gettext_lazy("审核单位"))
    approved_on = tables.Column(verbose_name=gettext_lazy("审核日期"))
    announced_on = tables.Column(verbose_name=gettext_lazy("公告日期"))
    announcement_url = tables.Column(verbose_name=gettext_lazy("公告链接"))
    handled_on = tables.Column(verbose_name=gettext_lazy("平台办理日期"))
    reported_on = tables.Column(verbose_name=gettext_lazy("全国系统登记日期"))

    def render_changes(self, record: LifecycleFiling) -> str:
        return "；".join(
            f"{what}：{before or '—'} → {after}" for what, before, after in changes_said(record)
        )

    class Meta(LifecycleTable.Meta):
        pass


def url_of(record: LifecycleFiling) -> str:
    """Its page."""
    return reverse("console:lifecycle_filing", args=[record.pk])


class LifecyclePage(ListPage):
    """Every filing of my agencies' accounts, those under way first, the pressing ones before."""

    permission = Permission.READ_ACCOUNTS
    title = gettext_lazy("账号备案")
    empty = gettext_lazy("还没有备案。")
    empty_hint = gettext_lazy(
        "登记新开设的账号、改名、移交、关停、注销时，这里会列出要办的备案；也可以在账号页面发起。"
        "导入的台账不产生备案。"
    )
    table_class = LifecycleTable
    sheet_class = LifecycleSheet
    filterset_class = LifecycleFilter
    buttons = ((gettext_lazy("办理规定"), "console:filing_rules", Permission.READ_ACCOUNTS),)

    def rows(self, staff: Staff) -> QuerySet[LifecycleFiling]:
        found = filings_for(staff)
        return found.order_by(
            F("ended_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-id"
        )


# Beginning one ---------------------------------------------------------------------------------


def about(account: Account, *, may_edit: bool) -> dict[str, Any]:
    """What the account's page shows: its filings, and which may begin."""
    today = timezone.localdate()
    offered = []
    if may_edit:
        offered = [
            (KIND_WORDS[kind], reverse("console:lifecycle_new", args=[account.pk, kind.value]))
            for kind, why in obstacles(account).items()
            if why is None
        ]
    return {
        "lifecycle": [
            {
                "filing": each,
                "step": step_said(each),
                "due": "" if each.step in ENDED else due_said(each, today),
                "changes": changes_said(each),
            }
            for each in filings_of(account)
        ],
        "filings_offered": offered,
    }


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def new_filing(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Begin a filing of an account."""
    staff, now = staff_of(request), timezone.now()
    account = account_for(staff, Permission.EDIT_ACCOUNTS, number)
    if kind not in set(Kind):
        raise Http404
    wanted = Kind(kind)
    form = TellForm(request.POST or None, kind=wanted, staff=staff)
    made: list[LifecycleFiling] = []

    def write() -> None:
        made.append(actions.begin_filing(account, wanted, form.told(), actor=staff, now=now))

    done = _("备案已发起。请下载备案表，由单位负责人签字。")
    if request.method == "POST" and act(request, form, write, done):
        return redirect(url_of(made[0]))
    title = _("“%(name)s”的%(kind)s") % {"name": account.name, "kind": KIND_WORDS[wanted]}
    back = reverse("console:account", args=[account.pk])
    return form_page(
        request, form, title=title, back=back, note=str(BEGIN_NOTES[wanted]), submit=_("发起备案")
    )


urlpatterns = [
    listed("accounts/filings/", LifecyclePage, "lifecycle"),
    path("accounts/<int:number>/filings/<slug:kind>/", new_filing, name="lifecycle_new"),
]
