"""The rules in their order, one rule with its examples, and a box to try a message in."""

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
from django.views.decorators.http import require_http_methods, require_POST

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no
from minxin.console.words import Words
from minxin.core.errors import Refused
from minxin.tickets import queries as tickets
from minxin.tickets.actions import routing_rules as actions
from minxin.tickets.actions.routing_rules import FIELDS, ExampleDraft
from minxin.tickets.models import Category, Nature, RoutingRule
from minxin.tickets.queries import routing as queries
from minxin.tickets.rules.routing import Request

EDIT = Permission.EDIT_SETTINGS
NOT_MET = "!"  # before an example that the rule is not to decide


class RuleFilter(Search):
    """Filters of the rules."""

    searched = ("name", "words", "places", "agency__name", "reason")
    is_on = yes_or_no(gettext_lazy("启用"), gettext_lazy("启用"), gettext_lazy("停用"))

    agency = django_filters.ModelChoiceFilter(
        label=gettext_lazy("派给"), queryset=lambda request: Agency.objects.filter(is_active=True)
    )

    class Meta:
        model = RoutingRule
        fields = ("is_on", "agency")


class RuleTable(Table):
    """The order, what is asked for, to whom."""

    position = tables.Column(verbose_name=gettext_lazy("次序"))
    name = tables.Column(verbose_name=gettext_lazy("名称"), linkify=lambda record: _url(record))
    asked = tables.Column(
        verbose_name=gettext_lazy("条件"), accessor="pk", orderable=False, empty_values=()
    )
    agency = tables.Column(verbose_name=gettext_lazy("派给"), accessor="agency__name")
    tests = tables.Column(verbose_name=gettext_lazy("例子"))
    is_on = tables.BooleanColumn(
        verbose_name=gettext_lazy("启用"), yesno=(gettext_lazy("启用"), gettext_lazy("停用"))
    )
    acts = tables.TemplateColumn(
        verbose_name=gettext_lazy("操作"), template_name="console/parts/routing_rule_acts.html",
        accessor="pk", orderable=False,
    )  # fmt: skip

    row_url = staticmethod(lambda record: _url(record))

    def render_asked(self, record: RoutingRule) -> str:
        return "；".join(conditions_said(record))

    class Meta(Table.Meta):
        order_by = "position"


class RuleSheet(RuleTable):
    """As the page, without what can be pressed."""

    acts = None

    class Meta(RuleTable.Meta):
        pass


def _url(record: RoutingRule) -> str:
    return reverse("console:routing_rule", args=[record.pk])


def conditions_said(rule: RoutingRule) -> list[str]:
    """What a rule asks for, in words."""
    said = [
        f"{title}：{value}"
        for title, value in (
            (_("含"), rule.words),
            (_("不含"), rule.without),
            (_("地点"), rule.places),
            (_("性质"), rule.get_nature_display() if rule.nature else ""),
            (_("类别"), rule.category),
            (_("账号"), rule.account),
        )
        if value
    ]
    if rule.from_time and rule.until_time:
        said.append(f"{rule.from_time:%H:%M}—{rule.until_time:%H:%M}")
    if rule.valid_from or rule.valid_until:
        said.append(f"{rule.valid_from or ''}—{rule.valid_until or ''}")
    return said


class RulesPage(ListPage):
    """All rules in their order."""

    permission = EDIT
    title = gettext_lazy("派单规则")
    empty = gettext_lazy("还没有派单规则。")
    empty_hint = gettext_lazy(
        "规则从上到下，第一条符合的决定；没有规则决定的，看职责清单和分派模型。"
    )
    template_name = "console/routing_rules.html"
    table_class = RuleTable
    sheet_class = RuleSheet
    filterset_class = RuleFilter
    buttons = (
        (gettext_lazy("增加规则"), "console:routing_rule_new", EDIT),
        (gettext_lazy("试一试"), "console:routing_try", EDIT),
        (gettext_lazy("分派模型"), "console:router_models", EDIT),
        (gettext_lazy("自动派单的把握"), "console:routing_thresholds", EDIT),
    )

    def rows(self, staff: Staff) -> QuerySet[RoutingRule]:
        return queries.routing_rules()


