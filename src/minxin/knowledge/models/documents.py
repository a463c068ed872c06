"""Tables: documents a city answers from, their passages, and what indexes have to read again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.knowledge.rules import Place, Span


class Document(models.Model):
    """One text as it was issued: a law, a policy, a guide. A new version is a row of its own; the former
    one stays and says by `superseded_by` until when it held."""

    class Kind(models.TextChoices):
        LAW = "law", _("法律法规")
        RULE = "rule", _("规章")
        POLICY = "policy", _("政策文件")
        INTERPRETATION = "interpretation", _("政策解读")
        GUIDE = "guide", _("办事指南")
        NOTICE = "notice", _("通知公告")
        OTHER = "other", _("其他")

    class Status(models.TextChoices):
        DRAFT = "draft", _("待发布")
        PUBLISHED = "published", _("已发布")
        RETIRED = "retired", _("已停用")

    class Language(models.TextChoices):
        SIMPLIFIED = "zh-Hans", _("简体中文")
        TRADITIONAL = "zh-Hant", _("繁体中文")
        OTHER = "other", _("其他文字")

    agency = models.ForeignKey(
        Agency,
        verbose_name=_("维护单位"),
        on_delete=models.PROTECT,
        related_name="policy_documents",
    )
    kind = models.CharField(_("种类"), max_length=14, choices=Kind, default=Kind.POLICY)
    title = models.CharField(_("标题"), max_length=300)
    # What the title is compared by: full width, traditional characters and punctuation aside.
    normal_title = models.CharField(max_length=300, db_index=True, editable=False)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    normal_number = models.CharField(max_length=80, blank=True, db_index=True, editable=False)
    issuing_agency = models.CharField(_("发布机关"), max_length=200, blank=True)
    region_code = models.CharField(_("适用区划"), max_length=12, blank=True)
    audience = models.CharField(_("适用对象"), max_length=80, blank=True)
    topic = models.CharField(_("主题"), max_length=40, blank=True)
    language = models.CharField(
        _("文字"), max_length=8, choices=Language, default=Language.SIMPLIFIED
    )
    issued_on = models.DateField(_("发布日期"), null=True, blank=True)
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    repealed_on = models.DateField(_("废止日期"), null=True, blank=True)
    repealed_by = models.CharField(_("废止依据"), max_length=300, blank=True)
    # Taken out of use by who keeps it, though nobody repealed it: from when and why.
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)
    retired_why = models.CharField(_("停用原因"), max_length=300, blank=True)
    superseded_by = models.ForeignKey(
        "self",
        verbose_name=_("新版本"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="former_versions",
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    link = models.URLField(_("原文链接"), max_length=500, blank=True)
    file = models.FileField(upload_to="documents/%Y/%m", blank=True)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    is_recognised = models.BooleanField(_("由扫描件识别"), default=False)
    added_by = models.ForeignKey(
        Staff,
        verbose_name=_("录入人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("录入时间"))
    updated_at = models.DateTimeField(_("更新时间"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ("-updated_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "sha256"], name="one_document_per_file_of_an_agency"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published")
                | ~models.Q(title="") & ~models.Q(issuing_agency=""),
                name="published_document_names_its_issuer",
            ),
            models.CheckConstraint(
                condition=~models.Q(superseded_by=models.F("id")),
                name="document_supersedes_another",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "status"], name="document_by_agency"),
            models.Index(fields=["document_number"], name="document_by_number"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def span(self) -> Span:
        """The days it holds; reads `superseded_by`."""
        newer = self.superseded_by
        return Span.of(
            issued_on=self.issued_on,
            effective_on=self.effective_on,
            repealed_on=self.repealed_on,
            superseded_on=(newer.effective_on or newer.issued_on) if newer else None,
        )


class Passage(models.Model):
    """A piece of a document along its own structure, in its order; headings are passages, too."""

    class Kind(models.TextChoices):
        TITLE = "title", _("标题")
        CHAPTER = "chapter", _("章节")
        ARTICLE = "article", _("条")
        PARAGRAPH = "paragraph", _("款")
        ITEM = "item", _("项")
        TABLE_ROW = "table_row", _("表行")

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    # As words: 第三章 法律责任 > 第十二条 > （二）
    path = models.CharField(_("所在"), max_length=400, blank=True)
    article = models.CharField(_("条"), max_length=24, blank=True)
    # Which paragraph of its article; 0 where the article has only one and it is not named.
    clause = models.PositiveSmallIntegerField(_("款"), default=0)
    item = models.CharField(_("项"), max_length=24, blank=True)
    # The position of the passage that introduces an item (“需要下列材料：”).
    lead = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(_("原文"))
    page = models.PositiveIntegerField(_("页"), null=True, blank=True)
    paragraph = models.PositiveIntegerField(_("自然段"), null=True, blank=True)

    class Meta:
        verbose_name = _("段落")
        verbose_name_plural = _("段落")
        ordering = ("document", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "position"], name="one_passage_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.text}"[:60]

    @property
    def place(self) -> Place:
        """Where it stands, as a citation names it."""
        return Place(self.article, self.clause, self.item)


class DocumentChange(models.Model):
    """A document or its passages changed, or became public, or ceased to be: an index that holds
    passages reads these in order and reads all passages of the document again. Rows that have a later
    one for the same document may be forgotten, the newest never."""

    document_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("文件变更")
        verbose_name_plural = _("文件变更")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.document_id)
