"""The independent survey, days after a ticket was closed; apart from the office's own call-back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.tickets.models.calling_back import CallBack
from minxin.tickets.models.tickets import Rating, Ticket


class Survey(models.Model):
    """One question page asked of one citizen about one closed round of her ticket.

    There is no manager that finds these for staff: who said what is read by nobody of the units, only
    counted (`queries.survey`). `agency_path` is the path of the agency that handled it, as it was.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()
    agency_path = models.CharField(max_length=255, db_index=True)
    asked_at = models.DateTimeField(_("发出时间"))
    answered_at = models.DateTimeField(_("回答时间"), null=True)
    resolved = models.CharField(_("是否解决"), max_length=8, choices=CallBack.Resolved, blank=True)
    level = models.CharField(_("满意度"), max_length=20, choices=Rating.Level, blank=True)
    words = models.CharField(_("意见"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("独立回访问卷")
        verbose_name_plural = _("独立回访问卷")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round"], name="one_survey_per_closed_round")
        ]
        indexes = [models.Index(fields=["asked_at"], name="survey_by_day")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.round}"
