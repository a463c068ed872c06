"""What an agency decided about how its tickets are handled."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped


class HandlingPolicy(models.Model):
    """Rules of handling of an agency and of everything below it; nothing in a field: as the agency above.

    What holds where nobody decided stands in `rules.policies.DEFAULTS`.
    """

    agency = models.OneToOneField(
        Agency, verbose_name=_("机构"), on_delete=models.CASCADE, related_name="+"
    )
    needs_review = models.BooleanField(_("答复须先审核"), null=True)

    calls_back = models.BooleanField(_("答复后电话回访"), null=True)
    closes_after_days = models.PositiveSmallIntegerField(_("无异议自动办结天数"), null=True)
    malicious_days = models.PositiveSmallIntegerField(_("恶意认定有效天数"), null=True)
    appeal_days = models.PositiveSmallIntegerField(_("恶意认定申诉天数"), null=True)
    survey_after_days = models.PositiveSmallIntegerField(_("办结后独立回访天数"), null=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("办理规则")
        verbose_name_plural = _("办理规则")

    def __str__(self) -> str:
        return f"{self.agency}"
