"""Tables of the open API's keys and of what was written with them. They are models of this room;
`agencies.models` shows them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.rules import Permission
from minxin.agencies.scope import scoped
from minxin.core.fields import EncryptedTextField


class ApiKey(models.Model):
    """What a partner's machine shows at the open API: it reads and writes in one branch of the tree, by
    the rights that are named, until a moment.

    The key itself is shown once; `digest` is its SHA-256 (64 hex digits), `mark` the part by which it is
    found. `level_coding` says how this partner writes the five levels of a rating: there is no default
    that would be right for two.
    """

    class LevelCoding(models.TextChoices):
        GBT39046 = "gbt39046", _("GB/T 39046—2020 附录A.8：1 为非常满意")
        NATIONAL = "national", _("国家平台接口：5 为非常满意")

    agency = models.ForeignKey(
        "agencies.Agency", verbose_name=_("范围"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("名称"), max_length=60)
    partner = models.CharField(_("使用单位"), max_length=120)
    mark = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    rights = models.JSONField(_("权限"), default=list)
    level_coding = models.CharField(_("评价等级编码"), max_length=10, choices=LevelCoding)
    per_minute = models.PositiveSmallIntegerField(_("每分钟请求数"), default=120)
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField(_("有效期至"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("接口密钥")
        verbose_name_plural = _("接口密钥")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and now < self.expires_at

    def paths(self, permission: Permission) -> tuple[str, ...]:
        """As `scope.paths_of` for a person: its branch, under a right that it has."""
        is_open = self.revoked_at is None and self.agency.is_active
        return (self.agency.path,) if is_open and permission.value in self.rights else ()

    @property
    def actor_kind(self) -> str:
        return "key"

    @property
    def actor_id(self) -> str:
        return str(self.pk)

    @property
    def actor_name(self) -> str:
        return self.name


class ApiWrite(models.Model):
    """What came of one write: the same idempotency key of the same key gives the same answer again.

    `digest` is that of what was asked, so that another request under an old key is noticed. The answer
    may hold what a citizen wrote, so it is encrypted.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="writes")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    answer = EncryptedTextField(null=True)

    class Meta:
        verbose_name = _("接口写入")
        verbose_name_plural = _("接口写入")
        constraints = [
            models.UniqueConstraint(fields=["key", "name"], name="one_answer_per_idempotency_key")
        ]

    def __str__(self) -> str:
        return self.name
