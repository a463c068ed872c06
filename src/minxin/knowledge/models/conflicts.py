"""Table: texts of two agencies that are given as current on the same matter and say otherwise."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import ScopedQuerySet
from minxin.knowledge.models.documents import Document
from minxin.knowledge.models.entries import Entry


class ConflictQuerySet(ScopedQuerySet["AnswerConflict"]):
    """Both owners see it, and whoever is above one of them."""

    def under(self, paths: tuple[str, ...]) -> ConflictQuerySet:
        allowed = Q(pk__in=())
        for path in paths:
            allowed |= Q(first_agency__path__startswith=path)
            allowed |= Q(second_agency__path__startswith=path)
        return self.filter(allowed)

    def of_both(self, paths: tuple[str, ...]) -> ConflictQuerySet:
        """Those of which both sides belong to these branches."""
        first, second = Q(pk__in=()), Q(pk__in=())
        for path in paths:
            first |= Q(first_agency__path__startswith=path)
            second |= Q(second_agency__path__startswith=path)
        return self.filter(first & second)


def _agency(name: Any) -> Any:
    return models.ForeignKey(Agency, verbose_name=name, on_delete=models.PROTECT, related_name="+")


class AnswerConflict(models.Model):
    """Two texts: entries, or passages of documents (`position`). `first_place` and `second_place` (`entry:12`,
    `document:5`) name them in this order; of two documents there is one row. The marks are what the texts were when
    they were last compared: what people decided holds until one is another.

    `lead`: the nearest agency above both, None where there is none. While `wrong` is 1 or 2 and it is under review,
    that side's owner is to correct it by `due_on`; `is_disputed`: an owner said its text is right.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("待协调")
        REVIEW = "review", _("待修改")
        BOTH = "both", _("两边都对")
        NONE = "none", _("不是矛盾")
        AGREED = "agreed", _("已一致")

    first_place = models.CharField(max_length=40)
    second_place = models.CharField(max_length=40)
    first_entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    second_entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    first_document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    second_document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    first_position = models.PositiveIntegerField(null=True, blank=True)
    second_position = models.PositiveIntegerField(null=True, blank=True)
    first_agency = _agency(_("一方"))
    second_agency = _agency(_("另一方"))
    lead = models.ForeignKey(
        Agency, verbose_name=_("协调单位"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    matter = models.CharField(_("事项"), max_length=300)
    kinds = models.CharField(_("不同之处"), max_length=80)
    first_mark = models.CharField(max_length=32)
    second_mark = models.CharField(max_length=32)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    wrong = models.PositiveSmallIntegerField(default=0)
    is_disputed = models.BooleanField(_("有争议"), default=False)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(_("发现时间"))

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("说法不一")
        verbose_name_plural = _("说法不一")
        ordering = ("-found_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["first_place", "second_place"], name="one_conflict_per_two_texts"
            ),
            models.CheckConstraint(
                condition=~Q(first_place=models.F("second_place")), name="conflict_is_of_two_texts"
            ),
            models.CheckConstraint(
                condition=~Q(status="review") | Q(wrong__in=(1, 2), due_on__isnull=False),
                name="conflict_in_review_names_whose_and_when",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="conflict_open")]

    def __str__(self) -> str:
        return self.matter
