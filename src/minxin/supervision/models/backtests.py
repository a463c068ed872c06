"""Tables: rule packs tried on the past before they hold."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.scope import scoped
from minxin.supervision import wording
from minxin.supervision.rules.backtests import Change

CHANGES = [(each.value, wording.CHANGES[each]) for each in Change]


class BackTest(models.Model):
    """A new pack, tried on the days from `since` to `until` over every supervised account.

    The row is the job; a task only wakes it. Who works at it holds `claimed_by` and has been heard of
    before `due_at`; from then on anybody may go on after the account `reached`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("回测中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("未完成")

    pack = models.CharField(_("规则编号"), max_length=60)
    title = models.CharField(_("规则"), max_length=200)
    version = models.CharField(_("版本"), max_length=40)
    text = models.TextField()
    sha256 = models.CharField("SHA-256", max_length=64)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    total = models.PositiveIntegerField(_("账号数"), default=0)
    done = models.PositiveIntegerField(_("已回测"), default=0)
    bound = models.PositiveIntegerField(_("适用账号"), default=0)
    reached = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("提交人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("提交时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    adopted_at = models.DateTimeField(_("启用时间"), null=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stop_requested_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("规则回测")
        verbose_name_plural = _("规则回测")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.pack} {self.version}"

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or should have it."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}


class BackTestDifference(models.Model):
    """One account that would have fared differently; see `rules.backtests.Difference`."""

    test = models.ForeignKey(BackTest, on_delete=models.CASCADE, related_name="differences")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    change = models.CharField(_("变化"), max_length=8, choices=CHANGES)
    first_on = models.DateField(_("最早"))
    last_on = models.DateField(_("最晚"))
    more = models.PositiveIntegerField(_("新增超期天数"))
    less = models.PositiveIntegerField(_("减少超期天数"))
    other = models.PositiveIntegerField(_("提醒变化天数"))
    before = models.CharField(_("现行规则"), max_length=14)
    after = models.CharField(_("新规则"), max_length=14)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("回测差异")
        verbose_name_plural = _("回测差异")
        ordering = ("change", "-more", "-less", "account")
        constraints = [
            models.UniqueConstraint(
                fields=["test", "account"], name="one_difference_per_test_and_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.test_id} {self.account_id} {self.change}"
