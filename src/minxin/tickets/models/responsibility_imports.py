"""A sheet on its way into the draft of the responsibility list."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import RowState, SheetImport
from minxin.agencies.models import Agency
from minxin.agencies.rules import Permission
from minxin.agencies.scope import scoped
from minxin.tickets.models.responsibilities import Responsibility, ResponsibilityList


class ResponsibilityImport(SheetImport):
    """A sheet of the list. Either all its lines go into the draft or, while one is wrong, none.

    `adds_matters`: matters that are not known yet are added, else such a line is wrong.
    """

    permission = Permission.EDIT_SETTINGS
    address = "/console/responsibilities/imports/"

    file = models.FileField(upload_to="responsibilities/%Y/%m", blank=True)
    draft = models.ForeignKey(
        ResponsibilityList, null=True, on_delete=models.PROTECT, related_name="imports"
    )
    adds_matters = models.BooleanField(default=False)
    found_changed = models.PositiveIntegerField(_("变更"), default=0)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("职责清单导入")
        verbose_name_plural = _("职责清单导入")
        ordering = ("-id",)

    def all_rows(self) -> QuerySet[ImportedResponsibility]:
        """What was read, also what is wrong."""
        return ImportedResponsibility.objects.filter(job=self)

    def writable(self) -> QuerySet[ImportedResponsibility]:
        """What is new or changed; nothing while a line is wrong: half a list is none."""
        rows = self.all_rows().filter(outcome__in=["new", "changed"])
        return rows.none() if self.found_wrong else rows


class ImportedResponsibility(models.Model):
    """One line of such a sheet beside the draft.

    `before` is what the draft says of the same matter and place (`agency`, `co`, `basis`); `faults` holds
    (title of the column, what stands there, what is wrong).
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        SAME = "same", _("相同")
        WRONG = "wrong", _("有误")

    job = models.ForeignKey(ResponsibilityImport, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField(_("行"))
    outcome = models.CharField(_("比对结果"), max_length=10, choices=Outcome)
    state = models.CharField(_("处理"), max_length=10, choices=RowState, default=RowState.PENDING)
    name = models.CharField(_("事项"), max_length=255)
    place = models.CharField(_("地点"), max_length=60, blank=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("主办单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    co = models.JSONField(default=list)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    keywords = models.CharField(_("关键词"), max_length=300, blank=True)
    before = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    written = models.ForeignKey(
        Responsibility, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = scoped("job__agency__path")

    class Meta:
        verbose_name = _("职责清单导入行")
        verbose_name_plural = _("职责清单导入行")
        ordering = ("id",)
        indexes = [models.Index(fields=["job", "outcome", "state"], name="duty_row_by_outcome")]

    def __str__(self) -> str:
        return self.name
