"""A reply on its way through review."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.tickets.models.replies import ReplyCheck
from minxin.tickets.models.tickets import Ticket, confidential


class ReplyDraft(models.Model):
    """A reply as it was handed in, and what another person decided. Its words never change: who edits
    hands in another one, and this is void.

    `round` as in `ReplyCheck`; `sha256` of the text in UTF-8 is what a decision names; `score` of the
    machine's reading when it was handed in; `override` as in `ReplyCheck`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待审核")
        PASSED = "passed", _("审核通过")
        SENT_BACK = "sent_back", _("退回修改")
        VOID = "void", _("已失效")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="reply_drafts")
    round = models.PositiveSmallIntegerField()
    text = models.TextField(_("答复"))
    sha256 = models.CharField("SHA-256", max_length=64)
    score = models.PositiveSmallIntegerField(_("得分"))
    override = models.CharField(
        _("放行理由"), max_length=12, choices=ReplyCheck.Override, blank=True
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("送审人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    submitted_at = models.DateTimeField(_("送审时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("审核人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    reason = models.CharField(_("退回理由"), max_length=500, blank=True)

    objects = confidential("ticket__agency__path", "ticket__")

    class Meta:
        verbose_name = _("送审答复")
        verbose_name_plural = _("送审答复")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(status="waiting"),
                name="one_reply_waits_for_review_per_ticket",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("submitted_by")),
                name="nobody_reviews_her_own_reply",
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="reply_draft_by_status")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.status}"
