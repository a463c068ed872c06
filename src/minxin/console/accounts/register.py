"""The register of accounts: list, one account, its credentials, greetings, capabilities."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.accounts import actions
from minxin.accounts.models import (
    Account,
    Affiliation,
    Kind,
    Level,
    Platform,
    Principal,
    Status,
)
from minxin.accounts.queries import (
    accounts_for,
    callback_of,
    concerns_of,
    findings_of,
    with_findings,
)
from minxin.accounts.queries.divisions import known_divisions
from minxin.accounts.rules import REMARKED_BEFORE
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, may
from minxin.agencies.rules import Permission
from minxin.console.accounts import budgets, filing, lifecycle
from minxin.console.accounts.account_forms import CredentialsForm, GreetingsForm
from minxin.console.accounts.connect import found_lines
from minxin.console.accounts.divisions import DivisionFilter, DivisionInput
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import (
    ListPage,
    Search,
    Table,
    agency_filter,
    choices_of,
    listed,
    yes_or_no,
)


class AccountFilter(Search):
    """Filters of the register."""

    searched = ("name", "app_id", "original_id", "agency__name", "positioning")
    platform = django_filters.ChoiceFilter(label=gettext_lazy("平台"), choices=choices_of(Platform))
    kind = django_filters.ChoiceFilter(label=gettext_lazy("类型"), choices=choices_of(Kind))
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=choices_of(Status))
    affiliation = django_filters.ChoiceFilter(
        label=gettext_lazy("系统归属"), choices=choices_of(Affiliation)
    )
    region = DivisionFilter(label=gettext_lazy("区划"))
    agency = agency_filter(gettext_lazy("主办单位"), Permission.READ_ACCOUNTS)
    connected = django_filters.ChoiceFilter(
        label=gettext_lazy("接通"),
        choices=(
            ("yes", gettext_lazy("已接通")),
            ("no", gettext_lazy("未接通")),
            ("found", gettext_lazy("检查有发现")),
        ),
        method="by_connection",
    )
    ending = django_filters.ChoiceFilter(
        label=gettext_lazy("到期"),
        choices=(
            ("certification", gettext_lazy("认证30天内到期或已到期")),
            ("contract", gettext_lazy("运维合同30天内到期或已到期")),
        ),
        method="by_ending",
    )

    host = yes_or_no(
        gettext_lazy("主办单位状态"), gettext_lazy("在用"), gettext_lazy("已撤销（停用）"),
        field_name="agency__is_active",
    )  # fmt: skip

    def by_ending(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        until = timezone.localdate() + REMARKED_BEFORE
        column = "certified_until" if value == "certification" else "contract_until"
        return queryset.filter(**{f"filing__{column}__lte": until})

    def by_connection(
        self, queryset: QuerySet[Account], name: str, value: str
    ) -> QuerySet[Account]:
        if value == "found":
            return queryset.filter(pk__in=with_findings())
        return queryset.filter(platform="wechat", verified_callback_at__isnull=value == "no")

    class Meta:
        model = Account
        fields = ("platform", "kind", "status", "affiliation", "agency")


class AccountTable(Table):
    """The register."""

    name = tables.Column(verbose_name=gettext_lazy("名称"), linkify=lambda record: _url(record))
    platform = tables.Column(
        verbose_name=gettext_lazy("平台"),
        accessor="get_platform_display",
        order_by=("platform", "kind"),
    )
    agency = tables.Column(verbose_name=gettext_lazy("主办单位"), accessor="agency__name")
    is_verified = tables.BooleanColumn(
        verbose_name=gettext_lazy("认证"), yesno=(gettext_lazy("已认证"), gettext_lazy("未认证"))
    )
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )
    verified_callback_at = tables.Column(verbose_name=gettext_lazy("接通"), empty_values=())

    budgets = tables.Column(
        verbose_name=gettext_lazy("接口额度"), empty_values=(), orderable=False, accessor="pk"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_platform(self, value: Any, record: Account) -> str:
        kind = record.get_kind_display()
        return f"{value} · {kind}" if kind else str(value)

    def render_budgets(self, value: Any, record: Account) -> str:
        return budgets.tightest_words(record)

    def render_verified_callback_at(self, value: Any, record: Account) -> str:
        if record.platform != Platform.WECHAT:
            return "—"
        words = _("已接通") if value else _("未接通")
        if record.found_count:  # type: ignore[attr-defined]
            return _("%(state)s，%(count)s项待处理") % {
                "state": words,
                "count": record.found_count,  # type: ignore[attr-defined]
            }
        return words

    class Meta(Table.Meta):
        order_by = "name"


class AccountSheet(AccountTable):
    """The register as a sheet: every column that is kept, in the order of the usual 台账, and so that the
    import reads it back without a difference."""

    agency_code = tables.Column(
        verbose_name=gettext_lazy("主办单位编码"), accessor="agency__code", orderable=False
    )
    principal = tables.Column(
        verbose_name=gettext_lazy("认证主体类型"), accessor="get_principal_display", orderable=False
    )
    kind = tables.Column(verbose_name=gettext_lazy("类型"), accessor="get_kind_display")
    affiliation = tables.Column(
        verbose_name=gettext_lazy("系统归属"), accessor="get_affiliation_display"
    )
    level = tables.Column(verbose_name=gettext_lazy("层级"), accessor="get_level_display")
    region_code = tables.Column(verbose_name=gettext_lazy("区划代码"))
    positioning = tables.Column(verbose_name=gettext_lazy("功能定位"))
    app_id = tables.Column(verbose_name="AppID")
    original_id = tables.Column(verbose_name=gettext_lazy("原始ID"))
    locals().update(filing.columns())


def _url(record: Account) -> str:
    return reverse("console:account", args=[record.pk])


class AccountsPage(ListPage):
    """Every account of my agencies, on every platform."""

    permission = Permission.READ_ACCOUNTS
    title = gettext_lazy("账号")
    empty = gettext_lazy("还没有登记账号。")
    empty_hint = gettext_lazy(
        "把本单位的公众号、服务号和其他平台账号登记到这里，形成台账。已有台账表格的，可以直接导入。"
    )
    table_class = AccountTable
    sheet_class = AccountSheet
    filterset_class = AccountFilter
    buttons = (
        (gettext_lazy("接入账号"), "console:account_connect", Permission.EDIT_ACCOUNTS),
        (gettext_lazy("登记账号"), "console:account_new", Permission.EDIT_ACCOUNTS),
        (gettext_lazy("账号备案"), "console:lifecycle", Permission.READ_ACCOUNTS),
        (gettext_lazy("导入台账"), "console:register_import_new", Permission.IMPORT_REGISTER),
    )

    def rows(self, staff: Staff) -> QuerySet[Account]:
        still = Q(findings__resolved_at=None, findings__isnull=False)
        found: QuerySet[Account] = accounts_for(staff).select_related("filing")
        found = found.prefetch_related("budgets")
        return found.annotate(found_count=Count("findings", filter=still))


class AccountForm(forms.Form):
    """What the register says of an account."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False,
                             choices=[("", gettext_lazy("不是微信账号")), *Kind.choices])  # fmt: skip
    is_verified = forms.BooleanField(label=gettext_lazy("已通过微信认证"), required=False)
    principal = forms.ChoiceField(
        label=gettext_lazy("认证主体"), choices=Principal, initial=Principal.GOVERNMENT
    )
    positioning = forms.CharField(
        label=gettext_lazy("功能定位"), max_length=200, required=False,
        help_text=gettext_lazy("信息公开、政策解读、办事服务、政民互动等，用顿号分开。"),
    )  # fmt: skip
    affiliation = forms.ChoiceField(
        label=gettext_lazy("系统归属"), choices=Affiliation, initial=Affiliation.GOVERNMENT,
        help_text=gettext_lazy("国家的检查规则只约束政府系统的账号。"),
    )  # fmt: skip
    level = forms.ChoiceField(label=gettext_lazy("层级"), required=False,
                              choices=[("", gettext_lazy("未填")), *Level.choices])  # fmt: skip
    region_code = forms.CharField(
        label=gettext_lazy("区划"), max_length=120, required=False, widget=DivisionInput,
        help_text=gettext_lazy("输入名称或代码，从提示中选。留空与主办单位相同。"),
    )  # fmt: skip
    original_id = forms.CharField(label=gettext_lazy("原始ID"), max_length=40, required=False,
                                  help_text=gettext_lazy("gh_ 开头，在微信公众平台的账号详情里。"))  # fmt: skip


