"""Tables: agencies, staff, memberships, calendar days, audit, notices."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies import rules
from minxin.agencies.hours import WorkingHours
from minxin.agencies.keys import ApiKey, ApiWrite
from minxin.agencies.reminders import (
    Escalation,
    FieldsAsked,
    Pace,
    Reminder,
    ReminderChannel,
    StaffReach,
)
from minxin.agencies.scope import ScopedQuerySet, scoped

__all__ = [
    "Agency",
    "AgencyQuerySet",
    "ApiKey",
    "ApiWrite",
    "AuditEntry",
    "AuditQuerySet",
    "CalendarDay",
    "ChangesHistory",
    "Escalation",
    "FieldsAsked",
    "Membership",
    "Pace",
    "Reminder",
    "ReminderChannel",
    "Role",
    "Staff",
    "StaffManager",
    "StaffNotice",
    "StaffReach",
    "UsedPassword",
    "WorkingHours",
]


class AgencyQuerySet(ScopedQuerySet["Agency"]):
    """Agencies; each is visible through its own path."""

    agency_path = "path"


class ChangesHistory(Exception):
    """Something tried to change or remove an audit entry."""


class AuditQuerySet(ScopedQuerySet["AuditEntry"]):
    """Audit entries: read and added, never changed."""

    agency_path = "agency_path"

    def under(self, paths: tuple[str, ...]) -> Self:
        """Who audits a whole tree also sees what belongs to no agency: the system's own acts."""
        found = super().under(paths)
        if any(rules.is_root(path) for path in paths):
            return found | self.filter(agency_path="")
        return found

    def update(self, **kwargs: Any) -> NoReturn:
        raise ChangesHistory("audit entries are never changed")

    def delete(self) -> NoReturn:
        raise ChangesHistory("audit entries are never removed")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangesHistory("audit entries are added by audit.record, one at a time")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangesHistory("audit entries are never changed")


class Agency(models.Model):
    """A unit of government, at its place in the tree."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级机构"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = models.CharField(_("路径"), max_length=rules.LONGEST_PATH, unique=True, editable=False)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    duty = models.CharField(_("职责"), max_length=300, blank=True)
    phone = models.CharField(_("公开电话"), max_length=40, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构")
        verbose_name_plural = _("机构")
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="one_name_among_siblings"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(parent=None),
                name="one_name_among_roots",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LocalDivision(models.Model):
    """A division that the national table of GB/T 2260 does not have; it holds for everybody here."""

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = _("本地区划")
        verbose_name_plural = _("本地区划")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class StaffManager(BaseUserManager["Staff"]):
    """Finds staff for sign-in. Staff are added by `agencies.actions.add_staff`."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(username__iexact=username)


class Staff(AbstractBaseUser):
    """A person who signs in to the console."""

    username = models.CharField(
        _("登录名"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9._-]{1,39}$", _("登录名用小写字母开头，可含数字、点、横线和下划线。")
            )
        ],
    )
    name = models.CharField(_("姓名"), max_length=40)
    email = models.EmailField(_("电子邮箱"), blank=True)
    is_active = models.BooleanField(_("在岗"), default=True)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    # Nothing where the password does not grow old: none was set, or it is the demo city's.
    password_set_at = models.DateTimeField(_("密码设置时间"), null=True, editable=False)
    language = models.CharField(_("界面语言"), max_length=10, blank=True)
    joined_at = models.DateTimeField(_("加入时间"))
    # Whose work she sees when she has roles in several agencies; nothing: that of all of them.
    acts_for = models.ForeignKey(
        Agency,
        verbose_name=_("当前单位"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    # Not kept: what `queries.sight_of` narrows lists to. What she may do stays as it is.
    sees_only: str = ""

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name

    # allauth and Django's own forms ask for these
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def actor_kind(self) -> str:
        return "staff"

    @property
    def actor_id(self) -> str:
        return str(self.pk)

    @property
    def actor_name(self) -> str:
        return self.name


class UsedPassword(models.Model):
    """The hash of a password that a person has or had; as many as `rules.REMEMBERED` are kept."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="used_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("用过的密码")
        verbose_name_plural = _("用过的密码")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.staff} · {self.set_at:%Y-%m-%d}"


class Role(models.TextChoices):
    """`rules.Role` with its Chinese names."""

    OPERATOR = rules.Role.OPERATOR.value, _("账号运营员")
    AGENT = rules.Role.AGENT.value, _("承办员")
    EDITOR = rules.Role.EDITOR.value, _("编辑")
    REVIEWER = rules.Role.REVIEWER.value, _("审核员")
    SUPERVISOR = rules.Role.SUPERVISOR.value, _("监管员")
    AUDITOR = rules.Role.AUDITOR.value, _("审计员")
    ADMINISTRATOR = rules.Role.ADMINISTRATOR.value, _("管理员")
    DISCIPLINE = rules.Role.DISCIPLINE.value, _("举报专员")


class Membership(models.Model):
    """A role that a person has in one agency and everything below it."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("角色"), max_length=20, choices=Role)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "agency", "role"], name="one_membership_per_role_and_agency"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in rules.Role]),
                name="membership_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} · {self.agency} · {self.get_role_display()}"


class CalendarDay(models.Model):
    """A day on which the statutory calendar does not hold: a local holiday or an extra working day."""

    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_days"
    )
    on = models.DateField(_("日期"))
    is_working = models.BooleanField(_("是工作日"))
    is_half = models.BooleanField(_("只上午上班"), default=False)
    note = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("日历调整")
        verbose_name_plural = _("日历调整")
        ordering = ("-on",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "on"], name="one_calendar_row_per_agency_and_day"
            ),
            models.UniqueConstraint(
                fields=["on"],
                condition=models.Q(agency=None),
                name="one_calendar_row_per_day_for_everybody",
            ),
            models.CheckConstraint(
                condition=models.Q(is_half=False) | models.Q(is_working=True),
                name="only_a_worked_day_is_half",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class AuditEntry(models.Model):
    """One write, as it happened. Rows are added by `audit.record` and never changed or removed."""

    at = models.DateTimeField(_("时间"), db_index=True)
    actor_kind = models.CharField(_("主体"), max_length=10)
    actor_id = models.CharField(max_length=40)
    actor_name = models.CharField(_("操作人"), max_length=60)
    agency_path = models.CharField(max_length=255, blank=True, db_index=True)
    verb = models.CharField(_("动作"), max_length=60, db_index=True)
    subject_kind = models.CharField(_("对象类型"), max_length=60)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(_("对象"), max_length=200)
    before = models.JSONField(_("之前"), null=True)
    after = models.JSONField(_("之后"), null=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    chain = models.CharField(_("校验链"), max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ("-id",)
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ChangesHistory("audit entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangesHistory("audit entries are never removed")


class StaffNotice(models.Model):
    """A message to a member of staff inside the console.

    `reminder`: which message outside took it along. `held_at`: since when the weekly budget keeps an
    urgent one for the next digest.
    """

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    text = models.CharField(_("内容"), max_length=300)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(null=True)
    reminder = models.ForeignKey(
        Reminder, null=True, on_delete=models.SET_NULL, related_name="notices"
    )
    held_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("站内通知")
        verbose_name_plural = _("站内通知")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.text
