"""Words that mean the same, as agencies keep them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped


class SynonymSet(models.Model):
    """An official word and what citizens say for it, of an agency and those below it."""

    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    word = models.CharField(_("规范说法"), max_length=20)
    others = models.CharField(_("市民的说法"), max_length=500, blank=True)  # separated by spaces
    both_ways = models.BooleanField(_("双向"), default=True)
    is_active = models.BooleanField(_("在用"), default=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    changed_at = models.DateTimeField(_("修改时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("同义词")
        verbose_name_plural = _("同义词")
        ordering = ("agency__path", "word")
        constraints = [
            models.UniqueConstraint(fields=["agency", "word"], name="one_set_per_agency_and_word")
        ]

    def __str__(self) -> str:
        return self.word
