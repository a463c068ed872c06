"""Tables: what cites a text that ends and waits for its owner, and what a text says it repeals."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.knowledge.models.documents import Document
from minxin.knowledge.models.entries import Entry


class BasisReview(models.Model):
    """Something that cites a document which ends: for its owner to say whether it is still right, once.

    `place` names what cites (entry:12, menu:3:KEY, article:7, service:5), `label` and `link` show it to people;
    `grade` says how: as its source, likely so, or in words. `ends_on` is the first day on which the document holds no
    more: from then on an entry that has it as its source is not given, until this is settled.
    """

    class Kind(models.TextChoices):
        ENTRY = "entry", _("知识条目")
        MENU = "menu", _("菜单")
        ARTICLE = "article", _("已发布内容")
        SERVICE = "service", _("职责事项")

    class Grade(models.TextChoices):
        SOURCE = "source", _("依据")
        LIKELY = "likely", _("可能的依据")
        MENTION = "mention", _("文中提到")

    class Cause(models.TextChoices):
        REPEALED = "repealed", _("已废止")
        REPLACED = "replaced", _("有新版本")
        EXPIRED = "expired", _("有效期满")
        PARTLY = "partly", _("部分条款废止")
        RETIRED = "retired", _("已停用")

    class Status(models.TextChoices):
        OPEN = "open", _("待核对")
        RIGHT = "right", _("仍然正确")
        CHANGED = "changed", _("已修改")
        WITHDRAWN = "withdrawn", _("已撤下")
        NOT_CITED = "not_cited", _("引用的不是它")
        VOID = "void", _("不再需要")

    agency = models.ForeignKey(
        Agency, verbose_name=_("负责单位"), on_delete=models.PROTECT, related_name="+"
    )
    document = models.ForeignKey(
        Document, verbose_name=_("文件"), on_delete=models.CASCADE, related_name="reviews"
    )
    kind = models.CharField(_("种类"), max_length=8, choices=Kind)
    place = models.CharField(max_length=160)
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.CASCADE, related_name="basis_reviews"
    )
    label = models.CharField(_("内容"), max_length=300)
    link = models.CharField(max_length=200, blank=True)
    grade = models.CharField(_("引用方式"), max_length=8, choices=Grade)
    cause = models.CharField(_("原因"), max_length=8, choices=Cause)
    ends_on = models.DateField(_("失效日期"))
    due_on = models.DateField(_("核对期限"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("发现时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("依据核对")
        verbose_name_plural = _("依据核对")
        ordering = ("due_on", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "place"], name="one_review_per_document_and_place"
            )
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="basis_review_open")]

    def __str__(self) -> str:
        return self.label


class RepealProposal(models.Model):
    """What a published document says it repeals, or seems to follow (`cause`); a person decides.

    `target` is the document of that title or number here, None while none is. `owner` decides: whoever keeps the
    target, or the document that says so. `parts` are empty where the whole is meant.
    """

    class Cause(models.TextChoices):
        SAID = "said", _("文中写明废止")
        SERIES = "series", _("同一事项的新年度文件")

    class Status(models.TextChoices):
        OPEN = "open", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        DECLINED = "declined", _("不采纳")

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="repeal_proposals"
    )
    target = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    owner = models.ForeignKey(
        Agency, verbose_name=_("确认单位"), on_delete=models.PROTECT, related_name="+"
    )
    cause = models.CharField(_("由来"), max_length=8, choices=Cause, default=Cause.SAID)
    title = models.CharField(_("被废止的文件"), max_length=300)
    normal_title = models.CharField(max_length=300, db_index=True)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    normal_number = models.CharField(max_length=80, blank=True, db_index=True)
    parts = models.CharField(_("部分"), max_length=200, blank=True)
    said = models.CharField(_("原文"), max_length=400, blank=True)
    on = models.DateField(_("废止日期"), null=True, blank=True)
    same_issuer = models.BooleanField(_("发布机关相同"), default=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = scoped("owner__path")

    class Meta:
        verbose_name = _("废止建议")
        verbose_name_plural = _("废止建议")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["document", "normal_title", "parts"],
                name="one_proposal_per_text_repealed",
            )
        ]

    def __str__(self) -> str:
        return self.title
