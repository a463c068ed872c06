"""Tables: messages, dialogues, the outgoing queue, reading cursors; those of the desk beside them."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.agencies.scope import ScopedQuerySet, numbers_under, scoped
from minxin.citizens.models import Citizen
from minxin.conversations.models.comments import ArticleAct as ArticleAct
from minxin.conversations.models.comments import Comment as Comment
from minxin.conversations.models.comments import CommentAct as CommentAct
from minxin.conversations.models.comments import CommentedArticle as CommentedArticle
from minxin.conversations.models.comments import CommentNote as CommentNote
from minxin.conversations.models.desk import Note as Note
from minxin.conversations.models.desk import Tag as Tag
from minxin.conversations.models.desk import Tagging as Tagging
from minxin.conversations.models.desk import Writing as Writing
from minxin.conversations.models.handovers import Handover as Handover
from minxin.conversations.models.hours import OutOfHours as OutOfHours
from minxin.conversations.models.replies import SavedReply as SavedReply
from minxin.conversations.models.safety import Hotline as Hotline
from minxin.conversations.models.safety import SafetyRule as SafetyRule


class Sender(models.TextChoices):
    """Who spoke."""

    CITIZEN = "citizen", _("市民")
    MACHINE = "machine", _("自动答复")
    STAFF = "staff", _("工作人员")


class Beginning(models.Func):
    """The first eight digits of a citizen's key: they find a handful of rows among millions, in a third
    of the index that whole keys make."""

    template = "SUBSTR(%(expressions)s, 1, 8)"
    output_field = models.CharField()


class Message(models.Model):
    """One message or event of a conversation. The row of an incoming message is its own record.

    Few indexes: each is paid for with every sentence. The constraint serves reads by account, the
    index those by citizen (`queries.messages_of`). Nor does the database check account and citizen
    with every sentence: rows are made where both are at hand (`record_batch`, `send`), and neither is
    ever deleted.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    citizen = models.ForeignKey(
        Citizen,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        db_constraint=False,
    )
    sender = models.CharField(max_length=8, choices=Sender)
    kind = models.CharField(_("类型"), max_length=40)
    text = models.TextField(_("内容"), blank=True, null=True)
    data = models.JSONField(null=True)
    delivery = models.CharField(max_length=40, null=True)
    reply = models.TextField(null=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    said_at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField()

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["account", "delivery"], name="one_row_per_delivery")
        ]
        indexes = [models.Index(Beginning("citizen"), name="message_by_citizen_key")]

    def __str__(self) -> str:
        return f"{self.sender}:{self.kind}"


class DialogueQuerySet(ScopedQuerySet["Dialogue"]):
    """A conversation is its account's agency's, and that agency's that goes on with it."""

    def under(self, paths: tuple[str, ...]) -> Self:
        if not paths:
            return self.none()
        if (known := numbers_under(paths)) is not None:
            own = models.Q(account__agency__in=known)
            return self.filter(own | models.Q(handled_by__in=known))
        allowed = models.Q(pk__in=[])
        for path in paths:
            allowed |= models.Q(account__agency__path__startswith=path)
            allowed |= models.Q(handled_by__path__startswith=path)
        return self.filter(allowed)


