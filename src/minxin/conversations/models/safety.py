"""Sentences that must not wait, and the numbers that are told then."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hotline(models.Model):
    """A number to call. A row of a region takes the place of the general one of the same code."""

    code = models.SlugField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    number = models.CharField(_("号码"), max_length=20)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("求助电话")
        verbose_name_plural = _("求助电话")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["code", "region_code"], name="one_hotline_per_code_and_region"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class SafetyRule(models.Model):
    """What is heard as danger, what is said at once, which numbers are told. A row of a region takes the place
    of the general one of the same code.

    `phrases` and `exceptions`: one a line; "…" stands for a few characters of the same sentence. `hotlines`:
    codes with commas between, in the order in which they are told.
    """

    code = models.SlugField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    phrases = models.TextField(_("说法"))
    exceptions = models.TextField(_("不算的说法"), blank=True)
    words = models.CharField(_("先说的话"), max_length=200)
    hotlines = models.CharField(_("求助电话"), max_length=200)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("紧急求助")
        verbose_name_plural = _("紧急求助")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["code", "region_code"], name="one_safety_rule_per_code_and_region"
            )
        ]

    def __str__(self) -> str:
        return self.name
