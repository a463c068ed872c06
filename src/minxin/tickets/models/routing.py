"""How tickets find their agency: rules with their examples, thresholds, what was proposed, what people chose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.tickets.models.kinds import Category, Nature
from minxin.tickets.models.responsibilities import ResponsibilityList
from minxin.tickets.models.tickets import Ticket, confidential


class RoutingRule(models.Model):
    """One rule; the lowest `position` is asked first. Fields as `rules.routing.Conditions` has them."""

    position = models.PositiveIntegerField(_("次序"), default=0)
    name = models.CharField(_("名称"), max_length=60)
    is_on = models.BooleanField(_("启用"), default=False)
    words = models.CharField(_("含有任一个词"), max_length=300, blank=True)
    without = models.CharField(_("不含这些词"), max_length=300, blank=True)
    places = models.CharField(_("地点含有任一个"), max_length=300, blank=True)
    nature = models.CharField(_("性质"), max_length=12, choices=Nature, blank=True)
    category = models.ForeignKey(
        Category,
        verbose_name=_("类别"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    account = models.ForeignKey(
        Account,
        verbose_name=_("账号"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    from_time = models.TimeField(_("每天从"), null=True, blank=True)
    until_time = models.TimeField(_("每天到"), null=True, blank=True)
    valid_from = models.DateField(_("有效期从"), null=True, blank=True)
    valid_until = models.DateField(_("有效期到"), null=True, blank=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("派给"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("依据"), max_length=200, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("派单规则")
        verbose_name_plural = _("派单规则")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class RoutingExample(models.Model):
    """A message that a rule is tested with before any change of the rules takes effect."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="examples")
    text = models.CharField(_("诉求内容"), max_length=500)
    place = models.CharField(_("地点"), max_length=100, blank=True)
    is_met = models.BooleanField(_("应由这条规则决定"), default=True)

    class Meta:
        verbose_name = _("规则的测试例子")
        verbose_name_plural = _("规则的测试例子")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:40]


class RoutingSetting(models.Model):
    """From how sure on the system assigns by itself, for a region; an empty code holds for all others."""

    region_code = models.CharField(_("区划代码"), max_length=12, blank=True, unique=True)
    threshold = models.FloatField(_("自动派单的把握"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("自动派单的把握")
        verbose_name_plural = _("自动派单的把握")
        ordering = ("region_code",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold__gte=0.5, threshold__lte=0.999),
                name="a_threshold_is_never_a_guess",
            )
        ]

    def __str__(self) -> str:
        return self.region_code or "—"


class Dispatch(models.Model):
    """How one ticket found its agency.

    `proposals` is a list of `{"agency", "confidence", "source", "words"}`, the best first; `listed` what
    the responsibility list alone said, by `version`; `agency` where the ticket went, also when a person
    corrected it later. It is erased with its ticket.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待系统建议")
        ASKED = "asked", _("待派单")
        ASSIGNED = "assigned", _("系统已派单")
        CHOSEN = "chosen", _("人工已派单")
        LEFT = "left", _("已另行处理")

    class Source(models.TextChoices):
        RULE = "rule", _("派单规则")
        LIST = "list", _("职责清单")
        CATEGORY = "category", _("类别的默认单位")
        MODEL = "model", _("分派模型")
        BOTH = "both", _("清单和模型")

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="dispatch")
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    proposals = models.JSONField(default=list)
    source = models.CharField(_("来自"), max_length=10, choices=Source, blank=True)
    has_model = models.BooleanField(default=False)
    rule = models.ForeignKey(RoutingRule, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.ForeignKey(
        ResponsibilityList, null=True, on_delete=models.PROTECT, related_name="+"
    )
    listed = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        Agency, verbose_name=_("派给"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("提交时间"))
    proposed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(_("派单时间"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = confidential("ticket__agency__path", "ticket__")

    class Meta:
        verbose_name = _("派单")
        verbose_name_plural = _("派单")
        ordering = ("id",)
        indexes = [models.Index(fields=["status", "id"], name="dispatch_by_status")]

    def __str__(self) -> str:
        return str(self.ticket)


class Correction(models.Model):
    """What a person chose for a ticket, beside what was proposed then: what a router learns from.

    The text stays in the ticket; the row is erased with it.
    """

    class How(models.TextChoices):
        DISPATCHED = "dispatched", _("派单")
        ASSIGNED = "assigned", _("交办")
        RETURNED = "returned", _("退单后改派")
        ARBITRATED = "arbitrated", _("裁定")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="corrections")
    at = models.DateTimeField(_("时间"))
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("方式"), max_length=12, choices=How)
    proposed = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    confidence = models.FloatField(null=True)
    source = models.CharField(max_length=10, blank=True)
    chosen = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("派单更正")
        verbose_name_plural = _("派单更正")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.chosen_id}"
