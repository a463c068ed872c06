"""Reports of wrongdoing by officials: a small register apart from all tickets."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models import Account
from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.citizens.models import Citizen
from minxin.core.fields import EncryptedTextField
from minxin.tickets.models.tickets import Ticket


class WrongdoingReport(models.Model):
    """What a citizen reports of an official, its words encrypted; only who holds `HANDLE_WRONGDOING` reads.

    It is kept at the top of the tree, so that no unit keeps the reports about itself. `ticket` is the empty
    row it was moved out of; `is_forgotten`: no derived file knows that one's words any more.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", _("已登记")
        PASSED_ON = "passed_on", _("已转送")
        CLOSED = "closed", _("已办结")

    number = models.CharField(_("编号"), max_length=20, unique=True)
    key = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    citizen = models.ForeignKey(
        Citizen, null=True, on_delete=models.SET_NULL, related_name="wrongdoing_reports"
    )
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT, related_name="+")
    is_forgotten = models.BooleanField(default=True)
    text = EncryptedTextField(_("内容"))
    place = EncryptedTextField(_("地点"), blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.RECEIVED)
    passed_to = models.CharField(_("转送机关"), max_length=100, blank=True)
    told = EncryptedTextField(_("告知举报人的话"), blank=True)
    filed_at = models.DateTimeField(_("提交时间"), db_index=True)
    changed_at = models.DateTimeField(_("最近变动"))

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("公职人员举报")
        verbose_name_plural = _("公职人员举报")
        ordering = ("-filed_at",)

    def __str__(self) -> str:
        return self.number


class WrongdoingPicture(models.Model):
    """A picture of a report: its JPEG in base 64, encrypted, in no file."""

    report = models.ForeignKey(WrongdoingReport, on_delete=models.CASCADE, related_name="pictures")
    content = EncryptedTextField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.report_id}"


class WrongdoingStep(models.Model):
    """What was done with a report, by whom; no words of it."""

    report = models.ForeignKey(WrongdoingReport, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(_("时间"))
    status = models.CharField(max_length=10, choices=WrongdoingReport.Status)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.report_id} {self.status}"
