"""Hand-over: where requests of a region go to the city's own platform, and what that platform says of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.core.fields import EncryptedTextField
from minxin.tickets.models.tickets import Ticket


class CityPlatform(models.Model):
    """The city's platform (12345) that takes over requests, and how one speaks with it.

    `cursor`: up to where its changes were read. `trouble`: why nothing goes at present.
    """

    class Way(models.TextChoices):
        HTTP = "http", _("接口（HTTP，签名）")
        FOLDER = "folder", _("文件交换（表格）")

    class Algorithm(models.TextChoices):
        SHA256 = "hmac-sha256", "HMAC-SHA256"
        SM3 = "hmac-sm3", "HMAC-SM3"

    agency = models.ForeignKey(
        Agency, verbose_name=_("主管单位"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("平台名称"), max_length=60, unique=True)
    way = models.CharField(_("对接方式"), max_length=8, choices=Way)
    code = models.SlugField(_("代号"), max_length=40, unique=True)
    base_url = models.CharField(_("接口地址"), max_length=300, blank=True)
    secret = EncryptedTextField(_("签名密钥"), null=True, blank=True)
    algorithm = models.CharField(
        _("签名算法"), max_length=12, choices=Algorithm, default=Algorithm.SHA256
    )
    passes_contact = models.BooleanField(_("转交市民姓名和电话"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    cursor = models.CharField(max_length=60, blank=True, editable=False)
    polled_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(_("故障"), max_length=300, blank=True)
    trouble_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("承接平台")
        verbose_name_plural = _("承接平台")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class IntakeMode(models.Model):
    """How requests of a division are taken in; what says nothing of itself goes by the division around it."""

    class Mode(models.TextChoices):
        OWN = "own", _("本系统办理")
        HAND_OVER = "hand_over", _("转交承接平台")

    region_code = models.CharField(_("区划代码"), max_length=12, unique=True)
    mode = models.CharField(_("受理方式"), max_length=10, choices=Mode)
    platform = models.ForeignKey(
        CityPlatform,
        verbose_name=_("承接平台"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="modes",
    )
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("受理方式")
        verbose_name_plural = _("受理方式")
        ordering = ("region_code",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mode="own") | models.Q(platform__isnull=False),
                name="handing_over_names_a_platform",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.mode}"


class Handover(models.Model):
    """One ticket with the platform that has it: its number there, its state, as the platform last said.

    `revision` is the platform's own count of changes of this ticket; what is not newer is not taken.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="handover")
    platform = models.ForeignKey(CityPlatform, on_delete=models.PROTECT, related_name="handovers")
    their_number = models.CharField(_("对方编号"), max_length=80, blank=True, db_index=True)
    former_numbers = models.JSONField(default=list)
    their_state = models.CharField(_("对方状态"), max_length=20, blank=True)
    state_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(_("转交时间"))
    acknowledged_at = models.DateTimeField(_("对方收到"), null=True)

    class Meta:
        verbose_name = _("转交")
        verbose_name_plural = _("转交")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.their_number or str(self.ticket_id)


class HandoverAct(models.Model):
    """Something the platform has to be told, on its way: the acts of one ticket go in their order.

    `key` never changes: the platform takes the same key once, so what got no answer is sent again.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("转交诉求")
        URGE = "urge", _("催办")
        WITHDRAW = "withdraw", _("市民撤回")
        RATE = "rate", _("市民评价")
        REOPEN = "reopen", _("市民要求重新办理")

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待送达")
        SENDING = "sending", _("正在送达")
        DONE = "done", _("已送达")
        FAILED = "failed", _("对方拒收")

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("事项"), max_length=10, choices=Kind)
    key = models.CharField(max_length=80, unique=True)
    text = models.TextField(_("内容"), blank=True)
    level = models.CharField(max_length=20, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(_("尝试次数"), default=0)
    due_at = models.DateTimeField(_("下次尝试"))
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("时间"))
    done_at = models.DateTimeField(_("送达时间"), null=True)

    objects = scoped("handover__ticket__agency__path")

    class Meta:
        verbose_name = _("转交事项")
        verbose_name_plural = _("转交事项")
        ordering = ("-id",)
        indexes = [models.Index(fields=["status", "due_at"], name="handover_act_by_due")]

    def __str__(self) -> str:
        return self.key


class SeenNonce(models.Model):
    """A callback's nonce, kept as long as its timestamp would still be taken: none is taken twice."""

    platform = models.ForeignKey(CityPlatform, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("回调随机数")
        verbose_name_plural = _("回调随机数")
        constraints = [
            models.UniqueConstraint(fields=["platform", "nonce"], name="a_nonce_is_taken_once")
        ]

    def __str__(self) -> str:
        return self.nonce


class HandoverDifference(models.Model):
    """Where the two sides' lists differ, from the day it was found until it is mended or gone by itself."""

    class Kind(models.TextChoices):
        MISSING_THERE = "missing_there", _("对方没有")
        MISSING_HERE = "missing_here", _("本系统没有")
        STATE = "state", _("状态不一致")
        NUMBER = "number", _("编号不一致")

    platform = models.ForeignKey(CityPlatform, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(_("差异"), max_length=14, choices=Kind)
    mark = models.CharField(max_length=120, editable=False)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    their_number = models.CharField(_("对方编号"), max_length=80, blank=True)
    ours = models.CharField(_("本系统"), max_length=120, blank=True)
    theirs = models.CharField(_("对方"), max_length=120, blank=True)
    found_at = models.DateTimeField(_("发现时间"))
    mended_at = models.DateTimeField(_("处理时间"), null=True)
    mended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    mended_how = models.CharField(_("怎样处理"), max_length=200, blank=True)

    objects = scoped("platform__agency__path")

    class Meta:
        verbose_name = _("对账差异")
        verbose_name_plural = _("对账差异")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "mark"],
                condition=models.Q(mended_at=None),
                name="one_open_difference_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.their_number}"
