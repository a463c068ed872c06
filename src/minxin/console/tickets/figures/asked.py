"""What a person wants to look at: it stands in the address, so that it can be kept and sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Agency
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.console.base import sight
from minxin.tickets import queries as tickets
from minxin.tickets.models import Category, Nature, Ticket, TicketFacts
from minxin.tickets.queries import figures
from minxin.tickets.rules.figures import Period

LONGEST = 1100  # days: three years
NONE = "0"
PERIODS = (
    ("30", gettext_lazy("近 30 天")),
    ("7", gettext_lazy("近 7 天")),
    ("90", gettext_lazy("近 90 天")),
    ("365", gettext_lazy("近一年")),
    ("week", gettext_lazy("上周")),
    ("month", gettext_lazy("本月")),
    ("last_month", gettext_lazy("上月")),
    ("own", gettext_lazy("自选日期")),
)
BY = (
    ("agency", gettext_lazy("按单位")),
    ("category", gettext_lazy("按类别")),
    ("place", gettext_lazy("按地点")),
    ("source", gettext_lazy("按渠道")),
    ("nature", gettext_lazy("按性质")),
)
GROUPS = {
    "agency": gettext_lazy("单位"),
    "category": gettext_lazy("类别"),
    "place": gettext_lazy("地点"),
    "source": gettext_lazy("渠道"),
    "nature": gettext_lazy("性质"),
}


class FiguresForm(forms.Form):
    """Filters of the page; none is needed."""

    period = forms.ChoiceField(label=gettext_lazy("时间"), choices=PERIODS, required=False)
    since = forms.DateField(
        label=gettext_lazy("从"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("到"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        label=gettext_lazy("单位"), queryset=Agency.objects.none(), required=False,
        empty_label=gettext_lazy("全部"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("性质"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    place = forms.CharField(
        label=gettext_lazy("地点"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("如：东桥路"), "size": 10}),
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any], *, units: QuerySet[Agency], topics: QuerySet[Category]
    ) -> None:
        super().__init__(data)
        everything = [("", _("全部"))]
        fields = self.fields
        fields["unit"].queryset = units  # type: ignore[attr-defined]
        fields["kind"].choices = everything + list(Nature.choices)  # type: ignore[attr-defined]
        fields["channel"].choices = everything + list(Ticket.Source.choices)  # type: ignore[attr-defined]
        named = [(str(each.pk), each.name) for each in topics]
        fields["topic"].choices = [*everything, (NONE, _("未分类")), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("period") != "own":
            return given
        since, until = given.get("since"), given.get("until")
        if "since" in self.errors or "until" in self.errors:
            return given
        if since is None or until is None:
            raise forms.ValidationError(_("自选日期要填起止两天。"))
        if until < since:
            self.add_error("until", _("结束的一天早于开始的一天。"))
        elif (until - since).days >= LONGEST:
            self.add_error("until", _("一次最多统计三年。"))
        return given


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at. `query`: the same as it stands in the address, without `by`. `agencies`: those whose
    rows are all looked at; None where they are narrowed otherwise."""

    form: FiguresForm
    period: Period
    narrowing: figures.Narrowing
    agency: Agency | None
    by: str
    rows: QuerySet[TicketFacts]
    query: dict[str, str]
    agencies: list[int] | None = None

    def address(self, **more: Any) -> str:
        """The query string of this, with some parts set otherwise."""
        parts = {**self.query, "by": self.by, **{name: str(value) for name, value in more.items()}}
        return urlencode(parts)


def asked_of(request: HttpRequest) -> Asked:
    """What this address asks for; what cannot be used stands as an error beside its field, and the rest
    holds."""
    staff = sight(request)
    data = {name: request.GET.get(name, "") for name in FiguresForm.base_fields}
    data["period"] = data["period"] or PERIODS[0][0]
    units = agencies_for(staff, Permission.READ_TICKETS)
    form = FiguresForm(data, units=units, topics=tickets.categories())
    is_fine = form.is_valid()
    given = form.cleaned_data
    today = timezone.localdate()
    chosen = given.get("period") or PERIODS[0][0]
    if chosen == "own" and not is_fine and {"since", "until", "__all__"} & set(form.errors):
        chosen = PERIODS[0][0]
    period = _period(chosen, given, today)
    agency = given.get("unit")
    topic = given.get("topic")
    narrowing = figures.Narrowing(
        agency_path=agency.path if agency else "",
        nature=given.get("kind") or "",
        category=int(topic) if topic else None,
        source=given.get("channel") or "",
        place=(given.get("place") or "").strip(),
    )
    by = request.GET.get("by", "")
    return Asked(
        form, period, narrowing, agency, by if by in figures.DIMENSIONS else BY[0][0],
        figures.facts_visible_to(staff, narrowing),
        {name: value for name, value in data.items() if value and name not in form.errors},
        figures.whole_agencies(staff, narrowing),
    )  # fmt: skip


def _period(chosen: str, given: Mapping[str, Any], today: date) -> Period:
    match chosen:
        case "own":
            return Period(given["since"], given["until"])
        case "week":
            monday = today - timedelta(days=today.weekday() + 7)
            return Period(monday, monday + timedelta(days=6))
        case "month":
            return Period(today.replace(day=1), today)
        case "last_month":
            last = today.replace(day=1) - timedelta(days=1)
            return Period(last.replace(day=1), last)
    return Period(today - timedelta(days=int(chosen) - 1), today)
