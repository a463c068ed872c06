"""What a request can be about, as a tree: the national taxonomy of petitions and what a city adds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Matter(models.Model):
    """One kind of matter, at most four levels deep. `path` holds the names from the top, joined by `/`;
    `keywords` (comma separated) are words by which citizens name it; `code` is the city's own number.

    A matter that is not in use any more stays where it stands in a list; nothing new hangs on it.
    """

    class Origin(models.TextChoices):
        NATIONAL = "national", _("国家信访分类")
        OWN = "own", _("本地增加")

    DEEPEST: ClassVar[int] = 4

    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级事项"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    name = models.CharField(_("事项"), max_length=60)
    path = models.CharField(_("全称"), max_length=255, unique=True)
    level = models.PositiveSmallIntegerField(_("层级"))
    code = models.CharField(_("编码"), max_length=40, blank=True)
    keywords = models.CharField(_("关键词"), max_length=300, blank=True)
    origin = models.CharField(_("来自"), max_length=10, choices=Origin, default=Origin.OWN)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("事项")
        verbose_name_plural = _("事项")
        ordering = ("path",)

    def __str__(self) -> str:
        return self.path
