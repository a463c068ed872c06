"""What the import of a register asks: the register as it stands, the jobs, their rows."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from minxin.accounts.importing.columns import (
    ACCOUNT_FIELDS,
    FILING_FIELDS,
    NAMED,
    folded,
    spoken,
)
from minxin.accounts.importing.shapes import Host, Known, Register
from minxin.accounts.models import Account, ColumnMemory, ImportedRow, RegisterImport, RowFault
from minxin.accounts.queries.divisions import known_regions
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound

_VALUES = (*ACCOUNT_FIELDS, "agency_id", *(f"filing__{name}" for name in FILING_FIELDS))


def register_imports(staff: Staff) -> QuerySet[RegisterImport]:
    """The sheets brought in for the branches whose register this person may bring in."""
    found: QuerySet[RegisterImport] = RegisterImport.objects.visible_to(
        staff, Permission.IMPORT_REGISTER
    )
    return found.select_related("agency", "started_by")


def register_import_for(staff: Staff, job_id: int) -> RegisterImport:
    """One of them; `NotFound` otherwise."""
    found = register_imports(staff).filter(pk=job_id).first()
    if found is None:
        raise NotFound
    return found


def rows_of(job: RegisterImport) -> QuerySet[ImportedRow]:
    """What a sheet would change, in its order, what it lacks last; rows that agree are not kept."""
    return ImportedRow.objects.filter(job=job).select_related("host").order_by("id")


def row_faults_of(job: RegisterImport) -> QuerySet[RowFault]:
    """What is wrong or doubtful in a sheet, in its order."""
    return RowFault.objects.filter(job=job).order_by("row", "id")


def missing_hosts(job: RegisterImport) -> list[str]:
    """The hosts a sheet names that are no agency at all, each once, in its order."""
    titles = spoken(NAMED["agency"].title)
    said = RowFault.objects.filter(job=job, is_conflict=True).order_by("row", "id")
    named = list(
        dict.fromkeys(row.value for row in said if row.value and folded(row.column) in titles)
    )
    known = set(Agency.objects.filter(name__in=named).values_list("name", flat=True))
    return [name for name in named if name not in known]


def memory_of(agency: Agency, key: str) -> ColumnMemory | None:
    """How this agency matched the columns of sheets with these titles, if it ever did."""
    return ColumnMemory.objects.filter(agency=agency, titles_key=key).first()


def register_of(
    staff: Staff, agency: Agency, permission: Permission = Permission.IMPORT_REGISTER
) -> Register:
    """The accounts and hosts at and below an agency over which this person has the permission, as an
    import compares them with a sheet."""
    mine = agencies_for(staff, permission).filter(path__startswith=agency.path)
    hosts = tuple(
        Host(*values)
        for values in mine.values_list(
            "pk", "code", "name", "short_name", "region_code", "is_active"
        )
    )
    own = Account.objects.visible_to(staff, permission).filter(agency__path__startswith=agency.path)
    accounts = tuple(
        Known(pk, plain_values(values))
        for pk, *values in own.order_by("pk").values_list("pk", *_VALUES)
    )
    here = {known.values["app_id"] for known in accounts}
    taken = Account.objects.exclude(app_id=None).values_list("app_id", flat=True)
    return Register(
        accounts=accounts,
        hosts=hosts,
        regions=known_regions(),
        app_ids_elsewhere=frozenset(str(app_id) for app_id in taken if app_id not in here),
        today=timezone.localdate(),
    )


def values_of(account_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The plain values of accounts, by their id."""
    rows = Account.objects.filter(pk__in=account_ids).values_list("pk", *_VALUES)
    return {pk: plain_values(values) for pk, *values in rows}


def plain_values(values: list[Any]) -> dict[str, Any]:
    """Values in the order of `ACCOUNT_FIELDS`, the host, `FILING_FIELDS`, as JSON has them."""
    found = dict(zip((*ACCOUNT_FIELDS, "agency", *FILING_FIELDS), values, strict=True))
    for name in FILING_FIELDS:
        value = found[name]
        found[name] = value.isoformat() if isinstance(value, date) else value or ""
    return found
