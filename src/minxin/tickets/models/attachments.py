"""Pictures that citizens give with their tickets."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.citizens.models import Citizen
from minxin.tickets.models.tickets import Ticket, TicketEvent, confidential


class Attachment(models.Model):
    """One picture, a JPEG that we encoded anew (`core.pictures`); `sha256` is that of the kept bytes.

    Before she files, it belongs to her alone: `ticket` is empty. `event` is the step it came with when she
    added it later. `code` is what addresses name; nobody can guess it. When she unfollows, the file goes
    and the row stays: `removed_at`, and `file` is empty once the storage has let go of it.
    """

    code = models.CharField(max_length=32, unique=True)
    citizen = models.ForeignKey(Citizen, null=True, on_delete=models.SET_NULL, related_name="+")
    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    event = models.ForeignKey(
        TicketEvent, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    file = models.FileField(_("图片"), upload_to="tickets/%Y/%m", blank=True)
    sha256 = models.CharField(_("校验值"), max_length=64)
    bytes = models.PositiveIntegerField(_("字节"))
    width = models.PositiveIntegerField(_("宽"))
    height = models.PositiveIntegerField(_("高"))
    added_at = models.DateTimeField(_("上传时间"))
    removed_at = models.DateTimeField(_("删除时间"), null=True)

    objects = confidential("ticket__agency__path", "ticket__")

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["ticket", "sha256"], name="one_picture_once_per_ticket")
        ]
        indexes = [
            models.Index(
                fields=["added_at"],
                name="attachment_not_filed",
                condition=models.Q(ticket__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.code
