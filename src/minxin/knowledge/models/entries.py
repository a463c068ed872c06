"""Tables: entries, their variants, the index's change log, unanswered questions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped


class Entry(models.Model):
    """A question the city answers, with the official source of the answer."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        RETIRED = "retired", _("已停用")

    class Narrowing(models.TextChoices):
        ADDS = "adds", _("本地补充")
        INSTEAD = "instead", _("本地口径")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("维护单位"), on_delete=models.PROTECT, related_name="entries"
    )
    topic = models.CharField(_("主题"), max_length=40, blank=True)
    question = models.CharField(_("标准问题"), max_length=200)
    answer = models.TextField(_("答案"))
    source_title = models.CharField(_("来源标题"), max_length=200, blank=True)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    # What its source is compared by, see `rules.title_key` and `comparable_number`.
    normal_source = models.CharField(max_length=200, blank=True, db_index=True, editable=False)
    normal_number = models.CharField(max_length=80, blank=True, db_index=True, editable=False)
    source_url = models.URLField(_("来源链接"), max_length=500, blank=True)
    issuing_agency = models.CharField(_("发布机关"), max_length=120, blank=True)
    region_code = models.CharField(_("适用区划"), max_length=12, blank=True)
    # For whom or in which case it holds, where another entry answers the same for others.
    audience = models.CharField(_("适用对象"), max_length=30, blank=True, default="")
    # What can be done next, one a line: `rules.steps`.
    next_steps = models.CharField(_("下一步"), max_length=500, blank=True, default="")
    # What it adds to, or says otherwise for fewer: `rules.inheritance`; and the words of that one when its owner last
    # looked at them.
    overrides = models.ForeignKey(
        "self",
        verbose_name=_("上级知识"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="narrowed_by",
    )
    narrowing = models.CharField(
        _("与上级的关系"), max_length=8, choices=Narrowing, blank=True, default=""
    )
    upper_said = models.TextField(blank=True, default="", editable=False)
    # Nobody below adds to it or says otherwise.
    is_binding = models.BooleanField(_("统一口径"), default=False)
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    valid_until = models.DateField(_("失效日期"), null=True, blank=True)
    review_on = models.DateField(_("下次复核"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(_("创建时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("知识条目")
        verbose_name_plural = _("知识条目")
        ordering = ("-updated_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="published")
                | ~models.Q(source_title="") & ~models.Q(issuing_agency=""),
                name="published_entry_names_its_source",
            ),
            models.CheckConstraint(
                condition=models.Q(overrides=None, narrowing="")
                | models.Q(overrides__isnull=False) & ~models.Q(narrowing=""),
                name="entry_that_narrows_names_the_other",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class Variant(models.Model):
    """Another way citizens ask the same question."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="variants")
    text = models.CharField(_("问法"), max_length=200)

    class Meta:
        verbose_name = _("问法")
        verbose_name_plural = _("问法")
        constraints = [
            models.UniqueConstraint(fields=["entry", "text"], name="one_row_per_variant")
        ]

    def __str__(self) -> str:
        return self.text


class IndexChange(models.Model):
    """An entry changed: every process that holds an index reads these in order."""

    entry_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("索引变更")
        verbose_name_plural = _("索引变更")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.entry_id)


class UnansweredQuestion(models.Model):
    """What citizens asked and the city did not know, counted, with private data masked."""

    class Status(models.TextChoices):
        OPEN = "open", _("待处理")
        ANSWERED = "answered", _("已补充")
        DISMISSED = "dismissed", _("不予收录")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    normal_form = models.CharField(max_length=64)
    text = models.CharField(_("问题"), max_length=300)
    times = models.PositiveIntegerField(_("次数"), default=1)
    # Of these, how often there was an answer that the citizen found of no use.
    low_rated = models.PositiveIntegerField(_("评为没用"), default=0)
    first_asked_at = models.DateTimeField(_("首次"))
    last_asked_at = models.DateTimeField(_("最近"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("未答问题")
        verbose_name_plural = _("未答问题")
        ordering = ("-times", "-last_asked_at")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "normal_form"], name="one_row_per_unanswered_question"
            )
        ]

    def __str__(self) -> str:
        return self.text
