"""What people type to open a campaign and to lead it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.supervision.actions.campaigns import Plan
from minxin.supervision.inspecting import LINES, STRATA
from minxin.supervision.models import Evidence
from minxin.supervision.models.campaigns import MARKS, METHODS, PURPOSES
from minxin.supervision.queries import populations
from minxin.supervision.queries.places import places_for
from minxin.supervision.rules.inspection import Purpose
from minxin.supervision.rules.sampling import Design, Method

CONFIRM = Permission.CONFIRM_CANDIDATES
SHORT = gettext_lazy("请写明理由，至少 4 个字。")


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


def _picks(label: Any, choices: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(choices), widget=forms.CheckboxSelectMultiple, **kwargs
    )


class CampaignForm(forms.Form):
    """A plan: which accounts, how many of them, by whom, until when."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    purpose = forms.ChoiceField(label=gettext_lazy("类别"), choices=PURPOSES)
    agency = forms.ModelChoiceField(
        label=gettext_lazy("检查范围"), queryset=Agency.objects.none(),
        help_text=gettext_lazy("这个机构和它下属机构的政府系统账号。"),
    )  # fmt: skip
    region_code = forms.ChoiceField(
        label=gettext_lazy("区划"), required=False,
        help_text=gettext_lazy("只查一个区划和它下级的账号时选择；不选为检查范围内的全部。"),
    )  # fmt: skip
    period_from = _day(gettext_lazy("检查时段起"))
    period_until = _day(gettext_lazy("检查时段止"))
    due_on = _day(gettext_lazy("完成期限"))
    method = forms.ChoiceField(label=gettext_lazy("抽样方式"), choices=METHODS)
    size = forms.IntegerField(
        label=gettext_lazy("样本总数"), min_value=1, max_value=100_000, required=False,
        help_text=gettext_lazy("按比例分层抽样时填写；每层至少一个，层数多于总数时按层数抽。"),
    )  # fmt: skip
    percent = forms.IntegerField(
        label=gettext_lazy("每层比例（%）"), min_value=1, max_value=100, required=False,
        help_text=gettext_lazy("每层抽固定比例时填写，不足一个的按一个算。"),
    )  # fmt: skip
    strata = _picks(gettext_lazy("分层依据"), STRATA.items(), required=False)
    seed = forms.CharField(
        label=gettext_lazy("抽样种子"), max_length=40,
        help_text=gettext_lazy("种子和名单一起留存，谁都可以照样重抽一次，结果相同。"),
    )  # fmt: skip
    lines = _picks(gettext_lazy("检查指标"), LINES.items())
    inspectors = forms.ModelMultipleChoiceField(
        label=gettext_lazy("检查人"), queryset=Staff.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("平均分派；本单位的账号分给别人。复核须另一人，至少要有两名。"),
    )  # fmt: skip
    second_percent = forms.IntegerField(
        label=gettext_lazy("合格账号复核比例（%）"), min_value=0, max_value=100, initial=10,
        help_text=gettext_lazy("不合格的全部复核；合格的按这个比例抽取复核。"),
    )  # fmt: skip
    defence_days = forms.IntegerField(
        label=gettext_lazy("申辩期限（工作日）"), min_value=1, max_value=60, initial=3
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency: Any = self.fields["agency"]
        agency.queryset = agencies_for(staff, CONFIRM)
        places: Any = self.fields["region_code"]
        offered = places_for(staff, CONFIRM, with_above=True)
        places.choices = [("", gettext_lazy("全部")), *offered]
        agency.empty_label = gettext_lazy("请选择")
        people: Any = self.fields["inspectors"]
        people.queryset = populations.possible_inspectors(staff)

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        wanted = {"proportional": "size", "share": "percent"}.get(given.get("method", ""))
        if wanted and not given.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, gettext_lazy("这种抽样方式要填这一项。"))
        return given

    def design(self) -> Design:
        """How the sample is drawn, of a valid form."""
        given = self.cleaned_data
        return Design(Method(given["method"]), given["size"] or 0, given["percent"] or 0)

    def plan(self) -> Plan:
        """The plan, of a valid form."""
        given = self.cleaned_data
        return Plan(
            name=given["name"], purpose=Purpose(given["purpose"]),
            period_from=given["period_from"], period_until=given["period_until"],
            due_on=given["due_on"], design=self.design(), seed=given["seed"].strip(),
            region_code=given["region_code"], strata=tuple(given["strata"]),
            second_percent=given["second_percent"], defence_days=given["defence_days"],
            lines=tuple(code for code in LINES if code in given["lines"]),
        )  # fmt: skip


class PersonForm(forms.Form):
    """One more inspector."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("检查人"), queryset=Staff.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["person"]
        chosen.queryset = people


class Press(forms.Form):
    """A press of a button without anything typed; it carries a refusal."""


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": SHORT},
    )  # fmt: skip


class RemarkForm(forms.Form):
    """What a second person remarks, if anything."""

    remark = forms.CharField(
        label=gettext_lazy("复核意见"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class CorrectionForm(forms.Form):
    """What was wrong in signed results."""

    indicator = forms.ChoiceField(label=gettext_lazy("指标"))
    mark = forms.ChoiceField(label=gettext_lazy("更正为"), choices=MARKS)
    evidence = forms.ModelChoiceField(
        label=gettext_lazy("证据"), queryset=Evidence.objects.none(), required=False,
        empty_label=gettext_lazy("不附"),
        help_text=gettext_lazy("改为不合格须选一份已留存的证据。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("更正理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": SHORT},
    )  # fmt: skip

    def __init__(self, *args: Any, lines: list[str], kept: list[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["indicator"]
        chosen.choices = [(code, LINES[code]) for code in lines]
        proofs: Any = self.fields["evidence"]
        proofs.queryset = Evidence.objects.filter(pk__in=[each.pk for each in kept])
