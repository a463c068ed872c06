"""Tables: a sheet on its way into the entries, and what was wrong in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped


class ImportJob(models.Model):
    """A sheet on its way into the knowledge: checked, confirmed, written in steps by a worker.

    The row is the job; a task only wakes it. Who works at it holds `claimed_by` and has been heard
    of before `due_at`; from then on anybody may take it over and go on after the row `reached`.
    """

    class Status(models.TextChoices):
        CHECKING = "checking", _("检查中")
        CHECKED = "checked", _("待确认")
        UNREADABLE = "unreadable", _("无法读取")
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("导入中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("未完成")

    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    started_by = models.ForeignKey(
        Staff, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(_("文件"), max_length=200)
    file = models.FileField(upload_to="imports/%Y/%m", blank=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=Status, default=Status.CHECKING, db_index=True
    )
    created_at = models.DateTimeField(_("上传时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    stop_requested_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField()
    interruptions = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(_("可导入"), default=0)
    expected_updates = models.PositiveIntegerField(default=0)
    reached = models.PositiveIntegerField(default=1)
    created = models.PositiveIntegerField(_("新增"), default=0)
    updated = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("无变化"), default=0)
    refused = models.PositiveIntegerField(_("有误"), default=0)
    preview = models.JSONField(default=list)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("导入任务")
        verbose_name_plural = _("导入任务")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name

    @property
    def done(self) -> int:
        """How many rows fit to be imported have been dealt with."""
        return self.created + self.updated + self.unchanged

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it: the page looks again until this ends."""
        return self.status in {self.Status.CHECKING, self.Status.WAITING, self.Status.RUNNING}


class ImportFault(models.Model):
    """What is wrong in one row of a sheet; the titles are row 1."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField(_("行"))
    column = models.CharField(_("列"), max_length=40)
    message = models.CharField(_("问题"), max_length=300)

    class Meta:
        verbose_name = _("导入错误")
        verbose_name_plural = _("导入错误")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.row} {self.column}"
