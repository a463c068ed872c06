"""What a region promises."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.core.working_time import Unit
from minxin.tickets.models.kinds import Nature


class SpanUnit(models.TextChoices):
    """`core.working_time.Unit` with its names."""

    WORKING_MINUTES = Unit.WORKING_MINUTES.value, _("工作分钟")
    WORKING_HOURS = Unit.WORKING_HOURS.value, _("工作小时")
    WORKING_DAYS = Unit.WORKING_DAYS.value, _("工作日")
    HOURS = Unit.HOURS.value, _("小时")
    DAYS = Unit.DAYS.value, _("天")


def _amount(name: object) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(name, null=True, blank=True)  # type: ignore[arg-type]


def _unit() -> models.CharField[str, str]:
    return models.CharField(
        _("计时单位"), max_length=16, choices=SpanUnit, default=SpanUnit.WORKING_DAYS
    )


class DeadlinePreset(models.Model):
    """What a region promises for one nature of demand, ordinary or urgent. Local practice, never a
    national rule.

    Every limit is an amount and a unit; without an amount there is none. `sign_…`: by when the agency
    signs; `complex_…`: what an extension may come to. `yellow_…` and `red_…`: the light turns when no more
    than so much is left; without `yellow_amount` there are no lights. `is_verified`: somebody has read the
    source; until then it is shown as 未核实.
    """

    class Urgency(models.TextChoices):
        ORDINARY = "ordinary", _("一般")
        URGENT = "urgent", _("紧急")

    code = models.SlugField(max_length=40)
    version = models.CharField(_("版本"), max_length=20, blank=True)
    name = models.CharField(_("名称"), max_length=80)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    is_verified = models.BooleanField(_("依据已核实"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    nature = models.CharField(_("诉求性质"), max_length=12, choices=Nature)
    urgency = models.CharField(_("缓急"), max_length=10, choices=Urgency, default=Urgency.ORDINARY)
    amount = models.PositiveSmallIntegerField(_("办理时限"))
    unit = _unit()
    sign_amount = _amount(_("签收时限"))
    sign_unit = _unit()
    complex_amount = _amount(_("复杂事项时限"))
    complex_unit = _unit()
    yellow_amount = _amount(_("剩多少亮黄灯"))
    yellow_unit = _unit()
    red_amount = _amount(_("剩多少亮红灯"))
    red_unit = _unit()
    is_active = models.BooleanField(_("采用"), default=False)

    class Meta:
        verbose_name = _("办理时限")
        verbose_name_plural = _("办理时限")
        ordering = ("code", "version", "nature", "urgency")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version", "nature", "urgency"],
                name="one_limit_per_preset_nature_and_urgency",
            ),
            models.UniqueConstraint(
                fields=["nature", "urgency", "region_code"],
                condition=models.Q(is_active=True),
                name="one_active_limit_per_nature_urgency_and_region",
            ),
        ]

    def __str__(self) -> str:
        version = f" {self.version}" if self.version else ""
        return f"{self.name}{version} {self.get_nature_display()}"
