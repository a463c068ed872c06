"""The ladder 提醒, 催办, 督办: its table, and every step that was taken."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.tickets.models.promises import SpanUnit
from minxin.tickets.models.tickets import Ticket
from minxin.tickets.rules import ladder


class LadderRung(models.Model):
    """One line of the ladder as an installation keeps it; without any, `rules.ladder.LADDER` holds.

    `amount` and `unit` lie before or after the limit; `tells_…` as in `ladder.Audience`; `level` is that of
    `Ticket.Supervision`, for 督办 only.
    """

    class Step(models.TextChoices):
        REMIND = ladder.Step.REMIND.value, _("提醒")
        URGE = ladder.Step.URGE.value, _("催办")
        SUPERVISE = ladder.Step.SUPERVISE.value, _("督办")

    class Anchor(models.TextChoices):
        SIGN = ladder.Anchor.SIGN.value, _("签收期限")
        DUE = ladder.Anchor.DUE.value, _("答复期限")

    key = models.SlugField(_("编码"), max_length=40, unique=True)
    step = models.CharField(_("动作"), max_length=10, choices=Step)
    anchor = models.CharField(_("相对于"), max_length=4, choices=Anchor)
    is_before = models.BooleanField(_("在期限之前"), default=False)
    amount = models.PositiveSmallIntegerField(_("相隔"))
    unit = models.CharField(_("计时单位"), max_length=16, choices=SpanUnit)
    tells_handler = models.BooleanField(_("告知承办员"), default=True)
    tells_head = models.BooleanField(_("告知本单位审核员"), default=False)
    tells_supervisor = models.BooleanField(_("告知监管员"), default=False)
    has_notice = models.BooleanField(_("附《催办通知书》"), default=False)
    level = models.PositiveSmallIntegerField(
        _("督办级别"), choices=Ticket.Supervision, default=Ticket.Supervision.NONE
    )
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    is_active = models.BooleanField(_("采用"), default=True)

    class Meta:
        verbose_name = _("催督办规则")
        verbose_name_plural = _("催督办规则")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.key


class LadderStep(models.Model):
    """A step that was taken for one ticket, once in a term (`ladder.BEGINS_TERM`), with its words.

    `term`: the id of the ledger entry with which the term began. `told`: how many people. `number`: that of
    the notice (催办通知书) which goes with it, issued by `issuer`. A talk (约谈) is proposed by a person,
    `proposed_by`; nobody is told of it by a machine.
    """

    TALK = "talk"

    class Step(models.TextChoices):
        REMIND = ladder.Step.REMIND.value, _("提醒")
        URGE = ladder.Step.URGE.value, _("催办")
        SUPERVISE = ladder.Step.SUPERVISE.value, _("督办")
        TALK = "talk", _("建议约谈")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="ladder_steps")
    term = models.BigIntegerField()
    key = models.CharField(max_length=40)
    step = models.CharField(_("动作"), max_length=10, choices=Step)
    at = models.DateTimeField(_("时间"))
    agency = models.ForeignKey(
        Agency, verbose_name=_("承办单位"), on_delete=models.PROTECT, related_name="+"
    )
    words = models.CharField(_("说明"), max_length=500)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("期限"))
    told = models.PositiveSmallIntegerField(_("告知人数"), default=0)
    number = models.CharField(_("通知书编号"), max_length=40, blank=True)
    issuer = models.ForeignKey(
        Agency, verbose_name=_("发出单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("催督办记录")
        verbose_name_plural = _("催督办记录")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "term", "key"], name="a_step_is_taken_once_in_a_term"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.step}"
