"""Comments under articles (留言): what is known of them, what staff do about them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.scope import scoped
from minxin.citizens.models import Citizen


class CommentedArticle(models.Model):
    """An article whose comments are asked for. `place` is WeChat's `index`, from 0; `due_at` when it is
    asked again, None for never; `trouble` why the last look told nothing. `job`: by which the event of its
    publication finds it. `is_open`: whether its comments are open, as it was published or as we last set it;
    None where nobody told, for WeChat has no interface that tells."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    data_id = models.BigIntegerField()
    place = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("文章"), max_length=200, blank=True)
    url = models.CharField(_("链接"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("发布时间"))
    due_at = models.DateTimeField(null=True, db_index=True)
    looked_at = models.DateTimeField(_("最近读取"), null=True)
    trouble = models.CharField(_("读取问题"), max_length=300, blank=True)
    job = models.CharField(max_length=80, blank=True, db_index=True)
    is_open = models.BooleanField(_("留言开关"), null=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("有留言的文章")
        verbose_name_plural = _("有留言的文章")
        ordering = ("-published_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "data_id", "place"], name="one_row_per_article_of_an_account"
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.data_id)


class Comment(models.Model):
    """One comment as WeChat last told it. `number` is unique under its article; `text` is None where it
    was erased; `earlier` is what stood there before it was changed; `gone_at` since when WeChat no longer
    lists it."""

    article = models.ForeignKey(CommentedArticle, on_delete=models.PROTECT, related_name="comments")
    number = models.BigIntegerField()
    citizen = models.ForeignKey(Citizen, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("留言"), null=True)
    earlier = models.TextField(_("修改前"), blank=True)
    said_at = models.DateTimeField(_("留言时间"), db_index=True)
    is_elected = models.BooleanField(_("已精选"), default=False)
    reply = models.TextField(_("公开回复"), blank=True)
    replied_at = models.DateTimeField(_("回复时间"), null=True)
    done_at = models.DateTimeField(_("办结时间"), null=True)
    gone_at = models.DateTimeField(_("删除时间"), null=True)
    changed_at = models.DateTimeField(null=True, db_index=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("办理人"),
    )

    objects = scoped("article__account__agency__path")

    class Meta:
        verbose_name = _("留言")
        verbose_name_plural = _("留言")
        ordering = ("-said_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="one_row_per_comment_of_an_article"
            )
        ]
        indexes = [
            models.Index(
                fields=["article"],
                condition=Q(reply="", done_at=None, gone_at=None),
                name="comment_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} · {self.number}"

    @property
    def is_open(self) -> bool:
        """Somebody has to look at it."""
        return not (self.reply or self.done_at or self.gone_at)


class Act(models.Model):
    """What somebody wants done in WeChat: a row first, carried out by a worker, once."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("待执行")
        RUNNING = "running", _("执行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("没有成功")

    key = models.CharField(max_length=80, unique=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    is_uncertain = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(_("时间"))
    due_at = models.DateTimeField()
    error = models.CharField(_("问题"), max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.key

    @property
    def is_moving(self) -> bool:
        """A worker has it or will have it."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}


class CommentAct(Act):
    """Something about a comment."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("公开回复")
        UNREPLY = "unreply", _("删除回复")
        ELECT = "elect", _("设为精选")
        UNELECT = "unelect", _("取消精选")
        DELETE = "delete", _("删除留言")

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("操作"), max_length=10, choices=Kind)
    text = models.TextField(blank=True)

    class Meta(Act.Meta):
        verbose_name = _("留言操作")
        verbose_name_plural = _("留言操作")
        constraints = [
            models.UniqueConstraint(
                fields=["comment"],
                condition=Q(status__in=["waiting", "running"]),
                name="one_act_on_a_comment_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="comment_act_due")]


class ArticleAct(Act):
    """The comments of an article are opened or closed."""

    class Kind(models.TextChoices):
        OPEN = "open", _("开放留言")
        CLOSE = "close", _("关闭留言")

    article = models.ForeignKey(CommentedArticle, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("操作"), max_length=10, choices=Kind)

    class Meta(Act.Meta):
        verbose_name = _("文章留言开关")
        verbose_name_plural = _("文章留言开关")
        constraints = [
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(status__in=["waiting", "running"]),
                name="one_act_on_an_article_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="article_act_due")]


class CommentNote(models.Model):
    """What colleagues tell each other about a comment; it has no way to WeChat."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="notes")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, unique=True)
    text = models.TextField(_("备注"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("留言备注")
        verbose_name_plural = _("留言备注")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.staff_id} · {self.at:%Y-%m-%d %H:%M}"
