"""Table: replies of agents that were offered as knowledge, and what a second person decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.knowledge.models.entries import Entry


class EntryProposal(models.Model):
    """What one reply would make of the knowledge. Its words never change; who decides edits the entry instead.

    `origin` names the reply where it was given: the number of a message, or of a ticket's step, by
    `origin_kind`. `agency` decides: the one that keeps `target` (the entry that is there already), or the one
    that answered. `entry`: what came of it.
    """

    class Origin(models.TextChoices):
        CONVERSATION = "conversation", _("会话")
        TICKET = "ticket", _("工单")

    class Aim(models.TextChoices):
        NEW = "new", _("新的知识")
        VARIANT = "variant", _("已有知识的另一种问法")
        UPDATE = "update", _("更新已有知识")

    class Status(models.TextChoices):
        OPEN = "open", _("待审核")
        ACCEPTED = "accepted", _("已收录")
        DECLINED = "declined", _("不采纳")

    agency = models.ForeignKey(
        Agency, verbose_name=_("审核单位"), on_delete=models.PROTECT, related_name="+"
    )
    origin_kind = models.CharField(_("出处"), max_length=12, choices=Origin)
    origin = models.BigIntegerField()
    aim = models.CharField(_("收录方式"), max_length=8, choices=Aim, default=Aim.NEW)
    target = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    question = models.CharField(_("问题"), max_length=200)
    ways = models.JSONField(_("其他问法"), default=list)
    answer = models.TextField(_("答复"))
    topic = models.CharField(_("主题"), max_length=40, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=300, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("入库建议")
        verbose_name_plural = _("入库建议")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["origin_kind", "origin"],
                condition=~Q(status="declined"),
                name="one_proposal_per_reply",
            ),
            models.CheckConstraint(
                condition=Q(aim="new") | Q(target__isnull=False),
                name="proposal_for_an_entry_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.question
