"""Tables of the graded set: real questions with the answer given then, and what people said of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.knowledge.models.entries import Entry


class Verdict(models.TextChoices):
    """What a person says of an answer, or of silence."""

    RIGHT = "right", _("对")
    PARTLY = "partly", _("部分对")
    WRONG = "wrong", _("错")
    SILENT = "silent", _("不该答")


class GradedSet(models.Model):
    """One version of an agency's graded set. Its questions are drawn by a kept seed from what citizens asked,
    or added by hand; two people grade apart, a third settles. Frozen it never changes; a new version has new rows."""

    class Status(models.TextChoices):
        GRADING = "grading", _("评定中")
        FROZEN = "frozen", _("已定稿")
        DISCARDED = "discarded", _("已作废")

    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveIntegerField(_("版本"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.GRADING)
    asked_from = models.DateField(_("提问时段"))
    asked_until = models.DateField()
    population = models.PositiveIntegerField(_("时段内不同的问题"))
    drawn = models.PositiveIntegerField(_("抽取"))
    by_hand = models.PositiveIntegerField(_("人工补充"))
    seed = models.CharField(max_length=32)
    first_grader = models.ForeignKey(
        Staff, verbose_name=_("评定人一"), on_delete=models.PROTECT, related_name="+"
    )
    second_grader = models.ForeignKey(
        Staff, verbose_name=_("评定人二"), on_delete=models.PROTECT, related_name="+"
    )
    opened_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("建立时间"))
    ended_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("定稿时间"), null=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("评测集")
        verbose_name_plural = _("评测集")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "number"], name="one_graded_set_per_agency_and_version"
            ),
            models.CheckConstraint(
                condition=~models.Q(first_grader=models.F("second_grader")),
                name="graded_set_has_two_graders",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.number}"


class GradedQuestion(models.Model):
    """One question of a set, with what was answered when the set was made. `answer` empty: nothing was."""

    class Origin(models.TextChoices):
        ASKED = "asked", _("市民问过")
        HAND = "hand", _("人工补充")

    graded_set = models.ForeignKey(GradedSet, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveIntegerField(_("序号"))
    text = models.CharField(_("问题"), max_length=300)
    origin = models.CharField(_("来历"), max_length=6, choices=Origin)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.TextField(_("答复"), blank=True)
    source = models.CharField(_("来源"), max_length=500, blank=True)
    confidence = models.FloatField(_("把握"), default=0.0)
    verdict = models.CharField(_("结果"), max_length=7, choices=Verdict, blank=True)
    settled_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("裁定理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("评测问题")
        verbose_name_plural = _("评测问题")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["graded_set", "number"], name="one_question_per_number_of_a_graded_set"
            )
        ]

    def __str__(self) -> str:
        return self.text


class Grade(models.Model):
    """What one of the two said, once."""

    question = models.ForeignKey(GradedQuestion, on_delete=models.CASCADE, related_name="grades")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(_("评定"), max_length=7, choices=Verdict)
    graded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("评定")
        verbose_name_plural = _("评定")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["question", "staff"], name="one_grade_per_question_and_grader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.verdict}"
