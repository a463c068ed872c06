"""What is written while a finding is put right: notices, feedback, defences, and the ledger of it all.

None of these rows is changed once its step is taken, but for a notice that is signed for and a defence
that is decided.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.supervision import wording
from minxin.supervision.models.findings import STATES, Finding
from minxin.supervision.models.updates import Evidence
from minxin.supervision.rules.measures import Measure
from minxin.supervision.rules.rectification import Act

ACTS = [(each.value, wording.ACTS[each]) for each in Act]
MEASURES = [(each.value, wording.MEASURES[each]) for each in Measure]


class RectificationNotice(models.Model):
    """《问题整改通知单》: what an issuing agency asks of a unit, numbered within its year."""

    issuer = models.ForeignKey(
        Agency, verbose_name=_("发出单位"), on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        Agency, verbose_name=_("责任单位"), on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("通知单号"), max_length=160)
    requirement = models.TextField(_("整改要求"))
    issued_at = models.DateTimeField(_("发出时间"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("发出人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    signed_at = models.DateTimeField(_("签收时间"), null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("签收人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("unit__path")

    class Meta:
        verbose_name = _("问题整改通知单")
        verbose_name_plural = _("问题整改通知单")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "year", "serial"], name="one_notice_per_number_of_a_year"
            )
        ]

    def __str__(self) -> str:
        return self.number


class NoticeLine(models.Model):
    """One problem of a notice, as it was said then, with its deadline."""

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="lines")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notice_lines")
    position = models.PositiveSmallIntegerField()
    detail = models.TextField(_("具体情况"))
    due_at = models.DateTimeField(_("整改期限"))
    due_is_provisional = models.BooleanField(default=False)

    objects = scoped("notice__unit__path")

    class Meta:
        verbose_name = _("通知单中的问题")
        verbose_name_plural = _("通知单中的问题")
        ordering = ("notice", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "finding"], name="one_line_per_finding_of_a_notice"
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.position}"


class Feedback(models.Model):
    """《问题整改反馈单》: what a unit says it did, with its proof. `proof` is what the system found then:
    `{"kind", "holds", "facts"}`."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="feedback")
    notice = models.ForeignKey(
        RectificationNotice, on_delete=models.PROTECT, related_name="feedback"
    )
    round = models.PositiveSmallIntegerField(_("第几次反馈"))
    measure = models.CharField(_("整改措施"), max_length=10, choices=MEASURES)
    done = models.TextField(_("整改情况"), max_length=1000)
    done_on = models.DateField(_("完成日期"))
    evidence = models.ForeignKey(
        Evidence, null=True, on_delete=models.PROTECT, related_name="feedback"
    )
    proof = models.JSONField(default=dict)
    is_late = models.BooleanField(_("逾期反馈"), default=False)
    given_at = models.DateTimeField(_("反馈时间"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("反馈人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("finding__account__agency__path")

    class Meta:
        verbose_name = _("问题整改反馈单")
        verbose_name_plural = _("问题整改反馈单")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "round"], name="one_feedback_per_round_of_a_finding"
            )
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.round}"


class Defence(models.Model):
    """A unit says that a finding is not so (误报), or why it is not to be counted (申辩)."""

    class Kind(models.TextChoices):
        FALSE_ALARM = "false_alarm", _("误报")
        DEFENCE = "defence", _("申辩")

    class Status(models.TextChoices):
        OPEN = "open", _("待裁定")
        ACCEPTED = "accepted", _("成立")
        REJECTED = "rejected", _("不成立")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="defences")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    statement = models.TextField(_("理由"), max_length=1000)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="defences")
    stated_at = models.DateTimeField(_("提出时间"))
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("提出人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    status = models.CharField(_("裁定"), max_length=10, choices=Status, default=Status.OPEN)
    decision = models.TextField(_("裁定理由"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(_("裁定时间"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("裁定人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("finding__account__agency__path")

    class Meta:
        verbose_name = _("申辩")
        verbose_name_plural = _("申辩")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=models.Q(status="open"),
                name="one_open_defence_per_finding",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open") | models.Q(decided_by__isnull=False),
                name="a_named_person_decides_a_defence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.get_kind_display()}"


class LedgerStep(models.Model):
    """One step of a finding's life: who, when, what, why. Rows are added and never changed."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    act = models.CharField(_("步骤"), max_length=14, choices=ACTS)
    before = models.CharField(max_length=10, choices=STATES, blank=True)
    after = models.CharField(_("之后"), max_length=10, choices=STATES)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("经办人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    reason = models.TextField(_("理由"), blank=True)
    facts = models.JSONField(default=dict)
    notice = models.ForeignKey(
        RectificationNotice, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    feedback = models.ForeignKey(
        Feedback, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    defence = models.ForeignKey(Defence, null=True, on_delete=models.PROTECT, related_name="steps")
    evidence = models.ForeignKey(Evidence, null=True, on_delete=models.PROTECT, related_name="+")

    objects = scoped("finding__account__agency__path")

    class Meta:
        verbose_name = _("整改记录")
        verbose_name_plural = _("整改记录")
        ordering = ("finding", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "position"], name="one_step_per_place_of_a_ledger"
            )
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.position} {self.act}"
