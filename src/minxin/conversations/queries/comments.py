"""Comments under articles, as staff see them."""

from django.db.models import Q, QuerySet

from minxin.agencies.models import Staff
from minxin.agencies.queries import may, staff_who_may
from minxin.agencies.rules import Permission
from minxin.conversations.models.comments import Comment, CommentAct, CommentedArticle
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
    return comments_visible_to(staff).filter(OPEN).count()


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
