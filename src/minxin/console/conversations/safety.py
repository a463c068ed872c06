"""What must not wait: which sentences lead to a person at once, and which numbers are told."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Staff
from minxin.agencies.queries import acting_for, agencies_of
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, page_not_found_when_missing, staff_of
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no
from minxin.conversations import actions, queries
from minxin.conversations.actions.safety import check_phrases
from minxin.conversations.models import Hotline, SafetyRule
from minxin.conversations.queries.safety import codes_of
from minxin.conversations.rules.safety import SafetyRow, holding, lines_of
from minxin.core.errors import Refused
from minxin.text import Alarms, AlarmSet

IN_USE = (gettext_lazy("启用"), gettext_lazy("未启用"))
TRIED = 50


class SafetyTable(Table):
    """What is listened for."""

    name = tables.Column(verbose_name=gettext_lazy("名称"))
    phrases = tables.Column(verbose_name=gettext_lazy("说法"), orderable=False)
    exceptions = tables.Column(verbose_name=gettext_lazy("不算的说法"), orderable=False)
    hotlines = tables.Column(verbose_name=gettext_lazy("告知的电话"), orderable=False)
    region_code = tables.Column(verbose_name=gettext_lazy("区划"))
    is_active = tables.BooleanColumn(verbose_name=gettext_lazy("启用"), yesno=IN_USE)

    row_url = staticmethod(lambda row: reverse("console:safety_rule", args=[row.pk]))

    def render_phrases(self, value: str) -> str:
        return _brief(value)

    def render_exceptions(self, value: str) -> str:
        return _brief(value)

    def render_hotlines(self, value: str) -> str:
        names = {
            row.code: f"{row.name} {row.number}" for row in Hotline.objects.order_by("region_code")
        }
        return "、".join(names.get(code, code) for code in codes_of(value))

    class Meta(Table.Meta):
        pass


def _brief(text: str) -> str:
    lines = lines_of(text)
    shown = "、".join(lines[:5])
    return _("%(shown)s 等 %(count)s 条") % {"shown": shown, "count": len(lines)}


class SafetyFilter(Search):
    """Filters of the sets."""

    searched = ("name", "phrases", "exceptions", "words")

    is_active = yes_or_no(gettext_lazy("启用"), *IN_USE)

    class Meta:
        model = SafetyRule
        fields = ("is_active",)


class SafetyPage(ListPage):
    """What must not wait."""

    permission = Permission.EDIT_SETTINGS
    title = gettext_lazy("紧急求助")
    empty = gettext_lazy("没有紧急求助的说法。")
    table_class = SafetyTable
    filterset_class = SafetyFilter
    buttons = (
        (gettext_lazy("试一试"), "console:safety_try", Permission.EDIT_SETTINGS),
        (gettext_lazy("求助电话"), "console:hotlines", Permission.EDIT_SETTINGS),
        (gettext_lazy("新增"), "console:safety_rule_new", Permission.EDIT_SETTINGS),
    )

    def rows(self, staff: Staff) -> QuerySet[SafetyRule]:
        return SafetyRule.objects.all()


class HotlineTable(Table):
    """Numbers that are told."""

    name = tables.Column(verbose_name=gettext_lazy("名称"))
    number = tables.Column(verbose_name=gettext_lazy("号码"))
    region_code = tables.Column(verbose_name=gettext_lazy("区划"))
    source = tables.Column(verbose_name=gettext_lazy("依据"))
    is_active = tables.BooleanColumn(verbose_name=gettext_lazy("启用"), yesno=IN_USE)

    row_url = staticmethod(lambda row: reverse("console:hotline", args=[row.pk]))

    class Meta(Table.Meta):
        pass


class HotlineFilter(Search):
    """Filters of the numbers."""

    searched = ("name", "number", "source")

    is_active = yes_or_no(gettext_lazy("启用"), *IN_USE)

    class Meta:
        model = Hotline
        fields = ("is_active",)


class HotlinesPage(ListPage):
    """The numbers, general ones and those of regions."""

    permission = Permission.EDIT_SETTINGS
    title = gettext_lazy("求助电话")
    empty = gettext_lazy("没有求助电话。")
    table_class = HotlineTable
    filterset_class = HotlineFilter
    back = (gettext_lazy("紧急求助"), "console:safety")
    buttons = ((gettext_lazy("新增求助电话"), "console:hotline_new", Permission.EDIT_SETTINGS),)

    def rows(self, staff: Staff) -> QuerySet[Hotline]:
        return Hotline.objects.all()


def _region_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("区划代码"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("留空为通用；填写后只对这个区划，代替通用的一条。"),
    )


def _code_field() -> forms.SlugField:
    return forms.SlugField(
        label=gettext_lazy("代码"),
        max_length=40,
        help_text=gettext_lazy("小写字母、数字和连字符；保存后不再改变。"),
        error_messages={"invalid": gettext_lazy("代码只能用字母、数字、连字符和下划线。")},
    )


class HotlineForm(forms.Form):
    """A number, and by what it is sure."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    number = forms.CharField(
        label=gettext_lazy("号码"),
        max_length=20,
        help_text=gettext_lazy("请先打一次，确认有人接听再保存。"),
    )
    source = forms.CharField(label=gettext_lazy("依据"), max_length=200, required=False)
    region_code = _region_field()
    is_active = forms.BooleanField(label=gettext_lazy("启用"), required=False)


