"""Answered tickets that everybody may read, with their citizen's consent and a person's release."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.scope import scoped
from minxin.tickets.models.tickets import Ticket


class Publication(models.Model):
    """What may be read in public of one ticket: words of its own, masked and released by a person.

    `text`, `answer` and `place` are empty until the release; the ticket's own words are never shown.
    `latitude` and `longitude` are rounded to three decimals, a hundred metres. It is public while it is
    released, not revoked, and its ticket is still answered and of a nature that may be shown
    (`queries.publishing.public`).
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待审核")
        RELEASED = "released", _("已公开")
        REFUSED = "refused", _("不公开")

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="publication")
    code = models.CharField(max_length=32, unique=True)
    consented_at = models.DateTimeField(_("市民同意公开"))
    revoked_at = models.DateTimeField(_("撤回同意"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    text = models.TextField(_("公开的诉求"), blank=True)
    answer = models.TextField(_("公开的答复"), blank=True)
    place = models.CharField(_("公开的地点"), max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    reason = models.CharField(_("不公开的理由"), max_length=500, blank=True)

    objects = scoped("ticket__agency__path")

    class Meta:
        verbose_name = _("公开答复")
        verbose_name_plural = _("公开答复")
        ordering = ("-answered_at", "-id")
        indexes = [models.Index(fields=["status", "-answered_at"], name="publication_by_status")]

    def __str__(self) -> str:
        return self.code
