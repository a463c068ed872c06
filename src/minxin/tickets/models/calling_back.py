"""Call-backs: who was asked on the telephone what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.tickets.models.tickets import Rating, Ticket, confidential


class CallBack(models.Model):
    """One answer's call-back by the office itself. The number is the citizen's, in room `citizens`.

    `round` as in `ReplyCheck`. `due_at`: until when she is to be called; it moves when she was not
    reached. `reached` is how the last of `calls` ended. `reason` says why it is done again, or why
    discontent is not the handler's fault.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("待回访")
        DONE = "done", _("已回访")
        MISSED = "missed", _("未能回访")
        LAPSED = "lapsed", _("不再回访")

    class Reached(models.TextChoices):
        CONNECTED = "connected", _("已接通")
        NO_ANSWER = "no_answer", _("无人接听")
        SWITCHED_OFF = "switched_off", _("关机或停机")
        WRONG_NUMBER = "wrong_number", _("号码不是本人")
        DECLINED = "declined", _("不愿接受回访")

    class Resolved(models.TextChoices):
        YES = "yes", _("已解决")
        PARTLY = "partly", _("部分解决")
        NO = "no", _("没有解决")
        UNSURE = "unsure", _("说不清")

    class Outcome(models.TextChoices):
        CLOSED = "closed", _("办结")
        REDO = "redo", _("重办")
        RECORDED = "recorded", _("记录原因后办结")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="call_backs")
    round = models.PositiveSmallIntegerField()
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    due_at = models.DateTimeField(_("回访期限"))
    calls = models.PositiveSmallIntegerField(_("已打电话"), default=0)
    reached = models.CharField(_("接通情况"), max_length=14, choices=Reached, blank=True)
    resolved = models.CharField(_("是否解决"), max_length=8, choices=Resolved, blank=True)
    level = models.CharField(_("满意度"), max_length=20, choices=Rating.Level, blank=True)
    words = models.CharField(_("市民意见"), max_length=500, blank=True)
    outcome = models.CharField(_("处理"), max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("回访人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    called_at = models.DateTimeField(_("回访时间"), null=True)

    objects = confidential("ticket__agency__path", "ticket__")

    class Meta:
        verbose_name = _("回访")
        verbose_name_plural = _("回访")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round"], name="one_call_back_per_answer"),
            models.CheckConstraint(
                condition=~models.Q(outcome__in=["redo", "recorded"]) | ~models.Q(reason=""),
                name="a_call_back_that_failed_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="call_back_by_due")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.status}"
