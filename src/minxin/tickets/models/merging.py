"""Who else has met with what a ticket is about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.citizens.models import Citizen
from minxin.tickets.models.tickets import Ticket


class Follower(models.Model):
    """A citizen who follows another's ticket instead of filing her own. She stays with the ticket she
    chose, also when it is merged into a lead, so that a merge can be undone whole."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="+")
    followed_at = models.DateTimeField(_("关注时间"), db_index=True)

    class Meta:
        verbose_name = _("关注")
        verbose_name_plural = _("关注")
        constraints = [models.UniqueConstraint(fields=["ticket", "citizen"], name="followed_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}"
