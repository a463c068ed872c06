"""What is special about a ticket: who said so and why, until when; who else reads a confidential one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.tickets.models.tickets import Ticket


class Flagging(models.Model):
    """A flag on a ticket from its setting to its lifting. The ticket's own column says what holds now.

    `level` is that of a supervision (`Ticket.Supervision`), else 0. A confidential ticket without an open
    row was made so by its citizen.
    """

    class Flag(models.TextChoices):
        URGENT = "urgent", _("紧急")
        SUPERVISED = "supervised", _("督办")
        CONFIDENTIAL = "confidential", _("保密")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="flaggings")
    flag = models.CharField(_("标记"), max_length=12, choices=Flag)
    level = models.PositiveSmallIntegerField(_("督办级别"), default=0)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField(_("标记时间"))
    reason = models.CharField(_("理由"), max_length=500)
    document = models.CharField(_("文号"), max_length=200, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lift_reason = models.CharField(_("解除的理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("工单标记")
        verbose_name_plural = _("工单标记")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "flag"],
                condition=models.Q(lifted_at=None),
                name="one_flag_of_a_kind_holds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.flag}"


class ConfidentialReader(models.Model):
    """A person named to read a confidential ticket of another unit."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="readers")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="confidential_readings"
    )
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField(_("指定时间"))
    reason = models.CharField(_("理由"), max_length=500)

    class Meta:
        verbose_name = _("保密工单的知情人")
        verbose_name_plural = _("保密工单的知情人")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["ticket", "staff"], name="named_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}"
