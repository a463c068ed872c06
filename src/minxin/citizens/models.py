"""Tables: citizens. The only home of identifiers and contact fields."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.scope import scoped
from minxin.core.fields import EncryptedTextField


class Citizen(models.Model):
    """A follower of one account.

    The primary key is a keyed hash of AppID and openid: it can be computed from a push without a
    query, and it is all that stays after she unfollows.
    """

    key = models.CharField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="citizens")
    openid = EncryptedTextField(null=True)
    nickname = EncryptedTextField(_("称呼"), null=True)
    real_name = EncryptedTextField(_("姓名"), null=True)
    phone = EncryptedTextField(_("联系电话"), null=True)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    consented_at = models.DateTimeField(_("同意时间"), null=True)
    consent_version = models.CharField(_("同意的版本"), max_length=20, blank=True)
    texts_agreed_at = models.DateTimeField(_("同意接收短信的时间"), null=True)
    has_large_text = models.BooleanField(_("大字模式"), default=False)
    first_seen_at = models.DateTimeField(_("首次出现"))
    followed_at = models.DateTimeField(_("关注时间"), null=True)
    unfollowed_at = models.DateTimeField(_("取消关注时间"), null=True)
    erased_at = models.DateTimeField(_("清除时间"), null=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("市民")
        verbose_name_plural = _("市民")

    def __str__(self) -> str:
        return self.key[:8]

    @property
    def actor_kind(self) -> str:
        return "citizen"

    @property
    def actor_id(self) -> str:
        return self.key

    @property
    def actor_name(self) -> str:
        return "市民"


class OutsideContact(models.Model):
    """What somebody left who did not come by WeChat: with a request that another system passed on."""

    real_name = EncryptedTextField(_("姓名"), null=True)
    phone = EncryptedTextField(_("联系电话"), null=True)
    kept_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("外来诉求的联系方式")
        verbose_name_plural = _("外来诉求的联系方式")

    def __str__(self) -> str:
        return str(self.pk)
