"""监管规则: the rules that hold, a new one tried on the last quarter before it does, own ones taken away."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.accounts.models import Affiliation, Platform
from minxin.agencies.models import Staff
from minxin.agencies.queries import may_everywhere
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.supervision import backtesting, queries
from minxin.supervision.actions import backtests as actions
from minxin.supervision.indicators import indicator_named
from minxin.supervision.models import CHANGES, BackTest, BackTestDifference
from minxin.supervision.packs import library, own
from minxin.supervision.rules.backtests import Change
from minxin.supervision.rules.clock import Level
from minxin.supervision.rules.packs import Pack
from minxin.supervision.wording import CERTAINTY, EVIDENCE, LEVELS, SEVERITY, STEPS, limit_said
from minxin.supervision.wording import CHANGES as CHANGE_WORDS

RULES = Permission.EDIT_RULES


# The rules that hold ------------------------------------------------------------------------------


def _described(pack: Pack) -> dict[str, Any]:
    affiliations = dict(Affiliation.choices)
    platforms = dict(Platform.choices)
    today = timezone.localdate()
    return {
        "pack": pack,
        "indicator": indicator_named(pack.indicator).words,
        "certainty": CERTAINTY[pack.certainty],
        "severity": SEVERITY[pack.severity],
        "binds": [affiliations[each] for each in sorted(pack.binds)],
        "platforms": [platforms.get(each, each) for each in sorted(pack.platforms)],
        "limit": limit_said(pack.limit),
        "ladder": [(STEPS[step], days) for step, days in pack.ladder],
        "evidence": [EVIDENCE[each] for each in pack.evidence],
        "cases": [(case.title, _level_said(case.expect)) for case in pack.cases],
        "holds": pack.holds_on(today),
        "is_own": own.file_of(pack.id) is not None,
        "replaces": own.is_shipped(pack.id),
    }


@require_safe
@allowed(Permission.READ_SUPERVISION)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its source, whose it is, whom it binds; and files that are no rule."""
    found = library()
    wanted = request.GET.get("q", "").strip()
    rows = [_described(pack) for pack in found.packs]
    if wanted:
        rows = [each for each in rows if _says(each, wanted)]
    context = {
        "rows": rows,
        "q": wanted,
        "faults": found.faults,
        "may_edit": may_everywhere(staff_of(request), RULES),
        "back": reverse("console:supervision"),
    }
    return render(request, "console/rules.html", context)


def _says(row: dict[str, Any], wanted: str) -> bool:
    pack: Pack = row["pack"]
    said = f"{pack.title} {pack.document} {pack.article} {pack.id} {row['indicator']} {row['certainty']}"
    return all(word in said for word in wanted.split())


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300,
        help_text=gettext_lazy("至少 4 个字，记入审计。"),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_SUPERVISION)