def _connected(staff: Staff) -> QuerySet[Account]:
    """The accounts through which citizens write, of those a person sees."""
    found: QuerySet[Account] = Account.objects.visible_to(staff, Permission.READ_ACCOUNTS)
    return found.filter(platform="wechat").exclude(app_id=None)


class RuleForm(forms.Form):
    """A rule with its examples."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60,
        error_messages={"required": gettext_lazy("请填写名称。")},
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("含有任一个词"), required=False, max_length=300,
        help_text=gettext_lazy("用逗号分开。下面写了几个条件的，要都符合。"),
    )  # fmt: skip
    without = forms.CharField(label=gettext_lazy("不含这些词"), required=False, max_length=300)
    places = forms.CharField(
        label=gettext_lazy("地点含有任一个"), required=False, max_length=300,
        help_text=gettext_lazy("在市民写的地点和内容里找。"),
    )  # fmt: skip
    nature = forms.ChoiceField(
        label=gettext_lazy("性质"), required=False,
        choices=[("", gettext_lazy("不限")), *Nature.choices],
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=gettext_lazy("类别"), required=False, queryset=Category.objects.none(),
        empty_label=gettext_lazy("不限"),
    )  # fmt: skip
    account = forms.ModelChoiceField(
        label=gettext_lazy("账号"), required=False, queryset=Account.objects.none(),
        empty_label=gettext_lazy("不限"),
    )  # fmt: skip
    from_time = forms.TimeField(
        label=gettext_lazy("每天从"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    until_time = forms.TimeField(
        label=gettext_lazy("每天到"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("可以跨零点，如 22:00 到 06:00。"),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("有效期从"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=gettext_lazy("有效期到"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label=gettext_lazy("派给"), queryset=Agency.objects.none(),
        empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("请选择单位。")},
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("依据"), required=False, max_length=200)
    examples = Words(
        label=gettext_lazy("测试例子"), required=False,
        help_text=gettext_lazy(
            "一行一个，写市民可能说的话，“|”后面写地点。行首加“!”表示不应由这条规则决定。"
            "保存、换次序、启停之前，所有启用规则的例子都要跑一遍，结果不对就不生效。"
        ),
        limit=8000, rows=5,
    )  # fmt: skip
    is_on = forms.BooleanField(label=gettext_lazy("启用"), required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("agency", Agency.objects.filter(is_active=True)),
            ("category", Category.objects.filter(is_active=True)),
            ("account", _connected(staff)),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


def examples_in(text: str) -> list[ExampleDraft]:
    """Examples as they are typed: one a line, the place after a bar, `!` before one that is not met."""
    found = []
    for line in text.splitlines():
        said = line.strip().replace("｜", "|")
        is_met = not said.startswith((NOT_MET, "！"))
        words, _bar, place = said.lstrip("!！").partition("|")
        if words.strip():
            found.append(ExampleDraft(words.strip(), place.strip()[:100], is_met))
    return found


def _typed(rule: RoutingRule) -> str:
    lines = []
    for each in rule.examples.all():
        place = f" | {each.place}" if each.place else ""
        lines.append(f"{'' if each.is_met else NOT_MET}{each.text}{place}")
    return "\n".join(lines)


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def rule(request: HttpRequest, number: int) -> HttpResponse:
    """Change a rule, or take it away."""
    found = queries.routing_rule_for(number)
    start = {name: getattr(found, name) for name in ("name", "reason", "is_on", *FIELDS)}
    start |= {"agency": found.agency_id, "category": found.category_id, "account": found.account_id}
    return _rule(request, found, start | {"examples": _typed(found)})


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def rule_new(request: HttpRequest) -> HttpResponse:
    """A new rule, the last in the order."""
    return _rule(request, None, {})


class RemoveForm(forms.Form):
    """Why it is taken away."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300,
        error_messages={"required": gettext_lazy("请写明理由，至少 4 个字。")},
    )  # fmt: skip


