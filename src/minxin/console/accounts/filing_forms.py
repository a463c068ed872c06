"""What people type while a filing goes its way."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from minxin.accounts.actions import FilingTold, StepTaken
from minxin.accounts.models import LifecycleFiling
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission

DAYS = {
    Step.SIGN: gettext_lazy("签字日期"),
    Step.APPROVE: gettext_lazy("审核日期"),
    Step.PLATFORM: gettext_lazy("平台办理日期"),
    Step.ANNOUNCE: gettext_lazy("公告日期"),
    Step.REPORT: gettext_lazy("登记日期"),
}


def _words(label: Any, *, most: int = 1000, **kwargs: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=most, widget=area, **kwargs)


class TellForm(forms.Form):
    """What is filed, and why. Of a change at least one thing; `is_fixed`: it has happened already."""

    def __init__(
        self, *args: Any, kind: Kind, staff: Staff, is_fixed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if kind is Kind.CHANGE and not is_fixed:
            self.fields["name"] = forms.CharField(
                label=gettext_lazy("新的账号名称"), max_length=80, required=False,
                help_text=gettext_lazy("名称应简洁规范，与职责相符，各平台一致。不改名的留空。"),
            )  # fmt: skip
            self.fields["agency"] = forms.ModelChoiceField(
                label=gettext_lazy("新的主办单位"), required=False,
                queryset=agencies_for(staff, Permission.READ_AGENCIES),
                help_text=gettext_lazy("账号划转给别的单位的才选，只列出您管理范围内的单位；划到范围外的，由上级单位发起。平台办理后，账号归新单位管理。"),
            )  # fmt: skip
            self.fields["other"] = _words(
                gettext_lazy("其他变更"), most=500, required=False,
                help_text=gettext_lazy("如责任人、运维单位、功能定位的变更，写明原来和现在。"),
            )  # fmt: skip
        self.fields["reason"] = _words(
            gettext_lazy("事由"), error_messages={"required": gettext_lazy("请写明事由。")}
        )
        if kind is Kind.CLOSE:
            self.fields["successor"] = forms.CharField(
                label=gettext_lazy("后续服务去向"), max_length=200, required=False,
                help_text=gettext_lazy("市民以后到哪里看信息、办事情，写进停更公告。"),
            )  # fmt: skip

    def told(self) -> FilingTold:
        """As the room takes it."""
        return FilingTold(**{name: value for name, value in self.cleaned_data.items() if value})


class StepForm(forms.Form):
    """What was done in a step; each asks only for what it needs."""

    def __init__(self, *args: Any, filing: LifecycleFiling, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if step is Step.SIGN:
            if not filing.reason:
                self.fields["words"] = _words(gettext_lazy("事由"))
            self.fields["person"] = forms.CharField(
                label=gettext_lazy("签字的单位负责人"), max_length=40
            )
        elif step is Step.APPROVE:
            self.fields["words"] = _words(gettext_lazy("审核意见"), most=300, required=False)
        elif step is Step.ANNOUNCE:
            self.fields["url"] = forms.CharField(
                label=gettext_lazy("公告链接"), max_length=300,
                widget=forms.URLInput(attrs={"placeholder": "https://"}),
            )  # fmt: skip
        elif step is Step.REPORT:
            self.fields["number"] = forms.CharField(
                label=gettext_lazy("备案号"), max_length=60, required=False,
                help_text=gettext_lazy("全国系统登记后的编号，会写入台账。系统没有给新编号的留空。"),
            )  # fmt: skip
        self.fields["on"] = forms.DateField(
            label=DAYS[step], initial=timezone.localdate,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )  # fmt: skip

    def taken(self) -> StepTaken:
        """As the room takes it."""
        return StepTaken(**self.cleaned_data)


class WhyForm(forms.Form):
    """Why it is given back or withdrawn."""

    reason = _words(
        gettext_lazy("理由"), most=500,
        error_messages={"required": gettext_lazy("请写明理由。")},
    )  # fmt: skip


class AnnouncementForm(forms.Form):
    """The words of the notice."""

    text = forms.CharField(
        label=gettext_lazy("公告正文"), max_length=3000, required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=gettext_lazy("每行一段。留空恢复通用的文字。带下划线和空白日期的地方请补全。"),
    )  # fmt: skip


def offered_host(staff: Staff, number: int | None) -> Agency | None:
    """The host a draft names, where this person may read it."""
    return agencies_for(staff, Permission.READ_AGENCIES).filter(pk=number or 0).first()
