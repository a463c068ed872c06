"""Interaction probes: runs, their steps, the pace at a host, domains that no account may lead to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.supervision import probe_words
from minxin.supervision.models.links import FAILURES
from minxin.supervision.rules.probing import FAILING, Outcome, StepKind, Verdict

STEP_KINDS = [(each.value, probe_words.KINDS[each]) for each in StepKind]
OUTCOMES = [(each.value, probe_words.OUTCOMES[each]) for each in Outcome]
VERDICTS = [(each.value, probe_words.VERDICTS[each]) for each in Verdict]


class ProbeRun(models.Model):
    """The robot on the citizen's path of one account, from the first step to the last.

    A job (`core.jobs`): waiting, it is not begun before `due_at`; running, its holder counts as alive
    until then. `is_latest`: the last one that came to its end. Evidence is in its steps, which are
    never changed once they have an outcome.
    """

    class Schedule(models.TextChoices):
        DAILY = "daily", _("每日")
        ASKED = "asked", _("人工发起")

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待")
        RUNNING = "running", _("拨测中")
        DONE = "done", _("完成")
        FAILED = "failed", _("中断")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="probe_runs")
    schedule = models.CharField(_("方式"), max_length=8, choices=Schedule)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("发起人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    verdict = models.CharField(_("结果"), max_length=8, choices=VERDICTS, blank=True)
    failing = models.PositiveSmallIntegerField(_("未通过步数"), default=0)
    failing_steps = models.CharField(_("未通过的步骤"), max_length=300, blank=True)
    is_latest = models.BooleanField(default=False)
    is_menu_live = models.BooleanField(default=False)
    claimed_by = models.CharField(max_length=16, blank=True)
    due_at = models.DateTimeField(_("计划时间"))
    interruptions = models.PositiveIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("安排时间"))
    begun_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("互动拨测")
        verbose_name_plural = _("互动拨测")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="one_robot_at_a_time_of_an_account",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(is_latest=True),
                name="one_latest_probe_of_an_account",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="probe_by_due")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at:%Y-%m-%d %H:%M}"


class ProbeStep(models.Model):
    """One step: what was to come, what came. No outcome: not taken yet.

    `ms`: from asking to the last byte, in thousandths of a second; `sha256`: of the first bytes of what
    came (links, at most 64 KB) or of all of it; `excerpt`: its beginning, private numbers masked.
    `counts`: whether the failure may accuse (`rules.probing.counts`). Accepted: a named person looked
    at what the link now leads to, and from then on it is held against that.
    """

    run = models.ForeignKey(ProbeRun, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(_("步骤"), max_length=12, choices=STEP_KINDS)
    label = models.CharField(_("名称"), max_length=100)
    target = models.CharField(_("对象"), max_length=500)
    outcome = models.CharField(_("结果"), max_length=12, choices=OUTCOMES, blank=True)
    why = models.JSONField(default=list)
    counts = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(null=True)
    failure = models.CharField(_("打不开的原因"), max_length=20, choices=FAILURES, blank=True)
    final_url = models.CharField(_("最终网址"), max_length=500, blank=True)
    title = models.CharField(_("网页标题"), max_length=200, blank=True)
    excerpt = models.CharField(_("内容开头"), max_length=300, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    ms = models.PositiveIntegerField(_("用时（毫秒）"), null=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(_("时间"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("认可人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    accepted_at = models.DateTimeField(_("认可时间"), null=True)

    objects = scoped("run__account__agency__path")

    class Meta:
        verbose_name = _("拨测步骤")
        verbose_name_plural = _("拨测步骤")
        ordering = ("place",)
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="one_step_a_place_of_a_run")
        ]
        indexes = [models.Index(fields=["kind", "at"], name="probe_step_by_kind_at")]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.place} {self.outcome}"

    @property
    def is_failing(self) -> bool:
        """Whether it did not come out as it should."""
        return self.outcome in FAILING


class ProbeHost(models.Model):
    """When the next request to a host may go out, whoever sends it: one pace for all workers."""

    host = models.CharField(primary_key=True, max_length=253)
    next_at = models.DateTimeField()

    class Meta:
        verbose_name = _("拨测网站")
        verbose_name_plural = _("拨测网站")

    def __str__(self) -> str:
        return self.host


class BadDomain(models.Model):
    """A domain that no account of an agency, or of one below it, may lead to. Laid aside, it stays."""

    class Kind(models.TextChoices):
        GAMBLING = "gambling", _("赌博")
        PORN = "porn", _("色情")
        VIOLENCE = "violence", _("暴力恐怖")
        REACTION = "reaction", _("反动有害")
        FRAUD = "fraud", _("诈骗、仿冒")
        HIJACKED = "hijacked", _("域名过期被抢注")
        OTHER = "other", _("其他")

    agency = models.ForeignKey(
        Agency, verbose_name=_("适用范围"), on_delete=models.PROTECT, related_name="bad_domains"
    )
    domain = models.CharField(_("域名"), max_length=253)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    reason = models.CharField(_("依据"), max_length=200)
    is_active = models.BooleanField(_("启用"), default=True)
    added_at = models.DateTimeField(_("加入时间"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("经办人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("不良域名")
        verbose_name_plural = _("不良域名")
        ordering = ("domain",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "domain"], name="one_row_per_bad_domain_of_an_agency"
            )
        ]

    def __str__(self) -> str:
        return self.domain
