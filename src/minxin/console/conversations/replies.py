"""Saved replies: chosen while answering, kept on a page of their own, brought in and taken away as a sheet."""

from datetime import datetime
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
from minxin.agencies.queries import agencies_for, home_of
from minxin.agencies.rules import Permission
from minxin.citizens.queries import contact_of
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no
from minxin.console.words import Words
from minxin.conversations import actions, queries
from minxin.conversations.actions.replies import LONGEST_TEXT, LONGEST_TITLE, MOST_ROWS
from minxin.conversations.models import Dialogue, SavedReply
from minxin.conversations.rules.replies import VARIABLES, called, fill
from minxin.core.errors import Refused
from minxin.core.uploads import read_upload
from minxin.tickets.queries import beside_conversation

PLACES = "、".join(f"{{{name}}}" for name in VARIABLES)
OUT_OF_USE = frozenset({"停用", "否", "no", "0"})


def values_for(dialogue: Dialogue, *, staff: Staff, now: datetime) -> dict[str, str]:
    """What the places of a saved reply are filled with in a conversation; nothing for what is not known.
    Number and deadline are those of the citizen's newest ticket."""
    agency = dialogue.owner
    ticket = beside_conversation(dialogue.citizen).first()
    today = timezone.localtime(now)
    return {
        "称呼": called(contact_of(dialogue.citizen).real_name),
        "单位": agency.name,
        "电话": agency.phone,
        "编号": ticket.number if ticket else "",
        "期限": _day(ticket.due_at) if ticket and ticket.due_at > now else "",
        "经办人": staff.name,
        "日期": f"{today.month}月{today.day}日",
    }


def _day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日"


@require_safe
@allowed(Permission.ANSWER_CONVERSATIONS)
def choices(request: HttpRequest, key: str) -> HttpResponse:
    """The saved replies that fit the words after a slash, filled in for this citizen."""
    staff, now = staff_of(request), timezone.now()
    dialogue = queries.dialogue_for(staff, Permission.ANSWER_CONVERSATIONS, key)
    values = values_for(dialogue, staff=staff, now=now)
    words = request.GET.get("q", "")[:40]
    found = queries.replies_for(dialogue.owner, words)
    context = {
        "choices": [{"reply": row, "filled": fill(row.text, values)} for row in found],
        "q": words,
    }
    return render(request, "console/parts/inbox_replies.html", context)


class ReplyFilter(Search):
    """Filters of the saved replies."""

    searched = ("title", "text", "agency__name")
    is_active = yes_or_no(gettext_lazy("在用"), gettext_lazy("在用"), gettext_lazy("停用"))

    class Meta:
        model = SavedReply
        fields = ("is_active",)


class ReplySheet(Table):
    """The columns that a sheet takes away and brings in."""

    title = tables.Column(verbose_name=gettext_lazy("标题"))
    text = tables.Column(verbose_name=gettext_lazy("内容"), orderable=False)
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    uses = tables.Column(verbose_name=gettext_lazy("使用次数"))
    used_at = tables.DateTimeColumn(verbose_name=gettext_lazy("最近使用"), format="Y-m-d H:i")
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("状态"), yesno=(gettext_lazy("在用"), gettext_lazy("停用"))
    )

    class Meta(Table.Meta):
        order_by = "-uses"


class ReplyTable(ReplySheet):
    """The same on the page, long words cut."""

    row_url = staticmethod(lambda row: reverse("console:saved_reply", args=[row.pk]))

    def render_text(self, value: str) -> str:
        return value if len(value) <= 60 else f"{value[:60]}……"

    class Meta(ReplySheet.Meta):
        pass


class RepliesPage(ListPage):
    """What agencies have ready to say."""

    permission = Permission.READ_CONVERSATIONS
    title = gettext_lazy("快捷回复")
    empty = gettext_lazy("还没有快捷回复。")
    empty_hint = gettext_lazy("常说的话存在这里，答复时输入 / 就能找到；上级单位的下级也能用。")
    table_class = ReplyTable
    sheet_class = ReplySheet
    filterset_class = ReplyFilter
    back = (gettext_lazy("会话"), "console:inbox")
    buttons = (
        (
            gettext_lazy("新增快捷回复"),
            "console:saved_reply_new",
            Permission.ANSWER_CONVERSATIONS,
        ),
        (gettext_lazy("导入"), "console:saved_replies_import", Permission.ANSWER_CONVERSATIONS),
    )

    def rows(self, staff: Staff) -> QuerySet[SavedReply]:
        return queries.replies_visible_to(staff)