STAGES = (
    ("new", gettext_lazy("新开设，已在使用")),
    ("planned", gettext_lazy("拟开设，先备案")),
    ("known", gettext_lazy("早已在用，补登台账")),
)


class NewAccountForm(AccountForm):
    """A new one also says where it lives and who hosts it."""

    platform = forms.ChoiceField(
        label=gettext_lazy("平台"), choices=Platform, initial=Platform.WECHAT
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("主办单位"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    stage = forms.ChoiceField(
        label=gettext_lazy("开设情况"), choices=STAGES, required=False,
        help_text=gettext_lazy("新开设的会列出要办的开设备案；早已在用的只补登台账，请在台账里填写备案号。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_ACCOUNTS)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]

    field_order = ("agency", "platform", "name", "stage")

    def values(self) -> dict[str, Any]:
        """As the room takes them."""
        given = dict(self.cleaned_data)
        stage = given.pop("stage")
        if stage == "planned":
            return given | {"status": Status.PLANNED}
        return given | {"opens_filing": stage != "known"}


def _account(request: HttpRequest, number: int, permission: Permission) -> Account:
    found: Account = page_not_found_when_missing(
        accounts_for(staff_of(request), permission).filter(pk=number).first()
    )
    return found


@require_safe
@allowed(Permission.READ_ACCOUNTS)
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account: what it is, what it may do, whether it is connected."""
    found = _account(request, number, Permission.READ_ACCOUNTS)
    may_edit = may(staff_of(request), Permission.EDIT_ACCOUNTS, found.agency)
    context = {
        "account": found,
        **budgets.about(found),
        **lifecycle.about(found, may_edit=may_edit),
        "concerns": concerns_of(found, today=timezone.localdate()),
        "filing": filing.lines(found),
        "menu": found.menu,
        "replies": found.menu_replies.all(),
        "findings": found_lines(findings_of(found)),
        "callback": callback_of(found),
        "division": known_divisions().label(found.region_code),
        "may_edit": may_edit,
        "back": reverse("console:accounts"),
    }
    return render(request, "console/account.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def new_account(request: HttpRequest) -> HttpResponse:
    """Register an account."""
    staff, now = staff_of(request), timezone.now()
    form = NewAccountForm(request.POST or None, staff=staff)
    made: list[Account] = []

    def write() -> None:
        made.append(actions.register(actor=staff, now=now, **form.values()))

    if request.method == "POST" and act(request, form, write, _("账号已登记。")):
        return redirect(_url(made[0]))
    return form_page(request, form, title=_("登记账号"), back=reverse("console:accounts"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def edit_account(request: HttpRequest, number: int) -> HttpResponse:
    """Change what the register says."""
    staff, now = staff_of(request), timezone.now()
    found = _account(request, number, Permission.EDIT_ACCOUNTS)
    names = (
        "name",
        "kind",
        "is_verified",
        "principal",
        "positioning",
        "region_code",
        "original_id",
        "affiliation",
        "level",
    )
    start = {name: getattr(found, name) for name in names}
    start["region_code"] = known_divisions().label(found.region_code)
    form = AccountForm(request.POST or None, initial=start)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.update(found, actor=staff, now=now, **form.cleaned_data),
        _("已保存。"),
    ):
        return redirect(_url(found))
    return form_page(request, form, title=found.name, back=_url(found))


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def credentials(request: HttpRequest, number: int) -> HttpResponse:
    """Give an account its credentials."""
    staff, now = staff_of(request), timezone.now()
    found = _account(request, number, Permission.EDIT_ACCOUNTS)
    form = CredentialsForm(
        request.POST or None, initial={"app_id": found.app_id, "mode": found.mode}
    )

    def write() -> None:
        given = form.cleaned_data
        fresh = {name: given[name] or None for name in ("secret", "token", "aes_key")}
        actions.set_credentials(
            found, app_id=given["app_id"], mode=given["mode"], actor=staff, now=now, **fresh
        )

    done = _("凭据已保存。请在微信开发者平台填写回调地址并提交验证。")
    if request.method == "POST" and act(request, form, write, done):
        return redirect(_url(found))
    return form_page(
        request, form, title=_("%(name)s的凭据") % {"name": found.name}, back=_url(found)
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_ACCOUNTS)
def greetings(request: HttpRequest, number: int) -> HttpResponse:
    """Choose the first words."""
    staff, now = staff_of(request), timezone.now()
    found = _account(request, number, Permission.EDIT_ACCOUNTS)
    start = {"greeting": found.greeting, "welcome_back": found.welcome_back}
    form = GreetingsForm(request.POST or None, initial=start)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.set_greetings(found, actor=staff, now=now, **form.cleaned_data),
        _("已保存。"),
    ):
        return redirect(_url(found))
    return form_page(
        request, form, title=_("%(name)s的问候") % {"name": found.name}, back=_url(found)
    )


urlpatterns = [
    listed("accounts/", AccountsPage, "accounts"),
    path("accounts/new/", new_account, name="account_new"),
    path("accounts/<int:number>/", account, name="account"),
    path("accounts/<int:number>/edit/", edit_account, name="account_edit"),
    path("accounts/<int:number>/credentials/", credentials, name="account_credentials"),
    path("accounts/<int:number>/greetings/", greetings, name="account_greetings"),
]
