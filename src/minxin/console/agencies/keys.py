"""Keys of the open API: who may read and write what by machine, until when; made, shown once, revoked."""

from datetime import datetime, time
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from minxin.agencies import actions
from minxin.agencies.actions import KeyDraft
from minxin.agencies.models import Agency, ApiKey, Staff
from minxin.agencies.queries import agencies_for, keys_visible_to
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, choices_of, listed

EDIT = Permission.EDIT_STAFF
RIGHTS = (
    (Permission.READ_TICKETS.value, gettext_lazy("读取工单（个人信息遮盖）")),
    (Permission.FILE_TICKETS.value, gettext_lazy("转来诉求")),
    (Permission.ANSWER_TICKETS.value, gettext_lazy("答复市民")),
    (Permission.REVEAL_CITIZENS.value, gettext_lazy("读取个人信息原文（逐件记入审计）")),
)
STATES = (
    ("good", gettext_lazy("有效")),
    ("expired", gettext_lazy("已过期")),
    ("revoked", gettext_lazy("已吊销")),
)


def state_of(key: ApiKey, now: datetime) -> str:
    """One of `STATES`."""
    if key.revoked_at is not None:
        return "revoked"
    return "good" if key.is_good(now) else "expired"


class KeyFilter(Search):
    """Filters of the keys."""

    searched = ("name", "partner", "agency__name")
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=STATES, method="by_state"
    )

    def by_state(self, queryset: QuerySet[ApiKey], name: str, value: str) -> QuerySet[ApiKey]:
        now = timezone.now()
        match value:
            case "revoked":
                return queryset.filter(revoked_at__isnull=False)
            case "expired":
                return queryset.filter(revoked_at=None, expires_at__lte=now)
        return queryset.filter(revoked_at=None, expires_at__gt=now)

    class Meta:
        model = ApiKey
        fields = ("state",)


class KeyTable(Table):
    """The keys, never the keys themselves."""

    name = tables.Column(verbose_name=gettext_lazy("名称"), linkify=lambda record: _url(record))
    partner = tables.Column(verbose_name=gettext_lazy("使用单位"))
    agency = tables.Column(verbose_name=gettext_lazy("范围"), accessor="agency__name")
    state = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="pk", orderable=False, empty_values=()
    )
    expires_at = tables.DateTimeColumn(verbose_name=gettext_lazy("有效期至"), format="Y-m-d H:i:s")
    last_used_at = tables.DateTimeColumn(verbose_name=gettext_lazy("最近使用"), format="Y-m-d H:i")

    row_url = staticmethod(lambda record: _url(record))

    def render_state(self, record: ApiKey) -> str:
        return str(dict(STATES)[state_of(record, timezone.now())])

    class Meta(Table.Meta):
        order_by = "-created_at"


def _url(record: ApiKey) -> str:
    return reverse("console:api_key", args=[record.pk])


class KeysPage(ListPage):
    """The keys of my branches."""

    permission = EDIT
    title = gettext_lazy("接口密钥")
    empty = gettext_lazy("还没有接口密钥。")
    empty_hint = gettext_lazy("外包单位或其他系统要读写工单时，在这里为它单独建一个。")
    table_class = KeyTable
    filterset_class = KeyFilter
    buttons = ((gettext_lazy("建立密钥"), "console:api_key_new", EDIT),)

    def rows(self, staff: Staff) -> QuerySet[ApiKey]:
        return keys_visible_to(staff)


class KeyForm(forms.Form):
    """What a partner gets."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60,
        help_text=gettext_lazy("写清楚用来做什么，例如“12345平台对接”。"),
    )  # fmt: skip
    partner = forms.CharField(
        label=gettext_lazy("使用单位"), max_length=120,
        help_text=gettext_lazy("谁持有、谁负责。外包的写合同单位全称。"),
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label=gettext_lazy("范围"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("只能读写这个单位和下级单位的工单。"),
    )  # fmt: skip
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("权限"), choices=RIGHTS, widget=forms.CheckboxSelectMultiple
    )
    level_coding = forms.ChoiceField(
        label=gettext_lazy("评价等级编码"),
        choices=[("", gettext_lazy("请选择")), *choices_of(ApiKey.LevelCoding)],
        help_text=gettext_lazy("两种编码方向相反，选错会把满意读成不满意，请向对方核实。"),
    )  # fmt: skip
    expires_on = forms.DateField(
        label=gettext_lazy("有效期至"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("到这一天的最后一秒，最长两年。合同到期日一般就是它。"),
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label=gettext_lazy("每分钟请求数"), min_value=1, max_value=6000, initial=120
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, EDIT).filter(is_active=True)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key; it is shown on the answer to this press and never again."""
    staff, now = staff_of(request), timezone.now()
    form = KeyForm(request.POST or None, staff=staff)
    made: list[tuple[ApiKey, str]] = []

    def write() -> None:
        given = dict(form.cleaned_data)
        agency, day = given.pop("agency"), given.pop("expires_on")
        given["expires_at"] = timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
        made.append(actions.make_key(agency, KeyDraft(**given), actor=staff, now=now))

    if request.method == "POST" and act(request, form, write):
        key, token = made[0]
        return _key_page(request, key, token=token)
    return form_page(
        request, form, title=_("建立接口密钥"), back=reverse("console:api_keys"), submit=_("建立")
    )


class RevokeForm(forms.Form):
    """Why a key ends."""

    reason = forms.CharField(label=gettext_lazy("吊销的理由"), max_length=200)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def key(request: HttpRequest, number: int) -> HttpResponse:
    """One key: whose, what it may, when it was used; end it."""
    staff, now = staff_of(request), timezone.now()
    found = page_not_found_when_missing(keys_visible_to(staff).filter(pk=number).first())
    form = RevokeForm(request.POST or None)

    def write() -> None:
        actions.revoke_key(found, reason=form.cleaned_data["reason"], actor=staff, now=now)

    if request.method == "POST" and act(
        request, form, write, _("密钥已吊销，下一个请求起不再有效。")
    ):
        return redirect(_url(found))
    return _key_page(request, found, form=form)


def _key_page(
    request: HttpRequest, found: ApiKey, *, token: str = "", form: RevokeForm | None = None
) -> HttpResponse:
    names = dict(RIGHTS)
    state = state_of(found, timezone.now())
    if token:
        messages.success(request, _("密钥已建立。"))
    context = {
        "key": found,
        "token": token,
        "rights": [names[each] for each in found.rights if each in names],
        "state": dict(STATES)[state],
        "can_revoke": state != "revoked" and not token,
        "form": form or RevokeForm(),
        "back": reverse("console:api_keys"),
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "console/api_key.html", context, status=status)


urlpatterns = [
    listed("api-keys/", KeysPage, "api_keys"),
    path("api-keys/new/", new_key, name="api_key_new"),
    path("api-keys/<int:number>/", key, name="api_key"),
]
