"""What a region promises."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.tickets.models.kinds import Nature


class DeadlinePreset(models.Model):
    """Working days a region promises for each nature of demand. Local practice, never national rule."""

    code = models.SlugField(max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    nature = models.CharField(_("诉求性质"), max_length=12, choices=Nature)
    working_days = models.PositiveSmallIntegerField(_("办理时限（工作日）"))
    is_active = models.BooleanField(_("采用"), default=False)

    class Meta:
        verbose_name = _("办理时限")
        verbose_name_plural = _("办理时限")
        ordering = ("code", "nature")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "nature"], name="one_deadline_per_preset_and_nature"
            ),
            models.UniqueConstraint(
                fields=["nature", "region_code"],
                condition=models.Q(is_active=True),
                name="one_active_deadline_per_nature_and_region",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_nature_display()}"