class ReplyForm(forms.Form):
    """A title and the words."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=LONGEST_TITLE)
    text = Words(label=gettext_lazy("内容"), limit=LONGEST_TEXT, rows=7)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("可以写变量：%(places)s。发送前自动填好。") % {
            "places": PLACES
        }


class OfAgency(forms.Form):
    """Whose it is: an agency in which this person answers conversations."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        queryset=Agency.objects.none(),
        help_text=gettext_lazy("本单位和下级单位的会话都能用。"),
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (as declared above)
        field.queryset = agencies_for(staff, Permission.ANSWER_CONVERSATIONS)
        field.initial = home_of(staff)


class NewReplyForm(ReplyForm, OfAgency):
    """A new one, and whose it is."""

    field_order = ("title", "text", "agency")


class OldReplyForm(ReplyForm):
    """One that is there, and whether it is in use."""

    is_active = forms.BooleanField(label=gettext_lazy("在用"), required=False)


class SheetForm(OfAgency):
    """A sheet with titles and words."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.ods"}),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("这个文件是空的，请重新选择。"),
        },
    )
    field_order = ("file", "agency")


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_CONVERSATIONS)
def new_reply(request: HttpRequest) -> HttpResponse:
    """Something to have ready."""
    staff, now = staff_of(request), timezone.now()
    form = NewReplyForm(request.POST or None, staff=staff)

    def action() -> None:
        given = form.cleaned_data
        draft = actions.ReplyDraft(given["title"], given["text"])
        actions.add_reply(draft, agency=given["agency"], actor=staff, now=now)

    if request.method == "POST" and act(request, form, action, _("快捷回复已新增。")):
        return redirect("console:saved_replies")
    back = reverse("console:saved_replies")
    return form_page(request, form, title=_("新增快捷回复"), back=back)


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_CONVERSATIONS)
def one_reply(request: HttpRequest, number: int) -> HttpResponse:
    """Change one, or take it out of use."""
    staff, now = staff_of(request), timezone.now()
    row = queries.reply_for(staff, number)
    title = row.title
    start = {"title": row.title, "text": row.text, "is_active": row.is_active}
    form = OldReplyForm(request.POST or None, initial=start)

    def action() -> None:
        draft = actions.ReplyDraft(**form.cleaned_data)
        actions.change_reply(row, draft, actor=staff, now=now)

    if request.method == "POST" and act(request, form, action, _("快捷回复已保存。")):
        return redirect("console:saved_replies")
    return form_page(request, form, title=title, back=reverse("console:saved_replies"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_CONVERSATIONS)
def import_sheet(request: HttpRequest) -> HttpResponse:
    """Bring in a sheet, whole or not at all."""
    staff, now = staff_of(request), timezone.now()
    form = SheetForm(request.POST or None, request.FILES or None, staff=staff)
    counts: list[int] = []

    def action() -> None:
        file, agency = form.cleaned_data["file"], form.cleaned_data["agency"]
        drafts = _drafts(file.name, file.read())
        counts.extend(actions.import_replies(drafts, agency=agency, actor=staff, now=now))

    if request.method == "POST" and act(request, form, action):
        words = _("导入完成：新增 %(new)s 条，更新 %(old)s 条。")
        messages.success(request, words % {"new": counts[0], "old": counts[1]})
        return redirect("console:saved_replies")
    return form_page(
        request,
        form,
        title=_("导入快捷回复"),
        back=reverse("console:saved_replies"),
        submit=_("导入"),
        template="console/form_with_file.html",
        note=_(
            "列名用“标题”“内容”，可以有“状态”（在用或停用）；导出的表格改好可以直接导入。"
            "标题与本单位已有的相同会更新。有一行不对就都不写入。"
        ),
    )


def _drafts(name: str, content: bytes) -> list[tuple[int, actions.ReplyDraft]]:
    """(row, draft) of a sheet that has the titles 标题 and 内容 in its first row."""
    lines = read_upload(name, content, most_rows=MOST_ROWS + 2)[0].rows
    titles = [each.strip() for each in lines[0]] if lines else []
    if "标题" not in titles or "内容" not in titles:
        raise Refused(_("第一行要有列名“标题”和“内容”。"), field="file")
    if len(lines) > MOST_ROWS + 1:
        raise Refused(_("一次最多导入 %(most)s 行。") % {"most": MOST_ROWS}, field="file")
    drafts = []
    for number, line in enumerate(lines[1:], start=2):
        cells = dict(zip(titles, line, strict=False))
        if not any(cell.strip() for cell in line):
            continue
        is_active = cells.get("状态", "").strip().lower() not in OUT_OF_USE
        drafts.append(
            (number, actions.ReplyDraft(cells.get("标题", ""), cells.get("内容", ""), is_active))
        )
    return drafts


urlpatterns = [
    path("inbox/<str:key>/replies/", choices, name="conversation_replies"),
    listed("conversations/replies/", RepliesPage, "saved_replies"),
    path("conversations/replies/new/", new_reply, name="saved_reply_new"),
    path("conversations/replies/import/", import_sheet, name="saved_replies_import"),
    path("conversations/replies/<int:number>/", one_reply, name="saved_reply"),
]
