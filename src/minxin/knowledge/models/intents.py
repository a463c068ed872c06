"""Tables of the learning loop: what was asked in which week, and the intents unanswered questions belong to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.citizens.models import Citizen
from minxin.knowledge.models.entries import Entry, UnansweredQuestion


class WeekAsked(models.Model):
    """How often one citizen asked one unanswered question in a week (its Monday). `citizen` None: who asked is
    not known. No word of hers stands here."""

    question = models.ForeignKey(UnansweredQuestion, on_delete=models.CASCADE, related_name="weeks")
    citizen = models.ForeignKey(Citizen, null=True, on_delete=models.SET_NULL, related_name="+")
    week = models.DateField(db_index=True)
    times = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("每周提问")
        verbose_name_plural = _("每周提问")
        ordering = ("week", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["question", "citizen", "week"],
                name="one_count_per_citizen_question_and_week",
            ),
            models.UniqueConstraint(
                fields=["question", "week"],
                condition=models.Q(citizen=None),
                name="one_count_of_strangers_per_question_and_week",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.week} {self.times}"


class Intent(models.Model):
    """What several unanswered questions ask for (意图): called by its first question, owed by an agency.

    `agency`: whose account was asked; `owner`: who is to answer, with `owner_by` (`list`: the responsibility
    list, `account`: the list names nobody, `person`) and `basis` in words; None until that was looked up.
    The counts from `times` on are kept by a worker: `recent_` of the last four weeks, `trend` of eight, `near` the numbers of the
    nearest entries, `supply_on` the day the newest of them was written.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("待补充")
        CLOSED = "closed", _("已补充")
        DISMISSED = "dismissed", _("不予收录")
        MERGED = "merged", _("已并入")

    class OwnerBy(models.TextChoices):
        LIST = "list", _("职责清单")
        ACCOUNT = "account", _("账号主办单位")
        PERSON = "person", _("人工指定")

    agency = models.ForeignKey(
        Agency, verbose_name=_("提问账号的单位"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("市民的问法"), max_length=300)
    topic = models.CharField(_("主题"), max_length=40, blank=True)
    owner = models.ForeignKey(
        Agency, verbose_name=_("责任单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    owner_by = models.CharField(_("确定方式"), max_length=10, choices=OwnerBy, blank=True)
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    due_on = models.DateField(_("补充期限"), null=True)
    is_provisional = models.BooleanField(default=False)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status, default=Status.OPEN, db_index=True
    )
    entry = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL, related_name="+")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    opened_at = models.DateTimeField(_("建立时间"))
    closed_at = models.DateTimeField(_("结束时间"), null=True)
    closed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    times = models.PositiveIntegerField(_("提问次数"), default=0)
    low_rated = models.PositiveIntegerField(_("评为没用"), default=0)
    citizens = models.PositiveIntegerField(_("不同市民"), default=0)
    recent_times = models.PositiveIntegerField(_("近四周次数"), default=0)
    recent_citizens = models.PositiveIntegerField(_("近四周市民"), default=0)
    trend = models.JSONField(_("近八周"), default=list)
    near = models.JSONField(default=list)
    supply_on = models.DateField(_("相近条目更新于"), null=True)
    need = models.PositiveIntegerField(_("需要程度"), default=0)
    counted_at = models.DateTimeField(null=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("同类问题")
        verbose_name_plural = _("同类问题")
        ordering = ("-need", "-times", "id")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="merged") | models.Q(merged_into__isnull=False),
                name="merged_intent_names_the_other",
            )
        ]

    def __str__(self) -> str:
        return self.title


class IntentQuestion(models.Model):
    """A question's place in an intent. `likeness` to the question it was put beside; 1 for the first. Once
    `by_hand`, no machine put it there."""

    question = models.OneToOneField(
        UnansweredQuestion, on_delete=models.CASCADE, related_name="place"
    )
    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="places")
    topic = models.CharField(max_length=40, blank=True)
    likeness = models.FloatField(default=1.0)
    by_hand = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    class Meta:
        verbose_name = _("同类问题中的一问")
        verbose_name_plural = _("同类问题中的一问")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.intent_id} {self.question_id}"
