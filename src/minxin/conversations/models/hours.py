"""What an account says when nobody is there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.scope import scoped


class OutOfHours(models.Model):
    """Whether an account tells out of hours when somebody is there again; without a row it does."""

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    is_told = models.BooleanField(_("下班后告诉市民下次上班时间"), default=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("下班答复")
        verbose_name_plural = _("下班答复")

    def __str__(self) -> str:
        return f"{self.account_id}"
