"""Webhooks: who is told of the steps of tickets, and each thing on its way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.core.fields import EncryptedTextField
from minxin.tickets.models.tickets import Ticket


class TicketWebhook(models.Model):
    """An address that hears of the tickets of an agency and of those below it.

    `after_event`: steps up to this one happened before it was entered. `is_paused`: what happens waits.
    `former_secret` signs beside the new one until `former_until`. `trouble`: why nothing arrives at present.
    """

    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("名称"), max_length=60)
    url = models.CharField(_("接收地址"), max_length=300)
    secret = EncryptedTextField(null=True)
    former_secret = EncryptedTextField(null=True)
    former_until = models.DateTimeField(null=True)
    events = models.JSONField(_("推送的事项"), default=list)
    is_paused = models.BooleanField(_("暂停"), default=False)
    after_event = models.BigIntegerField(default=0)
    trouble = models.CharField(_("故障"), max_length=300, blank=True)
    trouble_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("登记时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("工单推送")
        verbose_name_plural = _("工单推送")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"], name="one_webhook_per_name_and_agency"
            )
        ]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One step of one ticket on its way to one address; those of a ticket go in their order.

    `key` never changes: the receiver takes the same key once, so what got no answer is sent again. `body` is
    what is sent, as it was when the step was collected. `since`: from when the days are counted after which
    nobody tries again.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待推送")
        SENDING = "sending", _("正在推送")
        DONE = "done", _("已送达")
        GIVEN_UP = "given_up", _("未送达，不再重试")

    webhook = models.ForeignKey(TicketWebhook, on_delete=models.CASCADE, related_name="deliveries")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(_("工单"), max_length=20, blank=True)
    event = models.BigIntegerField(null=True)
    kind = models.CharField(_("事项"), max_length=20)
    key = models.CharField(_("推送编号"), max_length=32, unique=True)
    body = models.TextField()
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(_("尝试次数"), default=0)
    due_at = models.DateTimeField(_("下次推送"))
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("发生时间"))
    since = models.DateTimeField()
    done_at = models.DateTimeField(_("送达时间"), null=True)
    code = models.PositiveSmallIntegerField(_("应答码"), null=True)
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"), null=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)

    objects = scoped("webhook__agency__path")

    class Meta:
        verbose_name = _("推送记录")
        verbose_name_plural = _("推送记录")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "event"], name="one_delivery_per_webhook_and_step"
            )
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="delivery_by_due"),
            models.Index(fields=["webhook", "ticket", "id"], name="delivery_by_ticket"),
        ]

    def __str__(self) -> str:
        return self.key
