"""Co-handlers: what a main unit asks of another, and what that one answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.tickets.models.tickets import Ticket


class CoTask(models.Model):
    """A part of a ticket that another unit does for the main one: its own due time, signature, answer.

    The answer is for the main unit, never for the citizen. `words`: the answer, or why it was returned or
    recalled.
    """

    class Status(models.TextChoices):
        ASSIGNED = "assigned", _("待签收")
        SIGNED = "signed", _("已签收")
        ANSWERED = "answered", _("已反馈")
        RETURNED = "returned", _("已退回")
        RECALLED = "recalled", _("已收回")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="co_tasks")
    agency = models.ForeignKey(
        Agency, verbose_name=_("协办单位"), on_delete=models.PROTECT, related_name="+"
    )
    asked = models.CharField(_("请协办单位做什么"), max_length=500)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ASSIGNED)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField(_("指定时间"))
    due_at = models.DateTimeField(_("协办期限"))
    # When its limit was reminded of and urged (提醒, 催办): once each.
    reminded_at = models.DateTimeField(null=True, editable=False)
    urged_at = models.DateTimeField(null=True, editable=False)
    signed_at = models.DateTimeField(_("签收时间"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(_("反馈时间"), null=True)
    words = models.TextField(_("反馈内容"), blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("协办任务")
        verbose_name_plural = _("协办任务")
        ordering = ("due_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "agency"],
                condition=models.Q(status__in=["assigned", "signed"]),
                name="one_open_task_per_co_handler",
            )
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="co_task_by_due")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.agency_id}"
