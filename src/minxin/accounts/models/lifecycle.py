"""Filings of an account's life (备案): opening, change, closing, cancelling, and the ledger of each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts import wording
from minxin.accounts.rules.lifecycle import ENDS, Act, Kind, Step
from minxin.agencies.scope import scoped

KINDS = [(each.value, wording.KINDS[each]) for each in Kind]
STEPS = [(each.value, wording.STEPS[each]) for each in Step]
ACTS = [(each.value, wording.ACTS[each]) for each in Act]
_ENDED = [each.value for each in Step if each in ENDS]


class LifecycleFiling(models.Model):
    """One filing from its draft to its end; `step` is what it waits for.

    `changes` holds by name (`name`, `agency`, `status`, `other`) what is `before` and `after`, and of a
    host the ids. `steps` are those that held when it began: a preset changed later changes no filing under way.
    `happened_on`: since when the account is as filed; the deadline runs from then, is counted once and
    kept with whose rule it was. `is_event`: it arose because the register was changed.
    """

    account = models.ForeignKey(
        "accounts.Account", verbose_name=_("账号"), on_delete=models.PROTECT,
        related_name="lifecycle",
    )  # fmt: skip
    kind = models.CharField(_("备案种类"), max_length=8, choices=KINDS)
    step = models.CharField(_("办理进度"), max_length=10, choices=STEPS, default=Step.SIGN.value)
    steps = models.JSONField(default=list)
    is_event = models.BooleanField(default=False)
    reason = models.TextField(_("事由"), blank=True)
    changes = models.JSONField(default=dict)
    successor = models.CharField(_("后续服务去向"), max_length=200, blank=True)
    announcement = models.TextField(_("公告正文"), blank=True)
    announcement_url = models.CharField(_("公告链接"), max_length=300, blank=True)
    announced_on = models.DateField(_("公告日期"), null=True)
    signed_by_leader = models.CharField(_("签字的单位负责人"), max_length=40, blank=True)
    signed_on = models.DateField(_("签字日期"), null=True)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登记签字的人"), on_delete=models.PROTECT,
        related_name="+", null=True,
    )  # fmt: skip
    approved_on = models.DateField(_("审核日期"), null=True)
    approval = models.CharField(_("审核意见"), max_length=300, blank=True)
    approver_unit = models.CharField(_("审核单位"), max_length=120, blank=True)
    handled_on = models.DateField(_("平台办理日期"), null=True)
    number = models.CharField(_("备案号"), max_length=60, blank=True)
    reported_on = models.DateField(_("全国系统登记日期"), null=True)
    happened_on = models.DateField(_("发生日期"), null=True)
    due_on = models.DateField(_("备案期限"), null=True)
    due_is_provisional = models.BooleanField(default=False)
    due_rule = models.JSONField(default=dict)
    begun_at = models.DateTimeField(_("发起时间"))
    begun_by = models.CharField(_("发起人"), max_length=60, blank=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("备案")
        verbose_name_plural = _("备案")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=~models.Q(step__in=_ENDED),
                name="one_open_filing_per_account_and_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(step__in=_ENDED, ended_at__isnull=False)
                | (~models.Q(step__in=_ENDED) & models.Q(ended_at=None)),
                name="a_filing_has_an_end_when_it_ended",
            ),
        ]
        indexes = [models.Index(fields=["step", "due_on"], name="filing_by_step_and_due")]

    def __str__(self) -> str:
        return f"{self.account} {self.get_kind_display()}"


class FilingStep(models.Model):
    """One line of a filing's ledger. Rows are added and never changed."""

    filing = models.ForeignKey(LifecycleFiling, on_delete=models.PROTECT, related_name="ledger")
    act = models.CharField(_("步骤"), max_length=10, choices=ACTS)
    at = models.DateTimeField(_("时间"))
    on = models.DateField(_("日期"), null=True)
    by = models.CharField(_("经办人"), max_length=60)
    words = models.TextField(_("说明"), blank=True)

    objects = scoped("filing__account__agency__path")

    class Meta:
        verbose_name = _("备案记录")
        verbose_name_plural = _("备案记录")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.filing_id} {self.act}"
