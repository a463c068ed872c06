"""Replies that people read afterwards, drawn by a plan."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.tickets.models.tickets import TicketEvent


class ReplyInspection(models.Model):
    """One inspection of the replies of an agency, and those below it, in a period (答复抽查).

    `population`: the numbers of all answers of the period (`TicketEvent`), frozen; `sha256` of that list
    as JSON, so that with `seed` anybody draws the sample again. `accept`: the plan's acceptance number;
    `faulty`: how many were found at the end.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("正在抽查")
        ACCEPTED = "accepted", _("接收")
        REJECTED = "rejected", _("不接收")
        CANCELLED = "cancelled", _("已取消")

    agency = models.ForeignKey(
        Agency, verbose_name=_("抽查单位"), on_delete=models.PROTECT, related_name="+"
    )
    period_from = models.DateField(_("答复时段起"))
    period_until = models.DateField(_("答复时段止"))
    aql = models.CharField(_("AQL（%）"), max_length=5)
    level = models.CharField(_("检验水平"), max_length=3)
    letter = models.CharField(_("样本量字码"), max_length=1)
    lot = models.PositiveIntegerField(_("批量"))
    size = models.PositiveIntegerField(_("样本量"))
    accept = models.PositiveSmallIntegerField(_("接收数 Ac"))
    seed = models.CharField(_("抽样种子"), max_length=40)
    population = models.JSONField(default=list)
    sha256 = models.CharField("SHA-256", max_length=64)
    status = models.CharField(_("结论"), max_length=10, choices=Status, default=Status.OPEN)
    first_judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("判定人一"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    second_judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("判定人二"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("发起人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    opened_at = models.DateTimeField(_("发起时间"))
    faulty = models.PositiveSmallIntegerField(_("不合格数"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("下结论的人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField(_("结论时间"), null=True)
    reason = models.CharField(_("说明"), max_length=500, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("答复抽查")
        verbose_name_plural = _("答复抽查")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first_judge=models.F("second_judge")),
                name="two_people_judge_replies",
            ),
            models.CheckConstraint(
                condition=models.Q(period_until__gte=models.F("period_from")),
                name="a_period_of_replies_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.period_from}–{self.period_until}"


class InspectedReply(models.Model):
    """One answer of a sample. `is_good`: the verdict that counts, of both judges, or of a third person where
    they differ (`settled_by`, `reason`)."""

    inspection = models.ForeignKey(
        ReplyInspection, on_delete=models.CASCADE, related_name="replies"
    )
    number = models.PositiveSmallIntegerField(_("序号"))
    event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, related_name="+")
    is_good = models.BooleanField(_("合格"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("裁定人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    reason = models.CharField(_("裁定理由"), max_length=500, blank=True)

    objects = scoped("inspection__agency__path")

    class Meta:
        verbose_name = _("抽查的答复")
        verbose_name_plural = _("抽查的答复")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["inspection", "number"], name="one_reply_per_number"),
            models.UniqueConstraint(fields=["inspection", "event"], name="a_reply_is_drawn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.number}"


class ReplyJudgement(models.Model):
    """What one person said of one answer, without knowing the other's word. `faults`: of `Fault`."""

    class Fault(models.TextChoices):
        OFF_SUBJECT = "off_subject", _("没有回应所问")
        NO_ACTION = "no_action", _("没有写明办理情况")
        VAGUE = "vague", _("空话套话")
        BASIS = "basis", _("依据缺失或有误")
        PRIVATE = "private", _("写出了个人信息")
        OTHER = "other", _("其他")

    reply = models.ForeignKey(InspectedReply, on_delete=models.CASCADE, related_name="judgements")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("判定人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    is_good = models.BooleanField(_("合格"))
    faults = models.JSONField(default=list)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("答复判定")
        verbose_name_plural = _("答复判定")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["reply", "staff"], name="a_judge_judges_a_reply_once")
        ]

    def __str__(self) -> str:
        return f"{self.reply_id} {self.is_good}"
