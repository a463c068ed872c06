"""Campaigns: which accounts are checked, by whom, what was seen, what the unit said, what was decided."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account, Level, Platform
from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.supervision import inspecting
from minxin.supervision.models.updates import SEVERITIES, Evidence
from minxin.supervision.rules.inspection import Purpose, Standing, State
from minxin.supervision.rules.sampling import Method

PURPOSES = [(each.value, inspecting.PURPOSES[each]) for each in Purpose]
STANDINGS = [(each.value, inspecting.STANDINGS[each]) for each in Standing]
INSPECTION_STATES = [(each.value, inspecting.STATES[each]) for each in State]
METHODS = [(each.value, inspecting.METHODS[each]) for each in Method]
MARKS = [(each.value, words) for each, words in inspecting.MARKS.items()]
DECISIONS = [("kept", _("申辩不成立，维持")), ("lifted", _("申辩成立，改为合格"))]


def _person(label: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip


class Campaign(models.Model):
    """A task of checking accounts (检查任务). `seed` and the population draw its sample again.

    `lines` are the codes of its check table; `packs` tells which rules were in force, per region, when
    it was opened. `results` is what was signed and never changes.
    """

    name = models.CharField(_("名称"), max_length=80)
    purpose = models.CharField(_("类别"), max_length=10, choices=PURPOSES)
    agency = models.ForeignKey(
        Agency, verbose_name=_("检查范围"), on_delete=models.PROTECT, related_name="campaigns"
    )
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    period_from = models.DateField(_("检查时段起"))
    period_until = models.DateField(_("检查时段止"))
    due_on = models.DateField(_("完成期限"))
    method = models.CharField(_("抽样方式"), max_length=12, choices=METHODS)
    size = models.PositiveIntegerField(_("样本总数"), default=0)
    percent = models.PositiveSmallIntegerField(_("每层比例（%）"), default=0)
    strata = models.JSONField(_("分层依据"), default=list)
    seed = models.CharField(_("抽样种子"), max_length=40)
    second_percent = models.PositiveSmallIntegerField(_("合格账号复核比例（%）"), default=10)
    defence_days = models.PositiveSmallIntegerField(_("申辩期限（工作日）"), default=3)
    lines = models.JSONField(default=list)
    packs = models.JSONField(default=list)
    standing = models.CharField(
        _("状态"), max_length=10, choices=STANDINGS, default=Standing.RUNNING.value
    )
    opened_at = models.DateTimeField(_("开始时间"))
    opened_by = _person(_("发起人"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = _person(_("签发人"))
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    results = models.JSONField(null=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("检查任务")
        verbose_name_plural = _("检查任务")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period_until__gte=models.F("period_from")),
                name="a_period_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(standing="signed")
                | models.Q(ended_by__isnull=False, results__isnull=False),
                name="a_named_person_signs_results",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Population(models.Model):
    """All accounts of a campaign's scope as they were when it was opened, drawn or not; never changed.

    `members`: a list of `{account, name, platform, agency, unit, region, level, stratum}`, by number;
    `sha256` is of that list as JSON.
    """

    campaign = models.OneToOneField(
        Campaign, on_delete=models.CASCADE, primary_key=True, related_name="population"
    )
    members = models.JSONField(default=list)
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("检查名单")
        verbose_name_plural = _("检查名单")

    def __str__(self) -> str:
        return self.sha256


class CampaignInspector(models.Model):
    """Who checks accounts of a campaign; `left_at`: since when no more."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="inspectors")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("检查人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    left_at = models.DateTimeField(_("退出时间"), null=True)

    class Meta:
        verbose_name = _("检查人")
        verbose_name_plural = _("检查人")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "staff"], name="one_row_per_inspector_of_a_campaign"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.staff_id}"


