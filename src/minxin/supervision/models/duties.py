"""Duties: information that accounts were told to relay, events of opinion, requests for disclosure."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.supervision.models.items import PublishedItem


class RelayTask(models.Model):
    """重要信息转载: what was published, by whom it is to be relayed, until when (`due_at`).

    `agency` gave it out; whose accounts have to do it is told by its assignments.
    """

    class Level(models.TextChoices):
        NATION = "nation", _("国家")
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")

    agency = models.ForeignKey(
        Agency, verbose_name=_("下达单位"), on_delete=models.PROTECT, related_name="relay_tasks"
    )
    title = models.CharField(_("标题"), max_length=200)
    source_url = models.CharField(_("原文链接"), max_length=500, blank=True)
    level = models.CharField(_("级别"), max_length=8, choices=Level)
    issued_by = models.CharField(_("原文发布单位"), max_length=100)
    due_at = models.DateTimeField(_("转载期限"))
    created_at = models.DateTimeField(_("下达时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("下达人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    cancelled_at = models.DateTimeField(_("取消时间"), null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("取消理由"), max_length=300, blank=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("转载任务")
        verbose_name_plural = _("转载任务")
        ordering = ("-due_at", "-id")

    def __str__(self) -> str:
        return self.title


class RelayAssignment(models.Model):
    """One account's part of a task. `done_at`: when its own item came out; `link` shows it.

    Matched by the system, the item is `item`; marked by a person, `marked_by` says who. Once somebody
    took a mark back, the system looks no more (`is_left_to_people`).
    """

    class How(models.TextChoices):
        MATCHED = "matched", _("系统匹配")
        BY_HAND = "by_hand", _("人工登记")

    task = models.ForeignKey(RelayTask, on_delete=models.PROTECT, related_name="assignments")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="relays")
    done_at = models.DateTimeField(_("转载时间"), null=True)
    link = models.CharField(_("转载链接"), max_length=500, blank=True)
    how = models.CharField(_("登记方式"), max_length=8, choices=How, blank=True)
    item = models.ForeignKey(PublishedItem, null=True, on_delete=models.SET_NULL, related_name="+")
    is_left_to_people = models.BooleanField(default=False)
    marked_at = models.DateTimeField(_("登记时间"), null=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登记人"), null=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("账号的转载任务")
        verbose_name_plural = _("账号的转载任务")
        ordering = ("account__name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "account"], name="one_assignment_per_task_and_account"
            ),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, how="")
                | models.Q(done_at__isnull=False, how="matched")
                | models.Q(done_at__isnull=False, how="by_hand", marked_by__isnull=False),
                name="a_relay_is_matched_or_a_named_person_marked_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.account_id}"


class DutyEvent(models.Model):
    """An event of public opinion, or a request for disclosure, that an account's unit has to answer.

    Of a request only days are kept, and the number the unit gave it: nothing about who asked. `agency`
    is responsible, `account` is what it answers or receives with. Withdrawn: registered by mistake.
    """

    class Kind(models.TextChoices):
        OPINION = "opinion", _("政务舆情")
        DISCLOSURE = "disclosure", _("依申请公开")

    class State(models.TextChoices):
        OPEN = "open", _("办理中")
        CLOSED = "closed", _("已办结")
        WITHDRAWN = "withdrawn", _("已撤销")

    class Received(models.TextChoices):
        BY_HAND = "by_hand", _("当面提交")
        SIGNED_MAIL = "signed_mail", _("邮寄并签收")
        LETTER = "letter", _("平常信函，当日电话确认")
        ONLINE = "online", _("互联网或传真，双方确认")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    account = models.ForeignKey(
        Account, verbose_name=_("账号"), on_delete=models.PROTECT, related_name="duty_events"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("责任单位"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("事项"), max_length=120)
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登记人"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("说明"), max_length=300, blank=True)

    # Opinion
    is_grave = models.BooleanField(_("特别重大、重大突发事件"), default=False)
    known_at = models.DateTimeField(_("知悉时间"), null=True)
    first_word_at = models.DateTimeField(_("首次回应时间"), null=True)
    first_word_link = models.CharField(_("首次回应链接"), max_length=500, blank=True)
    press_at = models.DateTimeField(_("新闻发布会时间"), null=True)
    press_link = models.CharField(_("新闻发布会链接"), max_length=500, blank=True)

    # Disclosure
    received_on = models.DateField(_("收到申请之日"), null=True)
    received_how = models.CharField(_("确认方式"), max_length=11, choices=Received, blank=True)
    extended_on = models.DateField(_("同意延期之日"), null=True)
    extended_until = models.DateField(_("告知申请人的答复日期"), null=True)
    third_asked_on = models.DateField(_("征求第三方意见之日"), null=True)
    third_answered_on = models.DateField(_("收到第三方意见之日"), null=True)
    third_left_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("确认不计入的人"), null=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    third_left_out_basis = models.CharField(_("不计入的依据"), max_length=200, blank=True)
    corrected_on = models.DateField(_("告知补正之日"), null=True)
    replied_on = models.DateField(_("答复之日"), null=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("责任事项")
        verbose_name_plural = _("责任事项")
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="opinion", known_at__isnull=False)
                | models.Q(kind="disclosure", received_on__isnull=False),
                name="a_duty_event_has_a_beginning",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(ended_by__isnull=False),
                name="a_named_person_ends_a_duty_event",
            ),
            models.CheckConstraint(
                condition=models.Q(third_left_out_by__isnull=True)
                | (models.Q(third_asked_on__isnull=False) & ~models.Q(third_left_out_basis="")),
                name="third_party_time_is_left_out_with_a_basis",
            ),
        ]
        indexes = [models.Index(fields=["account", "kind", "state"], name="duty_by_account")]

    def __str__(self) -> str:
        return self.title
