"""The table of working hours. It is a model of this room; `agencies.models` shows it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.scope import scoped


class WorkingHours(models.Model):
    """The hours of an agency, or of everybody, in force from a day on.

    `week` has a list for each day of the week, Monday first, of one or two shifts, each `["09:00",
    "12:00"]`; what lies between two shifts is the lunch break. An empty `week`: from that day on the hours
    of the agency above hold again. The nearest agency with a row in force wins.
    """

    agency = models.ForeignKey(
        "agencies.Agency",
        verbose_name=_("适用单位"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="working_hours",
    )
    since = models.DateField(_("起始日期"))
    week = models.JSONField(_("办公时间"), default=list, blank=True)
    note = models.CharField(_("说明"), max_length=120, blank=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kept_at = models.DateTimeField(_("登记时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("办公时间")
        verbose_name_plural = _("办公时间")
        ordering = ("-since", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "since"], name="one_set_of_hours_per_agency_and_day"
            ),
            models.UniqueConstraint(
                fields=["since"],
                condition=models.Q(agency=None),
                name="one_set_of_hours_per_day_for_everybody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}"
