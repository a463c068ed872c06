"""A sheet of tickets from another system, in the field names of GB/T 39046 table 10."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import RowState, SheetImport
from minxin.agencies.rules import Permission
from minxin.agencies.scope import scoped
from minxin.tickets.models.tickets import Ticket


class TicketImport(SheetImport):
    """A sheet of tickets on its way in. Whom it names stands in its file alone, encrypted, until it ends.

    `level_coding`: in which direction its level codes run; nothing where it has none.
    """

    class Coding(models.TextChoices):
        GBT39046 = "gbt39046", _("GB/T 39046：1 为非常满意，5 为非常不满意")
        NATIONAL = "national", _("国家平台接口：5 为非常满意，1 为非常不满意")

    permission = Permission.FILE_TICKETS
    address = "/console/tickets/imports/"
    is_sealed = True

    file = models.FileField(upload_to="ticket-sheets/%Y/%m", blank=True)
    level_coding = models.CharField(max_length=10, choices=Coding, blank=True)
    found_history = models.PositiveIntegerField(_("已答复的留存"), default=0)
    found_changed = models.PositiveIntegerField(_("更新"), default=0)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("工单导入")
        verbose_name_plural = _("工单导入")
        ordering = ("-id",)

    def all_rows(self) -> QuerySet[ImportedTicket]:
        """What was read, also what is wrong."""
        return ImportedTicket.objects.filter(job=self)

    def writable(self) -> QuerySet[ImportedTicket]:
        """What is filed, kept or told anew; each row by itself, what is wrong holds up no other."""
        return self.all_rows().filter(outcome__in=["new", "history", "changed"])


class ImportedTicket(models.Model):
    """One row of such a sheet. `name` is the other side's number; the words are masked and short, nobody is
    named. `faults` holds (field, what stands there, what is wrong)."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新登记")
        HISTORY = "history", _("已答复，留存")
        CHANGED = "changed", _("更新")
        SAME = "same", _("已有")
        WRONG = "wrong", _("有误")

    job = models.ForeignKey(TicketImport, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField(_("行"))
    outcome = models.CharField(_("比对结果"), max_length=10, choices=Outcome)
    state = models.CharField(_("处理"), max_length=10, choices=RowState, default=RowState.PENDING)
    name = models.CharField(_("外部编号"), max_length=80, blank=True)
    nature = models.CharField(_("性质"), max_length=12, blank=True)
    brief = models.CharField(_("内容"), max_length=60, blank=True)
    faults = models.JSONField(default=list)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = scoped("job__agency__path")

    class Meta:
        verbose_name = _("工单导入行")
        verbose_name_plural = _("工单导入行")
        ordering = ("id",)
        indexes = [models.Index(fields=["job", "outcome", "state"], name="ticket_row_by_outcome")]

    def __str__(self) -> str:
        return self.name
