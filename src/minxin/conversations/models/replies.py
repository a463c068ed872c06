"""What agencies have ready to say."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped


class SavedReply(models.Model):
    """Words with places to fill in (`rules.replies`), of an agency and those below it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("标题"), max_length=40)
    text = models.TextField(_("内容"))
    is_active = models.BooleanField(_("在用"), default=True)
    uses = models.PositiveIntegerField(_("使用次数"), default=0)
    used_at = models.DateTimeField(_("最近使用"), null=True)
    changed_at = models.DateTimeField(_("修改时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("快捷回复")
        verbose_name_plural = _("快捷回复")
        ordering = ("agency__path", "title")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "title"], name="one_saved_reply_per_agency_and_title"
            )
        ]

    def __str__(self) -> str:
        return self.title
