"""Findings: confirmed problems of accounts, and how far they are put right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.supervision import wording
from minxin.supervision.models.updates import SEVERITIES, Candidate, Evidence
from minxin.supervision.rules.rectification import Origin, State

STATES = [(each.value, wording.STATES[each]) for each in State]
ORIGINS = [(each.value, wording.ORIGINS[each]) for each in Origin]


class Finding(models.Model):
    """A confirmed problem of one account (问题), from its opening until it is closed (销号).

    `agency` hosted the account when the finding was opened; who sees it follows the account. `facts`
    fill the sentence of its indicator, where that is one of ours; else `facts["detail"]` says in
    Chinese what was seen. `origin_key` names the thing it came from and opens it only once.
    """

    account = models.ForeignKey(
        Account, verbose_name=_("账号"), on_delete=models.PROTECT, related_name="problems"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("当时的主办单位"), on_delete=models.PROTECT, related_name="+"
    )
    indicator = models.CharField(_("指标"), max_length=40)
    title = models.CharField(_("问题"), max_length=120)
    severity = models.CharField(_("严重程度"), max_length=8, choices=SEVERITIES)
    origin = models.CharField(_("来源"), max_length=16, choices=ORIGINS)
    origin_key = models.CharField(max_length=120, blank=True)
    candidate = models.OneToOneField(
        Candidate, null=True, on_delete=models.PROTECT, related_name="finding"
    )
    evidence = models.ForeignKey(
        Evidence, null=True, on_delete=models.PROTECT, related_name="findings"
    )
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField(_("发现时间"))
    opened_at = models.DateTimeField(_("登记时间"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登记人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    state = models.CharField(_("整改状态"), max_length=10, choices=STATES, default=State.OPEN.value)
    due_at = models.DateTimeField(_("整改期限"), null=True)
    due_is_provisional = models.BooleanField(default=False)
    # The notice it was last sent with, and the day a unit asked to have until, while nobody decided.
    notice = models.ForeignKey(
        "RectificationNotice", null=True, on_delete=models.PROTECT, related_name="findings"
    )
    extension_until = models.DateField(_("申请延期至"), null=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("问题")
        verbose_name_plural = _("问题")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "origin_key"],
                condition=~models.Q(origin_key=""),
                name="one_finding_per_origin_and_key",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="finding_by_state_and_due")]

    def __str__(self) -> str:
        return f"{self.account} {self.title}"