class Dialogue(models.Model):
    """What the gateway remembers of one citizen between two messages."""

    citizen = models.OneToOneField(
        Citizen, primary_key=True, on_delete=models.PROTECT, related_name="dialogue"
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="dialogues")
    form = models.JSONField(_("未完成的填写"), null=True)
    wants_person_at = models.DateTimeField(_("请求人工的时间"), null=True)
    attended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="dialogues"
    )
    attended_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(_("最近消息"), null=True, db_index=True)
    last_citizen_message_at = models.DateTimeField(_("市民最近发言"), null=True)
    last_text = models.CharField(_("最近内容"), max_length=200, blank=True)
    unread = models.PositiveIntegerField(_("未读"), default=0)
    answered_at = models.DateTimeField(_("工作人员最近答复"), null=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True)
    # The agency that goes on with it, where it is not the account's own.
    handled_by = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    # Up to when she was told that nobody is there: once for each time offices are closed.
    away_until = models.DateTimeField(null=True)
    # Since when and for what she may need help at once (`SafetyRule.name`), until a person answers.
    urgent_at = models.DateTimeField(null=True)
    urgent_for = models.CharField(_("紧急"), max_length=60, blank=True, default="", db_default="")

    objects = DialogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("会话")
        verbose_name_plural = _("会话")
        ordering = ("-last_message_at",)
        # Few rows each, and free for the others.
        indexes = [
            models.Index(
                fields=["wants_person_at"],
                condition=models.Q(wants_person_at__isnull=False),
                name="dialogue_by_wish",
            ),
            models.Index(
                fields=["attended_at"],
                condition=models.Q(attended_at__isnull=False),
                name="dialogue_by_attention",
            ),
            models.Index(
                fields=["answered_at"],
                condition=models.Q(answered_at__isnull=False),
                name="dialogue_by_answer",
            ),
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="dialogue_by_end",
            ),
            # What is closed is most of all, and the list and its numbers never read it.
            models.Index(
                fields=["last_message_at"],
                condition=models.Q(closed_at__isnull=True),
                name="dialogue_not_closed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)[:8]

    @property
    def owner(self) -> Agency:
        """The agency whose conversation it is now."""
        owner: Agency = self.handled_by or self.account.agency
        return owner


class Outgoing(models.Model):
    """A message on its way to a citizen: claimed by compare-and-set, retried, never sent twice.

    `content` goes by `channel`; when that way is closed, the first of `otherwise` (contents of other
    channels) is what is sent instead. `claimed_at` of a held row tells up to which of her messages
    WeChat, or we, said no. `sent_at`: WeChat took it; `delivered_at`: it reported that it arrived, of a
    mass message with `report`: how many people it was for, were left, got it, did not.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENDING = "sending", _("发送中")
        SENT = "sent", _("已送达微信")
        HELD = "held", _("等市民下次发言")
        FAILED = "failed", _("发送失败")
        UNSURE = "unsure", _("不确定是否送达")
        CANCELLED = "cancelled", _("已取消")

    class Channel(models.TextChoices):
        CUSTOM = "custom", _("客服消息")
        TEMPLATE = "template", _("模板消息")
        SUBSCRIPTION = "subscription", _("订阅通知")
        MASS = "mass", _("群发")
        SMS = "sms", _("短信")

    class Priority(models.IntegerChoices):
        URGENT = 0, _("紧急")
        NORMAL = 1, _("普通")
        BULK = 2, _("批量")

    key = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    citizen = models.ForeignKey(
        Citizen, null=True, on_delete=models.PROTECT, related_name="outgoing"
    )
    message = models.ForeignKey(
        Message, null=True, on_delete=models.SET_NULL, related_name="outgoing"
    )
    channel = models.CharField(_("渠道"), max_length=12, choices=Channel, default=Channel.CUSTOM)
    priority = models.PositiveSmallIntegerField(
        _("优先级"), choices=Priority, default=Priority.NORMAL
    )
    content = models.JSONField(_("内容"))
    otherwise = models.JSONField(null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    resends = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(_("下次发送"))
    window_ends_at = models.DateTimeField(_("最晚发送"), null=True)
    claimed_at = models.DateTimeField(null=True)
    uncertain_at = models.DateTimeField(null=True)
    claim = models.CharField(max_length=16, default="", blank=True)
    wechat_id = models.CharField(_("微信消息编号"), max_length=40, null=True, db_index=True)
    error_code = models.IntegerField(_("微信错误码"), null=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    sent_at = models.DateTimeField(_("送达微信的时间"), null=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True)
    report = models.JSONField(_("群发结果"), null=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("外发消息")
        verbose_name_plural = _("外发消息")
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=["status", "account", "channel", "priority", "due_at", "id"],
                name="outgoing_by_lane",
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def state(self) -> str:
        """Its status in words; of one that arrived, that it did."""
        return str(_("已送达")) if self.delivered_at else str(self.get_status_display())


class Cursor(models.Model):
    """How far one follower of the message table has read."""

    name = models.CharField(primary_key=True, max_length=60)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("读取位置")
        verbose_name_plural = _("读取位置")

    def __str__(self) -> str:
        return self.name
