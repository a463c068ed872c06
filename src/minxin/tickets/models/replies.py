"""What the machine remarked on an answer when it went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.tickets.models.tickets import Ticket, confidential


class ReplyCheck(models.Model):
    """The reading of one answer as it went out: points, remarks, and why it went in spite of them.

    `findings` is a list of `{"kind", "severity", "words"}` (kinds of `text.replies.REASONS`), private
    numbers in the words masked; `parts` points per part of `text.replies.WEIGHTS`.
    """

    class Override(models.TextChoices):
        OFFICE = "office", _("号码是单位公开的，不是市民的")
        AGREED = "agreed", _("市民要求或同意写明")
        SAME_MATTER = "same_matter", _("两件工单说的是同一件事")
        MISREAD = "misread", _("系统误认，并非号码或编号")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="reply_checks")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    score = models.PositiveSmallIntegerField(_("得分"))
    parts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    override = models.CharField(_("放行理由"), max_length=12, choices=Override, blank=True)

    objects = confidential("ticket__agency__path", "ticket__")

    class Meta:
        verbose_name = _("答复检查")
        verbose_name_plural = _("答复检查")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round"], name="one_check_per_answer")
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.score}"
