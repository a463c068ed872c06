"""What people type about duties."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from minxin.accounts.models import Account
from minxin.accounts.queries import accounts_for
from minxin.accounts.rules import LISTENING
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.console.supervision.forms import moment_field
from minxin.supervision.models import DutyEvent, RelayTask

RECORD, CONFIRM = Permission.RECORD_UPDATES, Permission.CONFIRM_CANDIDATES


def named(account: Account) -> str:
    """An account as it is chosen from a list."""
    return f"{account.name}（{account.get_platform_display()}，{account.agency.name}）"


def link_field(label: Any, **kwargs: Any) -> forms.CharField:
    """An address on the web."""
    widget = forms.URLInput(attrs={"placeholder": "https://"})
    return forms.CharField(label=label, max_length=490, widget=widget, **kwargs)


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, chosen from a calendar or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


class RelayTaskForm(forms.Form):
    """What is to be relayed, by which accounts, until when."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("下达单位"), queryset=Agency.objects.none(),
        help_text=gettext_lazy("只能下达给这个单位和它下级单位的账号。"),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    source_url = link_field(
        gettext_lazy("原文链接"), required=False,
        help_text=gettext_lazy("系统按相同的链接或标题查找账号留存的内容。"),
    )  # fmt: skip
    level = forms.ChoiceField(label=gettext_lazy("级别"), choices=RelayTask.Level.choices)
    issued_by = forms.CharField(label=gettext_lazy("原文发布单位"), max_length=100)
    due_at = moment_field(
        label=gettext_lazy("转载期限"),
        help_text=gettext_lazy("没有全国统一的时限，请按下达文件填写。"),
    )
    everyone = forms.BooleanField(label=gettext_lazy("下达给范围内全部在用账号"), required=False)
    accounts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("账号"), queryset=Account.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency: Any = self.fields["agency"]
        agency.queryset = agencies_for(staff, CONFIRM)
        agency.initial = agency.queryset.first()
        mine: Any = self.fields["accounts"]
        mine.queryset = (
            accounts_for(staff, CONFIRM)
            .filter(status__in=LISTENING)
            .order_by("agency__path", "name")
        )
        mine.label_from_instance = named

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        agency = given.get("agency")
        if given.get("everyone") and agency is not None:
            mine: Any = self.fields["accounts"]
            given["accounts"] = mine.queryset.filter(agency__path__startswith=agency.path)
        return given


class MarkForm(forms.Form):
    """Where and when an account relayed it."""

    link = link_field(gettext_lazy("转载后的链接"))
    done_at = moment_field(label=gettext_lazy("转载时间"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, help_text=gettext_lazy("至少 4 个字，记入审计。"),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip


class Press(forms.Form):
    """A press of a button without anything typed; it carries a refusal."""


class _EventForm(forms.Form):
    """Whose account, and which unit is responsible."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("账号"), queryset=Account.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label=gettext_lazy("责任单位"), queryset=Agency.objects.none(), required=False,
        empty_label=gettext_lazy("账号的主办单位"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine: Any = self.fields["account"]
        mine.queryset = (
            accounts_for(staff, RECORD)
            .filter(status__in=LISTENING)
            .order_by("agency__path", "name")
        )
        mine.label_from_instance = named
        agency: Any = self.fields["agency"]
        agency.queryset = agencies_for(staff, RECORD)


class OpinionForm(_EventForm):
    """An event of public opinion."""

    title = forms.CharField(
        label=gettext_lazy("事项"), max_length=120,
        help_text=gettext_lazy("写清是什么事，不写个人姓名、电话、证件号。"),
    )  # fmt: skip
    is_grave = forms.TypedChoiceField(
        label=gettext_lazy("分级"), coerce=lambda value: value == "grave",
        choices=(
            ("other", gettext_lazy("其他政务舆情：48小时内回应")),
            (
                "grave",
                gettext_lazy("特别重大、重大突发事件：5小时内首次发布，24小时内举行新闻发布会"),
            ),
        ),
    )  # fmt: skip
    known_at = moment_field(label=gettext_lazy("知悉时间"))
    field_order = ("account", "agency", "title", "is_grave", "known_at")


class RequestForm(_EventForm):
    """A request for disclosure, by its number and its days."""

    title = forms.CharField(
        label=gettext_lazy("申请编号"), max_length=120,
        help_text=gettext_lazy("本单位给申请编的号。不登记申请人的任何信息。"),
    )  # fmt: skip
    received_on = day_field(gettext_lazy("收到申请之日"))
    received_how = forms.ChoiceField(
        label=gettext_lazy("确认方式"), choices=DutyEvent.Received.choices,
        help_text=gettext_lazy(
            "国务院令第711号第三十一条：当面提交为提交之日，签收的邮寄为签收之日，平常信函为当日电话确认之日，互联网或传真为双方确认之日。"
        ),
    )  # fmt: skip
    field_order = ("account", "agency", "title", "received_on", "received_how")


class SaidForm(forms.Form):
    """When something came out, and where it stands."""

    at = moment_field(label=gettext_lazy("时间"))
    link = link_field(gettext_lazy("链接"))


class DayForm(forms.Form):
    """A day."""

    on = day_field(gettext_lazy("日期"))


class ExtensionForm(forms.Form):
    """An extension as it was told to the applicant."""

    on = day_field(gettext_lazy("同意延期之日"))
    until = day_field(gettext_lazy("告知申请人的答复日期"))


class ThirdPartyForm(forms.Form):
    """When a third party was asked, and answered."""

    asked_on = day_field(gettext_lazy("征求第三方意见之日"))
    answered_on = day_field(gettext_lazy("收到第三方意见之日"), required=False)


class BasisForm(forms.Form):
    """Why the time of a third party is not counted."""

    basis = forms.CharField(
        label=gettext_lazy("不计入的依据"), max_length=200,
        help_text=gettext_lazy("写明条款或文件；您的姓名会记录在案。"),
        error_messages={"required": gettext_lazy("请写明依据的条款或文件，至少 4 个字。")},
    )  # fmt: skip
