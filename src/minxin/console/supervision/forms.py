"""What people type about what they saw."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from minxin.supervision.models import Evidence

MINUTE = "%Y-%m-%dT%H:%M"
ACCEPTED = ".png,.jpg,.jpeg,.webp,.pdf"


def moment_field(**kwargs: Any) -> forms.DateTimeField:
    """A minute, chosen from a calendar or typed."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
    return forms.DateTimeField(widget=widget, input_formats=[MINUTE, "%Y-%m-%d %H:%M"], **kwargs)


def file_field() -> forms.FileField:
    """A picture or a PDF, to be kept as evidence."""
    return forms.FileField(
        label=gettext_lazy("截图"), required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("PNG、JPG、WEBP 或 PDF，不超过 10 MB。系统记下时间和校验值，之后不能改动。"),
    )  # fmt: skip


class SeenForm(forms.Form):
    """What stands on the account's page. `is_inspector`: who may also say that there is nothing."""

    link = forms.CharField(
        label=gettext_lazy("链接"), max_length=490, required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("最近一条内容或账号主页的网址。链接和截图至少填一样。"),
    )  # fmt: skip
    newest_on = forms.DateField(
        label=gettext_lazy("最近一条更新的日期"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("照页面上显示的日期填写。"),
    )  # fmt: skip
    is_empty = forms.BooleanField(label=gettext_lazy("页面上没有任何内容"), required=False)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=200, required=False)
    seen_at = moment_field(label=gettext_lazy("查看时间"))
    file = file_field()
    page = forms.CharField(widget=forms.HiddenInput, required=False)  # what 读取网页 read, signed

    def __init__(self, *args: Any, is_inspector: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("seen_at", timezone.localtime().replace(second=0, microsecond=0))
        if not is_inspector:
            del self.fields["is_empty"], self.fields["page"]
            self.fields["newest_on"].required = True

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        if (
            not given.get("is_empty")
            and not given.get("newest_on")
            and "newest_on" not in self.errors
        ):
            self.add_error("newest_on", gettext_lazy("请填写最近一条更新的日期。"))
        if given.get("is_empty") and given.get("newest_on"):
            self.add_error("is_empty", gettext_lazy("填了日期，就不能再说页面上没有内容。"))
        return given


class ConfirmForm(forms.Form):
    """Evidence: what was kept before, or what is seen now."""

    evidence = forms.ModelChoiceField(
        label=gettext_lazy("已留存的证据"), queryset=Evidence.objects.none(), required=False,
        empty_label=gettext_lazy("用下面新填的"),
    )  # fmt: skip
    link = forms.CharField(label=gettext_lazy("链接"), max_length=490, required=False,
                           widget=forms.URLInput(attrs={"placeholder": "https://"}))  # fmt: skip
    file = file_field()
    seen_at = moment_field(label=gettext_lazy("查看时间"), required=False)
    reason = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, kept: list[Evidence], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["evidence"]
        chosen.queryset = Evidence.objects.filter(pk__in=[each.pk for each in kept])
        chosen.label_from_instance = lambda each: (
            f"{timezone.localtime(each.seen_at):%Y-%m-%d %H:%M} {each.kept_by} {each}"[:90]
        )
        self.initial.setdefault("seen_at", timezone.localtime(now).replace(second=0, microsecond=0))


class DismissForm(forms.Form):
    """Why it is not so."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip
