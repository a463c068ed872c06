"""What is done about an article's comments as a whole: opened, closed, asked for at once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.conversations.actions.comments import LONGEST_REASON
from minxin.conversations.articles import keep_submitted as keep_submitted
from minxin.conversations.articles import mass_job as mass_job
from minxin.conversations.articles import note_published as note_published
from minxin.conversations.articles import publish_job as publish_job
from minxin.conversations.models.comments import ArticleAct, CommentedArticle
from minxin.core.errors import Refused

Kind = ArticleAct.Kind
# How often somebody may have an article asked for beside the clock. Ours: WeChat counts every call.
BETWEEN_LOOKS = timedelta(seconds=20)


@transaction.atomic
def ask_to_set_open(
    article: CommentedArticle,
    *,
    is_open: bool,
    reason: str = "",
    key: str,
    actor: Staff,
    now: datetime,
) -> ArticleAct:
    """Have WeChat open or close the comments of an article, by a worker; once for each `key`.

    `Refused`: closing without a reason (it is silence for readers, so it is audited with one), what is so
    already as far as we know, while another waits, and a key under which another stands or that failed.
    """
    agency = article.account.agency
    ensure_may(actor, Permission.ANSWER_CONVERSATIONS, agency)
    kind = Kind.OPEN if is_open else Kind.CLOSE
    known = ArticleAct.objects.filter(key=key).first()
    if known is not None:
        is_same = known.article_id == article.pk and known.kind == kind
        if is_same and known.status != ArticleAct.Status.FAILED:
            return known
        raise Refused(_("这个页面已经提交过一次操作。请看清现在的状态，需要时再提交一次。"))
    article.refresh_from_db(from_queryset=CommentedArticle.objects.select_for_update())
    reason = reason.strip()
    if article.is_open is is_open:
        words = _("这篇文章的留言已经开放。") if is_open else _("这篇文章的留言已经关闭。")
        raise Refused(words)
    if not is_open and not reason:
        raise Refused(_("请填写关闭的原因，会记入审计。"), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("原因不超过 %(limit)s 字。") % {"limit": LONGEST_REASON}, field="reason")
    try:
        with transaction.atomic():
            act = ArticleAct.objects.create(
                article=article,
                key=key,
                kind=kind,
                reason=reason,
                staff=actor,
                asked_at=now,
                due_at=now,
            )
    except IntegrityError as error:
        raise Refused(_("上一个操作还在执行，请稍候。")) from error
    verb = "article.comments_opened" if is_open else "article.comments_closed"
    audit.record(actor, verb, article, now=now, agency=agency, reason=reason)
    return act


@transaction.atomic
def note_article_done(act: ArticleAct, *, now: datetime) -> None:
    """WeChat has done it. Audited when it was asked for."""
    article = act.article
    article.refresh_from_db(from_queryset=CommentedArticle.objects.select_for_update())
    article.is_open = act.kind == Kind.OPEN
    article.save(update_fields=["is_open"])
    ArticleAct.objects.filter(pk=act.pk).update(status=ArticleAct.Status.DONE, error="")


@transaction.atomic
def ask_to_look(article: CommentedArticle, *, actor: Staff, now: datetime) -> None:
    """Somebody wants the comments read at once; `Refused` when they were a moment ago. Not audited: it
    reads what the clock reads anyway."""
    ensure_may(actor, Permission.READ_CONVERSATIONS, article.account.agency)
    article.refresh_from_db(from_queryset=CommentedArticle.objects.select_for_update())
    if article.looked_at is not None and now - article.looked_at < BETWEEN_LOOKS:
        raise Refused(_("刚刚读取过，请稍候再试。"))
