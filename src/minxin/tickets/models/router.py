"""The classifier that a city's own history taught, one row per training."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RouterModel(models.Model):
    """One training: a job while it runs, then a model that a person may adopt.

    The file lies in `MINXIN_HOME/router` under the number of the row; `learnt_until` is when the newest
    ticket it learnt from was filed. `report` holds the table of before and after, figures only.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("训练中")
        READY = "ready", _("待采用")
        ADOPTED = "adopted", _("使用中")
        FORMER = "former", _("曾经使用")
        TOO_LITTLE = "too_little", _("记录太少")
        FAILED = "failed", _("未完成")

    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    learnt_until = models.DateTimeField(null=True)
    has_data = models.BooleanField(default=False)
    examples = models.PositiveIntegerField(_("训练记录"), default=0)
    report = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("采用人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    adopted_at = models.DateTimeField(_("采用时间"), null=True)
    claimed_by = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField()
    interruptions = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("分派模型")
        verbose_name_plural = _("分派模型")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=models.Q(status="adopted"),
                name="one_router_is_in_use",
            )
        ]

    def __str__(self) -> str:
        return str(_("第 %(number)s 个模型") % {"number": self.pk})

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will have it."""
        return self.status in {"waiting", "running"}
