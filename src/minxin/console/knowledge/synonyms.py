"""Synonyms: the sets agencies keep, those that come with the system, and a try before one is kept."""

from typing import Any

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
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of, permissions_of
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, form_page, staff_of
from minxin.console.knowledge.trials import WhatIf, heard_words, seen, what_if_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, listed, yes_or_no
from minxin.core.errors import Refused
from minxin.knowledge import actions, queries
from minxin.knowledge.actions import SynonymDraft
from minxin.knowledge.index.shared import fresh_index
from minxin.knowledge.models import SynonymSet
from minxin.knowledge.synonyms import SynonymRule
from minxin.knowledge.synonyms.checking import read_words
from minxin.knowledge.synonyms.tables import SHIPPED

TRIED = 300  # of the questions nobody could answer, those asked most
SHOWN = 30


class SynonymFilter(Search):
    """Filters of the sets."""

    searched = ("word", "others", "agency__name")
    agency = agency_filter(gettext_lazy("单位"), Permission.READ_KNOWLEDGE)
    is_active = yes_or_no(gettext_lazy("状态"), gettext_lazy("在用"), gettext_lazy("停用"))

    class Meta:
        model = SynonymSet
        fields = ("agency", "is_active")


class SynonymTable(Table):
    """Sets with whose they are."""

    word = tables.Column(
        verbose_name=gettext_lazy("规范说法"),
        linkify=lambda record: _url(record),
    )
    others = tables.Column(verbose_name=gettext_lazy("市民的说法"), orderable=False)
    both_ways = tables.BooleanColumn(
        verbose_name=gettext_lazy("方向"), yesno=(gettext_lazy("双向"), gettext_lazy("单向"))
    )
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    version = tables.Column(verbose_name=gettext_lazy("版本"))
    changed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("修改时间"), format="Y-m-d H:i")
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("状态"), yesno=(gettext_lazy("在用"), gettext_lazy("停用"))
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_others(self, value: str) -> str:
        return "、".join(value.split())

    class Meta(Table.Meta):
        order_by = "word"


def _url(record: Any) -> str | None:
    """The page of one; none for who may only read it."""
    return reverse("console:synonym", args=[record.pk]) if record.may_change else None


class SynonymsPage(ListPage):
    """Which words mean the same, for my agencies and those above them."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("同义词")
    empty = gettext_lazy("还没有自己的同义词。")
    empty_hint = gettext_lazy(
        "系统自带一批通用的；本地特有的说法（例如俗称、旧名）写在这里，下级单位也会用。"
    )
    table_class = SynonymTable
    filterset_class = SynonymFilter
    back = (gettext_lazy("知识"), "console:entries")
    buttons = (
        (gettext_lazy("新增同义词"), "console:synonym_new", Permission.EDIT_KNOWLEDGE),
        (gettext_lazy("系统自带"), "console:synonyms_shipped", Permission.READ_KNOWLEDGE),
    )

    def rows(self, staff: Staff) -> QuerySet[SynonymSet]:
        return queries.synonyms_visible_to(staff)


class SynonymForm(forms.Form):
    """An official word, what citizens say for it, and questions to try it on."""

    word = forms.CharField(
        label=gettext_lazy("规范说法"),
        max_length=60,
        help_text=gettext_lazy("文件和知识里的写法，例如：居民身份证。"),
        error_messages={"required": gettext_lazy("请填写规范说法。")},
    )
    others = forms.CharField(
        label=gettext_lazy("市民的说法"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("用顿号、逗号或空格分开，例如：身份证、二代证。"),
    )
    both_ways = forms.BooleanField(
        label=gettext_lazy("双向"),
        required=False,
        initial=True,
        help_text=gettext_lazy("双向：知识里写市民的说法也按规范说法找。单向：只换市民问的话。"),
    )
    questions = forms.CharField(
        label=gettext_lazy("试一试的问题"),
        required=False,
        max_length=3000,
        help_text=gettext_lazy("一行一个；留空就用最常见的未答问题。只在试的时候用，不保存。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def draft(self) -> SynonymDraft:
        """What was written, as the room takes it."""
        given = self.cleaned_data
        return SynonymDraft(
            given["word"], given["others"], given["both_ways"], given.get("is_active", True)
        )


class NewSynonymForm(SynonymForm):
    """A new set, and whose it is."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        queryset=Agency.objects.none(),
        help_text=gettext_lazy("本单位和下级单位的公众号都按它理解市民的话。"),
        error_messages={"required": gettext_lazy("请选择单位。")},
    )
    field_order = ("word", "others", "both_ways", "agency", "questions")

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_KNOWLEDGE)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]
        self.fields["agency"].initial = home_of(staff)


class OldSynonymForm(SynonymForm):
    """One that is there, and whether it is in use."""

    is_active = forms.BooleanField(
        label=gettext_lazy("在用"),
        required=False,
        help_text=gettext_lazy("不勾选就停用，保存后几秒内生效。"),
    )
    field_order = ("word", "others", "both_ways", "is_active", "questions")