def _rule(request: HttpRequest, found: RoutingRule | None, start: dict[str, Any]) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()
    wants_removal = found is not None and request.POST.get("act") == "remove"
    sent = None if wants_removal else request.POST or None
    form = RuleForm(sent, initial=start, staff=staff)
    remove = RemoveForm(request.POST if wants_removal else None, prefix="remove")

    def write() -> None:
        given = form.cleaned_data
        actions.keep_rule(
            found, name=given["name"], agency=given["agency"], reason=given["reason"],
            is_on=given["is_on"], conditions={name: given[name] for name in FIELDS},
            examples=examples_in(given["examples"]), actor=staff, now=now,
        )  # fmt: skip

    if wants_removal and found is not None:
        if act(
            request, remove, lambda: actions.remove_rule(found, **remove.cleaned_data, actor=staff, now=now),
            _("规则已删除，已经派出的工单不变。"),
        ):  # fmt: skip
            return redirect("console:routing_rules")
    elif request.method == "POST" and act(request, form, write, _("规则已保存，例子全部通过。")):
        return redirect("console:routing_rules")
    context = {
        "form": form,
        "remove": remove,
        "rule": found,
        "back": reverse("console:routing_rules"),
    }
    status = 422 if form.errors or remove.errors else 200
    return render(request, "console/routing_rule.html", context, status=status)


@require_POST
@allowed(EDIT)
def rule_change(request: HttpRequest, number: int) -> HttpResponse:
    """Up, down, on, off."""
    staff, now = staff_of(request), timezone.now()
    found = queries.routing_rule_for(number)
    try:
        match request.POST.get("act", ""):
            case "up" | "down" as way:
                actions.move_rule(found, is_up=way == "up", actor=staff, now=now)
            case "on" | "off" as way:
                actions.switch_rule(found, is_on=way == "on", actor=staff, now=now)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:routing_rules")


class TryForm(forms.Form):
    """A message as a citizen may write it."""

    text = Words(
        label=gettext_lazy("诉求内容"), error_messages={"required": gettext_lazy("请写一段话。")},
        limit=2000, rows=3,
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("地点"), required=False, max_length=200)
    account = forms.ModelChoiceField(
        label=gettext_lazy("账号"), required=False, queryset=Account.objects.none(),
        empty_label=gettext_lazy("不限"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = _connected(staff)  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def trying(request: HttpRequest) -> HttpResponse:
    """Which rule decides a message, by which words; what list and classifier say. Nothing is kept."""
    form = TryForm(request.POST or None, staff=staff_of(request))
    context: dict[str, Any] = {"form": form, "back": reverse("console:routing_rules")}
    if request.method == "POST" and form.is_valid():
        context |= _tried(form.cleaned_data)
    status = 422 if form.errors else 200
    return render(request, "console/routing_try.html", context, status=status)


def _tried(given: dict[str, Any]) -> dict[str, Any]:
    now, account = timezone.now(), given["account"]
    category, nature = tickets.guess(given["text"])
    asked = Request(
        given["text"], given["place"], nature, category.pk if category else None,
        account.pk if account else None, timezone.localtime(now),
    )  # fmt: skip
    proposed = queries.propose(asked, queries.standing(now=now), category=category)
    numbers = {each.agency for each in proposed.candidates}
    numbers |= {each.line.agency for each in proposed.found}
    if proposed.decided:
        numbers.add(proposed.decided.rule.agency)
    names = dict(Agency.objects.filter(pk__in=numbers).values_list("pk", "name"))
    codes = dict(
        Agency.objects.filter(code__in=[each.label for each in proposed.guesses]).values_list(
            "code", "name"
        )
    )
    return {
        "proposed": proposed,
        "category": category,
        "nature": dict(Nature.choices)[nature],
        "rule_agency": names.get(proposed.decided.rule.agency) if proposed.decided else "",
        "candidates": [
            (
                names[each.agency],
                None if each.confidence is None else int(each.confidence * 100),
                each,
            )
            for each in proposed.candidates
        ],
        "found": [(names[each.line.agency], each) for each in proposed.found],
        "guesses": [
            (codes.get(each.label, each.label), int(each.probability * 100), each.words)
            for each in proposed.guesses
        ],
    }


urlpatterns = [
    listed("routing/", RulesPage, "routing_rules"),
    path("routing/new/", rule_new, name="routing_rule_new"),
    path("routing/try/", trying, name="routing_try"),
    path("routing/rules/<int:number>/", rule, name="routing_rule"),
    path("routing/rules/<int:number>/change/", rule_change, name="routing_rule_change"),
]
