"""Tables: traces of updates, looks at sources, evidence, evaluations, candidates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.scope import scoped
from minxin.supervision import wording
from minxin.supervision.rules.clock import Level
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.sources import Grade, Kind, Source

SOURCES = [(each.value, wording.SOURCES[each]) for each in Source]
KINDS = [(each.value, wording.KINDS[each]) for each in Kind]
LEVELS = [(each.value, wording.LEVELS[each]) for each in Level]
GRADES = [(each.value, wording.GRADES[each]) for each in Grade]
SEVERITIES = [(each.value, wording.SEVERITY[each]) for each in Severity]


class Evidence(models.Model):
    """What a person kept to show what she saw: an address, a picture with its hash, or both.

    The row and its file are never changed; `sha256` tells whether the file still is what it was.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="evidence")
    link = models.CharField(_("链接"), max_length=500, blank=True)
    file = models.FileField(_("截图"), upload_to="evidence/%Y/%m/", blank=True)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    bytes = models.PositiveIntegerField(_("文件大小（字节）"), default=0)
    note = models.CharField(_("所见"), max_length=500, blank=True)
    seen_at = models.DateTimeField(_("查看时间"))
    kept_at = models.DateTimeField(_("留存时间"))
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("证据")
        verbose_name_plural = _("证据")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.link or self.file_name


class Trace(models.Model):
    """One source's word that an account published something.

    `is_day_only`: the source tells the day and not the hour; `published_at` is then the last moment of
    that day, so that nobody is called late who was not. `external_id` is unique in its source.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="traces")
    source = models.CharField(_("来源"), max_length=16, choices=SOURCES)
    kind = models.CharField(_("方式"), max_length=10, choices=KINDS)
    published_at = models.DateTimeField(_("更新时间"))
    is_day_only = models.BooleanField(default=False)
    title = models.CharField(_("标题"), max_length=200, blank=True)
    url = models.CharField(_("链接"), max_length=500, blank=True)
    external_id = models.CharField(max_length=120)
    recorded_at = models.DateTimeField(_("记录时间"))
    evidence = models.ForeignKey(
        Evidence, null=True, on_delete=models.PROTECT, related_name="traces"
    )

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("更新记录")
        verbose_name_plural = _("更新记录")
        ordering = ("-published_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "external_id"], name="one_trace_per_item_of_a_source"
            )
        ]
        indexes = [models.Index(fields=["account", "published_at"], name="trace_by_account_time")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.published_at:%Y-%m-%d}"


class Coverage(models.Model):
    """A look: a source was asked about everything from `since` to `until`, the last time at
    `asked_at`. A failed attempt leaves its words and moves nothing."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="coverage")
    source = models.CharField(_("来源"), max_length=16, choices=SOURCES)
    since = models.DateTimeField(_("查看起点"))
    until = models.DateTimeField(_("查看到"))
    asked_at = models.DateTimeField(_("最近成功查看"))
    failed_at = models.DateTimeField(_("最近失败"), null=True)
    failure = models.CharField(_("失败原因"), max_length=300, blank=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        ordering = ("source", "since")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "since"], name="one_look_per_source_and_beginning"
            ),
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="a_look_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.source}"


class Evaluation(models.Model):
    """What the clock said of an account on a day; the newest of each account is `is_latest`.

    `rank` puts the pressing ones first; `before` is the level of the evaluation of an earlier day.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="evaluations")
    on = models.DateField(_("日期"))
    at = models.DateTimeField(_("评定时间"))
    level = models.CharField(_("级别"), max_length=14, choices=LEVELS)
    rank = models.PositiveSmallIntegerField()
    before = models.CharField(_("前次级别"), max_length=14, choices=LEVELS, blank=True)
    last_at = models.DateTimeField(_("最近更新"), null=True)
    last_is_day_only = models.BooleanField(default=False)
    last_source = models.CharField(_("来源"), max_length=16, choices=SOURCES, blank=True)
    grade = models.CharField(_("可信等级"), max_length=1, choices=GRADES, blank=True)
    days = models.PositiveIntegerField(_("已过天数"), null=True)
    silent_since = models.DateTimeField(null=True)
    proven_until = models.DateTimeField(_("查看到"), null=True)
    due_at = models.DateTimeField(_("更新期限"), null=True)
    next_at = models.DateTimeField(null=True)
    why = models.JSONField(default=list)
    pack = models.CharField(_("规则"), max_length=60, blank=True)
    is_fallback = models.BooleanField(default=False)
    is_latest = models.BooleanField(default=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("更新评定")
        verbose_name_plural = _("更新评定")
        ordering = ("rank", "-days", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "on"], name="one_evaluation_per_account_and_day"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(is_latest=True),
                name="one_latest_evaluation_per_account",
            ),
        ]
        indexes = [models.Index(fields=["is_latest", "rank"], name="evaluation_by_rank")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.on} {self.level}"


class Candidate(models.Model):
    """What an indicator found; a violation only when a named person confirmed it with evidence.

    Overturned: a unit's defence against the confirmed one was accepted.     `gone_at`: since when it no longer holds, whatever was decided. `since` is the day the silence began;
    empty for what counts no days.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        DISMISSED = "dismissed", _("不成立")
        GONE = "gone", _("已消失")
        OVERTURNED = "overturned", _("确认后撤销")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="candidates")
    indicator = models.CharField(_("指标"), max_length=40)
    pack = models.CharField(_("规则"), max_length=60)
    pack_version = models.CharField(_("规则版本"), max_length=40)
    severity = models.CharField(_("严重程度"), max_length=8, choices=SEVERITIES)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    since = models.DateField(null=True)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField(_("发现时间"))
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("处理人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    evidence = models.ForeignKey(
        Evidence, null=True, on_delete=models.PROTECT, related_name="candidates"
    )

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("待确认问题")
        verbose_name_plural = _("待确认问题")
        ordering = ("-found_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "indicator", "pack"],
                condition=models.Q(status="open"),
                name="one_open_candidate_per_rule",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed")
                | models.Q(decided_by__isnull=False, evidence__isnull=False),
                name="a_named_person_confirms_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.indicator}"


class AreaMap(models.Model):
    """The shape of the area as cleaned GeoJSON: polygons with code and name. One row; none: no map."""

    name = models.CharField(_("文件名"), max_length=120)
    shape = models.JSONField()
    kept_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = _("区域地图")
        verbose_name_plural = _("区域地图")

    def __str__(self) -> str:
        return self.name
