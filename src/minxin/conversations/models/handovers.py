"""Conversations that another agency goes on with."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import ScopedQuerySet


class HandoverQuerySet(ScopedQuerySet["Handover"]):
    """Who gave it and who got it both see it."""

    def under(self, paths: tuple[str, ...]) -> HandoverQuerySet:
        allowed = Q(pk__in=[])
        for path in paths:
            allowed |= Q(from_agency__path__startswith=path) | Q(to_agency__path__startswith=path)
        return self.filter(allowed)


class Handover(models.Model):
    """One agency asks another to go on with a conversation; the citizen stays where she is."""

    class Status(models.TextChoices):
        ASKED = "asked", _("等市民同意")
        OPEN = "open", _("对方接待中")
        DECLINED = "declined", _("市民不同意")
        WITHDRAWN = "withdrawn", _("已收回")
        RETURNED = "returned", _("对方退回")
        DONE = "done", _("已办完")

    dialogue = models.ForeignKey(
        "conversations.Dialogue", on_delete=models.PROTECT, related_name="handovers"
    )
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    question = models.TextField(_("要对方答复的问题"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status)
    reason = models.CharField(_("退回原因"), max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("转交时间"))
    changed_at = models.DateTimeField(_("最近变化"))

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("会话转交")
        verbose_name_plural = _("会话转交")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue"],
                condition=models.Q(status__in=["asked", "open"]),
                name="one_handover_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["from_agency", "asked_at"], name="handover_given"),
            models.Index(fields=["to_agency", "asked_at"], name="handover_got"),
        ]

    def __str__(self) -> str:
        return f"{self.from_agency_id} → {self.to_agency_id}"
