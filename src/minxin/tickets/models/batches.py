"""One answer to many tickets, worked off by a worker."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.tickets.models.tickets import Ticket


class BatchAnswer(models.Model):
    """A long job: the same words to every ticket of a list that was fixed when it began.

    Who works at it holds `claimed_by` and has been heard of before `due_at` (`core.jobs`). A stopped one
    can go on; what was answered stays answered.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("发送中")
        STOPPED = "stopped", _("已停止")
        DONE = "done", _("已完成")

    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("答复内容"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    total = models.PositiveIntegerField(_("工单数"))
    done = models.PositiveIntegerField(_("已处理"), default=0)
    refused = models.PositiveIntegerField(_("未处理"), default=0)
    claimed_by = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField()
    stop_requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("开始时间"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("发起人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("批量答复")
        verbose_name_plural = _("批量答复")
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def gone_through(self) -> int:
        """How many tickets were gone through."""
        return self.done + self.refused


class BatchItem(models.Model):
    """One ticket of a batch: answered in the transaction that says so, or why not."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待")
        DONE = "done", _("已处理")
        REFUSED = "refused", _("未处理")

    batch = models.ForeignKey(BatchAnswer, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("结果"), max_length=10, choices=Status, default=Status.WAITING)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = scoped("batch__agency__path")

    class Meta:
        verbose_name = _("批量答复的工单")
        verbose_name_plural = _("批量答复的工单")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["batch", "ticket"], name="a_ticket_once_per_batch")
        ]
        indexes = [models.Index(fields=["batch", "status", "id"], name="batch_items_by_status")]

    def __str__(self) -> str:
        return f"{self.batch_id}.{self.ticket_id}"