def rule(request: HttpRequest, pack_id: str) -> HttpResponse:
    """One rule whole, with its own examples and the file; an own one can be taken away."""
    staff, now = staff_of(request), timezone.now()
    pack = library().named(pack_id)
    if pack is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    may_edit = may_everywhere(staff, RULES)
    if request.method == "POST":
        if not may_edit:
            raise Http404

        def write() -> None:
            reason = form.cleaned_data["reason"]
            actions.withdraw_pack(pack_id, reason=reason, actor=staff, now=now)

        if act(request, form, write, _("已停用，文件另外保存。从下一次评定起不再按它判断。")):
            return redirect("console:rules")
    context = {
        **_described(pack),
        "text": own.text_of(pack_id),
        "form": form,
        "may_edit": may_edit,
        "back": reverse("console:rules"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/rule.html", context, status=status)


# Trying a new one ---------------------------------------------------------------------------------


class PackForm(forms.Form):
    """A rule pack to be tried."""

    file = forms.FileField(
        label=gettext_lazy("规则文件"),
        help_text=gettext_lazy("TOML 文件，UTF-8 编码，不超过 64 KB。可以从一条现有规则的页面复制内容来改。"),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("这个文件是空的，请重新选择。"),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(RULES)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a rule in; it is tried on the last quarter and holds only when somebody says so."""
    staff, now = staff_of(request), timezone.now()
    if not may_everywhere(staff, RULES):
        raise Http404
    form = PackForm(request.POST, request.FILES) if request.method == "POST" else PackForm()
    made: list[BackTest] = []

    def write() -> None:
        # A byte too many is enough to refuse it: the rest is not read.
        content = form.cleaned_data["file"].read(actions.LARGEST_PACK + 1)
        made.append(actions.begin_backtest(content, actor=staff, now=now))
        backtesting.wake(made[0])

    if request.method == "POST" and act(request, form, write):
        return redirect("console:backtest", number=made[0].pk)
    return form_page(
        request, form, title=_("试用新规则"), back=reverse("console:rules"),
        submit=_("上传并回测"), template="console/form_with_file.html",
        note=_("新规则先用上一季度的记录回测，看过与现行规则的差异后再决定是否启用。"),
    )  # fmt: skip


def _context(request: HttpRequest, test: BackTest) -> dict[str, Any]:
    staff = staff_of(request)
    changes = queries.changes_of(test)
    return {
        "test": test,
        "changes": [
            (CHANGE_WORDS[Change(each.change)], each.change, each.accounts) for each in changes
        ],
        "changed": sum(each.accounts for each in changes),
        "is_late": test.is_moving and test.due_at <= timezone.now(),
        "is_stopping": test.is_moving and test.stop_requested_at is not None,
        "may_edit": may_everywhere(staff, RULES),
        "present": library().named(test.pack),
        "has_differences": queries.differences_for(staff, test).exists(),
        "back": reverse("console:backtests"),
    }


@require_http_methods(["GET", "POST"])
@allowed(RULES)
def backtest(request: HttpRequest, number: int) -> HttpResponse:
    """How far the trial is, what it found, and the decision."""
    staff, now = staff_of(request), timezone.now()
    test = queries.backtest_for(staff, number)
    if request.method == "POST" and not may_everywhere(staff, RULES):
        raise Http404
    form = ReasonForm(request.POST or None)

    def write() -> None:
        actions.adopt_pack(test, reason=form.cleaned_data["reason"], actor=staff, now=now)

    if request.method == "POST" and act(
        request, form, write, _("已启用，从下一次评定（每天 6:00）起按新规则判断。")
    ):
        return redirect("console:backtest", number=number)
    context = {**_context(request, test), "form": form}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/backtest.html", context, status=status)


@require_safe
@allowed(RULES)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    test = queries.backtest_for(staff_of(request), number)
    return render(request, "console/parts/backtest_state.html", _context(request, test))


@require_POST
@allowed(RULES)
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop it."""
    staff = staff_of(request)
    actions.stop_backtest(queries.backtest_for(staff, number), actor=staff, now=timezone.now())
    return redirect("console:backtest", number=number)


# The lists ----------------------------------------------------------------------------------------


class BackTestFilter(Search):
    """Which, how far."""

    searched = ("title", "pack", "version", "started_by__name")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(BackTest.Status)
    )

    class Meta:
        model = BackTest
        fields = ("status",)


class BackTestTable(Table):
    """Who tried which rule, and what became of it."""

    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("提交时间"), format="Y-m-d H:i")
    title = tables.Column(verbose_name=gettext_lazy("规则"), linkify=lambda record: _url(record))
    version = tables.Column(verbose_name=gettext_lazy("版本"))
    started_by = tables.Column(verbose_name=gettext_lazy("提交人"), accessor="started_by__name")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    adopted_at = tables.DateTimeColumn(verbose_name=gettext_lazy("启用时间"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: _url(record))

    class Meta(Table.Meta):
        order_by = "-created_at"


def _url(record: BackTest) -> str:
    return reverse("console:backtest", args=[record.pk])


class BackTestsPage(ListPage):
    """All trials, the newest first."""

    permission = RULES
    title = gettext_lazy("规则回测")
    empty = gettext_lazy("还没有试用过新规则。")
    empty_hint = gettext_lazy("上传一个规则文件，系统用上一季度的记录比较它与现行规则的差异。")
    table_class = BackTestTable
    filterset_class = BackTestFilter
    buttons = ((gettext_lazy("试用新规则"), "console:rule_upload", RULES),)
    back = (gettext_lazy("监管规则"), "console:rules")

    def rows(self, staff: Staff) -> QuerySet[BackTest]:
        return queries.backtests_for(staff)


class DifferenceFilter(Search):
    """Which account, which change."""

    agency_path = "account__agency__path"
    searched = ("account__name", "account__agency__name")
    change = django_filters.ChoiceFilter(label=gettext_lazy("变化"), choices=tuple(CHANGES))

    class Meta:
        model = BackTestDifference
        fields = ("change",)


def _level_said(value: str) -> str:
    words = {"hit": _("列为问题"), "none": _("不列为问题")}
    return words.get(value) or str(LEVELS[Level(value)])


class DifferenceTable(Table):
    """The accounts that would have fared differently."""

    account = tables.Column(
        verbose_name=gettext_lazy("账号"), accessor="account__name",
        linkify=lambda record: reverse("console:supervised_account", args=[record.account_id]),
    )  # fmt: skip
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="account__agency__name")
    change = tables.Column(
        verbose_name=gettext_lazy("变化"), accessor="get_change_display", order_by="change"
    )
    first_on = tables.DateColumn(verbose_name=gettext_lazy("最早"), format="Y-m-d")
    last_on = tables.DateColumn(verbose_name=gettext_lazy("最晚"), format="Y-m-d")
    more = tables.Column(verbose_name=gettext_lazy("新增超期天数"))
    less = tables.Column(verbose_name=gettext_lazy("减少超期天数"))
    before = tables.Column(verbose_name=gettext_lazy("现行规则"))
    after = tables.Column(verbose_name=gettext_lazy("新规则"))

    def render_before(self, value: str) -> str:
        return _level_said(value)

    def render_after(self, value: str) -> str:
        return _level_said(value)

    class Meta(Table.Meta):
        order_by = ("change", "-more")


class DifferencesPage(ListPage):
    """What the tried rule would have changed, account by account."""

    permission = RULES
    title = gettext_lazy("回测差异")
    empty = gettext_lazy("没有差异：上一季度按两种规则判断的结果相同。")
    table_class = DifferenceTable
    filterset_class = DifferenceFilter
    back = (gettext_lazy("返回这次回测"), "console:backtest")

    def rows(self, staff: Staff) -> QuerySet[BackTestDifference]:
        test = queries.backtest_for(staff_of(self.request), self.kwargs["number"])
        return queries.differences_for(staff, test)


urlpatterns = [
    path("supervision/rules/", rules, name="rules"),
    path("supervision/rules/new/", upload, name="rule_upload"),
    path("supervision/rules/one/<slug:pack_id>/", rule, name="rule"),
    listed("supervision/rules/trials/", BackTestsPage, "backtests"),
    path("supervision/rules/trials/<int:number>/", backtest, name="backtest"),
    path("supervision/rules/trials/<int:number>/progress/", progress, name="backtest_progress"),
    path("supervision/rules/trials/<int:number>/stop/", stop, name="backtest_stop"),
    listed("supervision/rules/trials/<int:number>/differences/", DifferencesPage, "differences"),
]
