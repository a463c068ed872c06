"""Tables: files and links on their way into the documents, and what was not understood of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.knowledge.models.documents import Document


class DocumentImport(models.Model):
    """Files and links that somebody brought in at once; a worker reads them one after the other.

    The row is the job, held as `core.jobs` says. How far it is, its parts say: each is taken once.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("读取中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("未完成")

    agency = models.ForeignKey(
        Agency, verbose_name=_("维护单位"), on_delete=models.PROTECT, related_name="+"
    )
    started_by = models.ForeignKey(
        Staff, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("名称"), max_length=200)
    status = models.CharField(
        _("状态"), max_length=12, choices=Status, default=Status.WAITING, db_index=True
    )
    # What holds for all of it where a file says nothing else: kind, region_code, audience, topic.
    given = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("上传时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    stop_requested_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField()
    interruptions = models.PositiveIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("文件导入")
        verbose_name_plural = _("文件导入")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it: the page looks again until this ends."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}


class ImportedFile(models.Model):
    """One file of an import: uploaded, inside an archive, behind a link, or a row of a list.

    `file` is the original as it came, under a name of ours. An archive and a list only give further
    rows (`source`); `member` is the place in the archive.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待读取")
        TAKEN = "taken", _("待核对")
        KNOWN = "known", _("已有")
        UNPACKED = "unpacked", _("已展开")
        UNREADABLE = "unreadable", _("未能读取")

    job = models.ForeignKey(DocumentImport, on_delete=models.CASCADE, related_name="files")
    source = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="contents"
    )
    name = models.CharField(_("文件"), max_length=300)
    member = models.PositiveIntegerField(null=True, blank=True)
    link = models.CharField(_("链接"), max_length=500, blank=True)
    file = models.FileField(max_length=200, blank=True)
    given = models.JSONField(default=dict)
    status = models.CharField(
        _("状态"), max_length=12, choices=Status, default=Status.WAITING, db_index=True
    )
    tries = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    pages_read = models.PositiveIntegerField(default=0)
    passages = models.PositiveIntegerField(_("段落"), default=0)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="imported_as"
    )
    # What was not understood, as sentences for a person.
    remarks = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("导入的文件")
        verbose_name_plural = _("导入的文件")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["source", "member"], name="one_row_per_member")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """The remarks as one text."""
        return "\n".join(self.remarks)


class ReadPage(models.Model):
    """A page of a long PDF that was read already: a worker that takes over begins after it."""

    file = models.ForeignKey(ImportedFile, on_delete=models.CASCADE, related_name="read_pages")
    number = models.PositiveIntegerField()
    lines = models.JSONField(default=list)
    is_recognised = models.BooleanField(default=False)
    trouble = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("已读的页")
        verbose_name_plural = _("已读的页")
        ordering = ("file", "number")
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="one_row_per_page_read")
        ]

    def __str__(self) -> str:
        return str(self.number)
