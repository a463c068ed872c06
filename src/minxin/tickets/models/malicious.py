"""That a ticket is malicious: who says so, who confirmed it, what its citizen said to that."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.tickets.models.tickets import Ticket, confidential


class MaliciousMark(models.Model):
    """One person proposes, another confirms or refuses, a third decides the appeal: the table holds to it.

    `reason` and `evidence` are the proposer's, for staff; `decision` is what the citizen reads. `stood`: the
    state of the ticket that the confirmation ended, and `owed_at` when; an appeal upheld brings it back
    there. `appeal_by` and `expires_at` were fixed with the confirmation. `lapsed`: the ticket went on before
    anybody decided.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("等待确认")
        REFUSED = "refused", _("不予认定")
        HOLDS = "holds", _("已认定")
        LIFTED = "lifted", _("申诉成立，已撤销")
        EXPIRED = "expired", _("认定已到期")
        LAPSED = "lapsed", _("已失效")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("申诉成立")
        REFUSED = "refused", _("申诉不成立")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="malicious_marks")
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PROPOSED)
    agency = models.ForeignKey(
        Agency, verbose_name=_("提出单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("理由"), max_length=500)
    evidence = models.CharField(_("证据"), max_length=1000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decision = models.CharField(_("决定的理由"), max_length=500, blank=True)
    stood = models.CharField(_("终止前的状态"), max_length=10, blank=True)
    appeal_by = models.DateTimeField(_("申诉截止"), null=True)
    expires_at = models.DateTimeField(_("认定有效至"), null=True)
    appeal = models.CharField(_("市民的申诉"), max_length=1000, blank=True)
    appealed_at = models.DateTimeField(_("申诉时间"), null=True)
    outcome = models.CharField(_("申诉结果"), max_length=8, choices=Outcome, blank=True)
    appeal_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    appeal_decided_at = models.DateTimeField(_("申诉决定时间"), null=True)
    appeal_decision = models.CharField(_("申诉决定的理由"), max_length=500, blank=True)

    objects = confidential("ticket__agency__path", "ticket__")

    class Meta:
        verbose_name = _("恶意认定")
        verbose_name_plural = _("恶意认定")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(status__in=["proposed", "holds"]),
                name="one_malicious_mark_lives_per_ticket",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="two_people_call_a_ticket_malicious",
            ),
            models.CheckConstraint(
                condition=models.Q(appeal_decided_by=None)
                | (
                    ~models.Q(appeal_decided_by=models.F("proposed_by"))
                    & ~models.Q(appeal_decided_by=models.F("decided_by"))
                ),
                name="a_third_person_decides_the_appeal",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(status="holds"), name="mark_by_expiry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.status}"
