"""Comments under articles (留言) beside the conversations: their list, and one with all that can be done."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.accounts.queries import obstacle
from minxin.accounts.rules import Capability
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.conversations import queries
from minxin.conversations.actions import comments as actions
from minxin.conversations.models.comments import Comment, CommentAct, CommentedArticle
from minxin.conversations.queries import comments as reads
from minxin.conversations.rules.comments import LONGEST_REPLY
from minxin.conversations.tasks import carry_out_comments
from minxin.core.errors import NotFound, Refused
from minxin.text import mask

DONE_WORDS = {
    CommentAct.Kind.REPLY: gettext_lazy("回复已提交，几秒后公开显示。"),
    CommentAct.Kind.UNREPLY: gettext_lazy("已提交，几秒后删除这条回复。"),
    CommentAct.Kind.ELECT: gettext_lazy("已提交，几秒后设为精选。"),
    CommentAct.Kind.UNELECT: gettext_lazy("已提交，几秒后取消精选。"),
    CommentAct.Kind.DELETE: gettext_lazy("已提交，几秒后删除这条留言。"),
}
CHANGE_REPLY = {CommentAct.Kind.REPLY, CommentAct.Kind.UNREPLY, CommentAct.Kind.DELETE}


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_CONVERSATIONS)
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """One comment; what was typed stays when it was refused."""
    staff = staff_of(request)
    refused: dict[str, str] = {}
    if request.method == "POST":
        row = reads.comment_for(staff, Permission.ANSWER_CONVERSATIONS, number)
        try:
            messages.success(request, _do(request, row))
            return redirect("console:comment", number=number)
        except Refused as refusal:
            refused = {refusal.field or "act": refusal.message}
    row = reads.comment_for(staff, Permission.READ_CONVERSATIONS, number)
    context = _context(request, row) | {
        "notes": row.notes.select_related("staff"),
        "conversation": _conversation_of(staff, row),
        "refused": refused,
        "typed": request.POST,
    }
    return render(request, "console/comment.html", context, status=422 if refused else 200)


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves; when nothing moves any more, also what the act changed."""
    row = reads.comment_for(staff_of(request), Permission.READ_CONVERSATIONS, number)
    context = _context(request, row) | {"is_live": True}
    return render(request, "console/parts/comment_acts.html", context)


def _context(request: HttpRequest, row: Comment) -> dict[str, Any]:
    acts = reads.acts_of(row)
    newest = acts[0] if acts else None
    is_moving = newest is not None and newest.is_moving
    sends = newest is not None and is_moving and newest.kind == CommentAct.Kind.REPLY
    return {
        "row": row,
        "article": row.article,
        "may_answer": reads.may_answer_comment(staff_of(request), row),
        "acts": acts,
        "is_moving": is_moving,
        "sending": newest.text if newest is not None and sends else "",
        "changes_reply": newest is not None and newest.kind in CHANGE_REPLY,
        "failed_text": newest.text if newest is not None and newest.status == "failed" else "",
        "colleagues": reads.comment_colleagues(row),
        "hindered": obstacle(row.article.account, Capability.COMMENTS),
        "longest": LONGEST_REPLY,
        "token": get_random_string(16),
    }


def _do(request: HttpRequest, row: Comment) -> str:
    """Do what was pressed; what to say about it."""
    staff, now, asked = staff_of(request), timezone.now(), request.POST
    what = asked.get("do", "")
    key = f"comment:{staff.pk}:{asked.get('token', '')[:32] or get_random_string(16)}"
    if what in CommentAct.Kind.values:
        actions.ask(
            row, what, text=asked.get("text", ""), reason=asked.get("reason", ""),
            may_carry_private="may_carry_private" in asked, key=key, actor=staff, now=now,
        )  # fmt: skip
        carry_out_comments.enqueue()
        return str(DONE_WORDS[CommentAct.Kind(what)])
    if what == "note":
        actions.note_comment(row, asked.get("note", ""), key=key, actor=staff, now=now)
        return _("备注已记下。")
    if what == "assign":
        able = {str(one.pk): one for one in reads.comment_colleagues(row)}
        chosen = asked.get("to", "")
        if chosen and chosen not in able:
            raise Refused(_("请选择一位能答复这个公众号的同事。"), field="to")
        actions.assign_comment(row, able.get(chosen), actor=staff, now=now)
        return _("已指定办理人。") if chosen else _("已取消办理人。")
    if what in {"done", "reopen"}:
        actions.set_done(row, is_done=what == "done", actor=staff, now=now)
        return _("已办结。") if what == "done" else _("已重新列为待办。")
    raise Refused(_("没有这个操作。"))


