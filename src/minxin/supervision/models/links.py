"""Addresses that the system opened for a finding, to see whether they open."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.scope import scoped
from minxin.supervision import wording
from minxin.supervision.models.findings import Finding
from minxin.supervision.rules.proofs import LinkFailure

FAILURES = [(each.value, wording.LINK_FAILURES[each]) for each in LinkFailure]


class LinkLook(models.Model):
    """One look at an address: asked for by a person, made by a worker. It waits until `looked_at`."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="link_looks")
    url = models.CharField(_("链接"), max_length=500)
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    looked_at = models.DateTimeField(_("查看时间"), null=True)
    status = models.PositiveSmallIntegerField(null=True)
    failure = models.CharField(_("打不开的原因"), max_length=20, choices=FAILURES, blank=True)
    final_url = models.CharField(_("最终网址"), max_length=500, blank=True)

    objects = scoped("finding__account__agency__path")

    class Meta:
        verbose_name = _("链接查看")
        verbose_name_plural = _("链接查看")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "url"],
                condition=models.Q(looked_at=None),
                name="one_waiting_look_per_finding_and_link",
            )
        ]

    def __str__(self) -> str:
        return self.url
