"""What is typed about a ticket."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Agency
from minxin.console.words import Words
from minxin.tickets.models import Category, LedgerEntry, Nature, Ticket


class AnswerForm(forms.Form):
    """The answer a citizen will read."""

    text = forms.CharField(
        label=gettext_lazy("答复内容"),
        help_text=gettext_lazy("市民会在微信里原样看到。写明结果、依据和下一步，不写内部流程。"),
        # No maxlength: a browser cuts what is pasted without a word; the act refuses it and keeps it all.
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": gettext_lazy("请填写答复内容。")},
    )


class AssignForm(forms.Form):
    """Which agency handles it, and why."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("承办单位"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("请选择承办单位。")},
    )
    reason = Words(
        label=gettext_lazy("说明"),
        required=False,
        help_text=gettext_lazy("只有工作人员看得到。"),
        limit=500,
        rows=2,
    )


class ClassifyForm(forms.Form):
    """What it is and what it is about; the words only guess."""

    nature = forms.ChoiceField(
        label=gettext_lazy("性质"),
        choices=Nature.choices,
        help_text=gettext_lazy("已经承诺的答复时间不变。"),
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("类别"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=gettext_lazy("未分类"),
    )


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = Words(label=gettext_lazy("内部记录"), limit=2000, rows=2)


class StopForm(forms.Form):
    """Why the clock stands still; the citizen reads it."""

    stop_reason = forms.ChoiceField(
        label=gettext_lazy("在等什么"), choices=LedgerEntry.StopReason.choices
    )
    reason = Words(
        label=gettext_lazy("暂停说明"), help_text=gettext_lazy("市民看得到。"), limit=500, rows=2
    )
    legal_basis = forms.CharField(label=gettext_lazy("依据"), required=False, max_length=200)


class ResumeForm(forms.Form):
    """What came, so that work goes on; the citizen reads it."""

    reason = Words(
        label=gettext_lazy("恢复说明"),
        required=False,
        help_text=gettext_lazy("市民看得到。"),
        limit=500,
        rows=2,
    )


def assign_form(data: Any = None, prefix: str | None = None) -> AssignForm:
    """To which agency, and why."""
    form = AssignForm(data, prefix=prefix)
    # A ticket may be handed to any agency in use, not only to those I see.
    form.fields["agency"].queryset = Agency.objects.filter(is_active=True)  # type: ignore[attr-defined]
    return form


def classify_form(ticket: Ticket, data: Any = None) -> ClassifyForm:
    """As the ticket is now; a category no longer in use stays possible where it is set."""
    start = {"nature": ticket.nature, "category": ticket.category_id}
    form = ClassifyForm(data, prefix="classify", initial=start)
    known = Category.objects.filter(Q(is_active=True) | Q(pk=ticket.category_id))
    form.fields["category"].queryset = known  # type: ignore[attr-defined]
    return form
