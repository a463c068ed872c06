"""Bringing in a register."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from minxin.accounts import actions
from minxin.accounts.importing.columns import COLUMNS
from minxin.accounts.models import Kind, RegisterImport
from minxin.accounts.queries import imports
from minxin.accounts.tasks import importing as tasks
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.accounts import imported
from minxin.console.sheet_import_forms import ColumnsForm
from minxin.console.sheet_imports import SHOWN, SheetPages


class RegisterColumnsForm(ColumnsForm):
    """Which column is what of the register."""

    columns = COLUMNS
    default_kind = forms.ChoiceField(
        label=gettext_lazy("没有写类型的微信账号"), required=False,
        choices=[("", gettext_lazy("算有误，逐行说明")), *Kind.choices],
    )  # fmt: skip


class RegisterPages(SheetPages):
    """A sheet for the register."""

    model = RegisterImport
    permission = Permission.IMPORT_REGISTER
    name = "register_import"
    new_route = "accounts/import/"
    route = "accounts/imports/"
    columns_form = RegisterColumnsForm
    remembered = ("default_platform", "default_kind")
    upload_template = "console/register_import.html"
    one_template = "console/register_import_one.html"
    state_template = "console/parts/register_import_state.html"
    words: Mapping[str, Any] = {
        "heading": gettext_lazy("导入台账"),
        "compare": gettext_lazy("与台账比对"),
        "file_help": gettext_lazy(
            "xlsx、xls、ods 或 CSV，最多 2 万行、20 MB。列名和列的次序不限。"
        ),
        "agency": gettext_lazy("导入到哪个单位的台账"),
        "agency_help": gettext_lazy(
            "表中没有写主办单位的账号归这个单位；只与这个单位及下级单位的台账比对。"
        ),
    }

    def jobs(self, staff: Staff) -> Any:
        return imports.register_imports(staff)

    def job(self, staff: Staff, number: int) -> Any:
        return imports.register_import_for(staff, number)

    def match(self, job: Any, plan: dict[str, Any], given: Mapping[str, Any]) -> None:
        actions.match_columns(job, **plan, **{name: given[name] for name in self.remembered})

    def work(self, number: int) -> None:
        tasks.work(number)

    def wake(self, job: Any) -> None:
        tasks.wake(job)

    def back(self) -> tuple[str, Any]:
        return reverse("console:accounts"), gettext_lazy("账号")

    def more(self, job: Any) -> dict[str, Any]:
        rows, faults = imports.rows_of(job), imports.row_faults_of(job)
        told = rows.exclude(outcome__in=["wrong", "missing"])
        shown = list(told[:SHOWN]) if not job.is_moving else []
        hosts = imported.host_names(shown)
        return {
            "shown": [(row, imported.differences(row, hosts)) for row in shown],
            "faults": faults[:SHOWN],
            "fault_count": faults.count(),
            "missing_hosts": imports.missing_hosts(job),
            "acceptable": rows.filter(
                is_acceptable=True, is_accepted=False, state="pending"
            ).count(),
            "errors_url": reverse("console:register_import_errors", args=[job.pk]),
        }


urlpatterns = [*RegisterPages().urls(), *imported.urlpatterns]