def _conversation_of(staff: Staff, row: Comment) -> str:
    """Her conversation with the account, where there is one that this person may read; else empty."""
    if row.citizen_id is None:
        return ""
    try:
        dialogue = queries.dialogue_for(staff, Permission.READ_CONVERSATIONS, row.citizen_id)
    except NotFound:
        return ""
    return reverse("console:conversation", args=[dialogue.pk])


STATES = (
    ("open", gettext_lazy("待办")),
    ("mine", gettext_lazy("我的待办")),
    ("replied", gettext_lazy("已回复")),
    ("elected", gettext_lazy("精选")),
    ("gone", gettext_lazy("已删除")),
)


def _articles(request: HttpRequest | None) -> QuerySet[CommentedArticle]:
    """Those with comments, for the filter."""
    if request is None:
        return CommentedArticle.objects.none()
    return reads.articles_with_comments(staff_of(request))


class CommentFilter(Search):
    """Filters of the comments."""

    searched = ("text", "reply", "article__title")
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=STATES, method="by_state"
    )
    article = django_filters.ModelChoiceFilter(
        label=gettext_lazy("文章"), queryset=_articles, empty_label=gettext_lazy("全部文章")
    )

    class Meta:
        model = Comment
        fields = ("state", "article")

    def by_state(self, found: QuerySet[Comment], name: str, value: str) -> QuerySet[Comment]:
        match value:
            case "open":
                return found.filter(reads.OPEN)
            case "mine":
                return found.filter(reads.OPEN, assigned_to=self.request.user)
            case "replied":
                return found.exclude(reply="")
            case "elected":
                return found.filter(is_elected=True, gone_at=None)
        return found.filter(gone_at__isnull=False)


class CommentTable(Table):
    """What was written under which article, and what came of it."""

    said_at = tables.DateTimeColumn(verbose_name=gettext_lazy("留言时间"), format="Y-m-d H:i")
    text = tables.Column(verbose_name=gettext_lazy("留言"), orderable=False, default="—")
    article = tables.Column(verbose_name=gettext_lazy("文章"), accessor="article__title")
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="article__account__name")
    state = tables.Column(
        verbose_name=gettext_lazy("状态"), empty_values=(), orderable=False, accessor="pk"
    )
    assigned_to = tables.Column(verbose_name=gettext_lazy("办理人"), accessor="assigned_to__name")

    row_url = staticmethod(lambda row: reverse("console:comment", args=[row.pk]))

    def render_text(self, value: str) -> str:
        return mask(value)[:80]

    def render_state(self, record: Comment) -> str:
        return state_of(record)

    class Meta(Table.Meta):
        model = Comment
        fields = ("said_at", "text", "article", "account", "state", "assigned_to")


def state_of(row: Comment) -> str:
    """How a comment stands, in words."""
    if row.gone_at:
        return _("已删除")
    parts = [_("精选")] if row.is_elected else []
    if row.reply:
        parts.append(_("已回复"))
    elif row.done_at:
        parts.append(_("已办结"))
    else:
        parts.append(_("待办"))
    return "、".join(parts)


class CommentsPage(ListPage):
    """The comments under articles of my accounts."""

    permission = Permission.READ_CONVERSATIONS
    title = gettext_lazy("文章留言")
    empty = gettext_lazy("还没有文章留言。")
    empty_hint = gettext_lazy(
        "文章经本系统发布的，发布成功后开始读取留言；在微信公众平台发布的，次日数据到了以后开始读取。"
        "账号须有留言功能，文章须开放留言。"
    )
    table_class = CommentTable
    filterset_class = CommentFilter
    back = (gettext_lazy("会话"), "console:inbox")
    buttons = (
        (gettext_lazy("有留言的文章"), "console:commented_articles", Permission.READ_CONVERSATIONS),
    )

    def rows(self, staff: Staff) -> QuerySet[Comment]:
        return reads.comments_visible_to(staff)


urlpatterns = [
    listed("conversations/comments/", CommentsPage, "comments"),
    path("conversations/comments/<int:number>/", comment, name="comment"),
    path("conversations/comments/<int:number>/progress/", progress, name="comment_progress"),
]
