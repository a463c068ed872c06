"""What is not for this channel: the right ones, and which tickets were not accepted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.tickets.models.tickets import Ticket, confidential


class Redirect(models.Model):
    """Another channel that is the right one for some matters. A row of a region takes the place of the
    national one of the same code.

    `words`: what hints at it, with commas between. `told`: what the citizen reads, the reason and the way.
    """

    code = models.SlugField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=60)
    phone = models.CharField(_("电话"), max_length=5, blank=True)
    words = models.CharField(_("提示词"), max_length=500, blank=True)
    told = models.CharField(_("告知市民的话"), max_length=300)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("引导渠道")
        verbose_name_plural = _("引导渠道")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["code", "region_code"], name="one_redirect_per_code_and_region"
            )
        ]

    def __str__(self) -> str:
        return self.name


class NonAcceptance(models.Model):
    """A ticket was not accepted: why, which channel its citizen was shown, what she said to that."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="non_acceptances")
    redirect = models.ForeignKey(
        Redirect, verbose_name=_("引导渠道"), on_delete=models.PROTECT, related_name="+"
    )
    told = models.CharField(_("告知市民的话"), max_length=300)
    reason = models.CharField(_("理由"), max_length=500)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("决定时间"), db_index=True)
    objection = models.CharField(_("市民的异议"), max_length=500, blank=True)
    objected_at = models.DateTimeField(_("异议时间"), null=True)

    objects = confidential("ticket__agency__path", "ticket__")

    class Meta:
        verbose_name = _("不予受理")
        verbose_name_plural = _("不予受理")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.ticket_id}"
