"""Tables of the desk: who is writing, notes among colleagues, tags."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped


class Writing(models.Model):
    """Somebody has words for a citizen in the box. For seconds only, and never a lock."""

    dialogue = models.ForeignKey(
        "conversations.Dialogue", on_delete=models.CASCADE, related_name="writing"
    )
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("正在回复")
        verbose_name_plural = _("正在回复")
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "staff"], name="one_row_per_writer_and_dialogue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}"


class Note(models.Model):
    """What colleagues tell each other in a conversation; it has no way to a citizen. The text goes when
    she unfollows."""

    dialogue = models.ForeignKey(
        "conversations.Dialogue", on_delete=models.PROTECT, related_name="notes"
    )
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, unique=True)
    text = models.TextField(_("备注"), null=True)
    at = models.DateTimeField()

    objects = scoped("dialogue__account__agency__path")

    class Meta:
        verbose_name = _("内部备注")
        verbose_name_plural = _("内部备注")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.staff_id} · {self.at:%Y-%m-%d %H:%M}"


class Tag(models.Model):
    """A word that an agency puts on conversations; it holds for the agencies below too."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("标签"), max_length=20)
    is_active = models.BooleanField(_("在用"), default=True)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("会话标签")
        verbose_name_plural = _("会话标签")
        ordering = ("agency__path", "name")
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="one_tag_per_agency_and_name")
        ]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A conversation carries a tag."""

    dialogue = models.ForeignKey(
        "conversations.Dialogue", on_delete=models.CASCADE, related_name="taggings"
    )
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("会话的标签")
        verbose_name_plural = _("会话的标签")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "tag"], name="one_tag_per_dialogue")
        ]

    def __str__(self) -> str:
        return f"{self.tag_id}"
