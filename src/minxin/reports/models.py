"""Tables: documents, their versions, the rows their numbers count, the files made of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped


class Document(models.Model):
    """A document of one of `KINDS`: facts frozen when it was drafted, text that people edit until a
    named person signs it, or discards it and says why.

    `facts` and `pieces` never change; what was edited stands in `Version`. `source` names what it was
    drafted from (`campaign:12`, `quarter:2026-4`,
    `week:2026-11-23`). `doubts` are the numbers that did not agree when it was signed, and
    that who signed stood for.
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", _("检查情况通报")
        QUARTER = "quarter", _("季度报告")
        YEAR = "year", _("工作年度报表")
        WEEK = "week", _("诉求办理周报")

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SIGNED = "signed", _("已签发")
        DISCARDED = "discarded", _("已作废")

    agency = models.ForeignKey(
        Agency, verbose_name=_("发文单位"), on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(_("种类"), max_length=16, choices=Kind)
    title = models.CharField(_("标题"), max_length=200)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.DRAFT)
    source = models.CharField(max_length=60, blank=True)
    preset = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    facts_sha256 = models.CharField("SHA-256", max_length=64)
    pieces = models.JSONField(default=list)
    doubts = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("起草时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("起草人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    signed_on = models.DateField(_("成文日期"), null=True)
    signed_at = models.DateTimeField(_("签发时间"), null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("签发人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    discarded_at = models.DateTimeField(_("作废时间"), null=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作废人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    reason = models.CharField(_("作废理由"), max_length=300, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("文稿")
        verbose_name_plural = _("文稿")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="signed")
                | models.Q(signed_by__isnull=False, signed_on__isnull=False),
                name="a_named_person_signs_a_document",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class Version(models.Model):
    """The text of a document as somebody saved it: piece by piece. Never changed."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    texts = models.JSONField(default=dict)
    saved_at = models.DateTimeField(_("保存时间"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("保存人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("document__agency__path")

    class Meta:
        verbose_name = _("版本")
        verbose_name_plural = _("版本")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="one_version_per_number_of_a_document"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}.{self.number}"


class CountedRow(models.Model):
    """A row that numbers of a document count, as it was when the document was drafted. `is_before`: of the
    period that the document compares with."""

    class Over(models.TextChoices):
        ACCOUNTS = "accounts", _("账号")
        PROBLEMS = "problems", _("问题")
        EARLIER = "earlier", _("上期问题")
        CHANGES = "changes", _("台账变动")
        UPDATES = "updates", _("更新监测")
        REMINDERS = "reminders", _("更新提醒")
        CAMPAIGNS = "campaigns", _("检查任务")
        TICKETS = "tickets", _("诉求工单")
        MESSAGES = "messages", _("群众消息")
        POSTS = "posts", _("发布信息")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="rows")
    over = models.CharField(max_length=10, choices=Over)
    number = models.BigIntegerField()
    is_before = models.BooleanField(default=False)
    account_id = models.BigIntegerField(null=True)
    name = models.CharField(_("账号"), max_length=120)
    platform = models.CharField(_("平台"), max_length=40, blank=True)
    unit = models.CharField(_("主办单位"), max_length=120, blank=True)
    place = models.CharField(_("地区"), max_length=120, blank=True)
    problem = models.CharField(_("问题"), max_length=200, blank=True)
    seen = models.CharField(_("检查情况"), max_length=500, blank=True)
    result = models.CharField(_("结果"), max_length=20, blank=True)

    objects = scoped("document__agency__path")

    class Meta:
        verbose_name = _("明细")
        verbose_name_plural = _("明细")
        ordering = ("unit", "name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "over", "is_before", "number"], name="one_row_per_thing_counted"
            )
        ]

    def __str__(self) -> str:
        return self.name


class WeeklyOrder(models.Model):
    """An agency has its weekly report drafted every Monday, in the name of who ordered it."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="+")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    ordered_at = models.DateTimeField()

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("周报起草")
        verbose_name_plural = _("周报起草")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.agency_id)


class Rendering(models.Model):
    """One request to make the files of a version, worked off by a worker: the row is the job.

    Who works at it holds `claimed_by` and has been heard of before `due_at`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("生成中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("未完成")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="renderings")
    version = models.PositiveIntegerField(_("版本"))
    is_signed = models.BooleanField(_("签发稿"), default=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    claimed_by = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField()
    stop_requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("申请时间"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    objects = scoped("document__agency__path")

    class Meta:
        verbose_name = _("生成任务")
        verbose_name_plural = _("生成任务")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="one_rendering_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}.{self.version}"

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}


class DocumentFile(models.Model):
    """A file that was made; `sha256` tells whether it still is what it was."""

    rendering = models.ForeignKey(Rendering, on_delete=models.CASCADE, related_name="files")
    shape = models.CharField(_("格式"), max_length=5)
    file = models.FileField(upload_to="documents/%Y/%m")
    file_name = models.CharField(_("文件名"), max_length=200)
    bytes = models.PositiveIntegerField(_("文件大小（字节）"))
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = scoped("rendering__document__agency__path")

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["rendering", "shape"], name="one_file_per_shape_of_a_rendering"
            )
        ]

    def __str__(self) -> str:
        return self.file_name
