"""The ticket, what happened to it, what the citizen thought of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, ApiKey, Staff
from minxin.agencies.rules import Permission, roles_with
from minxin.agencies.scope import MOST_NAMED, ScopedQuerySet, held_by, numbers_under
from minxin.citizens.models import Citizen
from minxin.core.once import once
from minxin.tickets.models.kinds import Category, Nature

_M = TypeVar("_M", bound=models.Model)


class ConfidentialQuerySet(ScopedQuerySet[_M]):
    """As `ScopedQuerySet`, of tickets or of what belongs to one (`ticket_path` leads there): a confidential
    one is seen by the people of its very agency and by those named for it, whoever is above them."""

    ticket_path = ""

    def visible_to(self, staff: Staff | ApiKey, permission: Permission) -> Self:
        to = self.ticket_path
        if isinstance(staff, ApiKey):  # a machine is nobody's name
            return super().visible_to(staff, permission).filter(**{f"{to}is_confidential": False})
        roles = roles_with(permission)
        own = {agency for role, agency, _path in held_by(staff) if role in roles}
        may_read = models.Q(**{f"{to}is_confidential": False})
        if own:
            may_read |= models.Q(**{f"{to}agency__in": sorted(own)})
        if named := _named_for(staff):
            may_read |= models.Q(**{f"{to}pk__in": named})
        found = super().visible_to(staff, permission).filter(may_read)
        return found.exclude(**{f"{to}status": "moved"})  # an empty row, its words are elsewhere


def _named_for(staff: Staff) -> Sequence[int] | models.QuerySet[Any, int]:
    """The confidential tickets a person is named for: looked up first, as most are named for none."""

    def rows() -> models.QuerySet[Any, int]:
        return staff.confidential_readings.values_list("ticket", flat=True).order_by()

    found = once(("named", staff.pk), lambda: list(rows()[: MOST_NAMED + 1]))
    return rows() if len(found) > MOST_NAMED else found


def confidential(agency_path: str, ticket_path: str = "") -> Any:
    """A manager as `scoped` makes it, with the narrower scope of confidential tickets."""
    paths = {"agency_path": agency_path, "ticket_path": ticket_path}
    queryset: Any = type("ConfidentialQuerySet", (ConfidentialQuerySet,), paths)
    return queryset.as_manager()


class TicketQuerySet(ConfidentialQuerySet["Ticket"]):
    """Tickets; each is visible through the path of the agency that handles it."""

    def under(self, paths: tuple[str, ...]) -> Self:
        """The tickets of these branches. The agencies are looked up first: told to join them by their
        path, both databases read every ticket of the branch before any other condition."""
        if not paths:
            return self.none()
        known = numbers_under(paths)
        if known is None:
            return super().under(paths)
        return self.filter(agency=known[0]) if len(known) == 1 else self.filter(agency__in=known)


class Ticket(models.Model):
    """A citizen's request with a number, an agency and a deadline.

    `promised_at` and `promised_words` are what she was told when she filed and never change. `due_at` is
    what the agency owes now: an extension, a stopped clock or asking again moves it. `stopped_at`: since
    when the clock stands still. `sign_due_at`: by when the agency that has it signs. `yellow_at`, `red_at`:
    when its light turns; nothing where the region has no lights. `is_confidential`: the text is for the
    handling unit and named people; `is_anonymous`: staff never learn who she is.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("已提交")
        ACCEPTED = "accepted", _("已受理")
        ASSIGNED = "assigned", _("已派单")
        SIGNED = "signed", _("已签收")
        RETURNING = "returning", _("退单待定")
        DISPUTED = "disputed", _("争议待裁")
        REVIEWING = "reviewing", _("答复待审")
        ANSWERED = "answered", _("已答复")
        CLOSED = "closed", _("已办结")
        ARCHIVED = "archived", _("已归档")
        REOPENED = "reopened", _("重新办理")
        WITHDRAWN = "withdrawn", _("已撤回")
        DECLINED = "declined", _("不予受理")
        ENDED = "ended", _("已终止")
        MOVED = "moved", _("已转专人登记")

    class Source(models.TextChoices):
        DIALOGUE = "dialogue", _("微信对话")
        PORTAL = "portal", _("微信网页")
        CONSOLE = "console", _("工作人员代录")
        EXCHANGE = "exchange", _("其他系统转来")

    class Supervision(models.IntegerChoices):
        """How closely a ticket is watched from above. Three levels are ours; places name their own."""

        NONE = 0, _("未督办")
        GENERAL = 1, _("一般督办")
        KEY = 2, _("重点督办")
        LISTED = 3, _("挂牌督办")

    number = models.CharField(_("编号"), max_length=20, unique=True)
    key = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tickets")
    citizen = models.ForeignKey(
        Citizen, null=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    agency = models.ForeignKey(
        Agency,
        verbose_name=_("承办单位"),
        on_delete=models.PROTECT,
        related_name="tickets",
        db_index=False,  # the indexes below begin with it
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("类别"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
    )
    nature = models.CharField(_("性质"), max_length=12, choices=Nature, default=Nature.HELP)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    text = models.TextField(_("内容"))
    place = models.CharField(_("地点"), max_length=200, blank=True)
    division = models.CharField(_("所在区划"), max_length=12, blank=True)
    # Degrees of WGS 84, as the telephone told them; both or neither.
    latitude = models.FloatField(_("纬度"), null=True)
    longitude = models.FloatField(_("经度"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SUBMITTED)
    answer = models.TextField(_("答复"), blank=True)
    filed_at = models.DateTimeField(_("提交时间"), db_index=True)
    promised_at = models.DateTimeField(_("承诺答复"))
    promised_words = models.CharField(_("承诺的话"), max_length=60)
    due_at = models.DateTimeField(_("答复期限"))
    stopped_at = models.DateTimeField(_("暂停计时"), null=True)
    # Another platform has it: its clock here stands still, and it is answered there (`Handover`).
    handed_over_at = models.DateTimeField(_("转交承接平台"), null=True)
    # While the clock stands still for the citizen: until when she is asked, and whether she asked for longer.
    supplement_by = models.DateTimeField(_("补充截止"), null=True)
    has_more_time = models.BooleanField(_("已延长补充时间"), default=False)
    is_due_provisional = models.BooleanField(_("时限为暂定"), default=False)
    sign_due_at = models.DateTimeField(_("签收期限"), null=True)
    yellow_at = models.DateTimeField(_("亮黄灯"), null=True)
    red_at = models.DateTimeField(_("亮红灯"), null=True)
    # When the ladder (提醒, 催办, 督办) is to be looked at next; nothing while nothing is owed.
    escalate_at = models.DateTimeField(_("下次催督办"), null=True, editable=False)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    is_urgent = models.BooleanField(_("紧急"), default=False)
    is_confidential = models.BooleanField(_("保密"), default=False)
    is_anonymous = models.BooleanField(_("匿名"), default=False)
    supervision_level = models.PositiveSmallIntegerField(
        _("督办级别"), choices=Supervision, default=Supervision.NONE
    )
    archived_at = models.DateTimeField(_("归档时间"), null=True)
    # Of `reopened_times`, those that a call-back asked for: they take nothing from the citizen's own.
    redone_times = models.PositiveSmallIntegerField(_("重办次数"), default=0)
    reopened_times = models.PositiveSmallIntegerField(_("重新办理次数"), default=0)
    # The lead ticket this one is handled with; a lead is merged into nothing itself.
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("并入"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("诉求工单")
        verbose_name_plural = _("诉求工单")
        ordering = ("-filed_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="a_ticket_lies_on_the_earth_or_nowhere",
            )
        ]
        indexes = [
            models.Index(
                fields=["escalate_at", "id"],
                condition=models.Q(escalate_at__isnull=False),
                name="ticket_by_escalation",
            ),
            models.Index(fields=["status", "due_at"], name="ticket_by_due"),
            # What waits in an agency is counted in the index alone.
            models.Index(
                fields=["agency", "status", "due_at", "stopped_at", "is_confidential"],
                name="ticket_by_agency",
            ),
            models.Index(fields=["agency", "filed_at"], name="ticket_by_agency_filed"),
            # Few rows each, and free for the others.
            models.Index(
                fields=["due_at"], condition=models.Q(is_urgent=True), name="ticket_urgent"
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(supervision_level__gt=0),
                name="ticket_supervised",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(is_confidential=True),
                name="ticket_confidential",
            ),
            models.Index(
                fields=["latitude", "longitude"],
                condition=models.Q(latitude__isnull=False),
                name="ticket_by_place",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TicketEvent(models.Model):
    """One dated step of a ticket's life."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    verb = models.CharField(max_length=20)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.verb


class Rating(models.Model):
    """What the citizen thought of one answer. Words, not numbers: level codes run both ways in practice."""

    class Level(models.TextChoices):
        VERY_SATISFIED = "very_satisfied", _("非常满意")
        SATISFIED = "satisfied", _("满意")
        FAIRLY_SATISFIED = "fairly_satisfied", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")
        VERY_DISSATISFIED = "very_dissatisfied", _("非常不满意")

    class Reason(models.TextChoices):
        """Second-level items of 好差评 that fit a ticket, as GB/T 39734-2020 practice words them."""

        EFFICIENCY = "efficiency", _("办事效率")
        LEVEL = "level", _("服务水平")
        ATTITUDE = "attitude", _("服务态度")
        CONVENIENCE = "convenience", _("办事便捷度")
        PLATFORM = "platform", _("平台操作性")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    level = models.CharField(_("评价"), max_length=20, choices=Level)
    reasons = models.JSONField(_("评价事项"), default=list, blank=True)
    comment = models.CharField(_("意见"), max_length=500, blank=True)
    rated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("评价")
        verbose_name_plural = _("评价")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "round"], name="one_rating_per_answer")
        ]

    def __str__(self) -> str:
        return self.level

    @property
    def reasons_said(self) -> str:
        """What it is about, in words."""
        return "、".join(
            str(self.Reason(each).label) for each in self.reasons if each in self.Reason.values
        )
