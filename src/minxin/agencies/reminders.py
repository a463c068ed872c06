"""Tables of reminders: ways out of the console, where each person is reached, what was sent, what units
were asked for. They are models of this room; `agencies.models` shows them."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.scope import scoped
from minxin.core.fields import EncryptedTextField


class ReminderChannel(models.Model):
    """One way to reach the staff of a unit and of those below it.

    What `identity`, `number`, `secret` and `base_url` hold is told by the entry of `CHANNELS`. `token`
    and its lease belong to the application's access token. `trouble`: why it refuses every message.
    """

    class Kind(models.TextChoices):
        WECOM_APP = "wecom_app", _("企业微信应用消息")
        WECOM_ROBOT = "wecom_robot", _("企业微信群机器人")
        WEBHOOK = "webhook", _("签名回调（Webhook）")
        EMAIL = "email", _("电子邮件")

    agency = models.ForeignKey(
        "agencies.Agency", verbose_name=_("适用单位"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("方式"), max_length=12, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    base_url = models.CharField(_("接口地址"), max_length=300, blank=True)
    identity = models.CharField(_("企业ID"), max_length=120, blank=True)
    number = models.PositiveIntegerField(_("应用编号（AgentId）"), null=True, blank=True)
    sender = models.CharField(_("发件人"), max_length=120, blank=True)
    secret = EncryptedTextField(_("密钥"), null=True, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    token = EncryptedTextField(null=True, editable=False)
    token_until = models.DateTimeField(null=True, editable=False)
    held_by = models.CharField(max_length=32, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(_("故障"), max_length=300, blank=True)
    trouble_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(_("测试时间"), null=True)
    created_at = models.DateTimeField()

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("提醒渠道")
        verbose_name_plural = _("提醒渠道")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="one_channel_name_per_agency")
        ]

    def __str__(self) -> str:
        return self.name


class StaffReach(models.Model):
    """Where and when one person is reached outside the console; without a row: nowhere.

    Empty hours are the office's (`Pace`). `trouble`: why her address was refused; she is left alone until
    she changes it.
    """

    staff = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="reach"
    )
    channel = models.ForeignKey(
        ReminderChannel,
        verbose_name=_("提醒方式"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    address = models.CharField(_("接收账号"), max_length=120, blank=True)
    quiet_from = models.TimeField(_("免打扰开始"), null=True, blank=True)
    quiet_until = models.TimeField(_("免打扰结束"), null=True, blank=True)
    works_days_off = models.BooleanField(_("休息日也可提醒"), default=False)
    urgent_any_time = models.BooleanField(_("急事不受免打扰限制"), default=False)
    trouble = models.CharField(_("故障"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("提醒设置")
        verbose_name_plural = _("提醒设置")

    def __str__(self) -> str:
        return str(self.staff_id)


class Pace(models.Model):
    """How often staff and units may be asked for attention: one row for the installation."""

    digest_at = models.TimeField(_("每日汇总时间"), default=time(9, 10))
    quiet_from = models.TimeField(_("免打扰开始"), default=time(18, 0))
    quiet_until = models.TimeField(_("免打扰结束"), default=time(8, 30))
    reminders_a_week = models.PositiveSmallIntegerField(
        _("每人每周提醒上限（次）"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    fields_a_week = models.PositiveSmallIntegerField(
        _("每单位每周填报上限（项）"),
        default=40,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )
    escalate_after = models.PositiveSmallIntegerField(
        _("未查看几个工作日后建议升级"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )

    class Meta:
        verbose_name = _("提醒频次")
        verbose_name_plural = _("提醒频次")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Reminder(models.Model):
    """One message to a person (or to a unit's group, then `staff` is empty): the queue of reminders.

    `key` says what it is, so that it is made once; `week` is the Monday whose budget it counts in.
    `uncertain_at`: since when nobody knows whether it arrived.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENDING = "sending", _("正在发送")
        SENT = "sent", _("已送出")
        FAILED = "failed", _("没有送出")
        UNSURE = "unsure", _("不能确定是否送达")
        CANCELLED = "cancelled", _("不再需要")

    COUNTED: ClassVar[tuple[str, ...]] = ("waiting", "sending", "sent", "unsure")

    key = models.CharField(max_length=120, unique=True)
    channel = models.ForeignKey(ReminderChannel, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        "agencies.Agency", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="reminders"
    )
    is_urgent = models.BooleanField(_("急事"), default=False)
    items = models.PositiveIntegerField(_("件数"))
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"))
    week = models.DateField(_("周"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status, default=Status.WAITING, db_index=True
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)
    uncertain_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("送出时间"), null=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["status", "due_at"], name="reminder_by_due"),
            models.Index(fields=["week", "agency"], name="reminder_by_week"),
        ]

    def __str__(self) -> str:
        return self.title


class FieldsAsked(models.Model):
    """What a unit was asked to fill in, and how many fields that is. `week`: the Monday in whose budget
    it counts, later than asked when that week was full; the unit hears of it on that day or at once.

    The forms of this product count too, each in the week it was asked for: they have deadlines of their
    own and do not wait. `key` names what such a row came from and counts it once.
    """

    class Kind(models.TextChoices):
        REQUEST = "request", _("材料要求")
        FEEDBACK = "feedback", _("整改反馈")
        DEFENCE = "defence", _("申辩和延期")
        CHECK = "check", _("检查填写")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.REQUEST)
    key = models.CharField(max_length=80, unique=True, null=True, editable=False)
    agency = models.ForeignKey(
        "agencies.Agency", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("要求内容"), max_length=120)
    fields = models.PositiveIntegerField(_("填报项数"))
    link = models.CharField(_("填报地址"), max_length=200, blank=True)
    week = models.DateField(_("周"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("提出人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    asked_at = models.DateTimeField(_("提出时间"))
    told_at = models.DateTimeField(_("告知时间"), null=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("材料要求")
        verbose_name_plural = _("材料要求")
        ordering = ("-id",)
        indexes = [models.Index(fields=["week", "agency"], name="fields_by_week")]

    def __str__(self) -> str:
        return self.title


class Escalation(models.Model):
    """What a person decided about a proposal to tell the unit above: told, or waived with a reason."""

    class Decision(models.TextChoices):
        TOLD = "told", _("已告知上一级")
        WAIVED = "waived", _("不升级")

    agency = models.ForeignKey(
        "agencies.Agency", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("事项"), max_length=40)
    week = models.DateField(_("周"))
    count = models.PositiveIntegerField(_("件数"))
    decision = models.CharField(_("处理"), max_length=8, choices=Decision)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("处理人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("处理时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("升级处理")
        verbose_name_plural = _("升级处理")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "week"], name="one_escalation_per_unit_kind_and_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.kind}"
