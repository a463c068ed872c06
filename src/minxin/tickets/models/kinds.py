"""What a ticket may be about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.tickets.models.matters import Matter


class Nature(models.TextChoices):
    """Classes of demand named by 国办发〔2020〕53号."""

    CONSULT = "consult", _("咨询")
    HELP = "help", _("求助")
    COMPLAINT = "complaint", _("投诉")
    REPORT = "report", _("举报")
    SUGGESTION = "suggestion", _("建议")


class Category(models.Model):
    """What a ticket is about, and who usually handles it. `matter`: where it stands in the list."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    agency = models.ForeignKey(
        Agency,
        verbose_name=_("默认承办单位"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    keywords = models.CharField(_("关键词"), max_length=300, blank=True)
    matter = models.ForeignKey(
        Matter,
        verbose_name=_("对应的事项"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("诉求类别")
        verbose_name_plural = _("诉求类别")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
