"""From how sure on answers are given, of an agency and all below it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.knowledge.models.graded import GradedSet


class AnswerThreshold(models.Model):
    """Where a city wants to be surer than what is shipped; `chosen_on` the set it was run against, if any."""

    agency = models.OneToOneField(
        Agency, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="+"
    )
    sure = models.FloatField(_("应答的把握"))
    reason = models.CharField(_("理由"), max_length=300)
    chosen_on = models.ForeignKey(
        GradedSet, verbose_name=_("评测集"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("修改时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("应答的把握")
        verbose_name_plural = _("应答的把握")
        ordering = ("agency__path",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sure__gt=0, sure__lt=1),
                name="a_threshold_of_answers_is_a_share",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.sure}"
