"""Entries: the list, one to read or to change, a new one."""

from datetime import date
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

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of, may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.bulk import Bulk
from minxin.console.knowledge.origins import origins_shown
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import Refused
from minxin.knowledge import actions, queries
from minxin.knowledge.actions import EntryDraft
from minxin.knowledge.models import Entry, UnansweredQuestion
from minxin.knowledge.queries.ratings import usefulness_of
from minxin.knowledge.rules import is_in_force


class EntryFilter(Search):
    """Filters of the entries."""

    searched = ("question", "answer", "code", "source_title", "variants__text")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Entry.Status)
    )
    topic = django_filters.AllValuesFilter(label=gettext_lazy("主题"))
    agency = agency_filter(gettext_lazy("维护单位"), Permission.READ_KNOWLEDGE)
    due = django_filters.ChoiceFilter(
        label=gettext_lazy("复核"), choices=(("1", gettext_lazy("待复核")),), method="by_due"
    )

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return super().search(queryset, name, value).distinct()

    def by_due(self, queryset: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return queries.to_review(queryset, timezone.localdate()) if value else queryset

    class Meta:
        model = Entry
        fields = ("status", "topic", "agency")


class EntryTable(Table):
    """Entries with their sources and dates."""

    code = tables.Column(verbose_name=gettext_lazy("编号"))
    question = tables.Column(
        verbose_name=gettext_lazy("标准问题"), linkify=lambda record: _url(record)
    )
    topic = tables.Column(verbose_name=gettext_lazy("主题"))
    agency = tables.Column(verbose_name=gettext_lazy("维护单位"), accessor="agency__name")
    valid_until = tables.DateColumn(verbose_name=gettext_lazy("失效日期"), format="Y-m-d")
    review_on = tables.DateColumn(verbose_name=gettext_lazy("下次复核"), format="Y-m-d")
    status = tables.Column(
        verbose_name=gettext_lazy("状态"), accessor="get_status_display", order_by="status"
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_status(self, value: str, record: Entry) -> str:
        today = timezone.localdate()
        if record.status == Entry.Status.PUBLISHED and not is_in_force(
            record.valid_from, record.valid_until, today
        ):
            return _("%(status)s，不在有效期") % {"status": value}
        return value

    class Meta(Table.Meta):
        order_by = "code"


def _url(record: Entry) -> str:
    return reverse("console:entry", args=[record.pk])


class ReviewForm(forms.Form):
    """When several are to be reviewed next."""

    review_on = forms.DateField(
        label=gettext_lazy("下次复核"),
        error_messages={"required": gettext_lazy("请选择日期。")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_review_on(self) -> date:
        """As the room has it, said before anything is done."""
        wanted: date = self.cleaned_data["review_on"]
        if wanted < timezone.localdate():
            raise forms.ValidationError(_("下次复核日期不能早于今天。"))
        return wanted


class RetireForm(forms.Form):
    """Why several are taken out of use."""

    reason = forms.CharField(
        label=gettext_lazy("停用的原因"),
        max_length=300,
        error_messages={"required": gettext_lazy("请写明停用的原因。")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _why_not(found: Entry, staff: Staff) -> str:
    if not may(staff, Permission.EDIT_KNOWLEDGE, found.agency):
        return _("不归您的单位维护。")
    if found.status == Entry.Status.RETIRED:
        return _("这条知识已经停用。")
    return ""


BULKS = (
    Bulk(
        name="review",
        label=gettext_lazy("设定复核日期"),
        title=gettext_lazy("为 %(count)s 条知识设定复核日期"),
        done=gettext_lazy("已设定 %(count)s 条的复核日期。"),
        permission=Permission.EDIT_KNOWLEDGE,
        why_not=_why_not,
        act=lambda found, staff, given, now: actions.set_review_date(
            found, given["review_on"], actor=staff, now=now
        ),
        form=ReviewForm,
    ),
    Bulk(
        name="retire",
        label=gettext_lazy("停用"),
        title=gettext_lazy("停用 %(count)s 条知识"),
        done=gettext_lazy("已停用 %(count)s 条，不再给市民。"),
        permission=Permission.EDIT_KNOWLEDGE,
        why_not=_why_not,
        act=lambda found, staff, given, now: actions.retire_entry(
            found, reason=given["reason"], actor=staff, now=now
        ),
        form=RetireForm,
    ),
)


class EntriesPage(ListPage):
    """The entries my agencies keep."""

    permission = Permission.READ_KNOWLEDGE
    title = gettext_lazy("知识")
    empty = gettext_lazy("还没有知识条目。")
    empty_hint = gettext_lazy("可以逐条新增，也可以用表格批量导入。")
    table_class = EntryTable
    filterset_class = EntryFilter
    bulks = BULKS
    buttons = (
        (gettext_lazy("新增"), "console:entry_new", Permission.EDIT_KNOWLEDGE),
        (gettext_lazy("导入"), "console:entries_import", Permission.EDIT_KNOWLEDGE),
        (gettext_lazy("入库建议"), "console:entry_proposals", Permission.READ_KNOWLEDGE),
        (gettext_lazy("政策文件"), "console:papers", Permission.READ_KNOWLEDGE),
        (gettext_lazy("同义词"), "console:synonyms", Permission.READ_KNOWLEDGE),
        (gettext_lazy("依据核对"), "console:basis_reviews", Permission.READ_KNOWLEDGE),
        (gettext_lazy("废止建议"), "console:repeals", Permission.READ_KNOWLEDGE),
        (gettext_lazy("评测集"), "console:graded_sets", Permission.EDIT_KNOWLEDGE),
    )

    def rows(self, staff: Staff) -> QuerySet[Entry]:
        return queries.entries_visible_to(staff)


class EntryForm(forms.Form):
    """Everything that is written in an entry."""

    question = forms.CharField(label=gettext_lazy("标准问题"), max_length=200,
                               error_messages={"required": gettext_lazy("请填写标准问题。")})  # fmt: skip
    variants = forms.CharField(
        label=gettext_lazy("其他问法"),
        required=False,
        help_text=gettext_lazy("市民会怎么问，一行一种。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    answer = forms.CharField(
        label=gettext_lazy("答案"),
        help_text=gettext_lazy("先说结论，再说需要什么、怎样办。市民会原样看到。"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("请填写答案。")},
    )
    source_title = forms.CharField(label=gettext_lazy("来源标题"), max_length=200, required=False,
                                   help_text=gettext_lazy("文件或指南的名称，不用加书名号。发布前必填。"))  # fmt: skip
    document_number = forms.CharField(label=gettext_lazy("文号"), max_length=80, required=False)
    source_url = forms.URLField(
        label=gettext_lazy("来源链接"), max_length=500, required=False, assume_scheme="https"
    )
    issuing_agency = forms.CharField(label=gettext_lazy("发布机关"), max_length=120, required=False)
    topic = forms.CharField(label=gettext_lazy("主题"), max_length=40, required=False)
    region_code = forms.CharField(label=gettext_lazy("适用区划"), max_length=12, required=False,
                                  help_text=gettext_lazy("区划代码；全市适用就留空。"))  # fmt: skip
    audience = forms.CharField(
        label=gettext_lazy("适用对象"), max_length=30, required=False,
        help_text=gettext_lazy("同一个问题对不同的人答案不同时填写，例如：个人、企业、外地户籍。市民没说清时会先问这一句。"),
    )  # fmt: skip
    next_steps = forms.CharField(
        label=gettext_lazy("下一步"), max_length=500, required=False,
        help_text=gettext_lazy(
            "一行一项，最多 4 行，附在答复后面。例如“预约办理：https://…”“办理地点：政务中心二楼12号窗口”“咨询电话：0571-…”。"
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    valid_from = forms.DateField(label=gettext_lazy("生效日期"), required=False,
                                 widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    valid_until = forms.DateField(label=gettext_lazy("失效日期"), required=False,
                                  help_text=gettext_lazy("过了这一天，这个答案不再给市民。"),
                                  widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    review_on = forms.DateField(label=gettext_lazy("下次复核"), required=False,
                                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    agency = forms.ModelChoiceField(label=gettext_lazy("维护单位"), queryset=Agency.objects.none(),
                                    empty_label=gettext_lazy("请选择"),
                                    error_messages={"required": gettext_lazy("请选择维护单位。")})  # fmt: skip
    status = forms.ChoiceField(label=gettext_lazy("状态"), choices=Entry.Status)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, Permission.EDIT_KNOWLEDGE)
        self.fields["agency"].queryset = own  # type: ignore[attr-defined]
        self.fields["agency"].initial = home_of(staff)

    def draft(self, code: str = "") -> EntryDraft:
        """What was written, as the room takes it."""
        values = {key: value for key, value in self.cleaned_data.items() if key != "agency"}
        values["variants"] = tuple(values["variants"].splitlines())
        return EntryDraft(code=code, **values)


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """One entry: to read, and for editors to change."""
    staff, now = staff_of(request), timezone.now()
    found = queries.entry_for(staff, Permission.READ_KNOWLEDGE, number)
    may_edit = may(staff, Permission.EDIT_KNOWLEDGE, found.agency)
    if not may_edit:
        return render(
            request, "console/entry.html",
            {
                "entry": found,
                "back": reverse("console:entries"),
                "said": usefulness_of([number]).get(number),
                "origins": origins_shown(staff, found),
            },
        )  # fmt: skip
    start = {name: getattr(found, name) for name in actions.FIELDS}
    start |= {"agency": found.agency, "variants": "\n".join(v.text for v in found.variants.all())}
    form = EntryForm(request.POST or None, initial=start, staff=staff)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.update_entry(
            found, form.draft(found.code), agency=form.cleaned_data["agency"], actor=staff, now=now
        ),
        _("已保存。两秒内所有应答都会用新的内容。"),
    ):
        return redirect("console:entry", number=number)
    return form_page(
        request, form, title=found.question, back=reverse("console:entries"),
        template="console/entry_form.html", entry=found,
        said=usefulness_of([number]).get(number),
        waiting=queries.open_reviews_of(found),
        origins=origins_shown(staff, found),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.EDIT_KNOWLEDGE)
def new_entry(request: HttpRequest) -> HttpResponse:
    """A new entry; from an unanswered question when one is named."""
    staff, now = staff_of(request), timezone.now()
    asked = _asked(request, staff)
    start = {"question": asked.text[:200], "agency": asked.agency} if asked else {}
    form = EntryForm(request.POST or None, initial=start, staff=staff)

    def write() -> None:
        agency = form.cleaned_data["agency"]
        if asked is not None:
            actions.answer_unanswered(asked, form.draft(), agency=agency, actor=staff, now=now)
        else:
            actions.create_entry(form.draft(), agency=agency, actor=staff, now=now)

    if request.method == "POST" and act(request, form, write, _("知识条目已建立。")):
        return redirect("console:unanswered" if asked else "console:entries")
    note = (
        _("市民问过：%(text)s（%(times)s 次）") % {"text": asked.text, "times": asked.times}
        if asked
        else ""
    )
    return form_page(request, form, title=_("新增知识"), back=reverse("console:entries"), note=note)


def _asked(request: HttpRequest, staff: Staff) -> UnansweredQuestion | None:
    number = request.GET.get("asked", "")
    if not number.isdecimal():
        return None
    return queries.unanswered_visible_to(staff).filter(pk=int(number)).first()


@require_POST
@allowed(Permission.EDIT_KNOWLEDGE)
def retire(request: HttpRequest, number: int) -> HttpResponse:
    """Take an entry out of use."""
    staff = staff_of(request)
    found = queries.entry_for(staff, Permission.EDIT_KNOWLEDGE, number)
    try:
        actions.retire_entry(
            found, reason=request.POST.get("reason", ""), actor=staff, now=timezone.now()
        )
        messages.success(request, _("已停用，不再给市民。需要时可以重新发布。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:entry", number=number)


urlpatterns = [
    listed("knowledge/", EntriesPage, "entries"),
    path("knowledge/new/", new_entry, name="entry_new"),
    path("knowledge/<int:number>/", entry, name="entry"),
    path("knowledge/<int:number>/retire/", retire, name="entry_retire"),
]
