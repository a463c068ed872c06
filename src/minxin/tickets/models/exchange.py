"""Tickets that came from another system, and what it said of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.citizens.models import OutsideContact
from minxin.tickets.models.tickets import Ticket


class ExchangeRecord(models.Model):
    """What a partner told of a ticket, in the field names of GB/T 39046-2020, nobody named in it.

    `partner` says who told: `key:<id>` or `sheet:<id of the agency>`. `is_history`: it came answered, so
    what was told stands before what we would count ourselves.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="exchange")
    partner = models.CharField(_("来自"), max_length=40)
    their_number = models.CharField(_("外部编号"), max_length=80)
    fields = models.JSONField(default=dict)
    is_history = models.BooleanField(default=False)
    contact = models.ForeignKey(
        OutsideContact, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("交换记录")
        verbose_name_plural = _("交换记录")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "their_number"], name="one_ticket_per_partner_and_number"
            )
        ]

    def __str__(self) -> str:
        return self.their_number
