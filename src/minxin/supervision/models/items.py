"""Looking back: published texts, word lists, scans of the one for the other, and what was found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.supervision.models.findings import Finding
from minxin.supervision.models.updates import SEVERITIES, Trace
from minxin.supervision.rules.packs import Severity


class PublishedItem(models.Model):
    """One article as it was last read: plain text, and the hash of title and text.

    `external_id` is unique in its account; `version` counts the texts it had, the earlier ones are
    kept as `ItemVersion`. `kept_at`: since when this version is here.
    """

    class Source(models.TextChoices):
        INTERFACE = "interface", _("微信接口")
        IMPORT = "import", _("表格导入")
        LINK = "link", _("粘贴链接")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="published_items")
    trace = models.ForeignKey(
        Trace, null=True, on_delete=models.SET_NULL, related_name="published_items"
    )
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    external_id = models.CharField(max_length=140)
    title = models.CharField(_("标题"), max_length=200, blank=True)
    text = models.TextField(_("正文"))
    url = models.CharField(_("链接"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("发布时间"))
    sha256 = models.CharField("SHA-256", max_length=64)
    version = models.PositiveIntegerField(_("版本"), default=1)
    kept_at = models.DateTimeField(_("留存时间"))

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("已发布内容")
        verbose_name_plural = _("已发布内容")
        ordering = ("-published_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], name="one_item_per_number_of_an_account"
            )
        ]
        indexes = [models.Index(fields=["kept_at"], name="item_by_kept")]

    def __str__(self) -> str:
        return self.title or self.external_id


class ItemVersion(models.Model):
    """A text an item had before it was changed."""

    item = models.ForeignKey(PublishedItem, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("标题"), max_length=200, blank=True)
    text = models.TextField(_("正文"))
    sha256 = models.CharField("SHA-256", max_length=64)
    kept_at = models.DateTimeField(_("留存时间"))

    class Meta:
        verbose_name = _("内容的早前版本")
        verbose_name_plural = _("内容的早前版本")
        ordering = ("-version",)
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="one_row_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.version}"


class WordList(models.Model):
    """Expressions to look back for, of an agency and all below it. `revision` grows with every change;
    a list of the kind privacy has no expressions: what it looks for is numbers of persons."""

    class Kind(models.TextChoices):
        LEADER = "leader", _("领导职务变动")
        AGENCY = "agency", _("机构更名或撤销")
        REPEALED = "repealed", _("文件废止")
        WORDS = "words", _("错误表述词表")
        PRIVACY = "privacy", _("个人信息")
        ADS = "ads", _("商业广告")

    agency = models.ForeignKey(
        Agency, verbose_name=_("适用范围"), on_delete=models.PROTECT, related_name="word_lists"
    )
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    revision = models.PositiveIntegerField(_("版次"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)
    changed_at = models.DateTimeField(_("最近修改"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("词表")
        verbose_name_plural = _("词表")
        ordering = ("-changed_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="one_word_list_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """One expression that should no longer stand anywhere.

    `valid_from`: only what was published from this day on is looked at; empty: everything. `basis` is
    the document that says so.
    """

    word_list = models.ForeignKey(WordList, on_delete=models.CASCADE, related_name="terms")
    wrong = models.CharField(_("错误或过时表述"), max_length=80)
    suggestion = models.CharField(_("正确表述"), max_length=80, blank=True)
    severity = models.CharField(
        _("严重程度"), max_length=8, choices=SEVERITIES, default=Severity.MAJOR.value
    )
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    valid_from = models.DateField(_("只查此日起发布的"), null=True, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = scoped("word_list__agency__path")

    class Meta:
        verbose_name = _("词条")
        verbose_name_plural = _("词条")
        ordering = ("wrong",)
        constraints = [
            models.UniqueConstraint(fields=["word_list", "wrong"], name="one_term_of_a_list")
        ]

    def __str__(self) -> str:
        return self.wrong


class Scan(models.Model):
    """A pass of one revision of a word list over the kept texts: a job with its own row.

    Items are taken by number, `cursor` is the last one done and `top` the last one there was. Who works
    at it holds `claimed_by`; when it is not heard of until `due_at`, another takes over at the cursor.
    `since`: only items kept after it, the others were looked through before.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待开始")
        RUNNING = "running", _("扫描中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("未完成")

    word_list = models.ForeignKey(WordList, on_delete=models.PROTECT, related_name="scans")
    revision = models.PositiveIntegerField(_("词表版次"))
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    since = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)
    top = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(_("内容总数"), default=0)
    done = models.PositiveIntegerField(_("已查内容"), default=0)
    found = models.PositiveIntegerField(_("新命中"), default=0)
    interruptions = models.PositiveIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    claimed_by = models.CharField(max_length=16, blank=True)
    due_at = models.DateTimeField()
    stop_requested_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("发起人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = scoped("word_list__agency__path")

    class Meta:
        verbose_name = _("回头看扫描")
        verbose_name_plural = _("回头看扫描")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["word_list"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="one_scan_at_a_time_of_a_list",
            )
        ]

    def __str__(self) -> str:
        return f"{self.word_list}（{self.revision}）"

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        if self.status == self.Status.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class Hit(models.Model):
    """An expression, or a person's number, in one version of an item.

    `key` names what was found: `term-<number>` or the kind of number. `excerpt` is what stands around
    it, with private numbers masked. Gone: the item's text was changed before anybody decided. `follows`:
    the same place of an earlier version, whose decision holds because its sentence is unchanged.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        DISMISSED = "dismissed", _("不成立")
        GONE = "gone", _("原文已改")

    item = models.ForeignKey(PublishedItem, on_delete=models.PROTECT, related_name="hits")
    scan = models.ForeignKey(Scan, on_delete=models.PROTECT, related_name="hits")
    term = models.ForeignKey(Term, null=True, on_delete=models.SET_NULL, related_name="hits")
    key = models.CharField(max_length=30)
    words = models.CharField(_("命中表述"), max_length=80)
    suggestion = models.CharField(_("正确表述"), max_length=80, blank=True)
    severity = models.CharField(_("严重程度"), max_length=8, choices=SEVERITIES)
    version = models.PositiveIntegerField()
    offset = models.PositiveIntegerField()
    length = models.PositiveSmallIntegerField()
    excerpt = models.CharField(_("上下文"), max_length=200)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    found_at = models.DateTimeField(_("发现时间"))
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("处理人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="hits")
    follows = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="followed_by"
    )

    objects = scoped("item__account__agency__path")

    class Meta:
        verbose_name = _("回头看命中")
        verbose_name_plural = _("回头看命中")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["item", "version", "key", "offset"], name="one_hit_per_place"
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["confirmed", "dismissed"])
                | models.Q(decided_by__isnull=False),
                name="a_named_person_decides_a_hit",
            ),
        ]
        indexes = [models.Index(fields=["scan", "status"], name="hit_by_scan_status")]

    def __str__(self) -> str:
        return f"{self.words} {self.item_id}"


class Exemption(models.Model):
    """An expression that somebody dismissed for good in an agency and all below it, and why."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("表述"), max_length=80)
    reason = models.CharField(_("理由"), max_length=300)
    made_at = models.DateTimeField(_("时间"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("经办人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("不再提示的表述")
        verbose_name_plural = _("不再提示的表述")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "words"], name="one_exemption_per_words_of_an_agency"
            )
        ]

    def __str__(self) -> str:
        return self.words
