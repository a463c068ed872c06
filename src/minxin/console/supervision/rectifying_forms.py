"""What people type while a finding is put right."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from minxin.console.supervision.accounts import content_of
from minxin.console.supervision.forms import file_field, moment_field
from minxin.supervision.actions import Fresh
from minxin.supervision.models import SEVERITIES, Defence
from minxin.supervision.rules.measures import Measure
from minxin.supervision.rules.packs import Severity
from minxin.supervision.wording import BY_HAND, MEASURES


def _words(
    label: Any, *, required: bool = True, rows: int = 3, most: int = 1000, **kwargs: Any
) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}), **kwargs,
    )  # fmt: skip


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


class ReasonForm(forms.Form):
    """Why; some steps need no words."""

    reason = _words(
        gettext_lazy("理由"),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )

    def __init__(self, *args: Any, required: bool = True, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        if label is not None:
            self.fields["reason"].label = label


class ProofForm(forms.Form):
    """What was seen: a link, a picture, or both."""

    link = forms.CharField(
        label=gettext_lazy("链接"), max_length=490, required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    file = file_field()
    seen_at = moment_field(label=gettext_lazy("查看时间"), required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.initial.setdefault("seen_at", timezone.localtime(now).replace(second=0, microsecond=0))

    def proof(self) -> Fresh | None:
        """The evidence that came with it; None where neither link nor picture did."""
        given = self.cleaned_data
        if not given["link"].strip() and not given["file"]:
            return None
        return Fresh(
            seen_at=given["seen_at"] or self.now, link=given["link"].strip(),
            file=content_of(given["file"]),
        )  # fmt: skip


class FeedbackForm(ProofForm):
    """What the unit did."""

    measure = forms.ChoiceField(
        label=gettext_lazy("整改措施"),
        error_messages={"required": gettext_lazy("请选择整改措施。")},
    )
    done = _words(
        gettext_lazy("整改情况"), rows=4,
        help_text=gettext_lazy("写明做了什么、什么时候做的、以后怎样避免。"),
        error_messages={"required": gettext_lazy("请写明整改情况，至少 4 个字。")},
    )  # fmt: skip
    done_on = _day(gettext_lazy("完成日期"))

    field_order = ("measure", "done", "done_on", "link", "file", "seen_at")

    def __init__(
        self, *args: Any, measures: Sequence[Measure], advice: Any, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["measure"]
        chosen.choices = [("", gettext_lazy("请选择"))] + [
            (each.value, MEASURES[each]) for each in measures
        ]
        chosen.help_text = advice
        self.initial.setdefault("done_on", today)


class DisputeForm(ProofForm):
    """Why it is not so."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=(
            ("", gettext_lazy("请选择")),
            (Defence.Kind.FALSE_ALARM.value, gettext_lazy("误报：情况与事实不符")),
            (Defence.Kind.DEFENCE.value, gettext_lazy("申辩：情况属实，但不应计为问题")),
        ),
        error_messages={"required": gettext_lazy("请选择误报还是申辩。")},
    )
    statement = _words(
        gettext_lazy("理由"), rows=4,
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip

    field_order = ("kind", "statement", "link", "file", "seen_at")


class ExtensionForm(forms.Form):
    """Until when, and why."""

    until = _day(gettext_lazy("延期至"))
    reason = _words(
        gettext_lazy("理由"),
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )


class CloseForm(ProofForm):
    """What was seen in the re-check."""

    reason = _words(gettext_lazy("复查情况"), required=False)
    field_order = ("link", "file", "seen_at", "reason")


class ReportForm(ProofForm):
    """What a supervisor saw herself."""

    indicator = forms.ChoiceField(
        label=gettext_lazy("问题"),
        choices=(("", gettext_lazy("请选择")), *BY_HAND.items()),
        error_messages={"required": gettext_lazy("请写明是什么问题。")},
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("严重程度"), choices=tuple(SEVERITIES), initial=Severity.MAJOR.value,
        help_text=gettext_lazy("单项否决以国办秘函〔2019〕19号列明的情形为准，请对照后再选。"),
    )  # fmt: skip
    detail = _words(
        gettext_lazy("具体情况"), rows=3, most=500,
        error_messages={"required": gettext_lazy("请写明具体情况，至少 4 个字。")},
    )  # fmt: skip
    item = forms.CharField(
        label=gettext_lazy("内容标题"), max_length=200, required=False,
        help_text=gettext_lazy("问题在一条内容里的，写它的标题。"),
    )  # fmt: skip
    published_at = _day(gettext_lazy("发布时间"), required=False)
    wrong = forms.CharField(label=gettext_lazy("错误表述"), max_length=300, required=False)
    right = forms.CharField(label=gettext_lazy("正确表述"), max_length=300, required=False)

    field_order = (
        "indicator", "severity", "detail", "link", "file", "seen_at", "item", "published_at",
        "wrong", "right",
    )  # fmt: skip

    def facts(self) -> dict[str, str]:
        """As a finding keeps them; what was left empty is left out."""
        given = self.cleaned_data
        day = given["published_at"]
        known = {
            "detail": given["detail"], "title": given["item"], "url": given["link"],
            "published_at": day.isoformat() if day else "", "wrong": given["wrong"],
            "right": given["right"],
        }  # fmt: skip
        return {name: text.strip() for name, text in known.items() if text.strip()}


class NoticeForm(forms.Form):
    """What a unit is asked for."""

    requirement = _words(gettext_lazy("整改要求"), rows=5, most=2000)
    due_on = _day(
        gettext_lazy("统一整改期限"), required=False,
        help_text=gettext_lazy("不填时，每个问题按严重程度各算期限；填了，全部以这一天 18:00 为准。"),
    )  # fmt: skip
