"""Tables of records that people who looked at accounts bring in as a sheet."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account, RowState, SheetImport
from minxin.agencies.rules import Permission
from minxin.agencies.scope import scoped
from minxin.supervision.models.updates import Trace


class PatrolImport(SheetImport):
    """A sheet of what an inspector or an outsourced patrol saw on the pages of accounts.

    `default_seen_on` and `default_seen_by` hold for rows that do not say when and by whom; `found_blank`
    counts the rows of the template that nobody filled in.
    """

    permission = Permission.CONFIRM_CANDIDATES
    address = "/console/supervision/patrols/"

    file = models.FileField(upload_to="patrols/%Y/%m", blank=True)
    default_seen_on = models.DateField(null=True)
    default_seen_by = models.CharField(max_length=60, blank=True)
    found_contradictions = models.PositiveIntegerField(_("与接口不一致"), default=0)
    found_blank = models.PositiveIntegerField(_("没有填写"), default=0)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("巡查记录导入")
        verbose_name_plural = _("巡查记录导入")
        ordering = ("-id",)

    def all_rows(self) -> QuerySet[PatrolRow]:
        """What was read, also what cannot be written."""
        return PatrolRow.objects.filter(job=self)

    def writable(self) -> QuerySet[PatrolRow]:
        """What is new, also where it contradicts: an update that somebody saw is never kept back, or an
        account would be called stale that was not."""
        return self.all_rows().filter(outcome__in=["new", "contradicts"])


class PatrolRow(models.Model):
    """One line of such a sheet: who saw when which newest item of an account.

    `faults` holds (title of the column, what stands there, what is wrong), `note` what a person should
    know of a line that is written. What was written keeps its row: it is the record behind `trace`.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("新记录")
        CONTRADICTS = "contradicts", _("与其他来源不一致")
        SAME = "same", _("已有记录")
        WRONG = "wrong", _("有误")

    job = models.ForeignKey(PatrolImport, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField(_("行"))
    outcome = models.CharField(_("核对结果"), max_length=12, choices=Outcome)
    state = models.CharField(_("处理"), max_length=10, choices=RowState, default=RowState.PENDING)
    name = models.CharField(_("账号"), max_length=80)
    platform = models.CharField(_("平台"), max_length=20, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    newest_on = models.DateField(_("最近更新日期"), null=True)
    title = models.CharField(_("标题"), max_length=200, blank=True)
    link = models.CharField(_("链接"), max_length=500, blank=True)
    seen_at = models.DateTimeField(_("查看时间"), null=True)
    is_seen_day_only = models.BooleanField(default=False)
    seen_by = models.CharField(_("查看人"), max_length=60, blank=True)
    faults = models.JSONField(default=list)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    trace = models.ForeignKey(
        Trace, null=True, on_delete=models.SET_NULL, related_name="patrol_rows"
    )

    objects = scoped("job__agency__path")

    class Meta:
        verbose_name = _("巡查记录")
        verbose_name_plural = _("巡查记录")
        ordering = ("id",)
        indexes = [models.Index(fields=["job", "outcome", "state"], name="patrol_row_by_outcome")]

    def __str__(self) -> str:
        return self.name
