"""Who handles what: the responsibility list (职责清单), version by version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.tickets.models.applications import OwnershipDecision
from minxin.tickets.models.matters import Matter


class ResponsibilityList(models.Model):
    """One version of the list, whole. A draft is changed row by row; an adopted version never again.

    In force on a day is the adopted version with the latest `effective_on` not after it. `revision`
    grows with every change of a draft, so that who adopts it adopts what she has read.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ADOPTED = "adopted", _("已采用")
        DISCARDED = "discarded", _("已放弃")

    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("起草人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    drafted_at = models.DateTimeField(_("起草时间"))
    effective_on = models.DateField(_("生效日期"), null=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("采用人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    adopted_at = models.DateTimeField(_("采用时间"), null=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("职责清单")
        verbose_name_plural = _("职责清单")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=models.Q(status="draft"),
                name="one_draft_of_the_list_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="adopted")
                | models.Q(effective_on__isnull=False, adopted_at__isnull=False),
                name="an_adopted_list_says_from_when",
            ),
        ]

    def __str__(self) -> str:
        return str(_("第 %(number)s 版") % {"number": self.pk})


class Responsibility(models.Model):
    """One line of a version: a matter, at a place or everywhere (empty), and the agency that handles it.

    `decision`: the arbitration that led to it.
    """

    version = models.ForeignKey(ResponsibilityList, on_delete=models.CASCADE, related_name="rows")
    matter = models.ForeignKey(
        Matter, verbose_name=_("事项"), on_delete=models.PROTECT, related_name="responsibilities"
    )
    place = models.CharField(_("地点"), max_length=60, blank=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("主办单位"), on_delete=models.PROTECT, related_name="+"
    )
    co_agencies: models.ManyToManyField[Agency, Any] = models.ManyToManyField(
        Agency, verbose_name=_("协办单位"), blank=True, related_name="+"
    )
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    decision = models.ForeignKey(
        OwnershipDecision, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("职责")
        verbose_name_plural = _("职责")
        ordering = ("matter__path", "place")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "matter", "place"],
                name="one_line_per_matter_and_place_of_a_list",
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.place}".strip()
