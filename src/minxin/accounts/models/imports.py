"""Tables of a sheet on its way into the register."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.agencies.scope import scoped


class SheetImport(models.Model):
    """A sheet on its way into tables: its columns are matched, its rows compared, and what a person
    confirmed is written in steps by a worker. It can be taken back as a whole.

    The row is the job; a task only wakes it. Who works at it holds `claimed_by` and has been heard
    of before `due_at`. `sheets` keeps the first rows of each sheet, to choose by; `columns` the field
    of each column of the chosen one, "" for none. What is made of it names its `permission`, its
    `address` in the console and, by `writable`, the rows that a confirmation writes; each row has an
    `outcome` and a `state`.
    """

    class Status(models.TextChoices):
        MAPPING = "mapping", _("待对应列")
        CHECKING = "checking", _("比对中")
        CHECKED = "checked", _("待确认")
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("导入中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("未完成")
        UNDOING = "undoing", _("撤销中")
        UNDO_STOPPED = "undo_stopped", _("撤销已停止")
        UNDONE = "undone", _("已撤销")

    permission: ClassVar[Permission]
    address: ClassVar[str]
    # What names citizens is kept encrypted while it waits.
    is_sealed: ClassVar[bool] = False

    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    started_by = models.ForeignKey(
        Staff, verbose_name=_("上传人"), on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(_("文件"), max_length=200)
    file = models.FileField(upload_to="registers/%Y/%m", blank=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=Status, default=Status.MAPPING, db_index=True
    )
    sheets = models.JSONField(default=list)
    sheet = models.PositiveIntegerField(default=0)
    header_row = models.PositiveIntegerField(default=1)
    header_rows = models.PositiveIntegerField(default=1)
    columns = models.JSONField(default=list)
    default_platform = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(_("上传时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    stop_requested_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField()
    interruptions = models.PositiveIntegerField(default=0)
    found_new = models.PositiveIntegerField(_("新增"), default=0)
    found_same = models.PositiveIntegerField(_("相同"), default=0)
    found_wrong = models.PositiveIntegerField(_("有误"), default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it: the page looks again until this ends."""
        return self.status in {"checking", "waiting", "running", "undoing"}

    def all_rows(self) -> QuerySet[Any]:
        """What a comparison found."""
        raise NotImplementedError

    def writable(self) -> QuerySet[Any]:
        """The rows that a confirmed job writes."""
        raise NotImplementedError


class RowState(models.TextChoices):
    """What became of a row of a sheet."""

    PENDING = "pending", _("未写入")
    WRITTEN = "written", _("已写入")
    KEPT = "kept", _("没有写入")
    UNDONE = "undone", _("已撤销")
    LEFT = "left", _("没有撤销")


class RegisterImport(SheetImport):
    """A sheet on its way into the register."""

    permission = Permission.IMPORT_REGISTER
    address = "/console/accounts/imports/"

    default_kind = models.CharField(max_length=20, blank=True)
    found_changed = models.PositiveIntegerField(_("变更"), default=0)
    found_conflicts = models.PositiveIntegerField(_("冲突"), default=0)
    found_missing = models.PositiveIntegerField(_("表中没有"), default=0)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("台账导入")
        verbose_name_plural = _("台账导入")
        ordering = ("-id",)

    def all_rows(self) -> QuerySet[ImportedRow]:
        """The rows that differ from the register, and the accounts it lacks."""
        return ImportedRow.objects.filter(job=self)

    def writable(self) -> QuerySet[ImportedRow]:
        """What is new or changed, and what a person accepted."""
        good = Q(outcome__in=["new", "changed"]) | Q(outcome="conflict", is_accepted=True)
        return self.all_rows().filter(good)


class ImportedRow(models.Model):
    """One row of a sheet beside the register (or an account that the sheet lacks: row 0).

    `before` and `after` hold what would change, by field, as plain values; of a new account `after`
    holds everything. They are what an undo restores. Rows that agree with the register are only
    counted.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        CONFLICT = "conflict", _("冲突")
        WRONG = "wrong", _("有误")
        MISSING = "missing", _("表中没有")

    State = RowState

    job = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField(_("行"))
    outcome = models.CharField(_("比对结果"), max_length=10, choices=Outcome)
    state = models.CharField(_("处理"), max_length=10, choices=State, default=State.PENDING)
    name = models.CharField(_("名称"), max_length=80)
    platform = models.CharField(_("平台"), max_length=20, blank=True)
    host = models.ForeignKey(
        Agency, verbose_name=_("主办单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    is_acceptable = models.BooleanField(default=False)
    is_accepted = models.BooleanField(default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = scoped("job__agency__path")

    class Meta:
        verbose_name = _("台账导入行")
        verbose_name_plural = _("台账导入行")
        ordering = ("id",)
        indexes = [models.Index(fields=["job", "outcome", "state"], name="imported_by_outcome")]

    def __str__(self) -> str:
        return self.name

    @property
    def has_before(self) -> bool:
        """Whether there was something to be changed; a new account is its own after it was written."""
        return self.account_id is not None and self.outcome != self.Outcome.NEW


class RowFault(models.Model):
    """What is wrong or doubtful in one row of a sheet; `row` counts as the sheet does."""

    job = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField(_("行"))
    column = models.CharField(_("列"), max_length=40, blank=True)
    value = models.CharField(_("表中内容"), max_length=120, blank=True)
    message = models.CharField(_("问题"), max_length=300)
    is_conflict = models.BooleanField(default=False)

    objects = scoped("job__agency__path")

    class Meta:
        verbose_name = _("台账导入问题")
        verbose_name_plural = _("台账导入问题")
        ordering = ("row", "id")

    def __str__(self) -> str:
        return f"{self.row} {self.column}"


class ColumnMemory(models.Model):
    """How an agency matched the columns of sheets with these titles, for the next time."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    titles_key = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)
    default_platform = models.CharField(max_length=20, blank=True)
    default_kind = models.CharField(max_length=20, blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("列的对应")
        verbose_name_plural = _("列的对应")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "titles_key"], name="one_memory_per_agency_and_titles"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.titles_key[:8]}"
