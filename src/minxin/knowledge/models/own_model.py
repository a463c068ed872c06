"""A language model of the city's own: where it is, what it may cost, what it was given and what came back."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.core.fields import EncryptedTextField
from minxin.knowledge.rules.own_model import LABEL


class OwnModel(models.Model):
    """One row for the installation. `version` goes up with every change: processes follow it.

    `failures` in a row and `rest_until` are the circuit breaker's, shared by all processes.
    """

    is_on = models.BooleanField(_("启用"), default=False)
    address = models.CharField(_("接口地址"), max_length=300, blank=True)
    model = models.CharField(_("模型名称"), max_length=120, blank=True)
    secret = EncryptedTextField(null=True)
    for_entries = models.BooleanField(_("知识条目的答复也改写"), default=False)
    requests_a_day = models.PositiveIntegerField(
        _("每天最多请求（次）"),
        default=2_000,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
    )
    tokens_a_day = models.PositiveBigIntegerField(
        _("每天最多词元（tokens）"),
        default=2_000_000,
        validators=[MinValueValidator(1_000), MaxValueValidator(10_000_000_000)],
    )
    requests_a_minute = models.PositiveIntegerField(
        _("每分钟最多请求（次）"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
    )
    seconds = models.PositiveSmallIntegerField(
        _("最长等待（秒）"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    label = models.CharField(_("标识文字"), max_length=120, default=LABEL)
    filing_number = models.CharField(_("模型备案号"), max_length=80, blank=True)
    kept_days = models.PositiveSmallIntegerField(
        _("记录保存（天）"),
        default=184,
        validators=[MinValueValidator(1), MaxValueValidator(3_650)],
    )
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("自有模型")
        verbose_name_plural = _("自有模型")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class ModelDay(models.Model):
    """What was spent on one day: requests begun, tokens (those of a request under way estimated), and how
    often nothing was asked because the day, the minute or the breaker did not allow it."""

    day = models.DateField(_("日期"), primary_key=True)
    requests = models.PositiveIntegerField(_("请求"), default=0)
    tokens = models.PositiveBigIntegerField(_("词元"), default=0)
    passed_over = models.PositiveIntegerField(_("没有请求"), default=0)

    class Meta:
        verbose_name = _("模型用量")
        verbose_name_plural = _("模型用量")

    def __str__(self) -> str:
        return str(self.day)


class ModelCall(models.Model):
    """One request with all that was given and all that came back, and what code found of it.

    `question` has no personal data left; nothing says whose it was. `agency`: whose account was asked. `given`: the sources as
    `[{id, text}]`. `said` is what went out in the model's words: empty where the sentences of the document went out instead.
    """

    class Verdict(models.TextChoices):
        SAID = "said", _("通过")
        REFUSED = "refused", _("未通过核对")
        UNREADABLE = "unreadable", _("格式不对")
        FAILED = "failed", _("没有成功")

    at = models.DateTimeField(_("时间"), db_index=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    is_try = models.BooleanField(_("试用"), default=False)
    model = models.CharField(_("模型"), max_length=120)
    question = models.CharField(_("问题"), max_length=300)
    title = models.CharField(_("文件"), max_length=200, blank=True)
    given = models.JSONField(_("原文"), default=list)
    output = models.TextField(_("模型输出"), blank=True)
    verdict = models.CharField(_("结果"), max_length=10, choices=Verdict)
    fault = models.CharField(_("原因"), max_length=30, blank=True)
    detail = models.CharField(_("细节"), max_length=300, blank=True)
    said = models.TextField(_("发出的改写"), blank=True)
    tokens = models.PositiveIntegerField(_("词元"), default=0)
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"), default=0)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("模型记录")
        verbose_name_plural = _("模型记录")
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.pk)