def _try(
    draft: SynonymDraft, agency: Agency, staff: Staff, questions: list[str], row: SynonymSet | None
) -> dict[str, Any]:
    """Which of the questions would hear something else, in the words of the page; `row` is what the draft
    takes the place of."""
    if not questions:
        asked = queries.unanswered_visible_to(staff).filter(status="open").order_by("-times")
        questions = list(asked.values_list("text", flat=True)[:TRIED])
    word, others = "".join(read_words(draft.word)), read_words(draft.others)
    rule = SynonymRule(agency.path, word, others, draft.both_ways) if draft.is_active else None
    changed = fresh_index().compare(
        questions, rule, agency.path, instead=queries.rule_of(row) if row else None,
        on=timezone.localdate(), region=agency.region_code,
    )  # fmt: skip
    shown = [
        (question, heard_words(now), heard_words(then)) for question, now, then in changed[:SHOWN]
    ]
    return {"tried": len(questions), "changed": shown, "count": len(changed)}


def _edit(
    request: HttpRequest, form: SynonymForm, title: str, row: SynonymSet | None
) -> HttpResponse:
    """The form, with what was tried; what keeping it would change; or the list, when it was kept."""
    staff, now = staff_of(request), timezone.now()
    tried, what_if = None, None
    if request.method == "POST" and form.is_valid():
        agency = row.agency if row else form.cleaned_data["agency"]
        wanted = request.POST.get("act", "")
        try:
            actions.check_synonyms(form.draft, agency, besides=row.pk if row else None)
            if wanted == "try":
                lines = form.cleaned_data["questions"].splitlines()
                asked = [each for each in lines if each.strip()]
                tried = _try(form.draft, agency, staff, asked, row)
            else:
                of = (agency.pk, form.draft, row.pk if row else 0, row.version if row else 0)
                facts = seen(request, of) if wanted == "keep" else None
                if facts is None:
                    what_if = _what_if(form.draft, agency, staff, row, of)
                elif row:
                    actions.change_synonyms(row, form.draft, actor=staff, now=now, tried=facts)
                else:
                    actions.add_synonyms(
                        form.draft, agency=agency, actor=staff, now=now, tried=facts
                    )
        except Refused as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.message)
        else:
            if tried is None and what_if is None:
                messages.success(request, _("已保存。几秒之后所有应答都按新的同义词理解。"))
                return redirect("console:synonyms")
    return form_page(
        request, form, title=title, back=reverse("console:synonyms"),
        template="console/synonym_form.html", tried=tried, what_if=what_if,
        has_changed=request.POST.get("act") == "keep" and what_if is not None,
    )  # fmt: skip


def _what_if(
    draft: SynonymDraft, agency: Agency, staff: Staff, row: SynonymSet | None, of: tuple[Any, ...]
) -> WhatIf:
    """The graded sets run with the draft as it is written."""
    word, others = "".join(read_words(draft.word)), read_words(draft.others)
    rule = SynonymRule(agency.path, word, others, draft.both_ways) if draft.is_active else None
    instead = queries.rule_of(row) if row else None
    return what_if_of(staff, agency, of, lambda at: {"rule": rule, "instead": instead})


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def new_synonyms(request: HttpRequest) -> HttpResponse:
    """A new set; `?word=` begins with a shipped group, to replace it."""
    word = request.GET.get("word", "")
    start = {"word": word, "others": "、".join(SHIPPED[word])} if word in SHIPPED else {}
    form = NewSynonymForm(request.POST or None, initial=start, staff=staff_of(request))
    return _edit(request, form, _("新增同义词"), None)


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def one_synonyms(request: HttpRequest, number: int) -> HttpResponse:
    """Change one, or take it out of use."""
    row = queries.synonyms_for(staff_of(request), number)
    start = {
        "word": row.word,
        "others": "、".join(row.others.split()),
        "both_ways": row.both_ways,
        "is_active": row.is_active,
    }
    form = OldSynonymForm(request.POST or None, initial=start)
    return _edit(request, form, row.word, row)


@require_safe
@allowed(Permission.READ_KNOWLEDGE)
def shipped(request: HttpRequest) -> HttpResponse:
    """The groups that come with the system, searched."""
    words = request.GET.get("q", "").split()[:6]
    groups = [
        (word, others)
        for word, others in sorted(SHIPPED.items())
        if all(any(each in one for one in (word, *others)) for each in words)
    ]
    context = {
        "groups": groups,
        "q": " ".join(words),
        "back": reverse("console:synonyms"),
        "may_edit": Permission.EDIT_KNOWLEDGE in permissions_of(staff_of(request)),
    }
    return render(request, "console/synonyms_shipped.html", context)


urlpatterns = [
    listed("knowledge/synonyms/", SynonymsPage, "synonyms"),
    path("knowledge/synonyms/new/", new_synonyms, name="synonym_new"),
    path("knowledge/synonyms/shipped/", shipped, name="synonyms_shipped"),
    path("knowledge/synonyms/<int:number>/", one_synonyms, name="synonym"),
]
