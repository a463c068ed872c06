"""What a citizen agreed to hear of her ticket later, once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.tickets.models.tickets import Ticket


class NoticeGrant(models.Model):
    """She agreed to one subscription notice after a round of her ticket is closed. `used_at` when it was given
    to WeChat, `ended_at` when she took it back; it names nobody."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()
    template = models.CharField(_("模板编号"), max_length=100)
    agreed_at = models.DateTimeField(_("同意时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True)
    ended_at = models.DateTimeField(_("收回时间"), null=True)

    class Meta:
        verbose_name = _("接收通知的同意")
        verbose_name_plural = _("接收通知的同意")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round"], name="one_notice_per_closed_round")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.round}"
