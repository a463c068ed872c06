"""Table: an entry that adds to or narrows another, whose words have changed since its owner looked at them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency, Staff
from minxin.agencies.scope import scoped
from minxin.knowledge.models.entries import Entry


class UpperReview(models.Model):
    """For the owner of a lower entry to say once whether it is still right. `before` and `after`: what the upper one
    said when she last looked, and says now; `after` follows it while this is open."""

    class Status(models.TextChoices):
        OPEN = "open", _("待核对")
        RIGHT = "right", _("仍然适用")
        CHANGED = "changed", _("已修改")
        WITHDRAWN = "withdrawn", _("已撤下")
        VOID = "void", _("不再需要")

    agency = models.ForeignKey(
        Agency, verbose_name=_("负责单位"), on_delete=models.PROTECT, related_name="+"
    )
    entry = models.ForeignKey(
        Entry, verbose_name=_("本地知识"), on_delete=models.CASCADE, related_name="upper_reviews"
    )
    upper = models.ForeignKey(
        Entry, verbose_name=_("上级知识"), on_delete=models.CASCADE, related_name="+"
    )
    before = models.TextField(_("原来"))
    after = models.TextField(_("现在"))
    due_on = models.DateField(_("核对期限"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("发现时间"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("上级口径核对")
        verbose_name_plural = _("上级口径核对")
        ordering = ("due_on", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                condition=models.Q(status="open"),
                name="one_open_review_of_what_is_above",
            )
        ]

    def __str__(self) -> str:
        return str(self.entry)
