"""The deadline ledger: what started, stopped or moved a ticket's clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.agencies.models import Agency
from minxin.core.table_rows import add_rows
from minxin.tickets.models.tickets import Ticket


class ChangesLedger(Exception):
    """Something tried to change or remove a ledger entry."""


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Entries: read and added, never changed."""

    def without_words(self) -> int:
        """The one exception: a report of wrongdoing moves to its register, and what people wrote about it
        here goes. Times, kinds, people and due times stay as they were entered."""
        return super().update(reason="", legal_basis="")

    def update(self, **kwargs: Any) -> NoReturn:
        raise ChangesLedger("ledger entries are never changed")

    def delete(self) -> NoReturn:
        raise ChangesLedger("ledger entries are never removed")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangesLedger("ledger entries are added one at a time")

    def add_reminders(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Reminders, many at once, by column: they move no clock, so the order in which they follow cannot be
        wrong. The caller holds the tickets and has seen that their clocks run."""
        kind = LedgerEntry.Kind.REMINDER.value
        if any(each.get("due_at") or each.get("kind", kind) != kind for each in rows):
            raise ChangesLedger("only reminders are added many at once")
        add_rows(LedgerEntry, [{**each, "kind": kind} for each in rows])

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangesLedger("ledger entries are never changed")


class LedgerEntry(models.Model):
    """One row of a ticket's ledger, as it was entered: who did what to the clock, why, by which rule.

    `actor_name` are the words of that moment; a citizen is not named. `due_at`: what the agency owed from
    then on, None where the entry moved nothing. `is_public`: the citizen reads it too.
    """

    class Kind(models.TextChoices):
        START = "start", _("开始计时")
        SIGN = "sign", _("签收")
        STOP = "stop", _("暂停计时")
        RESUME = "resume", _("恢复计时")
        EXTENSION = "extension", _("延期")
        TRANSFER = "transfer", _("改派")
        REMINDER = "reminder", _("提醒")
        END = "end", _("停止计时")

    class StopReason(models.TextChoices):
        CITIZEN = "citizen", _("等待市民补充")
        AGENCY = "agency", _("等待其他单位")
        APPRAISAL = "appraisal", _("等待检测鉴定")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="ledger")
    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("事项"), max_length=10, choices=Kind)
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(_("操作人"), max_length=60)
    agency = models.ForeignKey(
        Agency, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+"
    )
    stop_reason = models.CharField(_("暂停原因"), max_length=10, choices=StopReason, blank=True)
    reason = models.CharField(_("说明"), max_length=500, blank=True)
    legal_basis = models.CharField(_("依据"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("答复期限"), null=True)
    is_public = models.BooleanField(_("市民可见"), default=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("时限台账")
        verbose_name_plural = _("时限台账")
        ordering = ("id",)
        indexes = [models.Index(fields=["ticket", "id"], name="ledger_by_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ChangesLedger("ledger entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangesLedger("ledger entries are never removed")