class NewHotlineForm(HotlineForm):
    """And the code by which it is known."""

    code = _code_field()
    field_order = ("code",)


class TryForm(forms.Form):
    """Sentences to try."""

    questions = forms.CharField(
        label=gettext_lazy("试一试的话"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("一行一句，最多 50 句。只在试的时候用，不保存。"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class SafetyForm(TryForm):
    """What is listened for, what not, what is told."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    phrases = forms.CharField(
        label=gettext_lazy("说法"),
        max_length=20_000,
        help_text=gettext_lazy("一行一个。“…”代表同一句里隔开的几个字，例如：老公…打我。"),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    exceptions = forms.CharField(
        label=gettext_lazy("不算的说法"),
        max_length=20_000,
        required=False,
        help_text=gettext_lazy("一行一个。上面的说法出现在这些话里面时不算，例如：想死你。"),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    words = forms.CharField(
        label=gettext_lazy("先对市民说的话"),
        max_length=200,
        help_text=gettext_lazy("下面会接着列出电话，并告诉市民已转给工作人员。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hotlines = forms.MultipleChoiceField(
        label=gettext_lazy("告知的电话"), widget=forms.CheckboxSelectMultiple
    )
    region_code = _region_field()
    is_active = forms.BooleanField(label=gettext_lazy("启用"), required=False)
    field_order: tuple[str, ...] = (
        "name", "phrases", "exceptions", "words", "hotlines", "region_code", "is_active", "questions",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Hotline.objects.filter(is_active=True).order_by("region_code", "id")
        names = {row.code: f"{row.name} {row.number}" for row in reversed(rows)}
        self.fields["hotlines"].choices = list(reversed(names.items()))  # type: ignore[attr-defined]


class NewSafetyForm(SafetyForm):
    """And the code by which it is known."""

    code = _code_field()
    field_order = ("code", *SafetyForm.field_order)


def _tried(sentences: str, rows: list[SafetyRow]) -> list[tuple[str, str, str]]:
    """(sentence, as what it is heard, by which words) of the first `TRIED`."""
    names = {row.code: row.name for row in rows}
    alarms = Alarms([AlarmSet(row.code, row.phrases, row.exceptions) for row in rows])
    found = []
    for line in lines_of(sentences)[:TRIED]:
        heard = alarms.find(line)
        found.append((line, names[heard.label] if heard else "", heard.said if heard else ""))
    return found


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def safety_try(request: HttpRequest) -> HttpResponse:
    """Sentences tried on all that is listened for now."""
    form = TryForm(request.POST or None)
    tried = None
    if request.method == "POST" and form.is_valid():
        region = home_region(staff_of(request))
        tried = _tried(form.cleaned_data["questions"], holding(queries.safety_rows()[0], region))
    return form_page(
        request, form, title=_("试一试紧急求助"), back=reverse("console:safety"),
        template="console/safety_form.html", tried=tried, is_try_only=True,
    )  # fmt: skip


def home_region(staff: Staff) -> str:
    """The region of the agency a person works in; empty for none."""
    agency = acting_for(staff) or next(iter(agencies_of(staff)), None)
    return agency.region_code if agency else ""


def _edit(
    request: HttpRequest, form: SafetyForm, title: str, code: str | None, *, is_new: bool
) -> HttpResponse:
    """The form, with what was tried on the draft alone; or the list, when it was kept."""
    staff, now = staff_of(request), timezone.now()
    tried = None
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        sentences = given.pop("questions")
        given["hotlines"] = ",".join(given["hotlines"])
        given.setdefault("code", code)
        try:
            if request.POST.get("act") == "try":
                check_phrases(given["phrases"], given["exceptions"])
                draft = SafetyRow(
                    given["code"], "", given["name"], lines_of(given["phrases"]),
                    lines_of(given["exceptions"]), "", (), True,
                )  # fmt: skip
                tried = _tried(sentences, [draft])
            else:
                actions.keep_safety_rule(**given, is_new=is_new, actor=staff, now=now)
                messages.success(request, _("已保存，几秒之后生效。"))
                return redirect("console:safety")
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return form_page(
        request, form, title=title, back=reverse("console:safety"),
        template="console/safety_form.html", tried=tried,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def safety_rule_new(request: HttpRequest) -> HttpResponse:
    """Add a set of phrases."""
    form = NewSafetyForm(request.POST or None, initial={"is_active": True})
    return _edit(request, form, _("新增紧急求助"), None, is_new=True)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def safety_rule(request: HttpRequest, number: int) -> HttpResponse:
    """Change one; with another region it becomes that region's own."""
    row = page_not_found_when_missing(SafetyRule.objects.filter(pk=number).first())
    names = ("name", "phrases", "exceptions", "words", "region_code", "is_active")
    start = {each: getattr(row, each) for each in names} | {"hotlines": codes_of(row.hotlines)}
    form = SafetyForm(request.POST or None, initial=start)
    return _edit(request, form, row.name, row.code, is_new=False)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def hotline_new(request: HttpRequest) -> HttpResponse:
    """Add a number."""
    form = NewHotlineForm(request.POST or None, initial={"is_active": True})
    return _hotline(request, form, _("新增求助电话"), None)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_SETTINGS)
def hotline(request: HttpRequest, number: int) -> HttpResponse:
    """Change one; with another region it becomes that region's own."""
    row = page_not_found_when_missing(Hotline.objects.filter(pk=number).first())
    names = ("name", "number", "source", "region_code", "is_active")
    form = HotlineForm(request.POST or None, initial={each: getattr(row, each) for each in names})
    return _hotline(request, form, row.name, row.code)


def _hotline(request: HttpRequest, form: HotlineForm, title: str, code: str | None) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()

    def keep() -> object:
        given = {"code": code} | form.cleaned_data
        return actions.keep_hotline(**given, is_new=code is None, actor=staff, now=now)

    if request.method == "POST" and act(request, form, keep, _("已保存，几秒之后生效。")):
        return redirect("console:hotlines")
    return form_page(request, form, title=title, back=reverse("console:hotlines"))


urlpatterns = [
    listed("safety/", SafetyPage, "safety"),
    path("safety/try/", safety_try, name="safety_try"),
    path("safety/new/", safety_rule_new, name="safety_rule_new"),
    path("safety/<int:number>/", safety_rule, name="safety_rule"),
    listed("hotlines/", HotlinesPage, "hotlines"),
    path("hotlines/new/", hotline_new, name="hotline_new"),
    path("hotlines/<int:number>/", hotline, name="hotline"),
]
