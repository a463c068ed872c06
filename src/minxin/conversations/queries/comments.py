"""Comments under articles, as staff see them."""

import zlib

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.queries import may, staff_who_may
from minxin.agencies.rules import Permission
from minxin.conversations.models.comments import ArticleAct, Comment, CommentAct, CommentedArticle
from minxin.core.errors import NotFound

OPEN = Q(reply="", done_at=None, gone_at=None)


def comments_visible_to(staff: Staff) -> QuerySet[Comment]:
    """The comments under articles of the branches this person may read, the newest first."""
    found: QuerySet[Comment] = Comment.objects.visible_to(staff, Permission.READ_CONVERSATIONS)
    return found.select_related("article__account__agency", "assigned_to")


def comment_for(staff: Staff, permission: Permission, number: int) -> Comment:
    """One this person has a permission over; `NotFound` otherwise."""
    found: Comment | None = (
        Comment.objects.visible_to(staff, permission)
        .select_related("article__account__agency", "assigned_to", "citizen")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def open_comments(staff: Staff) -> int:
    """How many nobody has replied to or done with."""
    found: QuerySet[Comment] = Comment.objects.visible_to(staff, Permission.READ_CONVERSATIONS)
    return found.filter(OPEN).order_by().count()


def may_answer_comment(staff: Staff, comment: Comment) -> bool:
    """Whether this person answers for the account."""
    return may(staff, Permission.ANSWER_CONVERSATIONS, comment.article.account.agency)


def comment_colleagues(comment: Comment) -> list[Staff]:
    """Who can answer it, by name."""
    able = staff_who_may(Permission.ANSWER_CONVERSATIONS, comment.article.account.agency)
    return list(able.order_by("name", "pk"))


def acts_of(comment: Comment) -> list[CommentAct]:
    """What was done about it in WeChat, the newest first."""
    return list(comment.acts.select_related("staff").order_by("-id"))


def done_acts(article: CommentedArticle) -> frozenset[int]:
    """The primary keys of what was done so far about its comments: asked before WeChat's list is read."""
    rows = CommentAct.objects.filter(comment__article=article, status=CommentAct.Status.DONE)
    return frozenset(rows.order_by().values_list("pk", flat=True))


def articles_visible_to(staff: Staff) -> QuerySet[CommentedArticle]:
    """The articles whose comments this person may read, the newest first; `written` and `waiting` count
    their comments and the open ones."""
    found: QuerySet[CommentedArticle] = CommentedArticle.objects.visible_to(
        staff, Permission.READ_CONVERSATIONS
    )
    waiting = Q(comments__reply="", comments__done_at=None, comments__gone_at=None)
    return found.select_related("account__agency").annotate(
        written=Count("comments", filter=Q(comments__gone_at=None)),
        waiting=Count("comments", filter=waiting),
    )


def articles_with_comments(staff: Staff) -> QuerySet[CommentedArticle]:
    """Those under which something is written, the newest first."""
    written = Comment.objects.filter(article=OuterRef("pk"), gone_at=None)
    found: QuerySet[CommentedArticle] = CommentedArticle.objects.visible_to(
        staff, Permission.READ_CONVERSATIONS
    )
    return found.filter(Exists(written))


def counts_under(article: CommentedArticle) -> tuple[int, int]:
    """How many comments stand under it, and how many of them are open."""
    there = article.comments.filter(gone_at=None)
    return there.count(), there.filter(OPEN).count()


def article_for(staff: Staff, permission: Permission, number: int) -> CommentedArticle:
    """One this person has a permission over; `NotFound` otherwise."""
    found: CommentedArticle | None = (
        CommentedArticle.objects.visible_to(staff, permission)
        .select_related("account__agency")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def acts_on(article: CommentedArticle) -> list[ArticleAct]:
    """How its comments were opened and closed, the newest first."""
    return list(article.acts.select_related("staff").order_by("-id"))


def latest_comment_change() -> int:
    """A number that changes whenever a comment came, changed, was given or done, or an act ended."""
    state = (
        Comment.objects.aggregate(last=Max("changed_at")),
        CommentAct.objects.aggregate(last=Max("id")),
    )
    return zlib.crc32(repr(state).encode())
