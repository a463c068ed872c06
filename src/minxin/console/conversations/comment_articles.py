"""The articles whose comments are read: which, how often, and whether their readers may write."""

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
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, listed
from minxin.conversations.actions import comment_articles as actions
from minxin.conversations.models.comments import CommentedArticle
from minxin.conversations.queries import comments as reads
from minxin.conversations.tasks import carry_out_comments, read_comments_of
from minxin.core.errors import Refused


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_CONVERSATIONS)
def article(request: HttpRequest, number: int) -> HttpResponse:
    """One article; what was typed stays when it was refused."""
    staff = staff_of(request)
    refused: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, _do(request, number))
            return redirect("console:commented_article", number=number)
        except Refused as refusal:
            name = "look" if request.POST.get("do") == "look" else "act"
            refused = {refusal.field or name: refusal.message}
    row = reads.article_for(staff, Permission.READ_CONVERSATIONS, number)
    written, waiting = reads.counts_under(row)
    context = _context(request, row) | {
        "written": written,
        "waiting": waiting,
        "refused": refused,
        "typed": request.POST,
    }
    return render(
        request, "console/commented_article.html", context, status=422 if refused else 200
    )


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that moves."""
    row = reads.article_for(staff_of(request), Permission.READ_CONVERSATIONS, number)
    return render(request, "console/parts/article_switch.html", _context(request, row))


def _context(request: HttpRequest, row: CommentedArticle) -> dict[str, Any]:
    acts = reads.acts_on(row)
    return {
        "article": row,
        "acts": acts,
        "is_moving": any(act.is_moving for act in acts),
        "may_answer": may(staff_of(request), Permission.ANSWER_CONVERSATIONS, row.account.agency),
        "hindered": obstacle(row.account, Capability.COMMENTS),
        "token": get_random_string(16),
    }


def _do(request: HttpRequest, number: int) -> str:
    """Do what was pressed; what to say about it."""
    staff, now, asked = staff_of(request), timezone.now(), request.POST
    what = asked.get("do", "")
    if what == "look":
        row = reads.article_for(staff, Permission.READ_CONVERSATIONS, number)
        actions.ask_to_look(row, actor=staff, now=now)
        read_comments_of.enqueue(row.pk)
        return _("正在读取，几秒后刷新可以看到。")
    if what in {"open", "close"}:
        row = reads.article_for(staff, Permission.ANSWER_CONVERSATIONS, number)
        key = f"article:{staff.pk}:{asked.get('token', '')[:32] or get_random_string(16)}"
        actions.ask_to_set_open(
            row,
            is_open=what == "open",
            reason=asked.get("reason", ""),
            key=key,
            actor=staff,
            now=now,
        )
        carry_out_comments.enqueue()
        return _("已提交，几秒后开放。") if what == "open" else _("已提交，几秒后关闭。")
    raise Refused(_("没有这个操作。"))


SWITCH = (
    ("open", gettext_lazy("已开放")),
    ("closed", gettext_lazy("已关闭")),
    ("unknown", gettext_lazy("不清楚")),
)


class ArticleFilter(Search):
    """Filters of the articles."""

    searched = ("title", "account__name")
    switch = django_filters.ChoiceFilter(
        label=gettext_lazy("留言开关"), choices=SWITCH, method="by_switch"
    )

    class Meta:
        model = CommentedArticle
        fields = ("switch",)

    def by_switch(
        self, found: QuerySet[CommentedArticle], name: str, value: str
    ) -> QuerySet[CommentedArticle]:
        return found.filter(is_open={"open": True, "closed": False}.get(value))


class ArticleTable(Table):
    """What was published, how much is said about it, and whether more may be said."""

    title = tables.Column(verbose_name=gettext_lazy("文章"), empty_values=())
    account = tables.Column(verbose_name=gettext_lazy("账号"), accessor="account__name")
    published_at = tables.DateTimeColumn(verbose_name=gettext_lazy("发布时间"), format="Y-m-d H:i")
    written = tables.Column(verbose_name=gettext_lazy("留言"))
    waiting = tables.Column(verbose_name=gettext_lazy("待办"))
    is_open = tables.Column(verbose_name=gettext_lazy("留言开关"), empty_values=(), orderable=False)
    looked_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("最近读取"), format="Y-m-d H:i", default="—"
    )

    row_url = staticmethod(lambda row: reverse("console:commented_article", args=[row.pk]))

    def render_title(self, value: str) -> str:
        return value or _("没有标题的文章")

    def render_is_open(self, value: bool | None) -> str:
        if value is None:
            return _("不清楚")
        return _("已开放") if value else _("已关闭")

    class Meta(Table.Meta):
        model = CommentedArticle
        fields = (
            "title", "account", "published_at", "written", "waiting", "is_open", "looked_at",
        )  # fmt: skip


class ArticlesPage(ListPage):
    """The articles of my accounts whose comments are read."""

    permission = Permission.READ_CONVERSATIONS
    title = gettext_lazy("有留言的文章")
    empty = gettext_lazy("还没有文章。")
    empty_hint = gettext_lazy(
        "文章经本系统发布的，发布成功后列在这里；在微信公众平台发布的，次日数据到了以后列在这里。"
    )
    table_class = ArticleTable
    filterset_class = ArticleFilter
    back = (gettext_lazy("文章留言"), "console:comments")

    def rows(self, staff: Staff) -> QuerySet[CommentedArticle]:
        return reads.articles_visible_to(staff)


urlpatterns = [
    listed("conversations/comments/articles/", ArticlesPage, "commented_articles"),
    path("conversations/comments/articles/<int:number>/", article, name="commented_article"),
    path(
        "conversations/comments/articles/<int:number>/switch/",
        switch,
        name="commented_article_switch",
    ),
]