class Inspection(models.Model):
    """One account of a campaign: the host, place and name it had when the campaign was opened.

    `revision` grows with every save, so that two windows cannot overwrite each other.
    """

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("检查任务"), on_delete=models.PROTECT, related_name="inspections"
    )
    account = models.ForeignKey(
        Account, verbose_name=_("检查对象"), on_delete=models.PROTECT, related_name="inspections"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("主办单位"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("检查对象"), max_length=80)
    platform = models.CharField(_("平台"), max_length=20, choices=Platform)
    unit = models.CharField(_("主办单位"), max_length=120)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    level = models.CharField(_("层级"), max_length=10, choices=Level, blank=True)
    stratum = models.CharField(_("层"), max_length=200, blank=True)
    is_for_second = models.BooleanField(_("抽中复核"), default=False)
    state = models.CharField(
        _("检查进度"), max_length=10, choices=INSPECTION_STATES, default=State.WAITING.value
    )
    inspector = _person(_("检查人"))
    reviewer = _person(_("复核人"))
    revision = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(_("检查时间"), null=True)
    reviewed_at = models.DateTimeField(_("复核时间"), null=True)
    remark = models.CharField(_("复核意见"), max_length=300, blank=True)
    released_at = models.DateTimeField(_("送达时间"), null=True)
    defence_due_at = models.DateTimeField(_("申辩期限"), null=True)
    defended_at = models.DateTimeField(_("申辩时间"), null=True)
    defended_by = _person(_("申辩人"))
    decided_at = models.DateTimeField(_("裁定时间"), null=True)
    decided_by = _person(_("裁定人"))
    reason = models.CharField(_("不再检查的理由"), max_length=300, blank=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("检查对象")
        verbose_name_plural = _("检查对象")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "account"], name="one_inspection_per_account_of_a_campaign"
            ),
            models.CheckConstraint(
                condition=models.Q(reviewer=None) | ~models.Q(reviewer=models.F("inspector")),
                name="nobody_reviews_her_own_check",
            ),
        ]
        indexes = [
            models.Index(fields=["inspector", "state"], name="inspection_by_person_state"),
        ]

    def __str__(self) -> str:
        return self.name


class Check(models.Model):
    """One line of an account's check table. `machine` is what the machine said when it was saved; it
    decides nothing. A draft is what an inspector has not handed in yet."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="checks")
    indicator = models.CharField(_("指标"), max_length=40)
    severity = models.CharField(_("严重程度"), max_length=8, choices=SEVERITIES)
    rule = models.CharField(_("规则"), max_length=120, blank=True)
    mark = models.CharField(_("结论"), max_length=8, choices=MARKS, blank=True)
    note = models.CharField(_("检查情况"), max_length=500, blank=True)
    link = models.CharField(_("链接"), max_length=500, blank=True)
    evidence = models.ForeignKey(
        Evidence, verbose_name=_("证据"), null=True, on_delete=models.PROTECT, related_name="checks"
    )
    machine = models.CharField(_("机器所见"), max_length=300, blank=True)
    is_draft = models.BooleanField(default=True)
    checked_by = _person(_("检查人"))
    checked_at = models.DateTimeField(_("检查时间"), null=True)
    defence = models.CharField(_("单位申辩"), max_length=1000, blank=True)
    decision = models.CharField(_("裁定"), max_length=6, choices=DECISIONS, blank=True)
    decision_note = models.CharField(_("裁定理由"), max_length=300, blank=True)

    objects = scoped("inspection__account__agency__path")

    class Meta:
        verbose_name = _("检查表")
        verbose_name_plural = _("检查表")
        ordering = ("inspection_id", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "indicator"], name="one_line_per_indicator_of_an_account"
            ),
            models.CheckConstraint(
                condition=~models.Q(mark="fails", is_draft=False)
                | models.Q(checked_by__isnull=False, evidence__isnull=False),
                name="a_named_person_fails_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.indicator}"

    @property
    def is_failing(self) -> bool:
        """Whether it stands as 不合格, after what the unit said."""
        return self.mark == "fails" and self.decision != "lifted"


class Correction(models.Model):
    """What was wrong in signed results, and who says so: a row beside them; they stay as they were."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="corrections")
    indicator = models.CharField(_("指标"), max_length=40)
    before = models.CharField(_("签发时的结论"), max_length=8, choices=MARKS)
    after = models.CharField(_("更正后的结论"), max_length=8, choices=MARKS)
    reason = models.CharField(_("更正理由"), max_length=300)
    evidence = models.ForeignKey(
        Evidence, null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    at = models.DateTimeField(_("更正时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("更正人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("inspection__account__agency__path")

    class Meta:
        verbose_name = _("更正")
        verbose_name_plural = _("更正")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(after="fails") | models.Q(evidence__isnull=False),
                name="a_correction_fails_with_evidence",
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.indicator}"


class Signing(models.Model):
    """The job that follows a signature: each failing check of the signed results becomes a finding, some
    at a time. `done` counts them in the order of the results, `total` are all.

    Who works at it holds `claimed_by` and has been heard of before `due_at`.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待登记")
        RUNNING = "running", _("正在登记")
        DONE = "done", _("已登记")
        FAILED = "failed", _("没有全部登记")

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, primary_key=True, related_name="signing"
    )
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    interruptions = models.PositiveIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    claimed_by = models.CharField(max_length=16, blank=True)
    due_at = models.DateTimeField()
    started_by = _person(_("签发人"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = scoped("campaign__agency__path")

    class Meta:
        verbose_name = _("签发登记")
        verbose_name_plural = _("签发登记")

    def __str__(self) -> str:
        return str(self.campaign)

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it."""
        return self.status in {"waiting", "running"}
