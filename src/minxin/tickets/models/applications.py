"""What an agency asks for about a ticket, and what others decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.tickets.models.kinds import Category
from minxin.tickets.models.tickets import Ticket, confidential


class Application(models.Model):
    """An agency asks to return a ticket, disputes a refusal, or asks for more time; another person decides.

    `proper_agency` is the unit named as the right one (return, dispute); `working_days` the length asked
    for (extension). One waits at a time. `lapsed`: the ticket went on before anybody decided.
    """

    class Kind(models.TextChoices):
        RETURN = "return", _("退单申请")
        DISPUTE = "dispute", _("争议裁定")
        EXTENSION = "extension", _("延期申请")

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待决定")
        GRANTED = "granted", _("同意")
        REFUSED = "refused", _("不同意")
        LAPSED = "lapsed", _("已失效")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="applications")
    kind = models.CharField(_("申请"), max_length=10, choices=Kind)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    agency = models.ForeignKey(
        Agency, verbose_name=_("申请单位"), on_delete=models.PROTECT, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("申请时间"))
    reason = models.CharField(_("理由"), max_length=500)
    legal_basis = models.CharField(_("依据"), max_length=200)
    proper_agency = models.ForeignKey(
        Agency,
        verbose_name=_("应由哪个单位办理"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    working_days = models.PositiveSmallIntegerField(_("延长的工作日"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decision = models.CharField(_("决定的理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("工单申请")
        verbose_name_plural = _("工单申请")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(status="waiting"),
                name="one_application_waits_per_ticket",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class OwnershipDecision(models.Model):
    """Whose matter it is, as an arbitration decided: what a list of responsibilities can learn from.

    Category and place are those of the ticket at that moment. `use`: what the responsibility list made
    of it, by whom and why.
    """

    class Use(models.TextChoices):
        OPEN = "open", _("待处理")
        TAKEN = "taken", _("已写入草稿")
        LEFT = "left", _("不写入清单")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="ownership_decisions")
    at = models.DateTimeField(_("时间"))
    category = models.ForeignKey(
        Category, verbose_name=_("类别"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField(_("地点"), max_length=200, blank=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("承办单位"), on_delete=models.PROTECT, related_name="+"
    )
    disputed_by = models.ForeignKey(
        Agency, verbose_name=_("提出争议的单位"), on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("理由"), max_length=500)
    use = models.CharField(_("处理"), max_length=8, choices=Use, default=Use.OPEN)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    used_at = models.DateTimeField(_("处理时间"), null=True)
    use_reason = models.CharField(_("说明"), max_length=300, blank=True)

    objects = confidential("agency__path", "ticket__")

    class Meta:
        verbose_name = _("争议裁定")
        verbose_name_plural = _("争议裁定")
        ordering = ("-id",)
        indexes = [models.Index(fields=["category", "-at"], name="ownership_by_category")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.agency_id}"
